import { MtcnnError } from '../shared/errors.ts'
import type { Size } from '../shared/face.ts'

/**
 * Refuses an image of more pixels than the caller allows.
 *
 * @throws MtcnnError IMAGE_TOO_LARGE
 */
export function checkPixelCount({ width, height }: Size, maxPixels: number, what: string): void {
  if (width * height <= maxPixels) return
  throw tooManyPixels(`${what} has ${width} x ${height} = ${width * height} pixels`, maxPixels)
}

/** The error for an image that is too large; `found` says how large it is. */
export function tooManyPixels(found: string, maxPixels: number): MtcnnError {
  return new MtcnnError('IMAGE_TOO_LARGE', `${found}; option 'maxPixels' allows ${maxPixels}`)
}

/**
 * Refuses a file of more bytes than the caller allows.
 *
 * @throws MtcnnError IMAGE_TOO_LARGE
 */
export function checkByteCount(bytes: number, maxBytes: number, what: string): void {
  if (bytes > maxBytes) throw tooManyBytes(`${what} has ${bytes} bytes`, maxBytes)
}

/** The error for a file that is too large; `found` says how large it is, or how much of it was read. */
export function tooManyBytes(found: string, maxBytes: number): MtcnnError {
  return new MtcnnError('IMAGE_TOO_LARGE', `${found}; option 'maxBytes' allows ${maxBytes}`)
}
