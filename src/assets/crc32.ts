const POLYNOMIAL = 0xedb88320

let tables: Uint32Array[] | undefined

/** Four tables, so that four bytes are taken at a time ("slicing by four"); made on first use. */
function makeTables(): Uint32Array[] {
  const made = [0, 1, 2, 3].map(() => new Uint32Array(256))
  const [t0, t1, t2, t3] = made as [Uint32Array, Uint32Array, Uint32Array, Uint32Array]
  for (let byte = 0; byte < 256; byte++) {
    let value = byte
    for (let bit = 0; bit < 8; bit++) value = value & 1 ? (value >>> 1) ^ POLYNOMIAL : value >>> 1
    t0[byte] = value
  }
  const shift = (value: number): number => (value >>> 8) ^ t0[value & 255]!
  for (let byte = 0; byte < 256; byte++) {
    t1[byte] = shift(t0[byte]!)
    t2[byte] = shift(t1[byte]!)
    t3[byte] = shift(t2[byte]!)
  }
  return made
}

/** CRC-32 (IEEE 802.3, as zlib and PNG use it) of the bytes, as an unsigned 32-bit number. */
export function crc32(bytes: Uint8Array): number {
  tables ??= makeTables()
  const [t0, t1, t2, t3] = tables as [Uint32Array, Uint32Array, Uint32Array, Uint32Array]
  let crc = -1
  let i = 0
  // Whole words where they lie right; every engine that runs WebAssembly stores the low byte first.
  if (bytes.byteOffset % 4 === 0) {
    const words = new Int32Array(bytes.buffer, bytes.byteOffset, bytes.length >>> 2)
    for (let n = 0; n < words.length; n++) {
      crc ^= words[n]!
      crc = t3[crc & 255]! ^ t2[(crc >>> 8) & 255]! ^ t1[(crc >>> 16) & 255]! ^ t0[crc >>> 24]!
    }
    i = 4 * words.length
  }
  for (; i < bytes.length; i++) crc = (crc >>> 8) ^ t0[(crc ^ bytes[i]!) & 255]!
  return ~crc >>> 0
}
