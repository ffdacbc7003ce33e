import { abortable } from '../../shared/abortable.ts'
import { MtcnnError, shortened } from '../../shared/errors.ts'
import { readResponse, readStream } from '../body.ts'
import { decodeDataUrl, isDataUrl, refuseBareBase64 } from '../data-url.ts'
import { HEADER_BYTES, isSvg, sizeInHeader } from '../file-header.ts'
import { fileKind } from '../file-kind.ts'
import { checkByteCount, checkPixelCount } from '../limits.ts'
import type { Pixels, ReadOptions } from '../pixels.ts'
import { makeBitmap, readOwnBitmap } from './bitmap.ts'
import { readImageElement } from './element.ts'

/**
 * Decodes an image file as a viewer shows it: EXIF orientation applied, alpha ignored, and what there is of a cut file.
 *
 * @param what - Its name in messages.
 * @throws MtcnnError DECODE_FAILED, IMAGE_TOO_LARGE, UNSUPPORTED_PLATFORM; the reason of the signal.
 */
export async function readFile(blob: Blob, what: string, options: ReadOptions): Promise<Pixels> {
  const { signal, maxPixels, maxBytes } = options
  checkByteCount(blob.size, maxBytes, what)
  const start = await abortable(startOf(blob, what), signal)
  const size = sizeInHeader(start)
  if (size) checkPixelCount(size, maxPixels, what)
  if (options.strict && !isSvg(start) && !(await abortable(isWholeFile(blob), signal))) throw failure(blob, start, what)
  let bitmap: ImageBitmap
  try {
    bitmap = await abortable(makeBitmap(blob), signal, (late) => late.close())
  } catch (cause) {
    if (cause instanceof MtcnnError || signal?.aborted) throw cause
    return readAsElement(blob, start, what, options, cause)
  }
  try {
    checkPixelCount(bitmap, maxPixels, what)
  } catch (error) {
    bitmap.close()
    throw error
  }
  const pixels = await readOwnBitmap(bitmap, what, signal, () => elementOf(blob))
  return (await isNothing(pixels, blob, signal)) ? readAsElement(blob, start, what, options) : pixels
}

/** Browsers show an empty picture where they could decode nothing of a cut file. */
async function isNothing({ data }: Pixels, blob: Blob, signal: AbortSignal | undefined): Promise<boolean> {
  return data.every((byte) => byte === 0) && !(await abortable(isWholeFile(blob), signal))
}

async function isWholeFile(blob: Blob): Promise<boolean> {
  const { isWhole } = await import('../whole-file.ts')
  return isWhole(new Uint8Array(await blob.arrayBuffer()))
}

function failure(blob: Blob, start: Uint8Array, what: string, why = '', cause?: unknown): MtcnnError {
  const kind = fileKind(start)?.name ?? (blob.type && `said to be ${blob.type}`)
  const message = `could not decode ${what} (${blob.size} bytes${kind && `, ${kind}`})${why}`
  return new MtcnnError('DECODE_FAILED', message, { cause })
}

async function startOf(blob: Blob, what: string): Promise<Uint8Array> {
  try {
    return new Uint8Array(await blob.slice(0, HEADER_BYTES).arrayBuffer())
  } catch (cause) {
    throw new MtcnnError('DECODE_FAILED', `could not read ${what}: was it changed or removed meanwhile?`, { cause })
  }
}

/** A loaded image element; undefined in workers, which have none. */
async function elementOf(blob: Blob): Promise<HTMLImageElement | undefined> {
  if (typeof document === 'undefined') return undefined
  const image = Object.assign(new Image(), { src: urlOf(blob) })
  try {
    await image.decode()
    return image
  } finally {
    URL.revokeObjectURL(image.src)
  }
}

/** A wrong type would keep the browser from looking at the bytes. */
function urlOf(blob: Blob, type = ''): string {
  return URL.createObjectURL(new Blob([blob], { type }))
}

/** Image elements show what createImageBitmap refuses: vector images, and what there is of a damaged file. */
async function readAsElement(
  blob: Blob,
  start: Uint8Array,
  what: string,
  options: ReadOptions,
  refusal?: unknown,
): Promise<Pixels> {
  const isVector = isSvg(start)
  const failed = (why?: string) => failure(blob, start, what, why, refusal)
  if (typeof document === 'undefined')
    throw failed(isVector ? ': only the page can decode vector images, no worker' : '')
  if (options.strict && !isVector) throw failed()
  const url = urlOf(blob, isVector ? 'image/svg+xml' : '')
  try {
    const pixels = await readImageElement(Object.assign(new Image(), { src: url }), what, options)
    if (await isNothing(pixels, blob, options.signal)) throw failed()
    return pixels
  } catch (error) {
    if (error instanceof MtcnnError && error.code === 'DECODE_FAILED') throw failed()
    throw error
  } finally {
    URL.revokeObjectURL(url)
  }
}

/**
 * Fetches and decodes an image file. A `data:` URL is decoded without a request.
 *
 * @throws MtcnnError INVALID_IMAGE, UNSUPPORTED_IMAGE for base64 without `data:`; otherwise like {@link readFile}.
 */
export async function readAddress(address: string | URL, options: ReadOptions): Promise<Pixels> {
  const text = String(address)
  if (isDataUrl(text)) {
    const { bytes, type } = decodeDataUrl(text, options.maxBytes)
    return readFile(new Blob([bytes], { type }), `the data: URL of ${text.length} characters`, options)
  }
  if (text.trim() === '') throw new MtcnnError('INVALID_IMAGE', 'the address of the image is an empty string')
  refuseBareBase64(text)
  const what = `'${shortened(text)}'`
  let response: Response
  try {
    response = await fetch(text, options.signal ? { signal: options.signal } : {})
  } catch (cause) {
    options.signal?.throwIfAborted()
    const why = cause instanceof Error ? `: ${cause.message}` : ''
    throw new MtcnnError('DECODE_FAILED', `could not fetch ${what}${why}${fetchHint(text)}`, { cause })
  }
  return readFetched(response, what, options)
}

/**
 * Reads and decodes the body of a response.
 *
 * @throws MtcnnError Like {@link readResponse} and {@link readFile}.
 */
export async function readFetched(response: Response, what: string, options: ReadOptions): Promise<Pixels> {
  const parts = await readResponse(response, what, options)
  return readFile(new Blob(parts, { type: response.headers.get('content-type') ?? '' }), what, options)
}

/**
 * Reads and decodes a stream of the bytes of an image file.
 *
 * @throws MtcnnError Like {@link readStream} and {@link readFile}.
 */
export async function readStreamedFile(stream: ReadableStream, options: ReadOptions): Promise<Pixels> {
  const parts = await readStream(stream, 'the ReadableStream', options)
  return readFile(new Blob(parts), 'the ReadableStream', options)
}

/** Browsers do not tell why they refused. */
function fetchHint(address: string): string {
  if (/^(file:|[a-z]:[\\/])/i.test(address)) return '; browsers read no local files: pass the File of an <input>'
  try {
    if (new URL(address, location.href).origin === location.origin) return ''
  } catch {
    return '; it is no valid address'
  }
  return '; it is of another origin, whose server must send CORS headers'
}
