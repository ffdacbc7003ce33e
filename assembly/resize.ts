// Resampling: a frame into a level of the pyramid, and a padded crop of the frame into a patch.
//
// The frame is u8 [height][width][3], rows tight, 32 readable bytes behind it. Where it is shrunk, or interpolated
// without rounding, every target row is made in two steps:
//   1. column sums: the source rows under it, each times its weight -> f32 [source columns][3]
//   2. along the row: the column sums under each target pixel, each times its weight
// Taps come from the host, one axis at a time: for each target index i32 first source index, i32 count, f32 weight [count].
//
// Sources: OpenCV's INTER_AREA for the weights and for what a level's bytes have to be; see exactPixel.
import { clear, loadPixel, mac } from './lanes'

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

/** A pixel of whole numbers in four lanes -> its bytes at out; the byte behind it is overwritten, so write left to right. */
// @ts-ignore: decorator
@inline
function storePixel(pixel: v128, out: usize): void {
  const words = i16x8.narrow_i32x4_s(i32x4.trunc_sat_f32x4_s(pixel), pixel)
  v128.store32_lane(out, i8x16.narrow_i16x8_u(words, words), 0)
}

/**
 * One pixel exactly as OpenCV 4 computes it: in every source row the horizontal taps in order, the sum times the row's
 * weight added to the total; each product and each sum rounded to float32.
 */
function exactPixel(source: usize, rowBytes: usize, xWeights: usize, xCount: i32, yWeights: usize, yCount: i32): v128 {
  let total = f32x4.splat(0)
  for (let j = 0; j < yCount; j++) {
    let row = f32x4.splat(0)
    for (let i = 0; i < xCount; i++)
      row = f32x4.add(row, f32x4.mul(loadPixel(source + 3 * i), v128.load32_splat(xWeights + (i << 2))))
    total = f32x4.add(total, f32x4.mul(row, v128.load32_splat(yWeights + (j << 2))))
    source += rowBytes
  }
  return total
}

/** 1.5 * 2 ** 23: added to a float under 2 ** 22 it leaves the nearest whole number, halves to even, in the low bits. */
const ROUNDER: f32 = 12582912

/** Four sums rounded, as 32-bit whole numbers. */
// @ts-ignore: decorator
@inline
function rounded(sums: v128): v128 {
  return i32x4.sub(f32x4.add(sums, f32x4.splat(ROUNDER)), f32x4.splat(ROUNDER))
}

/** How far four sums lie from the nearest whole numbers. */
// @ts-ignore: decorator
@inline
function distance(sums: v128): v128 {
  return f32x4.abs(f32x4.sub(sums, f32x4.sub(f32x4.add(sums, f32x4.splat(ROUNDER)), f32x4.splat(ROUNDER))))
}

/**
 * Of a row of pixels, computes again in OpenCV's own order those whose sums (f32 [width][3]) lie so close to a half that
 * their rounding is in doubt.
 */
function settle(sums: usize, width: i32, half: v128, top: usize, rowBytes: usize, taps: usize, yWeights: usize, yCount: i32, out: usize): void {
  let done = 0
  for (let x = 0; x < width; x += 4) {
    const p = sums + 12 * x
    if (!v128.any_true(f32x4.ge(f32x4.pmax(f32x4.pmax(distance(v128.load(p)), distance(v128.load(p, 16))), distance(v128.load(p, 32))), half))) continue
    for (; done < x; done++) taps += 8 + (load<i32>(taps, 4) << 2)
    for (const to = min(x + 4, width); done < to; done++) {
      const count = load<i32>(taps, 4)
      if (i32x4.bitmask(f32x4.ge(distance(v128.load(sums + 12 * done)), half)) & 7) {
        const whole = rounded(exactPixel(top + 3 * load<i32>(taps), rowBytes, taps + 8, count, yWeights, yCount)), o = out + 3 * done
        store<u8>(o, i32x4.extract_lane(whole, 0))
        store<u8>(o, i32x4.extract_lane(whole, 1), 1)
        store<u8>(o, i32x4.extract_lane(whole, 2), 2)
      }
      taps += 8 + (count << 2)
    }
  }
}

/**
 * Frame -> level, general taps; rounds halves to even. Sums must lie between 0 and 255.5.
 * out: u8 [height][width][3], 15 bytes behind it are overwritten; work: f32 [4][frameWidth * 3 + 32] and [4][width * 3 + 16].
 * margin: largest distance between our sum and OpenCV's. Where a sum lies that close to a half, on which the rounding
 * hangs, the pixel is computed again in OpenCV's own order: the bytes are OpenCV's, always. 0: as the sums say.
 */
