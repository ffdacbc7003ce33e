import { DEFAULT_OPTIONS } from '../../options/options.ts'
import { abortable } from '../../shared/abortable.ts'
import { bytesIn, isDetached } from '../../shared/bytes.ts'
import { MtcnnError, shortened, tagOf } from '../../shared/errors.ts'
import { readResponse } from '../body.ts'
import { decodeDataUrl, isDataUrl, refuseBareBase64 } from '../data-url.ts'
import { checkByteCount } from '../limits.ts'
import { type EncodedImage, encodedBytes, isUrl, type PixelImage, type Pixels, type ReadOptions } from '../pixels.ts'
import { toPixels } from '../to-pixels.ts'
import { unknownImage } from '../unknown-image.ts'
import { decodeFile, reasonOf } from './decode.ts'
import { pathOf, readPath } from './path.ts'
import { type ByteStream, isByteStream, joined, readParts, toWebStream } from './stream.ts'

export type { ByteStream, NodeStreamLike, WebStreamLike } from './stream.ts'

/** A Blob or File: Node's, or that of another package. */
export interface BlobLike {
  readonly size: number
  readonly type: string
  /** All bytes. */
  arrayBuffer(): Promise<ArrayBuffer>
}

/** What `fetch` answers: Node's, or that of another package. */
export interface ResponseLike {
  readonly ok: boolean
  readonly status: number
  readonly body: ByteStream | null
}

/** An image file, in any of the forms in which Node has one. */
export type FileInput = EncodedImage | BlobLike | ResponseLike | ByteStream

/**
 * What a detector takes in Node: raw pixels; or an image file, which `sharp` decodes: its path, its `file:`, `http:`, `https:`, `data:`
 * or `blob:` URL, its bytes, a Blob or File, a Response, or a stream of its bytes.
 */
export type ImageInput = PixelImage | FileInput

type Limits = Pick<ReadOptions, 'signal' | 'maxBytes'>

/** Where the bytes of a file come from. */
interface Source {
  /** Names it in messages. */
  name: string
  /** Bytes that nobody else uses. */
  read(options: Limits): Promise<Uint8Array> | Uint8Array
}

/**
 * The pixels of any input.
 *
 * @throws MtcnnError INVALID_IMAGE, UNSUPPORTED_IMAGE; and for image files what {@link decode} throws.
 */
export function readImage(image: unknown, options: ReadOptions = DEFAULT_OPTIONS): Pixels | Promise<Pixels> {
  const source = sourceOf(image)
  return source ? decodeSource(source, options) : toPixels(image)
}

/**
 * Decodes an image file to 8-bit RGB, as a viewer shows it.
 *
 * @throws MtcnnError DECODE_FAILED for a file that cannot be read or decoded, IMAGE_TOO_LARGE, UNSUPPORTED_IMAGE for what is no
 * file, MISSING_DEPENDENCY without `sharp`; the reason of the signal.
 * @example const { data, width, height } = await decode('photo.jpg')
 */
export async function decode(image: FileInput, options: ReadOptions = DEFAULT_OPTIONS): Promise<Pixels> {
  const source = sourceOf(image)
  if (!source) throw unknownImage(image)
  return decodeSource(source, options)
}

async function decodeSource(source: Source, options: ReadOptions): Promise<Pixels> {
  options.signal?.throwIfAborted()
  return abortable(readAndDecode(source, options), options.signal)
}

async function readAndDecode({ name, read }: Source, options: ReadOptions): Promise<Pixels> {
  let bytes: Uint8Array
  try {
    bytes = await read(options)
  } catch (cause) {
    if (cause instanceof MtcnnError) throw cause
    throw new MtcnnError('DECODE_FAILED', `could not read ${name}: ${shortened(reasonOf(cause), 300)}`, { cause })
  }
  // Decoding cannot be stopped once it has begun.
  options.signal?.throwIfAborted()
  return decodeFile(bytes, name, options)
}

/** Undefined for what is no file. */
function sourceOf(image: unknown): Source | undefined {
  try {
    if (typeof image === 'string' || isUrl(image)) return addressSource(typeof image === 'string' ? image : image.href)
    const bytes = encodedBytes(image)
    if (bytes) return bytesSource(bytes, isDetached(image))
    if (typeof image !== 'object' || image === null) return undefined
    return objectSource(image, tagOf(image))
  } catch (cause) {
    if (cause instanceof MtcnnError) throw cause
    const message = 'the image could not be read: it throws where its properties are read'
    throw new MtcnnError('INVALID_IMAGE', message, { cause })
  }
}

