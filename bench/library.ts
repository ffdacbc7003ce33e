/** The built library's insides: kernels and weights as every bench takes them. */
import relaxed from '../build/mtcnn.relaxed.wasm'
import kernels from '../build/mtcnn.wasm'
import { decodeBase64 } from '../src/assets/base64.ts'
import { chooseKernels } from '../src/assets/kernels.ts'
import { decodePrintable } from '../src/assets/wasm-text.ts'
import { parseWeights, type Weights } from '../src/assets/weights.ts'
import { Core } from '../src/wasm/core.ts'
import container from '../weights/mtcnn-f32.bin'

export function loadWeights(): Weights {
  return parseWeights(decodeBase64(container))
}

/** The shipped kernels, strict SIMD. */
export function kernelBytes(): Uint8Array<ArrayBuffer> {
  return decodePrintable(kernels)
}

export function createCore(weights: Weights): Promise<Core> {
  return Core.create(kernelBytes(), weights)
}

/** The core of `precision: 'fast'`; undefined where the engine has no relaxed SIMD and it would be the same as the other. */
export async function createFastCore(weights: Weights): Promise<Core | undefined> {
  if (chooseKernels('fast').kernels === 'simd') return undefined
  return Core.create(decodePrintable(relaxed), weights)
}
