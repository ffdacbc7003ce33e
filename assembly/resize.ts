// Resampling: a frame into a level of the pyramid, and a padded crop of the frame into a patch.
//
// The frame is u8 [height][width][3], rows tight, 16 readable bytes behind it. Where it is shrunk, or interpolated
// without rounding, every target row is made in two steps:
//   1. column sums: the source rows under it, each times its weight -> f32 [source columns][3]
//   2. along the row: the column sums under each target pixel, each times its weight
// Taps come from the host, one axis at a time: for each target index i32 first source index, i32 count, f32 weight [count].
//
// Sources: OpenCV's INTER_AREA for the weights and for what a level's bytes have to be; see exactPixel.
import { clear, loadPixel, mac } from './lanes'

/**
 * Step 1. out[i] = sum over k < count of weights[k] * source[k * rowBytes + i], for `bytes` bytes (16 at a time: reads and
 * writes up to 15 beyond). Runs of equal weights, the inside of an area, are summed as whole numbers first: exact, and a
 * quarter of the work. Sum: runs ascending.
 */
function columnSums(source: usize, rowBytes: usize, weights: usize, count: i32, bytes: i32, out: usize): void {
  const end = weights + (count << 2)
  for (let i = 0; i < bytes; i += 16) {
    let a = f32x4.splat(0), b = a, c = a, d = a
    let row = source + i, w = weights
    while (w < end) {
      const weight = load<f32>(w)
      let low: v128, high: v128
      const pixels = v128.load(row)
      low = i16x8.extend_low_i8x16_u(pixels)
      high = i16x8.extend_high_i8x16_u(pixels)
      row += rowBytes
      w += 4
      // 257 rows of bytes fit in 16 bits.
      for (const last = min(end, w + 256 * 4); w < last && load<f32>(w) == weight; w += 4) {
        const more = v128.load(row)
        low = i16x8.add(low, i16x8.extend_low_i8x16_u(more))
        high = i16x8.add(high, i16x8.extend_high_i8x16_u(more))
        row += rowBytes
      }
      const f = f32x4.splat(weight)
      a = mac(a, f32x4.convert_i32x4_s(i32x4.extend_low_i16x8_u(low)), f)
      b = mac(b, f32x4.convert_i32x4_s(i32x4.extend_high_i16x8_u(low)), f)
      c = mac(c, f32x4.convert_i32x4_s(i32x4.extend_low_i16x8_u(high)), f)
      d = mac(d, f32x4.convert_i32x4_s(i32x4.extend_high_i16x8_u(high)), f)
    }
    v128.store(out, a); v128.store(out, b, 16); v128.store(out, c, 32); v128.store(out, d, 48)
    out += 64
  }
}

/** Step 2 for one pixel: the sum of `count` pixels of column sums, ascending. */
// @ts-ignore: decorator
@inline
function across(sums: usize, weights: usize, count: i32): v128 {
  let a = f32x4.mul(v128.load(sums), v128.load32_splat(weights))
  for (const end = weights + (count << 2); (weights += 4) < end; ) {
    sums += 12
    a = mac(a, v128.load(sums), v128.load32_splat(weights))
  }
  return a
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

/**
 * Frame -> level, general taps; rounds halves to even and clamps.
 * out: u8 [height][width][3], one byte behind it is overwritten; work: f32 [frameWidth * 3 + 16].
 * margin: largest distance between our sum and OpenCV's. Where a sum lies that close to a half, on which the rounding
 * hangs, the pixel is computed again in OpenCV's own order: the bytes are OpenCV's, always. 0: as the sums say.
 */
export function areaLevel(frame: usize, frameWidth: i32, tapsX: usize, tapsY: usize, width: i32, height: i32, margin: f32, work: usize, out: usize): void {
  const rowBytes: usize = 3 * frameWidth
  const half = f32x4.splat(0.5 - margin)
  for (let y = 0; y < height; y++) {
    const top = frame + load<i32>(tapsY) * rowBytes, yCount = load<i32>(tapsY, 4), yWeights = tapsY + 8
    columnSums(top, rowBytes, yWeights, yCount, rowBytes as i32, work)
    let taps = tapsX
    for (let x = 0; x < width; x++) {
      const first = load<i32>(taps), count = load<i32>(taps, 4), weights = taps + 8
      let sum = across(work + 12 * first, weights, count)
      let whole = f32x4.nearest(sum)
      if (i32x4.bitmask(f32x4.ge(f32x4.abs(f32x4.sub(sum, whole)), half)) & 7 && margin > 0)
        whole = f32x4.nearest(exactPixel(top + 3 * first, rowBytes, weights, count, yWeights, yCount))
      storePixel(whole, out)
      out += 3
      taps = weights + (count << 2)
    }
    tapsY = yWeights + (yCount << 2)
  }
}

/**
 * Frame -> level where one level pixel is the mean of factorX x factorY whole pixels: (sum + 2) >> 2 for 2 x 2, else
 * float32(sum) * float32(1 / area), halves to even. out as in areaLevel.
 */
export function blockLevel(frame: usize, frameWidth: i32, factorX: i32, factorY: i32, width: i32, height: i32, out: usize): void {
  const rowBytes: usize = 3 * frameWidth
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
 * out: f32 [side][rowBytes apart][4], the fourth lane finite; work: f32 [width * 3 + 16].
 */
export function patch(frame: usize, frameWidth: i32, frameHeight: i32, left: i32, top: i32, width: i32, height: i32, tapsX: usize, tapsY: usize, side: i32, work: usize, out: usize, outRow: usize): void {
  const rowBytes: usize = 3 * frameWidth
  const factor = f32x4.splat(0.0078125), offset = f32x4.splat(-0.99609375)
  const inLeft = min(max(0, -left), width), inRight = max(min(width, frameWidth - left), inLeft)
  clear(work, 12 * width + 64)
  for (let y = 0; y < side; y++) {
    let first = load<i32>(tapsY), count = load<i32>(tapsY, 4), weights = tapsY + 8
    tapsY = weights + (count << 2)
    const above = min(max(0, -(top + first)), count)
    first += above
    count -= above
    weights += above << 2
    count = max(0, min(count, frameHeight - (top + first)))
    columnSums(frame + (top + first) * rowBytes + 3 * (left + inLeft), rowBytes, weights, count, 3 * (inRight - inLeft), work + 12 * inLeft)
    clear(work + 12 * inRight, 12 * (width - inRight))
    let taps = tapsX
    for (let x = 0; x < side; x++) {
      const n = load<i32>(taps, 4)
      v128.store(out + (x << 4), f32x4.add(f32x4.mul(across(work + 12 * load<i32>(taps), taps + 8, n), factor), offset))
      taps += 8 + (n << 2)
    }
    out += outRow
  }
}
