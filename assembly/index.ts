// The ABI: what the host (src/wasm/core.ts) calls. Pointers are byte offsets into the imported memory.
export { packPixels } from './frame'
export { AREA_LEVEL, addRow, beginLevel, blendLevel, blockRow, levelRow } from './levels'
export { nms, nmsWork } from './nms'
export { ONET_ANSWER, ONET_PATCH, onet, onetWeights, onetWork, packOnet } from './onet'
export { patch } from './patch'
export { CANDIDATE, packPnet, pnet, pnetWeights, pnetWork } from './pnet'
export { packRnet, RNET_ANSWER, RNET_PATCH, rnet, rnetWeights, rnetWork } from './rnet'

/** Where the module's own constants end and the host's plan may begin. */
export function heapBase(): usize {
  return __heap_base
}
