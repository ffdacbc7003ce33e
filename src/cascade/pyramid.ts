import { type Level, WINDOW } from '../wasm/nets.ts'

const SPLITTER = 2 ** 27 + 1

/**
 * m * factor ** k, the exact product rounded once: every step is carried with its rounding error (Dekker 1971).
 * `Math.pow` differs between engines in the last bit, and the last bit decides where a box is truncated.
 */
export function scaleOf(m: number, factor: number, k: number): number {
  const factorBig = factor * SPLITTER
  const factorHigh = factorBig - (factorBig - factor)
  const factorLow = factor - factorHigh
  let high = m
  let low = 0
  for (let n = 0; n < k; n++) {
    const product = high * factor
    const big = high * SPLITTER
    const a = big - (big - high)
    const b = high - a
    const error = a * factorHigh - product + a * factorLow + b * factorHigh + b * factorLow + low * factor
    high = product + error
    low = error - (high - product)
  }
  return high
}

/**
 * The levels an image is searched at, largest first: a face of `minFaceSize` image pixels fills the window of the first,
 * and each is `scaleFactor` times the one before, down to the last whose shorter side holds a window.
 *
 * @example planPyramid(640, 480, 20, 0.709).length // 10
 */
export function planPyramid(width: number, height: number, minFaceSize: number, scaleFactor: number): Level[] {
  const m = WINDOW / minFaceSize
  const levels: Level[] = []
  // The shorter side is followed by repeated multiplication, the scale is not: as in the reference.
  for (let side = Math.min(width, height) * m; side >= WINDOW; side *= scaleFactor) {
    const scale = scaleOf(m, scaleFactor, levels.length)
    levels.push({ scale, width: Math.ceil(width * scale), height: Math.ceil(height * scale) })
  }
  return levels
}

/** P-Net's cells along a side of a level: one for each second position of its window, as ceil pooling rounds. */
export function cellsAlong(side: number): number {
  return side < WINDOW ? 0 : Math.ceil((side - 2) / 2) - 4
}
