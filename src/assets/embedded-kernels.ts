import type { KernelChoice } from './kernels.ts'
import { decodePrintable } from './wasm-text.ts'

/** The kernels that come with the library; the relaxed ones are loaded only where they are chosen. */
export async function shippedKernels({ kernels }: KernelChoice): Promise<Uint8Array> {
  const file = kernels === 'simd' ? import('../../build/mtcnn.wasm') : import('../../build/mtcnn.relaxed.wasm')
  return decodePrintable((await file).default)
}
