import type { ResolvedOptions } from '../options/options.ts'
import { bytesIn, isDetached, typedArrayName } from '../shared/bytes.ts'
import { describe, MtcnnError, tagOf } from '../shared/errors.ts'
import type { Global } from '../shared/global.ts'

/** Validated pixels, ready to be copied into the core. Rows top to bottom, `stride` bytes from row to row, `channels` bytes a pixel. */
export interface Pixels {
  data: Uint8Array
  width: number
  height: number
  channels: 1 | 3 | 4
  order: 'rgb' | 'bgr'
  stride: number
  /** True where the library made `data`, so that the caller has no reference to it, and its buffer can be transferred. */
  owned?: true
}

/** The options that matter where an image is read. */
export type ReadOptions = Pick<ResolvedOptions, 'signal' | 'strict' | 'maxPixels' | 'maxBytes'>

/** Raw pixels, 8 bits a channel, rows from top to bottom. */
export interface PixelImage {
  /** A Buffer is a Uint8Array too. */
  data: Uint8Array | Uint8ClampedArray
  /** Pixels. */
  width: number
  /** Pixels. */
  height: number
  /** Bytes a pixel: 1 grey, 3 colour, 4 colour and alpha (ignored). By default what the length of `data` says. */
  channels?: 1 | 3 | 4
  /** Order of the colours in memory; default `'rgb'`. Never guessed: OpenCV's images are `'bgr'`. */
  order?: 'rgb' | 'bgr'
  /** Bytes from the start of one row to the start of the next; default `width * channels`. */
  stride?: number
}

/** The bytes of an image file (JPEG, PNG, WebP...), or where to find one. A bare array of bytes is never taken for raw pixels. */
export type EncodedImage = string | Global<'URL'> | Uint8Array | ArrayBuffer | SharedArrayBuffer

function refuse(message: string, options?: { cause?: unknown }): never {
  throw new MtcnnError('INVALID_IMAGE', message, options)
}

/** Whether `value` has to be decoded first. Raw pixels always come as an object with a width and a height. */
export function isEncodedImage(value: unknown): value is EncodedImage {
  return typeof value === 'string' || isUrl(value) || encodedBytes(value) !== undefined
}

/** By its name and not by class: the URL of another realm, or of jsdom, is as good. */
export function isUrl(value: unknown): value is URL {
  return tagOf(value) === 'URL' && typeof (value as URL).href === 'string'
}

/** The bytes of an image file that was given as such; undefined for anything else, other kinds of arrays too. */
export function encodedBytes(value: unknown): Uint8Array | undefined {
  const name = typedArrayName(value)
  return name === undefined || name === 'Uint8Array' ? bytesIn(value) : undefined
}

/**
 * Checks raw pixels or ImageData and gives them in the one form the rest of the library uses; the bytes are not copied. Undefined
 * for what has not all of `data`, `width` and `height`: `toPixels` says what that is.
 *
 * @throws MtcnnError INVALID_IMAGE for raw pixels with a fault.
 */
export function wholePixels(image: unknown): Pixels | undefined {
  return reading(() => {
    if (typeof image !== 'object' || image === null || isEncodedImage(image)) return undefined
    // Read once: what was checked is what is used, even where a getter answers differently the second time.
    const { data, width, height, channels, order, stride } = image as Record<string, unknown>
    if (typedArrayName(data) === undefined || width === undefined || height === undefined) return undefined
    return checked({ data, width, height, channels, order, stride })
  })
}

/** Runs what reads properties of the caller's object, which may throw. */
export function reading<T>(read: () => T): T {
  try {
    return read()
  } catch (error) {
    if (error instanceof MtcnnError) throw error
    return refuse('the image could not be read: it throws where its properties are read', { cause: error })
  }
}

/** Pixels of these properties; throws MtcnnError INVALID_IMAGE where one is wrong. */
export function checked(given: Record<keyof PixelImage, unknown>): Pixels {
  const width = side(given.width, 'width')
  const height = side(given.height, 'height')
  const data = samples(given.data)
  const order = given.order === undefined ? 'rgb' : orderOf(given.order)
  const channels =
    given.channels === undefined ? inferChannels(data, width, height, given.stride) : channelsOf(given.channels)
  const stride = given.stride === undefined ? width * channels : strideOf(given.stride, width, channels)
  const pixels = { data, width, height, channels, order, stride }
  checkBytes(pixels, 'is too short')
  return pixels
}

