import { decodeBase64 } from './base64.ts'
import { parseWeights, type Weights } from './weights.ts'

/** The kernels that come with the library. */
export async function shippedKernels(): Promise<Uint8Array> {
  return decodeBase64((await import('../build/mtcnn.wasm')).default)
}

/** The weights that come with the library: a chunk of their own, loaded when first asked for. */
export async function shippedWeights(): Promise<Weights> {
  return parseWeights(decodeBase64((await import('../weights/mtcnn-f32.bin')).default))
}
