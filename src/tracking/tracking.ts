// What following faces takes in the thread that calls: one chunk, loaded by those who do.
export { everyOf } from '../image/every-frame.ts'
export { Tracks } from './tracks.ts'
