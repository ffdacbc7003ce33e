import { Detector } from './mtcnn.ts'
import type { CreateOptions, DetectOptions, PoolOptions } from './options.ts'
import type { ImageInput } from './platform/browser.ts'
import { framesOf, type StreamFrame, type StreamSource } from './platform/frames.ts'
import { IN_BROWSER } from './platform/in-browser.ts'
import { shippedKernels, shippedWeights } from './shipped.ts'
import { type Platform, start, startPool } from './start.ts'
import { type StreamedFaces, streamFaces } from './stream.ts'

export type { ImageInput } from './platform/browser.ts'
export type { StreamFrame, StreamSource } from './platform/frames.ts'
export * from './public.ts'

const BROWSER: Platform<ImageInput> = {
  ...IN_BROWSER,
  shipped: { kernels: shippedKernels, weights: shippedWeights },
}

/** The face detector. */
export class MTCNN extends Detector<ImageInput> {
  /**
   * Makes a detector: loads kernels and weights and starts a worker, so that the first answer does not wait for them.
   *
   * @param options - Defaults for all calls, the preset and the weights; `worker: false` to work in the thread that calls.
   * @throws MtcnnError INVALID_OPTION, INVALID_WEIGHTS, UNSUPPORTED_PLATFORM or WORKER_FAILED.
   * @example
   * const detector = await MTCNN.create({ minFaceSize: 40 })
   * const faces = await detector.detectFaces(document.querySelector('img'))
   */
  static async create(options?: CreateOptions): Promise<MTCNN> {
    return new MTCNN(await start(BROWSER, options))
  }

  /**
   * Finds the faces in live video: always in the newest frame; those that pass while it works are dropped.
   *
   * Ends with the video, the track or the stream, with `break`, and with `options.signal`, which is no error here.
   *
   * @param source - A video element (not paused), a track, or a stream of frames, which are closed.
   * @throws MtcnnError UNSUPPORTED_IMAGE for other sources; otherwise as `detectFaces`.
   * @example for await (const { faces, frame } of detector.stream(video)) draw(frame, faces)
   */
  stream(source: StreamSource, options?: DetectOptions): AsyncGenerator<StreamedFaces<StreamFrame>, void, undefined> {
    return streamFaces(this, framesOf(source), options)
  }
}

/** Several detectors in workers behind one: for many images, or for video that must not queue up. */
export class MTCNNPool<Skipped extends null = never> extends Detector<ImageInput, Skipped> {
  /** How many workers. */
  readonly size: number

  private constructor(setup: Awaited<ReturnType<typeof startPool<ImageInput>>>) {
    super(setup)
    this.size = setup.size
  }

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
  static async create(options: PoolOptions & { policy: 'latest' }): Promise<MTCNNPool<null>>
  static async create(options?: PoolOptions & { policy?: 'queue' }): Promise<MTCNNPool>
  static async create(options?: PoolOptions): Promise<MTCNNPool<null>>
  static async create(options?: PoolOptions): Promise<MTCNNPool<null>> {
    return new MTCNNPool(await startPool(BROWSER, options))
  }
}
