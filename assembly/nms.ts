// Greedy non-maximum suppression, float64, as the reference does it, at the cost of the boxes that lie near each other.
import { Candidate, CANDIDATE } from './candidate'

const X1: usize = offsetof<Candidate>('x1')
const Y1: usize = offsetof<Candidate>('y1')
const X2: usize = offsetof<Candidate>('x2')
const Y2: usize = offsetof<Candidate>('y2')
const SCORE: usize = offsetof<Candidate>('score')
const ORDER: usize = offsetof<Candidate>('order')

/** Bytes of a kept box: f64 x1, y1, x2, y2, area. */
const BOX: usize = 40
/** Entries of the grid a candidate, at most and on average. */
const ENTRIES = 9

/**
 * Bytes of work area for `count` candidates: two lists of sort keys, the kept boxes, the grid's cells and entries. A
 * number of its own for each candidate and one for all: the host plans with that. f64, like all sizes that depend on
 * the image: what is asked for can be more than there is.
 */
export function nmsWork(count: f64): f64 {
  return count * (2 * 16 + BOX + ENTRIES * 4 + 3 * 8) + 2 * 8
}

/**
 * Sorts records of u64 key, u64 value by descending key (bottom-up merge sort; keys are unique). Returns where they
 * ended up: at a or at b.
 */
function sortDescending(a: usize, b: usize, count: i32): usize {
  for (let width = 1; width < count; width *= 2) {
    for (let start = 0; start < count; start += 2 * width) {
      let i = a + (start << 4)
      let j = a + (min(start + width, count) << 4)
      let o = b + (start << 4)
      const iEnd = j
      const jEnd = a + (min(start + 2 * width, count) << 4)
      while (i < iEnd || j < jEnd) {
        if (j >= jEnd || (i < iEnd && load<u64>(i) > load<u64>(j))) {
          v128.store(o, v128.load(i))
          i += 16
        } else {
          v128.store(o, v128.load(j))
          j += 16
        }
        o += 16
      }
    }
    const t = a
    a = b
    b = t
  }
  return a
}

/** Which of `size` cells a distance from the grid's edge lies in. */
// @ts-ignore: decorator
@inline
function cell(distance: f64, perPixel: f64, size: i32): i32 {
  return min(<i32>(distance * perPixel), size - 1)
}

/**
 * Walks candidates by descending score (of equal scores the one with the larger `order` first), keeps each unless it
 * overlaps one kept before by more than the threshold. Areas and intersections count both edges (+1).
 * candidates: `count` of them, scores 0 to 1, boxes finite.
 * smaller: 0 overlap = intersection / union; 1 intersection / smaller area.
 * kept: the records kept, in the order they were picked; their `order` counts up from `firstOrder`. May not overlap
 * candidates. Returns how many.
 *
 * Kept boxes are found by a grid of square cells over all candidates, each with a list of those that reach into it. The
 * side is at least the root mean square of the boxes' longer sides: a box of w x h reaches into (w / side + 2)(h / side
 * + 2) cells at most, on average ENTRIES. And it is so long that there are no more than 3 count + 1 cells.
 */
