import { anonymise } from './api/anonymise.ts'
import { importEmbedded, start, startPool } from './api/create.ts'
import { BrowserDetector } from './api/detector.browser.ts'
import { DetectorPool, type SkippedBy } from './api/detector.ts'
import { IN_BROWSER } from './api/platform.browser.ts'
import type { Platform } from './api/platform.ts'
import { shippedKernels } from './assets/embedded-kernels.ts'
import { emittedOrEmbedded } from './assets/emitted.browser.ts'
import type { RgbaImage } from './faces/anonymise.ts'
import { type ImageInput, imageReader } from './image/browser/reader.ts'
import type { AnonymiseOptions } from './options/anonymise.ts'
import type { CreateOptions, PoolOptions, PoolPolicy } from './options/options.ts'
import type { AnyFace, Stages } from './shared/face.ts'

export { BrowserDetector } from './api/detector.browser.ts'
export * from './api/public.ts'
export type { StreamFrame, StreamSource } from './image/browser/live-source.ts'
export type { ImageInput } from './image/browser/reader.ts'

/** What files need is a chunk of its own: a page that searches elements, canvases and raw pixels never loads it. */
const readImage = /* @__PURE__ */ imageReader(() => importEmbedded(import('./image/browser/on-demand.ts')))

const BROWSER: Platform<ImageInput> = {
  ...IN_BROWSER,
  pixels: readImage,
  shipped: { kernels: shippedKernels, weights: emittedOrEmbedded },
  /** A chunk of its own: a page that works in a worker never loads it. */
  async localEngine(kernels, weights) {
    const { localEngine } = await importEmbedded(import('./workers/engine.ts'))
    return localEngine(kernels, weights)
  },
  /** Chunks of their own, too: loaded by those who cut faces out, or follow them. */
  cropping: () => importEmbedded(import('./faces/cropping.ts')),
  tracking: () => importEmbedded(import('./tracking/tracking.ts')),
  /** A chunk of its own: loaded by those who set option `threads`. */
  team: () => importEmbedded(import('./workers/team-engine.ts')),
}

/** The face detector. */
export class MTCNN<out S extends Stages = 'full'> extends BrowserDetector<S> {
  /**
   * Makes a detector: loads kernels and weights and starts a worker, so that the first answer does not wait for them.
   *
   * @param options - Defaults for all calls, the preset and the weights; `worker: false` to work in the thread that calls.
   * @throws MtcnnError INVALID_OPTION, INVALID_WEIGHTS, UNSUPPORTED_PLATFORM or WORKER_FAILED.
   * @example
   * const detector = await MTCNN.create({ minFaceSize: 40 })
   * const faces = await detector.detectFaces('/photos/team.jpg')
   */
  static async create<S extends Stages = 'full'>(options?: CreateOptions<S>): Promise<MTCNN<S>> {
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
   * @param options - Size and policy of the pool, and what `MTCNN.create` takes.
   * @throws MtcnnError INVALID_OPTION, INVALID_WEIGHTS, UNSUPPORTED_PLATFORM or WORKER_FAILED.
   * @example
   * const pool = await MTCNNPool.create({ size: 2 })
   * for await (const { index, faces } of pool.detectAll(input.files)) show(index, faces)
   * pool.dispose()
   */
  static async create<S extends Stages = 'full', P extends PoolPolicy = 'queue'>(
    options?: PoolOptions<S, P>,
  ): Promise<MTCNNPool<SkippedBy<P>, S>> {
    return new MTCNNPool(await startPool(BROWSER, options))
  }
}

/**
 * Gives the pixels of an image with its faces made unrecognisable: blurred, in large tiles, or filled with a colour.
 *
 * The pixels outside of the faces, and alpha, stay as they are. Works in the calling thread. Whoever must be sure that nothing of a
 * face can be regained uses `method: 'fill'`.
 *
 * @param image - As `detectFaces` takes it; left unchanged.
 * @param faces - As `detectFaces` gives them, in pixels of this image.
 * @returns Red, green, blue and alpha, ready for `new ImageData(data, width, height)`, for sharp, and for `detectFaces`.
 * @throws MtcnnError INVALID_OPTION for what is not an array of faces, and for options; the errors of `detectFaces` for the image;
 * the reason of `options.signal` where it is aborted.
 * @example const hidden = await anonymiseFaces(image, await detector.detectFaces(image), { method: 'pixelate' })
 */
export function anonymiseFaces(
  image: ImageInput,
  faces: readonly AnyFace[],
  options?: AnonymiseOptions,
): Promise<RgbaImage> {
  return anonymise(readImage, image, faces, options)
}
