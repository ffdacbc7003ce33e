import { utf8 } from '../../shared/text.ts'

/**
 * Makes the bytes of a file ready for sharp, in place where that is possible: a PNG without its texts, and unless `strict`
 * a truncated WebP filled up to its length.
 *
 * @param bytes - Nobody else uses them; they may be changed.
 */
export function prepareFile(bytes: Uint8Array, strict: boolean): Uint8Array {
  if (startsWith(bytes, 0, '\x89PNG\r\n\x1a\n')) return withoutText(bytes)
  if (!strict && startsWith(bytes, 0, 'RIFF') && startsWith(bytes, 8, 'WEBP')) return filledUp(bytes)
  return bytes
}

function startsWith(bytes: Uint8Array, offset: number, text: string): boolean {
  for (let at = 0; at < text.length; at++) if (bytes[offset + at] !== text.charCodeAt(at)) return false
  return true
}

/** Chunks of a PNG that decoders may skip but that say how its colours or its orientation are meant. */
const MEANINGFUL = ['tRNS', 'gAMA', 'cHRM', 'sRGB', 'iCCP', 'cICP', 'mDCV', 'cLLI', 'sBIT', 'eXIf']

/** Length, type and checksum of a chunk. */
const CHUNK_FRAME = 12

/** In the first letter of a chunk's type: small, so the chunk may be skipped. */
const SKIPPABLE = 0x20

/**
 * A PNG of a few kilobytes can hold texts that unpack to gigabytes, which decoders read although nobody asked for them. So only
 * the chunks that decide about the picture stay: all that must be understood, and the first of each type in MEANINGFUL.
 * What follows a damaged length stays as it is.
 */
function withoutText(bytes: Uint8Array): Uint8Array {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
  const wanted = new Set(MEANINGFUL.map((type) => new DataView(utf8(type).buffer).getUint32(0)))
  let target = 8
  let at = 8
  while (at + CHUNK_FRAME <= bytes.length) {
    const end = at + CHUNK_FRAME + view.getUint32(at)
    if (end > bytes.length) break
    const mayBeSkipped = (bytes[at + 4]! & SKIPPABLE) !== 0
    // Taken out once it was seen: a second one of its type is not allowed.
    if (!mayBeSkipped || wanted.delete(view.getUint32(at + 4))) {
      if (target < at) bytes.copyWithin(target, at, end)
      target += end - at
    }
    at = end
  }
  // A chunk that is cut off: of a picture's data what is there is shown.
  if (target < at) bytes.copyWithin(target, at)
  return bytes.subarray(0, target + bytes.length - at)
}

/** Of a WebP that was cut off so much has to be there: else a header alone could ask for gigabytes of zeros. */
const LEAST_SHARE = 1 / 32

/** Decoders of WebP refuse a file that ends early; with zeros behind it they show what is there, as browsers do. */
function filledUp(bytes: Uint8Array): Uint8Array {
  const length = 8 + new DataView(bytes.buffer, bytes.byteOffset, bytes.length).getUint32(4, true)
  if (bytes.length >= length || bytes.length < length * LEAST_SHARE) return bytes
  const whole = new Uint8Array(length)
  whole.set(bytes)
  return whole
}