export function nms(
  candidates: usize,
  count: i32,
  threshold: f64,
  smaller: i32,
  work: usize,
  kept: usize,
  firstOrder: u32,
): i32 {
  assert(count >= 0 && (kept + count * CANDIDATE <= candidates || candidates + count * CANDIDATE <= kept))
  const keys = work
  const other = keys + (count << 4)
  let left = Infinity
  let top = Infinity
  let right = -Infinity
  let bottom = -Infinity
  let squares: f64 = 0
  for (let i = 0; i < count; i++) {
    const c = candidates + i * CANDIDATE
    const k = keys + (i << 4)
    // Scores are not negative: their bits order as they do.
    assert(load<f32>(c, SCORE) >= 0)
    store<u64>(k, ((<u64>load<u32>(c, SCORE)) << 32) | load<u32>(c, ORDER))
    store<u64>(k, i, 8)
    const x1 = load<f64>(c, X1)
    const y1 = load<f64>(c, Y1)
    const x2 = load<f64>(c, X2) + 1
    const y2 = load<f64>(c, Y2) + 1
    const longer = max(max(x2 - x1, y2 - y1), 0)
    left = min(left, x1)
    top = min(top, y1)
    right = max(right, x2)
    bottom = max(bottom, y2)
    squares += longer * longer
  }
  const sorted = sortDescending(keys, other, count)
  const boxes = other + (count << 4)
  const cells = boxes + count * BOX

  const n: f64 = count
  const width = right - left
  const height = bottom - top
  const perPixel = 1 / max(max(max(sqrt(squares / n), sqrt((width * height) / n)), max(width, height) / n), 1)
  const columns = <i32>(width * perPixel) + 1
  const rows = <i32>(height * perPixel) + 1
  // Of each cell where its entries begin and where those made so far end; an entry is the pointer of a kept box. There
  // is room for all candidates.
  const size = columns * rows
  memory.fill(cells, 0, size << 3)
  for (let i = 0; i < count; i++) {
    const c = candidates + i * CANDIDATE
    const lastColumn = cell(load<f64>(c, X2) + 1 - left, perPixel, columns)
    const lastRow = cell(load<f64>(c, Y2) + 1 - top, perPixel, rows)
    for (let y = cell(load<f64>(c, Y1) - top, perPixel, rows); y <= lastRow; y++) {
      for (let x = cell(load<f64>(c, X1) - left, perPixel, columns); x <= lastColumn; x++) {
        const o = cells + ((y * columns + x) << 3)
        store<i32>(o, load<i32>(o) + 1)
      }
    }
  }
  let entry = cells + (size << 3)
  const end = entry
  for (let o = cells; o < end; o += 8) {
    const begin = entry
    entry += load<i32>(o) << 2
    store<usize>(o, begin)
    store<usize>(o, begin, 4)
  }
  assert(<f64>entry <= <f64>work + nmsWork(count))

  const zero = f64x2.splat(0)
  const one = f64x2.splat(1)
  let found = 0
  for (let i = 0; i < count; i++) {
    const c = candidates + load<i32>(sorted + (i << 4), 8) * CANDIDATE
    const x1 = load<f64>(c, X1)
    const y1 = load<f64>(c, Y1)
    const x2 = load<f64>(c, X2)
    const y2 = load<f64>(c, Y2)
    const area = (x2 - x1 + 1) * (y2 - y1 + 1)
    const firstColumn = cell(x1 - left, perPixel, columns)
    const lastColumn = cell(x2 + 1 - left, perPixel, columns)
    const firstRow = cell(y1 - top, perPixel, rows)
    const lastRow = cell(y2 + 1 - top, perPixel, rows)
    const start = v128.load(c, X1)
    const stop = v128.load(c, X2)
    let over = false
    for (let y = firstRow; y <= lastRow && !over; y++) {
      for (let x = firstColumn; x <= lastColumn && !over; x++) {
        const o = cells + ((y * columns + x) << 3)
        const end = load<usize>(o, 4)
        for (let e = load<usize>(o); e < end && !over; e += 4) {
          const box = load<usize>(e)
          // No branch on whether they meet: half of them do.
          const from = f64x2.pmax(start, v128.load(box))
          const to = f64x2.pmin(stop, v128.load(box, 16))
          const otherArea = load<f64>(box, 32)
          const sides = f64x2.pmax(f64x2.add(f64x2.sub(to, from), one), zero)
          const both = f64x2.extract_lane(sides, 0) * f64x2.extract_lane(sides, 1)
          const whole = smaller ? (area < otherArea ? area : otherArea) : area + otherArea - both
          over = both / whole > threshold
        }
      }
    }
    if (over) continue
    const box = boxes + found * BOX
    const k = kept + found * CANDIDATE
    v128.store(box, start)
    v128.store(box, stop, 16)
    store<f64>(box, area, 32)
    for (let y = firstRow; y <= lastRow; y++) {
      for (let x = firstColumn; x <= lastColumn; x++) {
        const o = cells + ((y * columns + x) << 3)
        const end = load<usize>(o, 4)
        store<usize>(end, box)
        store<usize>(o, end + 4, 4)
      }
    }
    for (let b: usize = 0; b < CANDIDATE; b += 16) v128.store(k + b, v128.load(c + b))
    store<u32>(k, firstOrder + found, ORDER)
    found++
  }
  return found
}
