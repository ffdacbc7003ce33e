import { type EncodedImage, isEncodedImage, type PixelImage, toPixels } from './image.ts'
import { Detector, type Platform, start } from './mtcnn.ts'
import type { CreateOptions } from './options.ts'
import { decode, readWeights } from './platform/node.ts'

export { MtcnnError, type MtcnnErrorCode } from './errors.ts'
export type { Box, Face, Keypoints, Point } from './face.ts'
export { type ReferenceFace, toReference } from './format.ts'
export type { EncodedImage, PixelImage } from './image.ts'
export type { Detector, Explanation, IndexedFaces } from './mtcnn.ts'
export type { CreateOptions, DetectOptions, NmsThresholds, Roi, Thresholds } from './options.ts'
export type { LevelTrace, StageTimes, Trace } from './trace.ts'

/** What a detector takes: raw pixels, or an image file (path, `file:` URL or bytes), which `sharp` decodes. */
export type ImageInput = PixelImage | EncodedImage

const NODE: Platform<ImageInput> = {
  pixels: (image) => (isEncodedImage(image) ? decode(image) : toPixels(image)),
  read: readWeights,
}

/** The face detector. */
export class MTCNN extends Detector<ImageInput> {
  /**
   * Makes a detector: loads kernels and weights, so that the first answer does not wait for them.
   *
   * @param options - Defaults for all calls, the preset and the weights.
   * @throws MtcnnError INVALID_OPTION, INVALID_WEIGHTS or UNSUPPORTED_PLATFORM.
   * @example
   * const detector = await MTCNN.create({ minFaceSize: 40 })
   * const faces = await detector.detectFaces('photo.jpg')
   */
  static async create(options?: CreateOptions): Promise<MTCNN> {
    const { engine, defaults } = await start(NODE, options)
    return new MTCNN(NODE, engine, defaults)
  }
}
