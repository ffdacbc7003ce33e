import { MtcnnError } from '../../shared/errors.ts'
import { nextTask } from '../../shared/next-task.ts'
import type { Pixels } from '../pixels.ts'
import { ownPixels, readCalmly } from './canvas.ts'

/** Colours as they are in the file: turned upright, not multiplied with alpha, converted to sRGB. */
const AS_STORED: ImageBitmapOptions = { imageOrientation: 'from-image', premultiplyAlpha: 'none' }

/**
 * Decodes an image file, as a viewer shows it: EXIF orientation applied, alpha ignored.
 *
 * @throws MtcnnError DECODE_FAILED
 */
export async function readBlob(blob: Blob, what: string): Promise<Pixels> {
  let bitmap: ImageBitmap
  try {
    bitmap = await createImageBitmap(blob, AS_STORED)
  } catch (cause) {
    if (/^image\/svg\b/.test(blob.type) && typeof document !== 'undefined') return readSvg(blob, what)
    const kind = blob.type === '' ? '' : `, said to be ${blob.type}`
    throw new MtcnnError('DECODE_FAILED', `could not decode ${what} (${blob.size} bytes${kind})`, { cause })
  }
  return readOwnBitmap(bitmap, what)
}

/** Browsers decode vector images in image elements only. */
async function readSvg(blob: Blob, what: string): Promise<Pixels> {
  const url = URL.createObjectURL(blob)
  try {
    return await readImageElement(Object.assign(new Image(), { src: url }), what)
  } finally {
    URL.revokeObjectURL(url)
  }
}

/**
 * Reads an image element once it is loaded, at its natural size.
 *
 * @throws MtcnnError DECODE_FAILED where it could not be loaded, INVALID_IMAGE where it may not be read.
 */
export async function readImageElement(image: HTMLImageElement, what: string): Promise<Pixels> {
  await decoded(image, image.currentSrc || image.src, what)
  const size = { width: image.naturalWidth, height: image.naturalHeight }
  const pixels = await readCalmly(image, size, what, nextTask)
  if (isOpaque(pixels)) return pixels
  try {
    const straight = await straightPixels(await createImageBitmap(image, AS_STORED))
    if (straight && straight.width === size.width && straight.height === size.height) return straight
  } catch {
    // A vector image without a size of its own: what was drawn is what there is.
  }
  return pixels
}

/** Reads the `<image>` of an SVG document, at the natural size of what it shows. */
export async function readSvgImage(image: SVGImageElement, what: string): Promise<Pixels> {
  await decoded(image as SVGImageElement & { decode?(): Promise<void> }, image.href.baseVal, what)
  let bitmap: ImageBitmap
  try {
    bitmap = await createImageBitmap(image, AS_STORED)
  } catch (cause) {
    throw new MtcnnError('DECODE_FAILED', `could not decode ${what}`, { cause })
  }
  return readOwnBitmap(bitmap, what)
}

async function decoded(image: { decode?(): Promise<void> }, source: string, what: string): Promise<void> {
  if (source === '') throw new MtcnnError('INVALID_IMAGE', `${what} has no source`)
  try {
    await image.decode?.()
  } catch (cause) {
    throw new MtcnnError('DECODE_FAILED', `${what} could not be loaded or decoded`, { cause })
  }
}

async function readOwnBitmap(bitmap: ImageBitmap, what: string): Promise<Pixels> {
  try {
    const pixels = await readCalmly(bitmap, bitmap, what, nextTask)
    return isOpaque(pixels) ? pixels : ((await straightPixels(bitmap)) ?? pixels)
  } finally {
    bitmap.close()
  }
}

/**
 * A canvas multiplies colours with alpha, so that those of transparent pixels are lost; a frame made of the bitmap has them
 * still. Closes the bitmap; undefined where the browser does not give them.
 */
async function straightPixels(bitmap: ImageBitmap): Promise<Pixels | undefined> {
  const { width, height } = bitmap
  const open: { close(): void }[] = [bitmap]
  try {
    const frame = new VideoFrame(bitmap, { timestamp: 0 })
    open.push(frame)
    const order = { RGBA: 'rgb', BGRA: 'bgr' } as const
    if (frame.format !== 'RGBA' && frame.format !== 'BGRA') return undefined
    const data = new Uint8Array(frame.allocationSize())
    await frame.copyTo(data)
    const pixels = ownPixels(data, { width, height }, order[frame.format])
    return data.length === width * height * 4 && isStraight(data) ? pixels : undefined
  } catch {
    return undefined
  } finally {
    for (const held of open) held.close()
  }
}

function isOpaque({ data }: Pixels): boolean {
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