const GONE = ': its memory was handed over (transferred) elsewhere'

/**
 * Bytes that were there can be gone: handed over with another message, or in a buffer that was made smaller.
 *
 * @param fault - What it means that there are too few.
 * @throws MtcnnError INVALID_IMAGE
 */
export function checkBytes({ data, width, height, channels, stride }: Pixels, fault = 'is too short by now'): void {
  const length = bytesIn(data)!.length
  // The last row need not be padded.
  const needed = stride * (height - 1) + width * channels
  if (length >= needed) return
  const layout = `${width} x ${height} with ${channels} channels and a stride of ${stride} takes ${needed} bytes`
  refuse(`image.data ${fault}: ${layout}; got ${length}${isDetached(data) ? GONE : ''}`)
}

function side(value: unknown, name: string): number {
  if (typeof value === 'number' && Number.isSafeInteger(value) && value >= 1) return value
  return refuse(`image.${name} must be a whole number of at least 1; got ${describe(value)}`)
}

function samples(value: unknown): Uint8Array {
  const name = typedArrayName(value)
  if (name !== undefined && isDetached(value)) refuse(`image.data is empty${GONE}`)
  // A view of our own: no property of the caller's array decides how long it is.
  if (name === 'Uint8Array' || name === 'Uint8ClampedArray') return bytesIn(value)!
  return refuse(
    `image.data must be a Uint8Array, Uint8ClampedArray or Buffer of 8-bit samples; got ${describe(value)}${hintFor(value, name)}`,
  )
}

function hintFor(value: unknown, arrayName: string | undefined): string {
  if (arrayName !== undefined) {
    if (/^Float/.test(arrayName)) return '; scale the samples to 0..255 and store them as bytes'
    return arrayName === 'Uint16Array'
      ? '; keep the upper 8 bits of each sample: Uint8Array.from(data, (v) => v >> 8)'
      : ''
  }
  if (bytesIn(value)) return '; wrap it: new Uint8Array(buffer)'
  if (Array.isArray(value)) return '; store the numbers as bytes: new Uint8Array(data)'
  const { type, data, then } = Object(value) as Record<string, unknown>
  if (typeof then === 'function') return '; await it first'
  if (type === 'Buffer' && Array.isArray(data)) return '; it went through JSON: Buffer.from(image.data)'
  return typeof value === 'function' ? '; call it and pass what it returns' : ''
}

function orderOf(value: unknown): 'rgb' | 'bgr' {
  if (value === 'rgb' || value === 'bgr') return value
  return refuse(`image.order must be 'rgb' or 'bgr'; got ${describe(value)}`)
}

function channelsOf(value: unknown): 1 | 3 | 4 {
  if (value === 1 || value === 3 || value === 4) return value
  return refuse(`image.channels must be 1, 3 or 4; got ${describe(value)}`)
}

function strideOf(value: unknown, width: number, channels: number): number {
  const least = width * channels
  if (typeof value === 'number' && Number.isSafeInteger(value) && value >= least) return value
  return refuse(
    `image.stride must be a whole number of at least width * channels = ${least} bytes; got ${describe(value)}`,
  )
}

/** Only where nothing but one number of channels fits exactly: rows with padding or trailing bytes need `channels`. */
function inferChannels({ length }: Uint8Array, width: number, height: number, stride: unknown): 1 | 3 | 4 {
  for (const channels of [1, 3, 4] as const) {
    if (length !== width * height * channels) continue
    if (stride === undefined || stride === width * channels) return channels
  }
  const halves = Math.ceil(width / 2) * Math.ceil(height / 2)
  const hint =
    length === width * height + 2 * halves
      ? '. They may be YUV 4:2:0 (I420, NV12): with channels: 1 the first of them, the brightness, are searched'
      : ''
  return refuse(
    `image.channels must be given: ${length} bytes for ${width} x ${height} pixels` +
      `${stride === undefined ? '' : ` with a stride of ${describe(stride)}`} are not exactly 1, 3 or 4 a pixel${hint}`,
  )
}
