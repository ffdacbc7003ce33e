import { DEFAULT_OPTIONS } from '../../options/options.ts'
import { MtcnnError, shortened, tagOf } from '../../shared/errors.ts'
import {
  type EncodedImage,
  isEncodedImage,
  type PixelImage,
  type Pixels,
  type ReadOptions,
  toPixels,
} from '../pixels.ts'
import { readBlob, readImageElement, readSvgImage } from './bitmap.ts'
import { checkSize, readNow } from './canvas.ts'
import { readFrame, readVideo } from './video.ts'

/**
 * What a detector takes in a browser: raw pixels; anything that shows a picture; an image file, as a Blob, as bytes, or as
 * the address to fetch it from.
 */
export type ImageInput =
  | PixelImage
  | ImageData
  | HTMLImageElement
  | SVGImageElement
  | HTMLCanvasElement
  | OffscreenCanvas
  | HTMLVideoElement
  | ImageBitmap
  | VideoFrame
  | Blob
  | EncodedImage

/**
 * The pixels of any input, at its natural size. Canvases, bitmaps and frames are read at once or, where the browser copies
 * by itself, as they are at the time of the call.
 *
 * @throws MtcnnError INVALID_IMAGE for what has no pixels or may not be read, DECODE_FAILED for what does not load or decode.
 */
export function readImage(image: unknown, { signal }: ReadOptions = DEFAULT_OPTIONS): Pixels | Promise<Pixels> {
  if (isEncodedImage(image)) return readEncoded(image, signal)
  // By name and not by class: there are elements of other documents, and in workers there are no elements.
  switch (tagOf(image)) {
    case 'HTMLImageElement':
      return readImageElement(image as HTMLImageElement, 'the image element')
    case 'SVGImageElement':
      return readSvgImage(image as SVGImageElement, 'the SVG image element')
    case 'HTMLCanvasElement':
      return readNow(image as HTMLCanvasElement, image as HTMLCanvasElement, 'the canvas')
    case 'OffscreenCanvas':
      return readNow(image as OffscreenCanvas, image as OffscreenCanvas, 'the canvas')
    case 'HTMLVideoElement':
      return readVideo(image as HTMLVideoElement)
    case 'ImageBitmap':
      checkSize(image as ImageBitmap, 'the ImageBitmap (is it closed?)')
      return readNow(image as ImageBitmap, image as ImageBitmap, 'the ImageBitmap')
    case 'VideoFrame':
      return readFrame(image as VideoFrame)
    case 'Blob':
      return readBlob(image as Blob, 'the Blob')
    case 'File':
      return readBlob(image as File, `the file '${(image as File).name}'`)
    default:
      return toPixels(image)
  }
}

async function readEncoded(image: EncodedImage, signal: AbortSignal | undefined): Promise<Pixels> {
  if (typeof image !== 'string' && !(tagOf(image) === 'URL')) {
    return readBlob(new Blob([image as Uint8Array<ArrayBuffer>]), 'the bytes given')
  }
  const name = shortened(String(image))
  let blob: Blob
  try {
    blob = await (await fetched(String(image), signal)).blob()
  } catch (cause) {
    if (signal?.aborted) throw signal.reason
    const why = cause instanceof Error ? `: ${cause.message}` : ''
    throw new MtcnnError('DECODE_FAILED', `could not fetch ${name}${why}`, { cause })
  }
  return readBlob(blob, name)
}

async function fetched(source: string | URL, signal?: AbortSignal): Promise<Response> {
  const response = await fetch(source, signal ? { signal } : {})
  if (!response.ok) throw new Error(`status ${response.status}`)
  return response
}

/** Fetches kernels or weights; throws where the address does not answer with success. */
export async function fetchBytes(source: string | URL): Promise<Uint8Array> {
  return new Uint8Array(await (await fetched(source)).arrayBuffer())
}
