import { MtcnnError } from '../../shared/errors.ts'
import type { Pixels } from '../pixels.ts'
import { NO_DECODER_HINT, readInBands } from './canvas.ts'
import type { Originals } from './straight.ts'

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

/**
 * Reads a bitmap and closes it.
 *
 * @param element - An image that shows the same, where one can be made.
 */
export async function readOwnBitmap(
  bitmap: ImageBitmap,
  what: string,
  signal: AbortSignal | undefined,
  element: () => Promise<HTMLImageElement | undefined>,
): Promise<Pixels> {
  try {
    const drawn = await readInBands(bitmap, bitmap, what, signal)
    return await withStoredColours(drawn, { bitmap: async () => bitmap, element })
  } finally {
    bitmap.close()
  }
}

/** The picture that was drawn, with the colours that it has under alpha. */
export async function withStoredColours(drawn: Pixels, originals: Originals): Promise<Pixels> {
  if (isOpaque(drawn)) return drawn
  const { straightened } = await import('./straight.ts')
  return straightened(drawn, originals)
}

function isOpaque({ data }: Pixels): boolean {
  for (let at = 3; at < data.length; at += 4) if (data[at] !== 255) return false
  return true
}
