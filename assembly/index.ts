// The ABI: what the host (src/wasm/core.ts) calls, and the sizes it plans memory with. Pointers are byte offsets into
// the imported memory; sizes are bytes. Nothing is kept here between calls: what a kernel has to remember lies in a
// struct the host gives it.
export { CANDIDATE } from './candidate'
export { FRAME, packPixels, SLACK } from './frame'
export {
  AREA_LEVEL,
  addRow,
  beginLevel,
  blendLevel,
  blockRow,
  integralRow,
  levelRow,
  levelState,
  levelWork,
} from './levels'
export { nms, nmsWork } from './nms'
export { ONET_ANSWER, ONET_PARAMETERS, ONET_PATCH, onet, onetWeights, onetWork, packOnet } from './onet'
export { CROP, patch, patchWork } from './patch'
export { beginPnet, exactWindows, LEVEL_SEARCH, packPnet, PNET_PARAMETERS, pnet, pnetWeights, pnetWork } from './pnet'
export { packRnet, RNET_ANSWER, RNET_PARAMETERS, RNET_PATCH, rnet, rnetWeights, rnetWork } from './rnet'
export { WARP, warp, warpWork } from './warp'

/** Where the module's own constants end and the host's plan may begin. */
export function heapBase(): usize {
  return __heap_base
}
