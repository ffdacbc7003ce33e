// What cutting faces out takes beside the search: one chunk, loaded by those who do.
export { resolveCropFacesOptions, resolveExtractOptions } from '../options/crop.ts'
export { planCrops } from './crops.ts'
