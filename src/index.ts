import { start, startPool } from './api/create.ts'
import { IN_BROWSER } from './api/platform.browser.ts'
import type { Platform } from './api/platform.ts'
import { shippedKernels, shippedWeights } from './assets/embedded.ts'
import type { ImageInput } from './image/browser/read.ts'
import type { CreateOptions, PoolOptions } from './options/options.ts'
import { MTCNN as SlimDetector, MTCNNPool as SlimPool } from './slim.ts'

export * from './api/public.ts'
export type { ImageInput, StreamFrame, StreamSource } from './slim.ts'

const BROWSER: Platform<ImageInput> = {
  ...IN_BROWSER,
  shipped: { kernels: shippedKernels, weights: shippedWeights },
}

/** The face detector. */
export class MTCNN extends SlimDetector {
  /**
   * Makes a detector: loads kernels and weights and starts a worker, so that the first answer does not wait for them.
   *
   * @param options - Defaults for all calls, the preset and the weights; `worker: false` to work in the thread that calls.
   * @throws MtcnnError INVALID_OPTION, INVALID_WEIGHTS, UNSUPPORTED_PLATFORM or WORKER_FAILED.
   * @example
   * const detector = await MTCNN.create({ minFaceSize: 40 })
   * const faces = await detector.detectFaces(document.querySelector('img'))
   */
  static override async create(options?: CreateOptions): Promise<MTCNN> {
    return new MTCNN(await start(BROWSER, options))
  }
}

/** Several detectors in workers behind one: for many images, or for video that must not queue up. */
export class MTCNNPool<Skipped extends null = never> extends SlimPool<Skipped> {
  /**
   * Starts the workers. Kernels and weights are prepared once for all. A worker that dies is replaced, and its image tried
   * once more.
   *
   * @param options - Size and policy of the pool, and what `MTCNN.create` takes.
   * @throws MtcnnError INVALID_OPTION, INVALID_WEIGHTS, UNSUPPORTED_PLATFORM or WORKER_FAILED.
   * @example
   * const pool = await MTCNNPool.create({ size: 2 })
   * for await (const { index, faces } of pool.detectAll(input.files)) show(index, faces)
   * pool.dispose()
   */
  static override async create(options: PoolOptions & { policy: 'latest' }): Promise<MTCNNPool<null>>
  static override async create(options?: PoolOptions & { policy?: 'queue' }): Promise<MTCNNPool>
  static override async create(options?: PoolOptions): Promise<MTCNNPool<null>>
  static override async create(options?: PoolOptions): Promise<MTCNNPool<null>> {
    return new MTCNNPool(await startPool(BROWSER, options))
  }
}
