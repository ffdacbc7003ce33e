import type { Weights } from '../assets/weights.ts'
import { follow } from '../cascade/follow.ts'
import { checkpointOf, type Outcome, search } from '../cascade/search.ts'
import type { FollowOutcome, FollowRequest } from '../cascade/sighting.ts'
import type { Pixels } from '../image/pixels.ts'
import type { ResolvedOptions } from '../options/options.ts'
import type { Detail } from '../shared/trace.ts'
import { Core } from '../wasm/core.ts'
import type { WarpRequest } from '../wasm/warper.ts'
import { warpAll } from '../wasm/warps.ts'

/** What runs searches, in this thread or in a worker: one at a time. A worker can be given the next one before. */
export interface Engine {
  /** False once its worker has ended: searches fail from then on. */
  readonly alive: boolean
  /** @param keep - Whether `warp` with the same pixels follows: they are then at hand. Default false. */
  search(pixels: Pixels, options: ResolvedOptions, detail: Detail, keep?: boolean): Promise<Outcome>
  /** Looks at the faces of the frame before, and searches a part of a frame for new ones. */
  follow(pixels: Pixels, options: ResolvedOptions, request: FollowRequest): Promise<FollowOutcome>
  /** Makes crops of an image: f32 [height][width][3] for each, 0 to 255, not rounded. */
  warp(pixels: Pixels, options: WarpTaskOptions, requests: readonly WarpRequest[]): Promise<Float32Array[]>
  /** Takes a task on these pixels back, where it has not begun: its promise rejects with NotBegun. False where it has. */
  recall?(pixels: Pixels): boolean
  dispose(): void
}

/** The options that matter where no search is made. */
export type WarpTaskOptions = Pick<ResolvedOptions, 'signal' | 'transfer'>

/** An engine in this thread. */
export async function localEngine(kernels: WebAssembly.Module | Uint8Array, weights: Weights): Promise<Engine> {
  return engineOn(await Core.create(kernels, weights))
}

/** @param searchWith - As `search`: with other threads' help. */
export function engineOn(running: Core, searchWith: typeof search = search): Engine {
  let core: Core | undefined = running
  /** What the whole of is the core's frame. */
  let loaded: Pixels | undefined
  const inUse = () => {
    if (!core) throw new Error('a search was asked for after dispose')
    return core
  }
  return {
    alive: true,
    async search(pixels, options, detail, keep = false) {
      loaded = undefined
      const outcome = await searchWith(inUse(), pixels, options, detail)
      const whole = options.roi === null && options.pad === 0 && options.rotate.at(-1) === 0
      if (keep && whole && outcome.detections.length > 0) {
        const { width, height } = pixels
        // Where other threads have helped, this one may have a part of the image only.
        await inUse().loadRows(pixels, { x: 0, y: 0, width, height }, { first: 0, end: height })
        loaded = pixels
      }
      return outcome
    },
    async follow(pixels, options, request) {
      loaded = undefined
      return follow(inUse(), pixels, options, request, searchWith)
    },
    async warp(pixels, { signal }, requests) {
      const options = { loaded: loaded === pixels, checkpoint: checkpointOf(signal) }
      loaded = undefined
      return warpAll(inUse(), pixels, requests, options)
    },
    dispose() {
      core = undefined
      loaded = undefined
    },
  }
}
