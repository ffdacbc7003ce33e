// The entry without kernels and weights: the caller gives them.

import { start, startPool } from './api/create.ts'
import { NodeDetector } from './api/detector.node.ts'
import { DetectorPool, type SkippedBy } from './api/detector.ts'
import { type ImageInput, IN_NODE } from './api/platform.node.ts'
import type { CreateOptions, PoolOptions, PoolPolicy, SlimOptions } from './options/options.ts'
import type { Stages } from './shared/face.ts'

export { anonymiseFaces } from './api/anonymise.node.ts'
export { NodeDetector, type StreamSource } from './api/detector.node.ts'
export * from './api/public.ts'
export type {
  BlobLike,
  ByteStream,
  FileInput,
  ImageInput,
  NodeStreamLike,
  ResponseLike,
  WebStreamLike,
} from './image/node/read.ts'
export type { SlimAssets, SlimOptions } from './options/options.ts'

/** The face detector. */
export class MTCNN<out S extends Stages = 'full'> extends NodeDetector<S> {
  /**
   * Makes a detector from the kernels and weights given.
   *
   * @param options - Kernels and weights, and what else `MTCNN.create` of the main entry takes.
   * @throws MtcnnError INVALID_OPTION, INVALID_WEIGHTS, UNSUPPORTED_PLATFORM or WORKER_FAILED.
   * @example
   * const detector = await MTCNN.create({ module: 'mtcnn.wasm', weights: 'mtcnn-f16.bin' })
   * const faces = await detector.detectFaces('photo.jpg')
   */
  static async create<S extends Stages = 'full'>(options: SlimOptions<CreateOptions<S>>): Promise<MTCNN<S>> {
    return new MTCNN(await start(IN_NODE, options))
  }
}

/** Several detectors in worker threads behind one: for servers and large collections. */
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
   * const pool = await MTCNNPool.create({ module, weights, size: 4 })
   * for await (const { index, faces } of pool.detectAll(files)) console.log(files[index], faces.length)
   * pool.dispose()
   */
  static async create<S extends Stages = 'full', P extends PoolPolicy = 'queue'>(
    options: SlimOptions<PoolOptions<S, P>>,
  ): Promise<MTCNNPool<SkippedBy<P>, S>> {
    return new MTCNNPool(await startPool(IN_NODE, options))
  }
}
