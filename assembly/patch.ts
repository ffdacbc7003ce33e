// Patches: a padded crop of the frame, resampled and normalised for R-Net or O-Net.
//
// The frame is u8 [height][width][3], rows tight, 32 readable bytes behind it. Every row of a patch is made in two steps:
//   1. column sums: the source rows under it, each times its weight -> f32 [source columns][3]
//   2. along the row: the column sums under each patch pixel, each times its weight
// Taps come from the host (src/taps.ts), one axis at a time: for each patch index i32 first source index, i32 count,
// f32 weight [count].
import { clear, mac } from './lanes'

/** Sums of 16 columns as whole numbers, times a weight, added to four vectors at out (or put there, where FIRST). */
// @ts-ignore: decorator
@inline
function addSums(FIRST: bool, low: v128, high: v128, weight: v128, out: usize): void {
  let p = f32x4.mul(f32x4.convert_i32x4_s(i32x4.extend_low_i16x8_u(low)), weight)
  v128.store(out, FIRST ? p : f32x4.add(v128.load(out), p))
  p = f32x4.mul(f32x4.convert_i32x4_s(i32x4.extend_high_i16x8_u(low)), weight)
  v128.store(out, FIRST ? p : f32x4.add(v128.load(out, 16), p), 16)
  p = f32x4.mul(f32x4.convert_i32x4_s(i32x4.extend_low_i16x8_u(high)), weight)
  v128.store(out, FIRST ? p : f32x4.add(v128.load(out, 32), p), 32)
  p = f32x4.mul(f32x4.convert_i32x4_s(i32x4.extend_high_i16x8_u(high)), weight)
  v128.store(out, FIRST ? p : f32x4.add(v128.load(out, 48), p), 48)
}

/** Two or three rows, eight columns at a time: nothing in between goes to memory. */
// @ts-ignore: decorator
@inline
function sumFew(THREE: bool, source: usize, rowBytes: usize, weights: usize, bytes: i32, out: usize): void {
  const w0 = v128.load32_splat(weights), w1 = v128.load32_splat(weights, 4), w2 = THREE ? v128.load32_splat(weights, 8) : w1
  for (const end = source + bytes; source < end; source += 8) {
    let row = v128.load8x8_u(source)
    let a = f32x4.mul(f32x4.convert_i32x4_s(i32x4.extend_low_i16x8_u(row)), w0)
    let b = f32x4.mul(f32x4.convert_i32x4_s(i32x4.extend_high_i16x8_u(row)), w0)
    row = v128.load8x8_u(source + rowBytes)
    a = mac(a, f32x4.convert_i32x4_s(i32x4.extend_low_i16x8_u(row)), w1)
    b = mac(b, f32x4.convert_i32x4_s(i32x4.extend_high_i16x8_u(row)), w1)
    if (THREE) {
      row = v128.load8x8_u(source + 2 * rowBytes)
      a = mac(a, f32x4.convert_i32x4_s(i32x4.extend_low_i16x8_u(row)), w2)
      b = mac(b, f32x4.convert_i32x4_s(i32x4.extend_high_i16x8_u(row)), w2)
    }
    v128.store(out, a); v128.store(out, b, 16)
    out += 32
  }
}

/**
 * One run of `count` rows (257 at most: their bytes have to fit in 16 bits) of the same weight. A vector of bytes is taken
 * as eight 16-bit numbers, high * 256 + low: sums of those, modulo 2^16, and of the high bytes alone give both.
 */
// @ts-ignore: decorator
@inline
function sumRun(FIRST: bool, source: usize, rowBytes: usize, count: i32, weight: f32, bytes: i32, out: usize): void {
  const w = f32x4.splat(weight)
  for (const end = source + bytes; source < end; source += 32) {
    let a = v128.load(source), b = v128.load(source, 16), high = i16x8.shr_u(a, 8), high2 = i16x8.shr_u(b, 8), row = source
    for (let k = 1; k < count; k++) {
      row += rowBytes
      const p = v128.load(row), q = v128.load(row, 16)
      a = i16x8.add(a, p)
      b = i16x8.add(b, q)
      high = i16x8.add(high, i16x8.shr_u(p, 8))
      high2 = i16x8.add(high2, i16x8.shr_u(q, 8))
    }
    const low = i16x8.sub(a, i16x8.shl(high, 8)), low2 = i16x8.sub(b, i16x8.shl(high2, 8))
    addSums(FIRST, v128.shuffle<i16>(low, high, 0, 8, 1, 9, 2, 10, 3, 11), v128.shuffle<i16>(low, high, 4, 12, 5, 13, 6, 14, 7, 15), w, out)
    addSums(FIRST, v128.shuffle<i16>(low2, high2, 0, 8, 1, 9, 2, 10, 3, 11), v128.shuffle<i16>(low2, high2, 4, 12, 5, 13, 6, 14, 7, 15), w, out + 64)
    out += 128
  }
}

