// Patches: a padded crop of the frame, resampled and normalised for R-Net or O-Net.
//
// Every row of a patch is made in two steps:
//   1. column sums: the source rows under it, each times its weight -> f32 [source columns][3]
//   2. along the row: the column sums under each patch pixel, each times its weight
// Taps come from the host (src/wasm/taps.ts), one axis at a time: for each patch index i32 first source index, i32
// count, f32 weight [count].
import { Frame } from './frame'
import { clear, mac, normalised } from './lanes'

/** The low or the high four of eight 16-bit whole numbers, times a weight. */
// @ts-ignore: decorator
@inline
function weighted(HIGH: bool, words: v128, weight: v128): v128 {
  return f32x4.mul(
    f32x4.convert_i32x4_s(HIGH ? i32x4.extend_high_i16x8_u(words) : i32x4.extend_low_i16x8_u(words)),
    weight,
  )
}

/** Rows that sumArea reads side by side: more, each in a page of its own, are too many for the prefetcher. */
const GROUP: usize = 12

/**
 * Rows of which all but the first and the last have one weight: those are summed as whole numbers first, which is exact
 * and a quarter of the work, 64 columns at a time. A vector of bytes is taken as eight 16-bit numbers, high * 256 +
 * low: sums of those, modulo 2^16, and of the high bytes alone give both; up to 257 rows. Both sums of 16 columns are
 * kept at the front of where the result of these goes.
 */
function sumArea(source: usize, rowBytes: usize, weights: usize, count: i32, bytes: i32, out: usize): void {
  assert(count > 2 && count <= 259)
  const bottom = rowBytes * (count - 1)
  for (let from = rowBytes, to: usize = 0; to < bottom; from = to) {
    to = min(from + GROUP * rowBytes, bottom)
    for (let column = source, o = out, end = source + bytes; column < end; column += 64) {
      let a = i16x8.splat(0)
      let b = a
      let c = a
      let d = a
      let a1 = a
      let b1 = a
      let c1 = a
      let d1 = a
      if (from != rowBytes) {
        a = v128.load(o)
        b = v128.load(o, 64)
        c = v128.load(o, 128)
        d = v128.load(o, 192)
        a1 = v128.load(o, 16)
        b1 = v128.load(o, 80)
        c1 = v128.load(o, 144)
        d1 = v128.load(o, 208)
      }
      for (let row = column + from, last = column + to; row < last; row += rowBytes) {
        const p = v128.load(row)
        const q = v128.load(row, 16)
        const r = v128.load(row, 32)
        const s = v128.load(row, 48)
        a = i16x8.add(a, p)
        b = i16x8.add(b, q)
        c = i16x8.add(c, r)
        d = i16x8.add(d, s)
        a1 = i16x8.add(a1, i16x8.shr_u(p, 8))
        b1 = i16x8.add(b1, i16x8.shr_u(q, 8))
        c1 = i16x8.add(c1, i16x8.shr_u(r, 8))
        d1 = i16x8.add(d1, i16x8.shr_u(s, 8))
      }
      v128.store(o, a)
      v128.store(o, b, 64)
      v128.store(o, c, 128)
      v128.store(o, d, 192)
      v128.store(o, a1, 16)
      v128.store(o, b1, 80)
      v128.store(o, c1, 144)
      v128.store(o, d1, 208)
      o += 256
    }
  }
  const before = v128.load32_splat(weights)
  const inside = v128.load32_splat(weights, 4)
  const after = v128.load32_splat(weights + ((count - 1) << 2))
  for (let top = source, end = source + bytes; top < end; top += 16) {
    const high = v128.load(out, 16)
    const low = i16x8.sub(v128.load(out), i16x8.shl(high, 8))
    const last = top + bottom
    const a = v128.load8x8_u(top)
    const b = v128.shuffle<i16>(low, high, 0, 8, 1, 9, 2, 10, 3, 11)
    const c = v128.load8x8_u(last)
    v128.store(
      out,
      f32x4.add(f32x4.add(weighted(false, a, before), weighted(false, b, inside)), weighted(false, c, after)),
    )
    v128.store(
      out,
      f32x4.add(f32x4.add(weighted(true, a, before), weighted(true, b, inside)), weighted(true, c, after)),
      16,
    )
    const d = v128.load8x8_u(top, 8)
    const e = v128.shuffle<i16>(low, high, 4, 12, 5, 13, 6, 14, 7, 15)
    const f = v128.load8x8_u(last, 8)
    v128.store(
      out,
      f32x4.add(f32x4.add(weighted(false, d, before), weighted(false, e, inside)), weighted(false, f, after)),
      32,
    )
    v128.store(
      out,
      f32x4.add(f32x4.add(weighted(true, d, before), weighted(true, e, inside)), weighted(true, f, after)),
      48,
    )
    out += 64
  }
  // The last pixel's fourth lane: the sums of a stretch that was not whole still lie there.
  v128.store(out, f32x4.splat(0))
}

