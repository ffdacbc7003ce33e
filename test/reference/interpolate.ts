/**
 * Patches by interpolation: cubic convolution where a box is enlarged, a triangle filter where it is shrunk.
 */
import { type Grid, grid } from './conv.ts'

/**
 * Keys' cubic convolution kernel (1981) with a = -1/2.
 */
function keys(t: number): number {
  const a = -0.5
  const x = Math.abs(t)
  if (x <= 1) return (a + 2) * x ** 3 - (a + 3) * x ** 2 + 1
  if (x < 2) return a * x ** 3 - 5 * a * x ** 2 + 8 * a * x - 4 * a
  return 0
}

/**
 * Weight of each of `source` pixels, numbered from `first`, in target pixel `d` of `target` that cover [from, from + length).
 */
function weights(d: number, from: number, length: number, target: number, first: number, source: number): number[] {
  const step = length / target
  const centre = from + (d + 0.5) * step
  const raw = Array.from({ length: source }, (_, n) => {
    const away = first + n + 0.5 - centre
    return step < 1 ? keys(away) : Math.max(0, 1 - Math.abs(away) / step)
  })
  const sum = raw.reduce((a, b) => a + b, 0)
  return raw.map((weight) => weight / sum)
}

/**
 * The part of an image between two edges each way, as `side x side` pixels; what lies outside the image is 0.
 *
 * left, top, right, bottom  image pixels, need not be whole; returns side x side x channels, not rounded
 */
export function interpolatedPatch(
  image: Grid,
  [left, top, right, bottom]: readonly [number, number, number, number],
  side: number,
): Grid<Float64Array> {
  const { channels } = image
  const out = grid(side, side, channels)
  // Far enough on every side for any filter.
  const margin = 4 + Math.ceil(Math.max(right - left, bottom - top) / side)
  const firstX = Math.floor(left) - margin
  const firstY = Math.floor(top) - margin
  const columns = Math.ceil(right) + margin - firstX
  const rows = Math.ceil(bottom) + margin - firstY
  const across = Array.from({ length: side }, (_, d) => weights(d, left, right - left, side, firstX, columns))
  const down = Array.from({ length: side }, (_, d) => weights(d, top, bottom - top, side, firstY, rows))
  for (let y = 0; y < side; y++) {
    for (let x = 0; x < side; x++) {
      for (let c = 0; c < channels; c++) {
        let sum = 0
        for (let j = 0; j < rows; j++) {
          const row = firstY + j
          if (row < 0 || row >= image.height || down[y]![j] === 0) continue
          for (let i = 0; i < columns; i++) {
            const column = firstX + i
            if (column < 0 || column >= image.width) continue
            sum += down[y]![j]! * across[x]![i]! * image.data[(row * image.width + column) * channels + c]!
          }
        }
        out.data[(y * side + x) * channels + c] = sum
      }
    }
  }
  return out
}
