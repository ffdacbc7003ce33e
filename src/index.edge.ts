// The entry for Vercel's Edge Runtime, such as routes of Next.js with `runtime = 'edge'`: WebAssembly comes by import, with a query of
// its own, compiled before anything runs; compiling later is forbidden.

import exact from 'mtcnn-wasm/mtcnn.wasm?module'
import { start, startPool } from './api/create.ts'
import { BrowserDetector } from './api/detector.browser.ts'
import { DetectorPool, type SkippedBy } from './api/detector.ts'
import { ON_THE_EDGE } from './api/platform.edge.browser.ts'
import type { Platform } from './api/platform.ts'
import { shippedWeights } from './assets/embedded-weights.ts'
import type { ImageInput } from './image/browser/reader.ts'
import type { CreateOptions, PoolOptions, PoolPolicy } from './options/options.ts'
import { MtcnnError } from './shared/errors.ts'
import type { Stages } from './shared/face.ts'

export { anonymiseFaces } from './api/anonymise.browser.ts'
export { BrowserDetector } from './api/detector.browser.ts'
export * from './api/public.ts'
export type { StreamFrame, StreamSource } from './image/browser/live-source.ts'
export type { ImageInput } from './image/browser/reader.ts'

const EDGE: Platform<ImageInput> = {
  ...ON_THE_EDGE,
  shipped: {
    async kernels({ kernels }) {
      if (kernels === 'simd') return exact
      // Next.js compiles all that is imported, and older engines cannot compile those.
      throw new MtcnnError('UNSUPPORTED_PLATFORM', "option 'precision' must be 'exact' in the Edge Runtime")
    },
    weights: shippedWeights,
  },
}

/** The face detector. */
export class MTCNN<out S extends Stages = 'full'> extends BrowserDetector<S> {
  /** As in the entry for browsers, whose types this entry has too. It works in the thread that calls: there are no workers. */
  static async create<S extends Stages = 'full'>(options?: CreateOptions<S>): Promise<MTCNN<S>> {
    return new MTCNN(await start(EDGE, options))
  }
}

/** Cannot be created here: this runtime has no `Worker`. `MTCNNPool.create` always rejects with WORKER_FAILED. */
export class MTCNNPool<Skipped extends null = never, out S extends Stages = 'full'> extends DetectorPool<
  ImageInput,
  Skipped,
  S
> {
  static async create<S extends Stages = 'full', P extends PoolPolicy = 'queue'>(
    options?: PoolOptions<S, P>,
  ): Promise<MTCNNPool<SkippedBy<P>, S>> {
    return new MTCNNPool(await startPool(EDGE, options))
  }
}
