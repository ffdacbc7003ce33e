import { isUtf8 } from 'node:buffer'

/**
 * The name of a file as text, whatever its bytes are: those that are no UTF-8 become the lower halves of surrogate pairs,
 * U+DC80 to U+DCFF, as in Python (`os.fsdecode`). No name that is UTF-8 has such letters, so that {@link pathOfName} can turn
 * them back.
 *
 * @example nameOfBytes(Uint8Array.of(0x61, 0xe9)) // 'a\udce9'
 */
export function nameOfBytes(bytes: Uint8Array): string {
  if (isUtf8(bytes)) return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString()
  let name = ''
  for (let at = 0; at < bytes.length; ) {
    const letter = bytes.subarray(at, at + lengthOfLetter(bytes[at]!))
    const isLetter = isUtf8(letter)
    name += isLetter ? Buffer.from(letter).toString() : String.fromCharCode(0xdc00 + bytes[at]!)
    at += isLetter ? letter.length : 1
  }
  return name
}

/** How many bytes a letter of UTF-8 has, by the first of them. */
function lengthOfLetter(first: number): number {
  return first < 0xc0 ? 1 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4
}

const HALF = /[\udc80-\udcff]/
const RAW_BYTE = /(?<![\ud800-\udbff])[\udc80-\udcff]/g

/** A name as Node's functions for files take it: text where that says all, bytes where the name is no UTF-8. */
export function pathOfName(name: string): string | Buffer {
  if (!HALF.test(name)) return name
  const parts: Buffer[] = []
  let from = 0
  for (const { 0: letter, index } of name.matchAll(RAW_BYTE)) {
    parts.push(Buffer.from(name.slice(from, index)), Buffer.of(letter.charCodeAt(0) - 0xdc00))
    from = index + 1
  }
  return from === 0 ? name : Buffer.concat([...parts, Buffer.from(name.slice(from))])
}
