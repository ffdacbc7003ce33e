// The entry that brings neither kernels nor weights: the caller does.

import { start, startPool } from './api/create.ts'
import { Detector, DetectorPool } from './api/detector.ts'
import { IN_BROWSER } from './api/platform.browser.ts'
import { type StreamedFaces, streamFaces } from './api/stream.ts'
import { framesOf, type StreamFrame, type StreamSource } from './image/browser/live-source.ts'
import type { ImageInput } from './image/browser/read.ts'
import type { CreateOptions, DetectOptions, PoolOptions, SlimOptions } from './options/options.ts'

export * from './api/public.ts'
export type { StreamFrame, StreamSource } from './image/browser/live-source.ts'
export type { ImageInput } from './image/browser/read.ts'
export type { SlimAssets, SlimOptions } from './options/options.ts'

/** The face detector. */
export class MTCNN extends Detector<ImageInput> {
  /**
   * Makes a detector of the kernels and weights given, and starts a worker.
   *
   * @param options - Kernels and weights, and what else `MTCNN.create` of the main entry takes.
   * @throws MtcnnError INVALID_OPTION, INVALID_WEIGHTS, UNSUPPORTED_PLATFORM or WORKER_FAILED.
   * @example
   * const detector = await MTCNN.create({ module: '/static/mtcnn.wasm', weights: '/static/mtcnn-f16.bin' })
   * const faces = await detector.detectFaces(document.querySelector('img'))
   */
  static async create(options: SlimOptions<CreateOptions>): Promise<MTCNN> {
    return new MTCNN(await start(IN_BROWSER, options))
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
export class MTCNNPool<Skipped extends null = never> extends DetectorPool<ImageInput, Skipped> {
  /**
   * Starts the workers. Kernels and weights are prepared once for all. A worker that dies is replaced, and its image tried
   * once more.
   *
   * @param options - Size and policy of the pool, and what `MTCNN.create` takes.
   * @throws MtcnnError INVALID_OPTION, INVALID_WEIGHTS, UNSUPPORTED_PLATFORM or WORKER_FAILED.
   * @example
   * const pool = await MTCNNPool.create({ module, weights, size: 2 })
   * for await (const { index, faces } of pool.detectAll(input.files)) show(index, faces)
   * pool.dispose()
   */
  static async create(options: SlimOptions<PoolOptions> & { policy: 'latest' }): Promise<MTCNNPool<null>>
  static async create(options: SlimOptions<PoolOptions> & { policy?: 'queue' }): Promise<MTCNNPool>
  static async create(options: SlimOptions<PoolOptions>): Promise<MTCNNPool<null>>
  static async create(options: SlimOptions<PoolOptions>): Promise<MTCNNPool<null>> {
    return new MTCNNPool(await startPool(IN_BROWSER, options))
  }
}
