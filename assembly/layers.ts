// The layers behind the ABI, for tests: a second entry of the debug build, never part of the shipped module.
export { dense, head } from './dense'
export { EXACT_WORK, exactLogit } from './exact-logit'
export { matmul, matmul3 } from './matmul'
export { packConnected, packConvolution, packDense, packHead, packPost, packWinograd } from './pack'
export { maxPool } from './pool'
export { score } from './softmax'
export { winograd32, winograd33, winograd43, winograd43Pooled, winograd73, winogradScratch } from './winograd'
