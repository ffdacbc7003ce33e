/**
 * Which levels a frame is searched at.
 */

export interface Level {
  /** level pixels per image pixel */
  scale: number
  width: number
  height: number
}

/**
 * A float64 as an exact fraction: `mantissa * 2 ** exponent`, for finite values above the subnormals.
 */
function exactly(value: number): { mantissa: bigint; exponent: number } {
  const view = new DataView(new ArrayBuffer(8))
  view.setFloat64(0, value)
  const bits = view.getBigUint64(0)
  const fraction = bits & ((1n << 52n) - 1n)
  return { mantissa: fraction | (1n << 52n), exponent: Number((bits >> 52n) & 0x7ffn) - 1075 }
}

/**
 * `m * scaleFactor ** k` for positive numbers: the exact product, rounded once to float64 (halves to even).
 *
 * Defined this way because `Math.pow` differs between engines in its last bit, and so does the reference's own power
 * function between machines: its scales are within one unit in the last place of these.
 */
export function scaleOf(m: number, scaleFactor: number, k: number): number {
  let { mantissa, exponent } = exactly(m)
  const factor = exactly(scaleFactor)
  for (let n = 0; n < k; n++) {
    mantissa *= factor.mantissa
    exponent += factor.exponent
  }
  const extra = BigInt(mantissa.toString(2).length - 53)
  if (extra > 0n) {
    const half = 1n << (extra - 1n)
    const rest = mantissa & ((1n << extra) - 1n)
    mantissa >>= extra
    exponent += Number(extra)
    if (rest > half || (rest === half && mantissa % 2n === 1n)) mantissa += 1n
  }
  return Number(mantissa) * 2 ** exponent
}

/**
 * The levels of a frame, largest first: while the shorter side, in level pixels, is at least 12.
 *
 * The shorter side is followed by repeated multiplication, the scales are not: as in the reference.
 */
export function levels(width: number, height: number, minFaceSize: number, scaleFactor: number): Level[] {
  const m = 12 / minFaceSize
  const found: Level[] = []
  for (let side = Math.min(width, height) * m; side >= 12; side *= scaleFactor) {
    const scale = scaleOf(m, scaleFactor, found.length)
    found.push({ scale, width: Math.ceil(width * scale), height: Math.ceil(height * scale) })
  }
  return found
}
