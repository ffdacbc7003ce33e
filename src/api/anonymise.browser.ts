import type { RgbaImage } from '../faces/anonymise.ts'
import { readImage } from '../image/browser/read.ts'
import type { ImageInput } from '../image/browser/reader.ts'
import type { AnonymiseOptions } from '../options/anonymise.ts'
import type { AnyFace } from '../shared/face.ts'
import { anonymise } from './anonymise.ts'

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
