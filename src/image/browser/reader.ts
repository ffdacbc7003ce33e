import { DEFAULT_OPTIONS } from '../../options/options.ts'
import { abortable } from '../../shared/abortable.ts'
import { isDetached } from '../../shared/bytes.ts'
import { MtcnnError, shortened } from '../../shared/errors.ts'
import type { Global } from '../../shared/global.ts'
import {
  type EncodedImage,
  encodedBytes,
  type PixelImage,
  type Pixels,
  type ReadOptions,
  wholePixels,
} from '../pixels.ts'
import { checkSize, readNow } from './canvas.ts'
import { readImageElement, readSvgImage } from './element.ts'
import { platformClass } from './genuine.ts'
import { readFrame, readVideo } from './video.ts'

/**
 * What a detector takes in a browser: raw pixels; anything that shows a picture; an image file, as a Blob, as bytes, as a
 * response or a stream of bytes, or as the address to fetch it from.
 */
export type ImageInput =
  | PixelImage
  | Global<'ImageData' | 'ImageBitmap' | 'VideoFrame' | 'OffscreenCanvas'>
  | Global<'HTMLImageElement' | 'HTMLCanvasElement' | 'HTMLVideoElement' | 'SVGImageElement'>
  | Global<'Blob' | 'Response' | 'ReadableStream'>
  | EncodedImage

/** The part of reading that is for files, and for values that are no images. */
export type OnDemand = typeof import('./on-demand.ts')

/** Gives the pixels of any input, at its natural size. */
export type ImageReader = (image: unknown, options?: ReadOptions) => Promise<Pixels>

/**
 * Makes a reader of images. Canvases, bitmaps and frames are read at once or, where the browser copies by itself, as they are at
 * the time of the call. The reader throws MtcnnError INVALID_IMAGE for what has no pixels or may not be read, UNSUPPORTED_IMAGE for
 * what is no image, DECODE_FAILED for what does not load or decode, IMAGE_TOO_LARGE, OUT_OF_MEMORY, and UNSUPPORTED_PLATFORM where
 * there is nothing to decode with; the reason of `signal` as soon as it is aborted.
 *
 * @param load - Gives the part for files, when one comes.
 */
export function imageReader(load: () => OnDemand | Promise<OnDemand>): ImageReader {
  return async (image, options = DEFAULT_OPTIONS) => {
    const { signal } = options
    try {
      signal?.throwIfAborted()
      const pixels = shownPixels(image, options) ?? wholePixels(image) ?? filePixels(image, options, load)
      return pixels instanceof Promise ? await abortable(pixels, signal) : pixels
    } catch (cause) {
      if (signal?.aborted) throw signal.reason
      if (cause instanceof MtcnnError) throw cause
      if (cause instanceof RangeError) {
        throw new MtcnnError('OUT_OF_MEMORY', 'there is not enough memory to read the image', { cause })
      }
      throw new MtcnnError('INVALID_IMAGE', 'the image could not be read', { cause })
    }
  }
}

/** The pixels of what shows a picture; undefined for anything else. */
function shownPixels(image: unknown, options: ReadOptions): Pixels | Promise<Pixels> | undefined {
  switch (platformClass(image)) {
    case 'HTMLImageElement':
      return readImageElement(image as HTMLImageElement, 'the image element', options)
    case 'SVGImageElement':
      return readSvgImage(image as SVGImageElement, 'the SVG image element', options)
    case 'HTMLCanvasElement':
      return readNow(image as HTMLCanvasElement, image as HTMLCanvasElement, 'the canvas')
    case 'OffscreenCanvas':
      return readNow(image as OffscreenCanvas, image as OffscreenCanvas, 'the canvas')
    case 'HTMLVideoElement':
      return readVideo(image as HTMLVideoElement, options.signal)
    case 'ImageBitmap':
      checkSize(image as ImageBitmap, 'the ImageBitmap (is it closed?)')
      return readNow(image as ImageBitmap, image as ImageBitmap, 'the ImageBitmap')
    case 'VideoFrame':
      return readFrame(image as VideoFrame)
  }
  return undefined
}

/** The pixels of a file in any form; throws where the value is none. */
async function filePixels(
  image: unknown,
  options: ReadOptions,
  load: () => OnDemand | Promise<OnDemand>,
): Promise<Pixels> {
  const bytes = encodedBytes(image)
  if (bytes && isDetached(image)) {
    throw new MtcnnError(
      'INVALID_IMAGE',
      'the bytes of the file are gone: their memory was handed over (transferred) elsewhere',
    )
  }
  // Copied before anything is waited for; and blobs take no shared and no resizable memory.
  const copy = bytes && new Blob([new Uint8Array(bytes)])
  const { readAddress, readFetched, readFile, readStreamedFile, toPixels } = await load()
  if (copy) return readFile(copy, 'the bytes given', options)
  if (typeof image === 'string') return readAddress(image, options)
  switch (platformClass(image)) {
    case 'Blob':
      return readFile(image as Blob, 'the Blob', options)
    case 'File':
      return readFile(image as File, `the file '${shortened((image as File).name)}'`, options)
    case 'Response':
      return readFetched(image as Response, 'the Response', options)
    case 'ReadableStream':
      return readStreamedFile(image as ReadableStream, options)
    case 'URL':
      return readAddress(image as URL, options)
  }
  return toPixels(image)
}

/** Fetches kernels or weights; throws where the address does not answer with success. */
export async function fetchBytes(source: string | URL, signal?: AbortSignal): Promise<Uint8Array> {
  const response = await fetch(source, signal ? { signal } : {})
  if (!response.ok) throw new Error(`status ${response.status}`)
  return new Uint8Array(await response.arrayBuffer())
}
