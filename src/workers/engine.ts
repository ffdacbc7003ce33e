import type { Weights } from '../assets/weights.ts'
import { type Outcome, search } from '../cascade/search.ts'
import type { Pixels } from '../image/pixels.ts'
import type { ResolvedOptions } from '../options/options.ts'
import type { Detail } from '../shared/trace.ts'
import { Core } from '../wasm/core.ts'

/** What runs searches, in this thread or in a worker. One search at a time. */
export interface Engine {
  /** False once its worker has ended: searches fail from then on. */
  readonly alive: boolean
  search(pixels: Pixels, options: ResolvedOptions, detail: Detail): Promise<Outcome>
  dispose(): void
}

/** An engine in this thread. */
export async function localEngine(kernels: WebAssembly.Module | Uint8Array, weights: Weights): Promise<Engine> {
  let core: Core | undefined = await Core.create(kernels, weights)
  return {
    alive: true,
    async search(pixels, options, detail) {
      if (!core) throw new Error('a search was asked for after dispose')
      return search(core, pixels, options, detail)
    },
    dispose() {
      core = undefined
    },
  }
}