function addressSource(text: string): Source {
  if (isDataUrl(text)) return { name: 'the data: URL', read: ({ maxBytes }) => decodeDataUrl(text, maxBytes).bytes }
  refuseBareBase64(text)
  const name = `'${shortened(text, 200)}'`
  // A scheme of one letter is a drive; file: and blob: need no slashes.
  const scheme = /^\s*([a-z][a-z0-9+.-]+):\/\/|^(file|blob):/i.exec(text)
  switch ((scheme?.[1] ?? scheme?.[2])?.toLowerCase()) {
    case undefined:
      return { name, read: (options) => readPath(text, options) }
    case 'file': {
      const path = pathOf(text)
      return { name, read: (options) => readPath(path, options) }
    }
    case 'http':
    case 'https':
    case 'blob':
      return { name, read: (options) => fetchFile(text, name, options) }
    default: {
      const known = 'a path, or a file:, http:, https:, data: or blob: URL'
      throw new MtcnnError('UNSUPPORTED_IMAGE', `a string must be ${known}; got ${name}: read it and pass its bytes`)
    }
  }
}

function bytesSource(bytes: Uint8Array, isGone: boolean): Source {
  if (isGone) {
    const why = 'their memory was handed over (transferred) elsewhere: pass a copy, bytes.slice()'
    throw new MtcnnError('INVALID_IMAGE', `the bytes of the image are gone: ${why}`)
  }
  const name = `the ${bytes.length} bytes given`
  return {
    name,
    read({ maxBytes }) {
      checkByteCount(bytes.length, maxBytes, 'the image')
      // A copy: what is written to the memory meanwhile, or takes it away, must not reach the decoder.
      return new Uint8Array(bytes)
    },
  }
}

function objectSource(image: object, tag: string): Source | undefined {
  const { arrayBuffer, name: fileName, ok, url } = image as Partial<File & Response>
  if ((tag === 'Blob' || tag === 'File') && typeof arrayBuffer === 'function') {
    const name = typeof fileName === 'string' ? `the file '${shortened(fileName)}'` : 'the Blob'
    return { name, read: (options) => readBlob(image as BlobLike, name, options) }
  }
  if (tag === 'Response' && typeof ok === 'boolean') {
    const name = url ? `the response of '${shortened(String(url), 200)}'` : 'the response'
    return { name, read: (options) => readAnyResponse(image as ResponseLike, name, options) }
  }
  if (!isByteStream(image)) return undefined
  return { name: 'the stream', read: (options) => readParts(image, 'the stream', options) }
}

async function readBlob(blob: BlobLike, name: string, { maxBytes }: Limits): Promise<Uint8Array> {
  checkByteCount(blob.size, maxBytes, name)
  const bytes = bytesIn(await blob.arrayBuffer())
  if (!bytes) throw new MtcnnError('INVALID_IMAGE', `${name} must give an ArrayBuffer when its arrayBuffer() is called`)
  checkByteCount(bytes.length, maxBytes, name)
  return new Uint8Array(bytes)
}

/** Some packages answer with a stream of Node as body. */
async function readAnyResponse(response: ResponseLike, name: string, options: Limits): Promise<Uint8Array> {
  const { ok, status, body } = response
  const { type, bodyUsed, headers } = response as Partial<Response>
  const whole = { ok, status, type, bodyUsed, headers: headers ?? new Headers(), body: body && toWebStream(body) }
  return joined(await readResponse(whole as Response, name, options))
}

async function fetchFile(address: string, name: string, options: Limits): Promise<Uint8Array> {
  const response = await fetch(address, options.signal ? { signal: options.signal } : {})
  return joined(await readResponse(response, name, options))
}

/**
 * Reads the bytes behind a path or a URL: of kernels, of weights, or of an image that is decoded later.
 *
 * @throws MtcnnError Like {@link decode}.
 */
export async function readBytes(
  source: string | URL,
  signal?: AbortSignal,
  maxBytes = Number.POSITIVE_INFINITY,
): Promise<Uint8Array> {
  const { read } = addressSource(String(source))
  return abortable(Promise.resolve(read({ signal, maxBytes })), signal)
}
