// The entry that brings neither kernels nor weights: the caller does.

import { start, startPool } from './api/create.ts'
import { Detector, DetectorPool } from './api/detector.ts'
import { type ImageInput, IN_NODE } from './api/platform.node.ts'
import { type StreamedFaces, streamFaces } from './api/stream.ts'
import { newestOf } from './image/frame-source.ts'
import type { CreateOptions, DetectOptions, PoolOptions, SlimOptions } from './options/options.ts'

export type { ImageInput } from './api/platform.node.ts'
export * from './api/public.ts'
export type { SlimAssets, SlimOptions } from './options/options.ts'

/** What `stream` takes: live images, such as those of a camera or of a video decoder. */
export type StreamSource<Frame extends ImageInput = ImageInput> = AsyncIterable<Frame>

/** The face detector. */
export class MTCNN extends Detector<ImageInput> {
  /**
   * Makes a detector of the kernels and weights given.
   *
   * @param options - Kernels and weights, and what else `MTCNN.create` of the main entry takes.
   * @throws MtcnnError INVALID_OPTION, INVALID_WEIGHTS, UNSUPPORTED_PLATFORM or WORKER_FAILED.
   * @example
   * const detector = await MTCNN.create({ module: 'mtcnn.wasm', weights: 'mtcnn-f16.bin' })
   * const faces = await detector.detectFaces('photo.jpg')
   */
  static async create(options: SlimOptions<CreateOptions>): Promise<MTCNN> {
    return new MTCNN(await start(IN_NODE, options))
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
export class MTCNNPool<Skipped extends null = never> extends DetectorPool<ImageInput, Skipped> {
  /**
   * Starts the workers. Kernels and weights are prepared once for all. A worker that dies is replaced, and its image tried
   * once more.
   *
   * @param options - Size and policy of the pool, and what `MTCNN.create` takes.
   * @throws MtcnnError INVALID_OPTION, INVALID_WEIGHTS, UNSUPPORTED_PLATFORM or WORKER_FAILED.
   * @example
   * const pool = await MTCNNPool.create({ module, weights, size: 4 })
   * for await (const { index, faces } of pool.detectAll(files)) console.log(files[index], faces.length)
   * pool.dispose()
   */
  static async create(options: SlimOptions<PoolOptions> & { policy: 'latest' }): Promise<MTCNNPool<null>>
  static async create(options: SlimOptions<PoolOptions> & { policy?: 'queue' }): Promise<MTCNNPool>
  static async create(options: SlimOptions<PoolOptions>): Promise<MTCNNPool<null>>
  static async create(options: SlimOptions<PoolOptions>): Promise<MTCNNPool<null>> {
    return new MTCNNPool(await startPool(IN_NODE, options))
  }
}
