/**
 * Whether an image file is there to its end: some browsers decode what is cut without a word. Loaded where `strict` asks
 * for it.
 */
import { crc32 } from '../assets/crc32.ts'

/**
 * Looks at the parts of a file, without decoding them: at the end of a PNG, JPEG, GIF or WebP, and at the checksums of a PNG.
 *
 * @returns false for a file that is cut, or whose parts do not follow one another; true for all other formats.
 * @example isWhole(jpeg.subarray(0, 1000)) // false
 */
export function isWhole(bytes: Uint8Array): boolean {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  try {
    if (startsWith(bytes, '\x89PNG')) return isWholePng(view, bytes)
    if (startsWith(bytes, '\xff\xd8')) return isWholeJpeg(view)
    if (startsWith(bytes, 'GIF8')) return isWholeGif(view)
    if (startsWith(bytes, 'RIFF')) return 8 + view.getUint32(4, true) <= bytes.length
    return true
  } catch (error) {
    // A part reaches behind the end of the file.
    if (error instanceof RangeError) return false
    throw error
  }
}

function startsWith(bytes: Uint8Array, text: string): boolean {
  return [...text].every((letter, at) => bytes[at] === letter.charCodeAt(0))
}

/** Chunks: length, name, content, checksum of name and content. */
function isWholePng(view: DataView, bytes: Uint8Array): boolean {
  const [IEND, IDAT, IHDR, PLTE] = [0x49454e44, 0x49444154, 0x49484452, 0x504c5445]
  for (let at = 8; ; ) {
    const [length, name] = [view.getUint32(at), view.getUint32(at + 4)]
    const end = at + 8 + length
    const isNeeded = name === IDAT || name === IHDR || name === PLTE
    if (view.getUint32(end) !== crc32(bytes.subarray(at + 4, end)) && isNeeded) return false
    if (name === IEND) return true
    at = end + 4
  }
}

/** Segments, each with its length; behind the start of a scan its data, in which a byte 0xff has a 0 behind it. */
function isWholeJpeg(view: DataView): boolean {
  const [SOS, EOI] = [0xda, 0xd9]
  for (let at = 2; ; ) {
    if (view.getUint8(at) !== 0xff) return false
    const marker = view.getUint8(at + 1)
    if (marker === EOI) return true
    // Any number of 0xff may fill up before a marker; some markers have no segment.
    if (marker === 0xff) at += 1
    else if (marker === 0x01 || (marker >= 0xd0 && marker <= 0xd8)) at += 2
    else at += 2 + Math.max(2, view.getUint16(at + 2))
    if (marker === SOS) at = endOfScan(view, at)
  }
}

function endOfScan(view: DataView, from: number): number {
  for (let at = from; ; at++) {
    if (view.getUint8(at) !== 0xff) continue
    const next = view.getUint8(at + 1)
    if (next !== 0 && !(next >= 0xd0 && next <= 0xd7)) return at
  }
}

/** Blocks; the data of each lies in pieces, each with its length in a byte, up to one of length 0. */
function isWholeGif(view: DataView): boolean {
  const [EXTENSION, IMAGE, TRAILER] = [0x21, 0x2c, 0x3b]
  const paletteBytes = (flags: number) => (flags & 0x80 ? 3 << ((flags & 7) + 1) : 0)
  for (let at = 13 + paletteBytes(view.getUint8(10)); ; ) {
    const kind = view.getUint8(at)
    if (kind === TRAILER) return true
    if (kind === EXTENSION) at += 2
    else if (kind === IMAGE) at += 11 + paletteBytes(view.getUint8(at + 9))
    else return false
    for (let length = view.getUint8(at); length > 0; length = view.getUint8(at)) at += 1 + length
    at += 1
  }
}
