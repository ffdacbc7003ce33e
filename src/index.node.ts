import { start, startPool } from './api/create.ts'
import { NodeDetector } from './api/detector.node.ts'
import { DetectorPool, type SkippedBy } from './api/detector.ts'
import { type ImageInput, IN_NODE } from './api/platform.node.ts'
import type { Platform } from './api/platform.ts'
import { shippedKernels } from './assets/embedded-kernels.ts'
import { shippedWeights } from './assets/embedded-weights.ts'
import { weightsFile } from './assets/shipped-file.node.ts'
import type { CreateOptions, PoolOptions, PoolPolicy } from './options/options.ts'
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

const NODE: Platform<ImageInput> = {
  ...IN_NODE,
  shipped: {
    kernels: shippedKernels,
    weights: async (dtype) => (await weightsFile(dtype)) ?? shippedWeights(dtype),
  },
}

/** The face detector. */
export class MTCNN<out S extends Stages = 'full'> extends NodeDetector<S> {
  /**
   * Makes a detector: loads kernels and weights, so that the first answer does not wait for them.
   *
   * @param options - Defaults for all calls, the preset and the weights; `worker: true` to work in a worker thread.
   * @throws MtcnnError INVALID_OPTION, INVALID_WEIGHTS, UNSUPPORTED_PLATFORM or WORKER_FAILED.
   * @example
   * const detector = await MTCNN.create({ minFaceSize: 40 })
   * const faces = await detector.detectFaces('photo.jpg')
   */
  static async create<S extends Stages = 'full'>(options?: CreateOptions<S>): Promise<MTCNN<S>> {
    return new MTCNN(await start(NODE, options))
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
   * @param options - Size and policy of the pool, and what `MTCNN.create` takes.
   * @throws MtcnnError INVALID_OPTION, INVALID_WEIGHTS, UNSUPPORTED_PLATFORM or WORKER_FAILED.
   * @example
   * const pool = await MTCNNPool.create({ size: 4 })
   * for await (const { index, faces } of pool.detectAll(files)) console.log(files[index], faces.length)
   * pool.dispose()
   */
  static async create<S extends Stages = 'full', P extends PoolPolicy = 'queue'>(
    options?: PoolOptions<S, P>,
  ): Promise<MTCNNPool<SkippedBy<P>, S>> {
    return new MTCNNPool(await startPool(NODE, options))
  }
}
