import { describe, MtcnnError } from '../shared/errors.ts'
import { checked, isEncodedImage, type Pixels, reading, wholePixels } from './pixels.ts'
import { knownMistake, unknownImage } from './unknown-image.ts'

/**
 * Checks raw pixels or ImageData and gives them in the one form the rest of the library uses; the bytes are not copied.
 *
 * @throws MtcnnError INVALID_IMAGE for raw pixels with a fault, UNSUPPORTED_IMAGE for what is something else.
 * @example toPixels({ data: new Uint8Array(12), width: 2, height: 2 }).channels // 3
 */
export function toPixels(image: unknown): Pixels {
  return wholePixels(image) ?? reading(() => refuseImage(image))
}

function refuseImage(image: unknown): Pixels {
  if (isEncodedImage(image)) {
    throw new MtcnnError(
      'UNSUPPORTED_IMAGE',
      `the image must be raw pixels { data, width, height } here; got ${describe(image)}, which would have to be decoded`,
    )
  }
  if (typeof image !== 'object' || image === null) throw unknownImage(image)
  const { data, width, height, channels, order, stride } = image as Record<string, unknown>
  const hasSome = data !== undefined || width !== undefined || height !== undefined
  if (!hasSome || knownMistake(image)) throw unknownImage(image)
  return checked({ data, width, height, channels, order, stride })
}
