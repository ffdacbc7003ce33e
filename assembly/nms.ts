// Greedy non-maximum suppression, float64, as the reference does it.
import { CANDIDATE } from './pnet'

/** Bytes of work area for `count` boxes: two lists of sort keys, then the kept boxes' x1 y1 x2 y2 area. */
export function nmsWork(count: i32): usize {
  return (count as usize) * 2 * 16 + ((count + 1 & ~1) as usize) * 5 * 8
}

/** Sorts records of u64 key, u64 value by descending key (bottom-up merge sort; keys are unique). Returns where they ended up: at a or at b. */
function sortDescending(a: usize, b: usize, count: i32): usize {
  for (let width = 1; width < count; width *= 2) {
    for (let start = 0; start < count; start += 2 * width) {
      let i = a + (start << 4), j = a + (min(start + width, count) << 4), o = b + (start << 4)
      const iEnd = j, jEnd = a + (min(start + 2 * width, count) << 4)
      while (i < iEnd || j < jEnd) {
        if (j >= jEnd || (i < iEnd && load<u64>(i) > load<u64>(j))) { v128.store(o, v128.load(i)); i += 16 }
        else { v128.store(o, v128.load(j)); j += 16 }
        o += 16
      }
    }
    const t = a
    a = b
    b = t
  }
  return a
}

/**
 * Walks candidates by descending score (of equal scores the one with the larger `order` first), keeps each unless it
 * overlaps one kept before by more than the threshold. Areas and intersections count both edges (+1).
 * candidates: `count` records of CANDIDATE bytes: box f64 x1 y1 x2 y2, score f32 (0 to 1) at 32, order u32 at 36.
 * smaller: 0 overlap = intersection / union; 1 intersection / smaller area.
 * kept: the records kept, in the order they were picked; their `order` counts up from `firstOrder`. May not overlap
 * candidates. Returns how many.
 */
export function nms(candidates: usize, count: i32, threshold: f64, smaller: i32, work: usize, kept: usize, firstOrder: u32): i32 {
  assert(count >= 0 && (kept + count * CANDIDATE <= candidates || candidates + count * CANDIDATE <= kept))
  const keys = work, other = keys + (count << 4)
  for (let i = 0; i < count; i++) {
    const c = candidates + i * CANDIDATE, k = keys + (i << 4)
    // Scores are not negative: their bits order as they do.
    assert(load<f32>(c, 32) >= 0)
    store<u64>(k, (<u64>load<u32>(c, 32) << 32) | load<u32>(c, 36))
    store<u64>(k, i, 8)
  }
  const sorted = sortDescending(keys, other, count)
  const column: usize = (count + 1 & ~1) << 3
  const x1s = other + (count << 4), y1s = x1s + column, x2s = y1s + column, y2s = x2s + column, areas = y2s + column
  const zero = f64x2.splat(0), one = f64x2.splat(1), limit = f64x2.splat(threshold)
  let n = 0
  for (let i = 0; i < count; i++) {
    const c = candidates + load<i32>(sorted + (i << 4), 8) * CANDIDATE
    const left = load<f64>(c), top = load<f64>(c, 8), right = load<f64>(c, 16), bottom = load<f64>(c, 24)
    const area = (right - left + 1) * (bottom - top + 1)
    const x1 = f64x2.splat(left), y1 = f64x2.splat(top), x2 = f64x2.splat(right), y2 = f64x2.splat(bottom), area2 = f64x2.splat(area)
    let over = 0
    for (let j = 0; j < n; j += 2) {
      const o: usize = j << 3
      const w = f64x2.add(f64x2.sub(f64x2.pmin(x2, v128.load(x2s + o)), f64x2.pmax(x1, v128.load(x1s + o))), one)
      const h = f64x2.add(f64x2.sub(f64x2.pmin(y2, v128.load(y2s + o)), f64x2.pmax(y1, v128.load(y1s + o))), one)
      const both = f64x2.mul(f64x2.pmax(w, zero), f64x2.pmax(h, zero)), others = v128.load(areas + o)
      const whole = smaller ? f64x2.pmin(area2, others) : f64x2.sub(f64x2.add(area2, others), both)
      over = i64x2.bitmask(f64x2.gt(f64x2.div(both, whole), limit))
      // The second of the last pair may be a box that was never kept.
      if (j + 1 == n) over &= 1
      if (over) break
    }
    if (over) continue
    const o: usize = n << 3
    store<f64>(x1s + o, left)
    store<f64>(y1s + o, top)
    store<f64>(x2s + o, right)
    store<f64>(y2s + o, bottom)
    store<f64>(areas + o, area)
    const k = kept + n * CANDIDATE
    for (let b: usize = 0; b < CANDIDATE; b += 16) v128.store(k + b, v128.load(c + b))
    store<u32>(k, firstOrder + n, 36)
    n++
  }
  return n
}
