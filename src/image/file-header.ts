import type { Size } from '../shared/face.ts'
import { decodeText } from '../shared/text.ts'

/** Bytes of a file's start that hold its size in all but a few files. */
export const HEADER_BYTES = 1 << 18

interface Format {
  matches(header: Header): boolean
  size(header: Header): Size | undefined
}

/** The start of a file; what lies behind its end reads as 0. */
class Header {
  readonly bytes: Uint8Array

  constructor(bytes: Uint8Array) {
    this.bytes = bytes
  }

  u8(at: number): number {
    return this.bytes[at] ?? 0
  }
  u16(at: number): number {
    return this.u8(at) * 256 + this.u8(at + 1)
  }
  u32(at: number): number {
    return this.u16(at) * 65536 + this.u16(at + 2)
  }
  u16le(at: number): number {
    return this.u8(at) + this.u8(at + 1) * 256
  }
  u24le(at: number): number {
    return this.u16le(at) + this.u8(at + 2) * 65536
  }
  i32le(at: number): number {
    return (this.u16le(at) + this.u16le(at + 2) * 65536) | 0
  }
  text(at: number, length: number): string {
    return String.fromCharCode(...this.bytes.subarray(at, at + length))
  }
}

const FORMATS: readonly Format[] = [
  // PNG
  {
    matches: (header) => header.u32(0) === 0x89504e47,
    size: (header) => ({ width: header.u32(16), height: header.u32(20) }),
  },
  { matches: (header) => header.u16(0) === 0xffd8, size: jpegSize },
  // GIF
  {
    matches: (header) => header.text(0, 4) === 'GIF8',
    size: (header) => ({ width: header.u16le(6), height: header.u16le(8) }),
  },
  { matches: (header) => header.text(0, 4) === 'RIFF' && header.text(8, 4) === 'WEBP', size: webpSize },
  // BMP. A negative height says that the rows go from top to bottom.
  {
    matches: (header) => header.text(0, 2) === 'BM',
    size: (header) => ({ width: Math.abs(header.i32le(18)), height: Math.abs(header.i32le(22)) }),
  },
  // AVIF and HEIC
  { matches: (header) => header.text(4, 4) === 'ftyp', size: heifSize },
]

/**
 * Reads the size of an image out of the start of its file, without decoding it: for PNG, JPEG, GIF, WebP, BMP, AVIF and HEIC.
 *
 * @param bytes - {@link HEADER_BYTES} are enough.
 * @returns Pixels, before EXIF turns them; undefined for other formats, and where the header does not say it so early.
 * @example sizeInHeader(png) // { width: 640, height: 480 }
 */
export function sizeInHeader(bytes: Uint8Array): Size | undefined {
  const header = new Header(bytes)
  const size = FORMATS.find(({ matches }) => matches(header))?.size(header)
  return size && size.width > 0 && size.height > 0 ? size : undefined
}

/** Whether a file is a vector image; comments and declarations may stand before its element. */
export function isSvg(bytes: Uint8Array): boolean {
  const text = startText(bytes)
  return /^\s*<(?!(!doctype )?html)/i.test(text) && /<([\w-]+:)?svg[\s>]/i.test(text)
}

function startText(bytes: Uint8Array): string {
  const start = bytes.subarray(0, 4096)
  const utf16 = (start[0] === 0xff && start[1] === 0xfe) || (start[0] === 0xfe && start[1] === 0xff)
  return decodeText(start, utf16 ? (start[0] === 0xff ? 'utf-16le' : 'utf-16be') : 'utf-8')
}

/** Segments lie one behind the other, each with its length; the size stands in the start of the frame. */
function jpegSize(header: Header): Size | undefined {
  for (let at = 2; at + 9 < header.bytes.length; ) {
    if (header.u8(at) !== 0xff) return undefined
    const marker = header.u8(at + 1)
    // SOF0 to SOF15 without DHT, JPG and DAC, which lie between them.
    const isFrame = marker >= 0xc0 && marker <= 0xcf && marker !== 0xc4 && marker !== 0xc8 && marker !== 0xcc
    if (isFrame) return { width: header.u16(at + 7), height: header.u16(at + 5) }
    // Any number of 0xff may fill up before a marker; some markers have no segment.
    const hasSegment = marker !== 0xff && marker !== 0x01 && !(marker >= 0xd0 && marker <= 0xd8)
    at += marker === 0xff ? 1 : hasSegment ? 2 + Math.max(2, header.u16(at + 2)) : 2
  }
  return undefined
}

function webpSize(header: Header): Size | undefined {
  switch (header.text(12, 4)) {
    case 'VP8 ':
      return { width: header.u16le(26) & 0x3fff, height: header.u16le(28) & 0x3fff }
    case 'VP8L': {
      // 14 bits each, less one, behind the signature byte.
      const bits = header.i32le(21)
      return { width: (bits & 0x3fff) + 1, height: ((bits >> 14) & 0x3fff) + 1 }
    }
    case 'VP8X':
      return { width: header.u24le(24) + 1, height: header.u24le(27) + 1 }
    default:
      return undefined
  }
}

/** The largest of the sizes (boxes named `ispe`): that of the whole image; others are of its tiles and thumbnails. */
function heifSize(header: Header): Size | undefined {
  let largest: Size | undefined
  const [i, s, p, e] = [0x69, 0x73, 0x70, 0x65]
  for (let at = header.bytes.indexOf(i); at >= 0; at = header.bytes.indexOf(i, at + 1)) {
    if (header.u8(at + 1) !== s || header.u8(at + 2) !== p || header.u8(at + 3) !== e) continue
    const size = { width: header.u32(at + 8), height: header.u32(at + 12) }
    if (!largest || size.width * size.height > largest.width * largest.height) largest = size
  }
  return largest
}
