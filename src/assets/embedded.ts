import { decodeBase64 } from './base64.ts'
import type { KernelChoice } from './kernels.ts'
import { decodePrintable } from './wasm-text.ts'
import { parseShipped, type Weights } from './weights.ts'

/** The kernels that come with the library; the relaxed ones are loaded only where they are chosen. */
export async function shippedKernels({ kernels }: KernelChoice): Promise<Uint8Array> {
  const file = kernels === 'simd' ? import('../../build/mtcnn.wasm') : import('../../build/mtcnn.relaxed.wasm')
  return decodePrintable((await file).default)
}

/** The weights that come with the library: each a chunk of its own, loaded when first asked for. */
export async function shippedWeights(dtype: Weights['dtype']): Promise<Weights> {
  const file = dtype === 'f32' ? import('../../weights/mtcnn-f32.bin') : import('../../weights/mtcnn-f16.bin')
  return parseShipped(decodeBase64((await file).default), dtype, `the chunk of mtcnn-${dtype}.bin`)
}