/** Rows of any weights, 16 columns at a time. */
function sumAny(source: usize, rowBytes: usize, weights: usize, count: i32, bytes: i32, out: usize): void {
  const stop = weights + (count << 2)
  for (const end = source + bytes; source < end; source += 16) {
    let a = f32x4.splat(0)
    let b = a
    let c = a
    let d = a
    for (let row = source, w = weights; w < stop; w += 4, row += rowBytes) {
      const weight = v128.load32_splat(w)
      const low = v128.load8x8_u(row)
      const high = v128.load8x8_u(row, 8)
      a = f32x4.add(a, weighted(false, low, weight))
      b = f32x4.add(b, weighted(true, low, weight))
      c = f32x4.add(c, weighted(false, high, weight))
      d = f32x4.add(d, weighted(true, high, weight))
    }
    v128.store(out, a)
    v128.store(out, b, 16)
    v128.store(out, c, 32)
    v128.store(out, d, 48)
    out += 64
  }
}

/**
 * Step 1. out[i] = sum over k < count of weights[k] * source[k * rowBytes + i], for `bytes` bytes; reads and writes up
 * to 63 beyond. Sum: ascending, but for the rows inside an area.
 */
function columnSums(source: usize, rowBytes: usize, weights: usize, count: i32, bytes: i32, out: usize): void {
  let equal = 2
  while (equal < count - 1 && load<f32>(weights + (equal << 2)) == load<f32>(weights, 4)) equal++
  if (count > 3 && count <= 259 && equal == count - 1) sumArea(source, rowBytes, weights, count, bytes, out)
  else sumAny(source, rowBytes, weights, count, bytes, out)
}

/**
 * Step 2, for four rows of column sums (columnsRow bytes apart) at a time: they share the walk along the taps.
 * out: f32 [4][outRow bytes apart][side][4], normalised to (p - 127.5) / 128. Sum: taps ascending.
 */
// @ts-ignore: decorator
@inline
function across(columns: usize, columnsRow: usize, taps: usize, side: i32, out: usize, outRow: usize): void {
  for (const end = out + (side << 4); out < end; out += 16) {
    let p = columns + 12 * load<i32>(taps)
    const last = taps + 4 + (load<i32>(taps, 4) << 2)
    taps += 8
    let w = v128.load32_splat(taps)
    let a = f32x4.mul(v128.load(p), w)
    let b = f32x4.mul(v128.load(p + columnsRow), w)
    let c = f32x4.mul(v128.load(p + 2 * columnsRow), w)
    let d = f32x4.mul(v128.load(p + 3 * columnsRow), w)
    while (taps < last) {
      taps += 4
      p += 12
      w = v128.load32_splat(taps)
      a = mac(a, v128.load(p), w)
      b = mac(b, v128.load(p + columnsRow), w)
      c = mac(c, v128.load(p + 2 * columnsRow), w)
      d = mac(d, v128.load(p + 3 * columnsRow), w)
    }
    taps += 4
    v128.store(out, normalised(a))
    v128.store(out + outRow, normalised(b))
    v128.store(out + 2 * outRow, normalised(c))
    v128.store(out + 3 * outRow, normalised(d))
  }
}

/**
 * What is cut out of the frame: it may reach beyond it, and what lies there is 0. The host writes it (src/wasm/abi.ts).
 */
@unmanaged
class Crop {
  /** Its corner, pixels of the frame. */
  left: i32
  top: i32
  width: i32
  height: i32
  /** Taps along x and along y. */
  tapsX: usize
  tapsY: usize
}

/** Bytes of a Crop. */
export const CROP: usize = offsetof<Crop>()

/** Bytes of one row of column sums, for crops of a width; a stretch of 64 behind it is overwritten. */
// @ts-ignore: decorator
@inline
function columnsBytes(width: usize): usize {
  return (3 * width + 64) << 2
}

/** Bytes of work area for crops of up to `width` pixels: four rows of column sums. */
export function patchWork(width: f64): f64 {
  return 4 * 4 * (3 * width + 64)
}

/**
 * Crop -> patch, general taps, not rounded, normalised to (p - 127.5) / 128.
 * side: a multiple of 4. work: patchWork(width) bytes. out: f32 [side][outRow bytes apart][4], the fourth lane finite.
 */
export function patch(frame: Frame, crop: Crop, side: i32, work: usize, out: usize, outRow: usize): void {
  const frameWidth = frame.width
  const frameHeight = frame.height
  const pixels = frame.pixels
  const left = crop.left
  const top = crop.top
  const width = crop.width
  const tapsX = crop.tapsX
  let tapsY = crop.tapsY
  assert(frameWidth > 0 && frameHeight > 0 && width > 0 && crop.height > 0 && (side & 3) == 0 && outRow >= 16 * side)
  const rowBytes: usize = 3 * frameWidth
  const columns = columnsBytes(width)
  const inLeft = min(max(0, -left), width)
  const inRight = max(min(width, frameWidth - left), inLeft)
  clear(work, 4 * columns)
  for (let y = 0; y < side; y += 4) {
    for (let r = 0; r < 4; r++) {
      let first = top + load<i32>(tapsY)
      let count = load<i32>(tapsY, 4)
      let weights = tapsY + 8
      tapsY = weights + (count << 2)
      const above = min(max(0, -first), count)
      first += above
      weights += above << 2
      count = min(count - above, frameHeight - first)
      const o = work + r * columns
      if (count > 0) {
        const source = pixels + first * rowBytes + 3 * (left + inLeft)
        columnSums(source, rowBytes, weights, count, 3 * (inRight - inLeft), o + 12 * inLeft)
        if (inRight < width) clear(o + 12 * inRight, 12 * (width - inRight))
      } else clear(o, columns)
    }
    across(work, columns, tapsX, side, out, outRow)
    out += 4 * outRow
  }
}
