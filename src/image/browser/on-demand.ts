// What a page needs for files, and for values that are no images: the main entry loads it when the first of them comes.

export { toPixels } from '../to-pixels.ts'
export { readAddress, readFetched, readFile, readStreamedFile } from './file.ts'
