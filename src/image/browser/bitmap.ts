import { MtcnnError } from '../../shared/errors.ts'
import type { Pixels } from '../pixels.ts'
import { NO_DECODER_HINT, ownPixels, readInBands } from './canvas.ts'

/** Colours as they are in the file: turned upright, not multiplied with alpha, converted to sRGB. */
const AS_STORED: ImageBitmapOptions = { imageOrientation: 'from-image', premultiplyAlpha: 'none' }

/**
 * Decodes a file or copies a picture.
 *
 * @throws MtcnnError UNSUPPORTED_PLATFORM where nothing can be decoded; what the browser throws where it refuses.
 */
export function makeBitmap(source: ImageBitmapSource): Promise<ImageBitmap> {
  if (typeof createImageBitmap !== 'undefined') return createImageBitmap(source, AS_STORED)
  const message = `images cannot be decoded here (createImageBitmap is missing); ${NO_DECODER_HINT}`
  return Promise.reject(new MtcnnError('UNSUPPORTED_PLATFORM', message))
}

/** Reads a bitmap and closes it. */
export async function readOwnBitmap(
  bitmap: ImageBitmap,
  what: string,
  signal: AbortSignal | undefined,
): Promise<Pixels> {
  try {
    const pixels = await readInBands(bitmap, bitmap, what, signal)
    return isOpaque(pixels) ? pixels : ((await straightPixels(bitmap)) ?? pixels)
  } finally {
    bitmap.close()
  }
}

/**
 * A canvas multiplies colours with alpha, so that those of transparent pixels are lost; a frame made of the bitmap has them
 * still. Closes the bitmap; undefined where the browser does not give them.
 */
export async function straightPixels(bitmap: ImageBitmap): Promise<Pixels | undefined> {
  const { width, height } = bitmap
  const opened: { close(): void }[] = [bitmap]
  try {
    const frame = new VideoFrame(bitmap, { timestamp: 0 })
    opened.push(frame)
    const order = { RGBA: 'rgb', BGRA: 'bgr' } as const
    if (frame.format !== 'RGBA' && frame.format !== 'BGRA') return undefined
    const data = new Uint8Array(frame.allocationSize())
    await frame.copyTo(data)
    const pixels = ownPixels(data, { width, height }, order[frame.format])
    return data.length === width * height * 4 && isStraight(data) ? pixels : undefined
  } catch {
    return undefined
  } finally {
    for (const each of opened) each.close()
  }
}

export function isOpaque({ data }: Pixels): boolean {
  for (let at = 3; at < data.length; at += 4) if (data[at] !== 255) return false
  return true
}

/** Multiplied with alpha, no colour is larger than it. */
function isStraight(data: Uint8Array): boolean {
  for (let at = 3; at < data.length; at += 4) {
    const alpha = data[at]!
    if (data[at - 1]! > alpha || data[at - 2]! > alpha || data[at - 3]! > alpha) return true
  }
  return false
}
