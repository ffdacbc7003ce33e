// The entry without kernels and weights: the caller gives them.

import { start, startPool } from './api/create.ts'
import { BrowserDetector } from './api/detector.browser.ts'
import { DetectorPool, type SkippedBy } from './api/detector.ts'
import { IN_BROWSER } from './api/platform.browser.ts'
import type { Platform } from './api/platform.ts'
import * as cropping from './faces/cropping.ts'
import { readImage } from './image/browser/read.ts'
import type { ImageInput } from './image/browser/reader.ts'
import type { CreateOptions, PoolOptions, PoolPolicy, SlimOptions } from './options/options.ts'
import type { Stages } from './shared/face.ts'
import * as tracking from './tracking/tracking.ts'
import { localEngine } from './workers/engine.ts'
import * as team from './workers/team-engine.ts'

export { anonymiseFaces } from './api/anonymise.browser.ts'
export { BrowserDetector } from './api/detector.browser.ts'
export * from './api/public.ts'
export type { StreamFrame, StreamSource } from './image/browser/live-source.ts'
export type { ImageInput } from './image/browser/reader.ts'
export type { SlimAssets, SlimOptions } from './options/options.ts'

/** All in one file: where this entry is used, there may be no `import()`. */
const BROWSER: Platform<ImageInput> = {
  ...IN_BROWSER,
  pixels: readImage,
  localEngine,
  cropping: async () => cropping,
  tracking: async () => tracking,
  team: async () => team,
}

/** The face detector. */
export class MTCNN<out S extends Stages = 'full'> extends BrowserDetector<S> {
  /**
   * Makes a detector from the kernels and weights given, and starts a worker.
   *
   * @param options - Kernels and weights, and what else `MTCNN.create` of the main entry takes.
   * @throws MtcnnError INVALID_OPTION, INVALID_WEIGHTS, UNSUPPORTED_PLATFORM or WORKER_FAILED.
   * @example
   * const detector = await MTCNN.create({ module: '/static/mtcnn.wasm', weights: '/static/mtcnn-f16.bin' })
   * const faces = await detector.detectFaces('/photos/team.jpg')
   */
  static async create<S extends Stages = 'full'>(options: SlimOptions<CreateOptions<S>>): Promise<MTCNN<S>> {
    return new MTCNN(await start(BROWSER, options))
  }
}

/** Several detectors in workers behind one: for many images, or for video that must not queue up. */
export class MTCNNPool<Skipped extends null = never, out S extends Stages = 'full'> extends DetectorPool<
  ImageInput,
  Skipped,
  S
> {
  /**
   * Starts the workers. Kernels and weights are prepared once for all. A worker that fails is replaced, and its image is
   * tried once more.
   *
   * @param options - Kernels and weights, size and policy of the pool, and what else `MTCNN.create` takes.
   * @throws MtcnnError INVALID_OPTION, INVALID_WEIGHTS, UNSUPPORTED_PLATFORM or WORKER_FAILED.
   * @example
   * const pool = await MTCNNPool.create({ module, weights, size: 2 })
   * for await (const { index, faces } of pool.detectAll(input.files)) show(index, faces)
   * pool.dispose()
   */
  static async create<S extends Stages = 'full', P extends PoolPolicy = 'queue'>(
    options: SlimOptions<PoolOptions<S, P>>,
  ): Promise<MTCNNPool<SkippedBy<P>, S>> {
    return new MTCNNPool(await startPool(BROWSER, options))
  }
}
