import type { Pixels } from '../image/pixels.ts'
import { bytesIn } from '../shared/bytes.ts'
import type { Corners } from './context.ts'

/** Cells along a side. */
const CELLS = 8

/**
 * A part of an image, very small: its brightness in cells of 8 x 8, each less their mean, over the root of their sum of squares. So
 * light that changes changes nothing. All are 0 where the part has one brightness only.
 */
export type Thumbnail = Float32Array

/**
 * Shrinks a part of an image, roughly: some of its pixels stand for all. What lies outside is as the nearest edge.
 *
 * @param samples - Pixels looked at along a side of a cell.
 */
export function thumbnail(
  { data, width, height, channels, stride }: Pixels,
  { x1, y1, x2, y2 }: Corners,
  samples: number,
): Thumbnail {
  const bytes = bytesIn(data)!
  const steps = CELLS * samples
  const place = (from: number, to: number, step: number, most: number) => {
    const at = Math.floor(from + ((step + 0.5) * (to - from)) / steps)
    return Math.min(Math.max(at, 0), most - 1)
  }
  const columns = Int32Array.from({ length: steps }, (_, step) => place(x1, x2, step, width) * channels)
  const cells = new Float32Array(CELLS * CELLS)
  // Red and blue weigh the same, so their order does not matter.
  const [second, third] = channels === 1 ? [0, 0] : [1, 2]
  for (let row = 0; row < steps; row++) {
    const start = place(y1, y2, row, height) * stride
    const first = CELLS * Math.floor(row / samples)
    for (let column = 0; column < steps; column++) {
      const at = start + columns[column]!
      const cell = first + Math.floor(column / samples)
      cells[cell] = cells[cell]! + bytes[at]! + 2 * bytes[at + second]! + bytes[at + third]!
    }
  }
  return normalised(cells)
}

function normalised(cells: Float32Array): Thumbnail {
  let mean = 0
  for (const value of cells) mean += value / cells.length
  let squares = 0
  for (const value of cells) squares += (value - mean) * (value - mean)
  const norm = Math.sqrt(squares)
  for (let n = 0; n < cells.length; n++) cells[n] = norm > 0 ? (cells[n]! - mean) / norm : 0
  return cells
}

/** How alike two are: 1 the same, 0 nothing in common, -1 the one is the negative of the other. */
export function likeness(a: Thumbnail, b: Thumbnail): number {
  let sum = 0
  let [first, second] = [0, 0]
  for (let n = 0; n < a.length; n++) {
    sum += a[n]! * b[n]!
    first += a[n]! * a[n]!
    second += b[n]! * b[n]!
  }
  // Two without any contrast are the same.
  return first === 0 && second === 0 ? 1 : sum
}
