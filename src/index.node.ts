import { Detector } from './mtcnn.ts'
import type { CreateOptions, DetectOptions, PoolOptions } from './options.ts'
import { type ImageInput, IN_NODE } from './platform/in-node.ts'
import { nativeCrc32, shippedFile } from './platform/node.ts'
import { shippedKernels, shippedWeights } from './shipped.ts'
import { type Platform, start, startPool } from './start.ts'
import { newestOf, type StreamedFaces, streamFaces } from './stream.ts'
import { parseWeights } from './weights.ts'

export type { ImageInput } from './platform/in-node.ts'
export * from './public.ts'

/** What `stream` takes: live images, such as those of a camera or of a video decoder. */
export type StreamSource<Frame extends ImageInput = ImageInput> = AsyncIterable<Frame>

const NODE: Platform<ImageInput> = {
  ...IN_NODE,
  shipped: {
    kernels: shippedKernels,
    async weights(dtype) {
      const file = await shippedFile(dtype)
      return file ? parseWeights(file, nativeCrc32) : shippedWeights(dtype)
    },
  },
}

/** The face detector. */
export class MTCNN extends Detector<ImageInput> {
  /**
   * Makes a detector: loads kernels and weights, so that the first answer does not wait for them.
   *
   * @param options - Defaults for all calls, the preset and the weights; `worker: true` to work in a worker thread.
   * @throws MtcnnError INVALID_OPTION, INVALID_WEIGHTS, UNSUPPORTED_PLATFORM or WORKER_FAILED.
   * @example
   * const detector = await MTCNN.create({ minFaceSize: 40 })
   * const faces = await detector.detectFaces('photo.jpg')
   */
  static async create(options?: CreateOptions): Promise<MTCNN> {
    return new MTCNN(await start(NODE, options))
  }

  /**
   * Finds the faces in live images: always in the newest one; those that arrive while it works are dropped.
   *
   * Ends with the source, with `break`, and with `options.signal`, which is no error here.
   *
   * @example for await (const { faces, frame } of detector.stream(camera)) draw(frame, faces)
   */
  stream<Frame extends ImageInput>(
    source: StreamSource<Frame>,
    options?: DetectOptions,
  ): AsyncGenerator<StreamedFaces<Frame>, void, undefined> {
    return streamFaces(this, newestOf(source), options)
  }
}

/** Several detectors in worker threads behind one: for servers and large collections. */
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
   * const pool = await MTCNNPool.create({ size: 4 })
   * for await (const { index, faces } of pool.detectAll(files)) console.log(files[index], faces.length)
   * pool.dispose()
   */
  static async create(options: PoolOptions & { policy: 'latest' }): Promise<MTCNNPool<null>>
  static async create(options?: PoolOptions & { policy?: 'queue' }): Promise<MTCNNPool>
  static async create(options?: PoolOptions): Promise<MTCNNPool<null>>
  static async create(options?: PoolOptions): Promise<MTCNNPool<null>> {
    return new MTCNNPool(await startPool(NODE, options))
  }
}
