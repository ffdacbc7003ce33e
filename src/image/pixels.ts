import type { ResolvedOptions } from '../options/options.ts'
import { describe, MtcnnError, tagOf } from '../shared/errors.ts'

/** Validated pixels, ready to be copied into the core. Rows top to bottom, `stride` bytes from row to row, `channels` bytes a pixel. */
export interface Pixels {
  data: Uint8Array
  width: number
  height: number
  channels: 1 | 3 | 4
  order: 'rgb' | 'bgr'
  stride: number
  /** True where the library decoded them: the caller has no reference to `data`, so its buffer may be transferred. */
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
export type EncodedImage = string | URL | Uint8Array | ArrayBuffer

function refuse(message: string, options?: { cause?: unknown }): never {
  throw new MtcnnError('INVALID_IMAGE', message, options)
}

/** Tells what has to be decoded first from raw pixels, which always come as an object with a width and a height. */
export function isEncodedImage(value: unknown): value is EncodedImage {
  const tag = tagOf(value)
  // By tag and not by class: the arrays of another realm (a test runner's, a frame's) are as good.
  return (
    typeof value === 'string' ||
    tag === 'URL' ||
    tag === 'ArrayBuffer' ||
    (tag === 'Uint8Array' && ArrayBuffer.isView(value))
  )
}

/**
 * Checks raw pixels or ImageData and gives them in the one form the rest of the library uses; the bytes are not copied.
 *
 * @throws MtcnnError INVALID_IMAGE, saying what was given and what is wanted; UNSUPPORTED_IMAGE for encoded images.
 * @example toPixels({ data: new Uint8Array(12), width: 2, height: 2 }).channels // 3
 */
export function toPixels(image: unknown): Pixels {
  if (isEncodedImage(image)) {
    throw new MtcnnError(
      'UNSUPPORTED_IMAGE',
      `the image must be raw pixels { data, width, height } here; got ${describe(image)}, which would have to be decoded`,
    )
  }
  try {
    return checked(image)
  } catch (error) {
    if (error instanceof MtcnnError) throw error
    return refuse('the image could not be read', { cause: error })
  }
}

function checked(image: unknown): Pixels {
  if (typeof image !== 'object' || image === null || Array.isArray(image) || ArrayBuffer.isView(image)) {
    return refuse(`the image must be an object { data, width, height } or ImageData; got ${describe(image)}`)
  }
  // Read once: what was checked is what is used, even where a getter answers differently the second time.
  const given = image as Record<string, unknown>
  const {
    data,
    width: givenWidth,
    height: givenHeight,
    channels: givenChannels,
    order: givenOrder,
    stride: givenStride,
  } = given
  const width = side(givenWidth, 'width')
  const height = side(givenHeight, 'height')
  const bytes = bytesOf(data)
  const order = givenOrder === undefined ? 'rgb' : orderOf(givenOrder)
  const channels =
    givenChannels === undefined ? inferChannels(bytes, width, height, givenStride) : channelsOf(givenChannels)
  const stride = givenStride === undefined ? width * channels : strideOf(givenStride, width, channels)
  const pixels = { data: bytes, width, height, channels, order, stride }
  checkBytes(pixels, 'is too short')
  return pixels
}

/**
 * Bytes that were there can be gone: handed over with another message, or in a buffer that was made smaller.
 *
 * @param fault - What it means that there are too few.
 * @throws MtcnnError INVALID_IMAGE
 */
export function checkBytes({ data, width, height, channels, stride }: Pixels, fault = 'is too short by now'): void {
  // The last row need not be padded.
  const needed = stride * (height - 1) + width * channels
  if (data.length >= needed) return
  refuse(
    `image.data ${fault}: ${width} x ${height} with ${channels} channels and a stride of ${stride} takes ${needed} bytes; got ${data.length}`,
  )
}

function side(value: unknown, name: string): number {
  if (typeof value === 'number' && Number.isSafeInteger(value) && value >= 1) return value
  return refuse(`image.${name} must be a whole number of at least 1; got ${describe(value)}`)
}

function bytesOf(value: unknown): Uint8Array {
  const tag = tagOf(value)
  // The tag alone can be faked.
  if (ArrayBuffer.isView(value)) {
    if (tag === 'Uint8Array') return value as Uint8Array
    // The same memory under the type the rest of the library expects.
    if (tag === 'Uint8ClampedArray') return new Uint8Array(value.buffer, value.byteOffset, value.byteLength)
  }
  const wanted = 'a Uint8Array, Uint8ClampedArray or Buffer of 8-bit samples'
  const hint =
    tag === 'ArrayBuffer' || tag === 'SharedArrayBuffer'
      ? '; wrap it: new Uint8Array(buffer)'
      : /^Float/.test(tag)
        ? '; scale the samples to 0..255 and store them as bytes'
        : ''
  return refuse(`image.data must be ${wanted}; got ${describe(value)}${hint}`)
}

function orderOf(value: unknown): 'rgb' | 'bgr' {
  return value === 'rgb' || value === 'bgr'
    ? value
    : refuse(`image.order must be 'rgb' or 'bgr'; got ${describe(value)}`)
}

function channelsOf(value: unknown): 1 | 3 | 4 {
  return value === 1 || value === 3 || value === 4
    ? value
    : refuse(`image.channels must be 1, 3 or 4; got ${describe(value)}`)
}

function strideOf(value: unknown, width: number, channels: number): number {
  const least = width * channels
  if (typeof value === 'number' && Number.isSafeInteger(value) && value >= least) return value
  return refuse(
    `image.stride must be a whole number of at least width * channels = ${least} bytes; got ${describe(value)}`,
  )
}

/** Only where nothing but one number of channels fits exactly: rows with padding or trailing bytes need `channels`. */
function inferChannels(bytes: Uint8Array, width: number, height: number, stride: unknown): 1 | 3 | 4 {
  for (const channels of [1, 3, 4] as const) {
    if (bytes.length !== width * height * channels) continue
    if (stride === undefined || stride === width * channels) return channels
  }
  return refuse(
    `image.channels must be given: ${bytes.length} bytes for ${width} x ${height} pixels` +
      `${stride === undefined ? '' : ` with a stride of ${describe(stride)}`} are not exactly 1, 3 or 4 a pixel`,
  )
}
