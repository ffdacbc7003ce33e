import { decodeBase64 } from '../assets/base64.ts'
import { MtcnnError } from '../shared/errors.ts'
import { latin1, utf8 } from '../shared/text.ts'
import { checkByteCount } from './limits.ts'

/** A file out of a `data:` URL. */
export interface DataUrlFile {
  bytes: Uint8Array<ArrayBuffer>
  /** Its media type, such as `image/png`; '' where the URL names none. */
  type: string
}

/** Tells a `data:` URL from a path or another address. */
export function isDataUrl(text: string): boolean {
  return /^\s*data:/i.test(text.slice(0, 100))
}

/**
 * Decodes a `data:` URL without a request: a content security policy may forbid requests to `data:`.
 *
 * @throws MtcnnError DECODE_FAILED for one that is malformed, IMAGE_TOO_LARGE for more than `maxBytes`.
 * @example decodeDataUrl('data:,hello', 1000).bytes.length // 5
 */
export function decodeDataUrl(url: string, maxBytes: number): DataUrlFile {
  const comma = url.indexOf(',')
  if (comma < 0) throw malformed(url, 'it has no comma before its data')
  const head = url.slice(url.indexOf(':') + 1, comma)
  const encoded = withoutFragment(url.slice(comma + 1))
  const isBase64 = /;\s*base64\s*$/i.test(head)
  // Every byte takes at least one character; four characters of base64 are three bytes.
  checkByteCount(isBase64 ? Math.floor(encoded.length / 4) * 3 - 2 : Math.floor(encoded.length / 3), maxBytes, WHAT)
  const bytes = isBase64 ? fromBase64(url, encoded) : percentDecoded(encoded)
  checkByteCount(bytes.length, maxBytes, WHAT)
  return { bytes, type: head.split(';', 1)[0]!.trim().toLowerCase() }
}

const WHAT = 'the data: URL'

/** What follows a # is no data; in SVG it is written %23. */
function withoutFragment(data: string): string {
  const hash = data.indexOf('#')
  return hash < 0 ? data : data.slice(0, hash)
}

function fromBase64(url: string, encoded: string): Uint8Array<ArrayBuffer> {
  const text = (encoded.includes('%') ? latin1(percentDecoded(encoded)) : encoded).replace(/[\t\n\f\r ]+/g, '')
  try {
    return decodeBase64(text.padEnd(Math.ceil(text.length / 4) * 4, '='))
  } catch (cause) {
    throw malformed(url, 'its base64 is damaged', cause)
  }
}

/** Bytes of text in which `%41` stands for the byte 0x41. */
function percentDecoded(text: string): Uint8Array<ArrayBuffer> {
  const from = utf8(text)
  let length = 0
  for (let at = 0; at < from.length; length++) {
    const byte = from[at] === PERCENT ? hexByte(from[at + 1], from[at + 2]) : undefined
    from[length] = byte ?? from[at]!
    at += byte === undefined ? 1 : 3
  }
  return from.slice(0, length)
}

const PERCENT = 0x25

function hexByte(high: number | undefined, low: number | undefined): number | undefined {
  const value = 16 * hexDigit(high) + hexDigit(low)
  return Number.isNaN(value) ? undefined : value
}

function hexDigit(code: number | undefined): number {
  if (code === undefined) return Number.NaN
  const digit = String.fromCharCode(code)
  return /[0-9a-f]/i.test(digit) ? Number.parseInt(digit, 16) : Number.NaN
}

function malformed(url: string, why: string, cause?: unknown): MtcnnError {
  return new MtcnnError('DECODE_FAILED', `could not read the data: URL of ${url.length} characters: ${why}`, { cause })
}

/** How the base64 text of a picture begins, and its media type. */
const BEGINNINGS: readonly [RegExp, string][] = [
  [/^\/9j\//, 'image/jpeg'],
  [/^iVBORw0KGg/, 'image/png'],
  [/^R0lGOD/, 'image/gif'],
  [/^UklGR/, 'image/webp'],
  [/^Qk[0-9A-Za-z+/]{6}AAAA/, 'image/bmp'],
  [/^(SUkqA|TU0AK)/, 'image/tiff'],
  [/^AAAA[0-9A-Za-z+/]{2}Z0eXBhdmlm/, 'image/avif'],
  [/^AAAA[0-9A-Za-z+/]{2}Z0eX/, 'image/heic'],
  [/^(PHN2Zy|PD94bWwg)/, 'image/svg+xml'],
]

/** Longer text without a dot, a colon or the like is no path and no address. */
const LONGEST_PATH = 2000

/**
 * The media type of base64 text without `data:` before it; '' where the text does not tell, undefined where it is no base64.
 *
 * @example base64Type('iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAf') // 'image/png'
 */
export function base64Type(text: string): string | undefined {
  const start = text.slice(0, LONGEST_PATH + 1).trimStart()
  const type = BEGINNINGS.find(([beginning]) => beginning.test(start))?.[1] ?? ''
  // Names of files consist of such letters too, but not of so many.
  const isLong = start.length > (type === '' ? LONGEST_PATH - 10 : 39)
  return isLong && /^[0-9A-Za-z+/\s_-]+=*\s*$/.test(start) ? type : undefined
}

/**
 * Recognises base64 text without `data:` before it, which would be taken for a path.
 *
 * @throws MtcnnError UNSUPPORTED_IMAGE, with what to write instead.
 */
export function refuseBareBase64(text: string): void {
  const type = base64Type(text)
  if (type === undefined) return
  const given = `a string of ${text.length} characters that looks like base64`
  const fix = `put 'data:${type || 'image/jpeg'};base64,' before it`
  throw new MtcnnError('UNSUPPORTED_IMAGE', `a string must be a path or an address; got ${given}: ${fix}`)
}
