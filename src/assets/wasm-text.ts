/** All printable characters from # to ~ but those that can need an escape in a string: no backslash, quote or backtick. */
const ALPHABET = '#$%&()*+,-./0123456789:;<=>?@ABCDEFGHIJKLMNOPQRSTUVWXYZ[]^_abcdefghijklmnopqrstuvwxyz{|}~'
/** Values of one character; the two characters left say how many times this many to add to the one after them. */
const SINGLE = 87

/**
 * The bytes behind printable text (`encodePrintable` in rollup.config.js); throws SyntaxError on other text.
 *
 * Used for the kernels embedded in the bundle. Every byte has a text of its own, so that compressors see in the text what they
 * see in the file: base64 is shorter, but cuts across bytes, and comes to a quarter more where it counts, on the wire.
 *
 * A byte b is the value (b + 3) mod 256, which makes the most frequent byte, the prefix 0xfd of SIMD instructions, 0. Values
 * under 87 are one character, others two.
 */
export function decodePrintable(text: string): Uint8Array<ArrayBuffer> {
  const values = new Uint8Array(128).fill(255)
  for (let n = 0; n < ALPHABET.length; n++) values[ALPHABET.charCodeAt(n)] = n
  const bytes = new Uint8Array(text.length)
  let size = 0
  let page = 0
  for (let n = 0; n < text.length; n++) {
    // Undefined beyond ASCII: no comparison below holds then.
    const value = values[text.charCodeAt(n)]!
    if (value < SINGLE && page + value < 256) {
      bytes[size++] = page + value - 3
      page = 0
    } else if (value < ALPHABET.length && page === 0) page = SINGLE * (value - SINGLE + 1)
    else refuse()
  }
  if (page > 0) refuse()
  return bytes.slice(0, size)
}

function refuse(): never {
  throw new SyntaxError('not bytes as printable text')
}
