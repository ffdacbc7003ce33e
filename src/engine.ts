import { decodeBase64 } from './base64.ts'
import { type Outcome, search } from './cascade.ts'
import { Core } from './core.ts'
import type { Pixels } from './image.ts'
import type { ResolvedOptions } from './options.ts'
import { parseWeights, type Weights } from './weights.ts'

/** Where searches run: in this thread, or behind a worker. One search at a time. */
export interface Engine {
  search(pixels: Pixels, options: ResolvedOptions, detailed: boolean): Promise<Outcome>
  dispose(): void
}

/** The kernels that come with the library. */
export async function shippedKernels(): Promise<Uint8Array> {
  return decodeBase64((await import('../build/mtcnn.wasm')).default)
}

/** The weights that come with the library: a chunk of their own, loaded when first asked for. */
export async function shippedWeights(): Promise<Weights> {
  return parseWeights(decodeBase64((await import('../weights/mtcnn-f32.bin')).default))
}

/** An engine in this thread. */
export async function localEngine(kernels: WebAssembly.Module | Uint8Array, weights: Weights): Promise<Engine> {
  let core: Core | undefined = await Core.create(kernels, weights)
  return {
    search(pixels, options, detailed) {
      if (!core) throw new Error('the engine was used after its end')
      return search(core, pixels, options, detailed)
    },
    dispose() {
      core = undefined
    },
  }
}
