import { decodeBase64 } from './base64.ts'
import type { KernelChoice } from './kernels.ts'
import { parseWeights, type Weights } from './weights.ts'

/** The kernels that come with the library; the relaxed ones are loaded only where they are chosen. */
export async function shippedKernels({ kernels }: KernelChoice): Promise<Uint8Array> {
  const file = kernels === 'simd' ? import('../build/mtcnn.wasm') : import('../build/mtcnn.relaxed.wasm')
  return decodeBase64((await file).default)
}

/** The weights that come with the library: a chunk of their own, loaded when first asked for. */
export async function shippedWeights(): Promise<Weights> {
  return parseWeights(decodeBase64((await import('../weights/mtcnn-f32.bin')).default))
}