/**
 * Step 1. out[i] = sum over k < count of weights[k] * source[k * rowBytes + i], for `bytes` bytes (32 at a time: reads and
 * writes up to 31 beyond). Runs of equal weights, the inside of an area, are summed as whole numbers first: exact, and a
 * quarter of the work. Sum: two or three rows one by one, more by runs, ascending.
 */
function columnSums(source: usize, rowBytes: usize, weights: usize, count: i32, bytes: i32, out: usize): void {
  if (count == 2) return sumFew(false, source, rowBytes, weights, bytes, out)
  if (count == 3) return sumFew(true, source, rowBytes, weights, bytes, out)
  for (let k = 0; k < count; ) {
    const weight = load<f32>(weights + (k << 2)), start = k++
    while (k < count && k < start + 256 && load<f32>(weights + (k << 2)) == weight) k++
    const rows = source + start * rowBytes
    if (start) sumRun(false, rows, rowBytes, k - start, weight, bytes, out)
    else sumRun(true, rows, rowBytes, k - start, weight, bytes, out)
  }
}

/**
 * Step 2, for four rows of column sums (columnsRow bytes apart) at a time: they share the walk along the taps.
 * out: f32 pixels `step` bytes apart, rows outRow bytes apart. NORMALISE: to (p - 127.5) / 128. Sum: taps ascending.
 */
// @ts-ignore: decorator
@inline
function across(NORMALISE: bool, columns: usize, columnsRow: usize, taps: usize, width: i32, step: usize, out: usize, outRow: usize): void {
  const factor = f32x4.splat(0.0078125), offset = f32x4.splat(-0.99609375)
  for (const end = out + width * step; out < end; out += step) {
    let p = columns + 12 * load<i32>(taps)
    const last = taps + 4 + (load<i32>(taps, 4) << 2)
    taps += 8
    let w = v128.load32_splat(taps)
    let a = f32x4.mul(v128.load(p), w), b = f32x4.mul(v128.load(p + columnsRow), w), c = f32x4.mul(v128.load(p + 2 * columnsRow), w), d = f32x4.mul(v128.load(p + 3 * columnsRow), w)
    while (taps < last) {
      taps += 4
      p += 12
      w = v128.load32_splat(taps)
      a = mac(a, v128.load(p), w); b = mac(b, v128.load(p + columnsRow), w); c = mac(c, v128.load(p + 2 * columnsRow), w); d = mac(d, v128.load(p + 3 * columnsRow), w)
    }
    taps += 4
    if (NORMALISE) {
      a = mac(offset, a, factor); b = mac(offset, b, factor); c = mac(offset, c, factor); d = mac(offset, d, factor)
    }
    v128.store(out, a); v128.store(out + outRow, b); v128.store(out + 2 * outRow, c); v128.store(out + 3 * outRow, d)
  }
}

/**
 * Crop -> patch, general taps, not rounded, normalised to (p - 127.5) / 128.
 * The crop is width x height pixels with its corner at (left, top) of the frame; what lies outside the frame is 0.
 * side: a multiple of 4. out: f32 [side][outRow bytes apart][4], the fourth lane finite; work: f32 [4][width * 3 + 32].
 */
export function patch(frame: usize, frameWidth: i32, frameHeight: i32, left: i32, top: i32, width: i32, height: i32, tapsX: usize, tapsY: usize, side: i32, work: usize, out: usize, outRow: usize): void {
  assert(frameWidth > 0 && frameHeight > 0 && width > 0 && height > 0 && (side & 3) == 0 && outRow >= 16 * side)
  const rowBytes: usize = 3 * frameWidth, columns: usize = (3 * width + 32) << 2
  const inLeft = min(max(0, -left), width), inRight = max(min(width, frameWidth - left), inLeft)
  clear(work, 4 * columns)
  for (let y = 0; y < side; y += 4) {
    for (let r = 0; r < 4; r++) {
      let first = top + load<i32>(tapsY), count = load<i32>(tapsY, 4), weights = tapsY + 8
      tapsY = weights + (count << 2)
      const above = min(max(0, -first), count)
      first += above
      weights += above << 2
      count = min(count - above, frameHeight - first)
      const o = work + r * columns
      if (count > 0) {
        columnSums(frame + first * rowBytes + 3 * (left + inLeft), rowBytes, weights, count, 3 * (inRight - inLeft), o + 12 * inLeft)
        if (inRight < width) clear(o + 12 * inRight, 12 * (width - inRight))
      } else clear(o, columns)
    }
    across(true, work, columns, tapsX, side, 16, out, outRow)
    out += 4 * outRow
  }
}
