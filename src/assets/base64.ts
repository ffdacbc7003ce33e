const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/'

interface NativeBase64 {
  fromBase64?: (text: string, options: { lastChunkHandling: 'strict' }) => Uint8Array<ArrayBuffer>
}

/**
 * The bytes behind plain base64 text (standard alphabet, padded, in one line); throws SyntaxError on other text.
 *
 * Used for the files embedded in the bundle: `Uint8Array.fromBase64` where the engine has it, else a table and a loop,
 * which for megabytes is many times faster than `atob` and a callback for each character.
 */
export function decodeBase64(text: string): Uint8Array<ArrayBuffer> {
  const native = (Uint8Array as NativeBase64).fromBase64
  return native ? native.call(Uint8Array, text, { lastChunkHandling: 'strict' }) : decodeBase64ByTable(text)
}

/** The same in plain JavaScript; exported for its test. */
export function decodeBase64ByTable(text: string): Uint8Array<ArrayBuffer> {
  if (text.length % 4 !== 0) throw new SyntaxError(`base64 text of ${text.length} characters: not a multiple of 4`)
  const values = new Int8Array(128).fill(-1)
  for (let i = 0; i < 64; i++) values[ALPHABET.charCodeAt(i)] = i
  const value = (i: number): number => {
    const code = text.charCodeAt(i)
    return code < 128 ? values[code]! : -1
  }

  const padding = text.endsWith('==') ? 2 : text.endsWith('=') ? 1 : 0
  const bytes = new Uint8Array((text.length / 4) * 3 - padding)
  const whole = text.length - (padding ? 4 : 0)
  let at = 0
  let seen = 0
  for (let i = 0; i < whole; i += 4) {
    const group = (value(i) << 18) | (value(i + 1) << 12) | (value(i + 2) << 6) | value(i + 3)
    seen |= group
    bytes[at++] = group >> 16
    bytes[at++] = group >> 8
    bytes[at++] = group
  }
  if (padding) {
    const group = (value(whole) << 18) | (value(whole + 1) << 12) | (padding === 1 ? value(whole + 2) << 6 : 0)
    seen |= group
    if (group & (padding === 1 ? 0xff : 0xffff)) throw new SyntaxError('base64 text has bits beyond its last byte')
    bytes[at++] = group >> 16
    if (padding === 1) bytes[at++] = group >> 8
  }
  // A stray character has the value -1, whose sign bit survives every shift and OR above.
  if (seen < 0) throw new SyntaxError('base64 text holds a character outside its alphabet')
  return bytes
}