export function areaLevel(frame: usize, frameWidth: i32, tapsX: usize, tapsY: usize, width: i32, height: i32, margin: f32, work: usize, out: usize): void {
  assert(width > 0 && height > 0 && margin >= 0 && margin < 0.5)
  const rowBytes: usize = 3 * frameWidth, outBytes: usize = 3 * width
  const columns: usize = (rowBytes + 32) << 2, sums = work + 4 * columns, sumsRow: usize = (outBytes + 16) << 2
  const half = f32x4.splat(0.5 - margin)
  for (let y = 0; y < height; y += 4) {
    // Where fewer than four rows are left, the last ones are stale and not used.
    const rows = min(4, height - y)
    let rowTaps = tapsY
    for (let r = 0; r < rows; r++) {
      const count = load<i32>(rowTaps, 4)
      columnSums(frame + load<i32>(rowTaps) * rowBytes, rowBytes, rowTaps + 8, count, rowBytes as i32, work + r * columns)
      rowTaps += 8 + (count << 2)
    }
    across(false, work, columns, tapsX, width, 12, sums, sumsRow)
    for (let r = 0; r < rows; r++) {
      const row = sums + r * sumsRow, count = load<i32>(tapsY, 4)
      for (let i: usize = 0; i < outBytes; i += 16) {
        const p = row + (i << 2)
        const low = i16x8.narrow_i32x4_s(rounded(v128.load(p)), rounded(v128.load(p, 16)))
        const high = i16x8.narrow_i32x4_s(rounded(v128.load(p, 32)), rounded(v128.load(p, 48)))
        v128.store(out + i, i8x16.narrow_i16x8_u(low, high))
      }
      if (margin > 0) settle(row, width, half, frame + load<i32>(tapsY) * rowBytes, rowBytes, tapsX, tapsY + 8, count, out)
      out += outBytes
      tapsY += 8 + (count << 2)
    }
  }
}

/**
 * Frame -> level where one level pixel is the mean of factorX x factorY whole pixels: (sum + 2) >> 2 for 2 x 2, else
 * float32(sum) * float32(1 / area), halves to even. out as in areaLevel.
 */
export function blockLevel(frame: usize, frameWidth: i32, factorX: i32, factorY: i32, width: i32, height: i32, out: usize): void {
  const rowBytes: usize = 3 * frameWidth
  // Up to here a sum of bytes is exact in float32.
  assert(factorX > 0 && factorY > 0 && factorX * factorY <= 65793)
  const area = factorX * factorY, share = f32x4.splat(<f32>1 / <f32>area)
  const square = factorX == 2 && factorY == 2
  for (let y = 0; y < height; y++) {
    let block = frame + y * factorY * rowBytes
    for (let x = 0; x < width; x++) {
      let sum = i32x4.splat(0), row = block
      for (let j = 0; j < factorY; j++) {
        for (let p = row, end = row + 3 * factorX; p < end; p += 3) sum = i32x4.add(sum, i32x4.extend_low_i16x8_u(v128.load8x8_u(p)))
        row += rowBytes
      }
      storePixel(
        square ? f32x4.convert_i32x4_s(i32x4.shr_s(i32x4.add(sum, i32x4.splat(2)), 2)) : f32x4.nearest(f32x4.mul(f32x4.convert_i32x4_s(sum), share)),
        out
      )
      out += 3
      block += 3 * factorX
    }
  }
}

/** Two neighbouring pixels of a row mixed in 11-bit fixed point, and the sum without its last four bits. */
// @ts-ignore: decorator
@inline
function blend(left: usize, right: usize, w0: v128, w1: v128): v128 {
  const a = i32x4.extend_low_i16x8_u(v128.load8x8_u(left)), b = i32x4.extend_low_i16x8_u(v128.load8x8_u(right))
  return i32x4.shr_s(i32x4.add(i32x4.mul(a, w0), i32x4.mul(b, w1)), 4)
}

/**
 * Frame -> level where an axis is enlarged: bilinear in OpenCV's fixed point. Taps here: for each target index i32 first
 * source index, i32 second, i32 weights of both in 1/2048. out as in areaLevel.
 */
export function blendLevel(frame: usize, frameWidth: i32, tapsX: usize, tapsY: usize, width: i32, height: i32, out: usize): void {
  const rowBytes: usize = 3 * frameWidth
  for (let y = 0; y < height; y++) {
    const upper = frame + load<i32>(tapsY) * rowBytes, lower = frame + load<i32>(tapsY, 4) * rowBytes
    const d0 = v128.load32_splat(tapsY, 8), d1 = v128.load32_splat(tapsY, 12)
    tapsY += 16
    for (let x = 0, taps = tapsX; x < width; x++) {
      const left: usize = 3 * load<i32>(taps), right: usize = 3 * load<i32>(taps, 4)
      const w0 = v128.load32_splat(taps, 8), w1 = v128.load32_splat(taps, 12)
      taps += 16
      const a = i32x4.shr_s(i32x4.mul(blend(upper + left, upper + right, w0, w1), d0), 16)
      const b = i32x4.shr_s(i32x4.mul(blend(lower + left, lower + right, w0, w1), d1), 16)
      storePixel(f32x4.convert_i32x4_s(i32x4.shr_s(i32x4.add(i32x4.add(a, b), i32x4.splat(2)), 2)), out)
      out += 3
    }
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
