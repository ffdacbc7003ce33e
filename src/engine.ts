import { type Outcome, search } from './cascade.ts'
import { Core } from './core.ts'
import type { Pixels } from './image.ts'
import type { ResolvedOptions } from './options.ts'
import type { Detail } from './trace.ts'
import type { Weights } from './weights.ts'

/** Where searches run: in this thread, or behind a worker. One search at a time. */
export interface Engine {
  /** False once it is lost: searches fail from then on. */
  readonly alive: boolean
  search(pixels: Pixels, options: ResolvedOptions, detail: Detail): Promise<Outcome>
  dispose(): void
}

/** An engine in this thread. */
export async function localEngine(kernels: WebAssembly.Module | Uint8Array, weights: Weights): Promise<Engine> {
  let core: Core | undefined = await Core.create(kernels, weights)
  return {
    alive: true,
    search(pixels, options, detail) {
      if (!core) throw new Error('the engine was used after its end')
      return search(core, pixels, options, detail)
    },
    dispose() {
      core = undefined
    },
  }
}
