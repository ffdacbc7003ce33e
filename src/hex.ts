/**
 * The bytes behind hexadecimal text; throws SyntaxError on other text.
 *
 * Used for the kernels embedded in the bundle: base64 is shorter, but cuts across bytes, and what it hides from compressors
 * makes it a fifth longer than this where it counts, on the wire.
 */
export function decodeHex(text: string): Uint8Array<ArrayBuffer> {
  if (!/^(?:[\da-f]{2})*$/.test(text)) throw new SyntaxError('not pairs of hexadecimal digits')
  const bytes = new Uint8Array(text.length / 2)
  for (let n = 0; n < bytes.length; n++) bytes[n] = Number.parseInt(text.slice(2 * n, 2 * n + 2), 16)
  return bytes
}
