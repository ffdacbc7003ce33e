// Warp: a crop of the frame, or of a reduced copy of it, under an affine map.
//
// A crop pixel is the mean of the source pixels around the place where it lies in the source, each weighted by a tent
// along x times a tent along y: max(0, 1 - |distance| / reach). With a reach of 1 that is bilinear interpolation.
import { loadPixel, mac } from './lanes'

/** What is warped, and how. The host writes it (src/wasm/abi.ts). */
@unmanaged
export class Warp {
  /** Crop pixel (X, Y) lies at x = xx X + xy Y + x0, y = yx X + yy Y + y0 of the source; pixel centres are whole. */
  xx: f64
  xy: f64
  x0: f64
  yx: f64
  yy: f64
  y0: f64
  /** Half the width of the tents, source pixels; at least 1. */
  reachX: f64
  reachY: f64
  /** What lies outside of the source, 0 to 255, where the edge is not repeated; the fourth lane is finite. */
  red: f32
  green: f32
  blue: f32
  rest: f32
  /** 1: outside of the source lie its nearest pixels. */
  repeat: i32
  /** u8 [sourceHeight][pitch bytes apart][sourceWidth][3], 16 readable bytes behind it. */
  source: usize
  pitch: i32
  sourceWidth: i32
  sourceHeight: i32
  width: i32
  height: i32
}

/** Bytes of a Warp. */
export const WARP: usize = offsetof<Warp>()

/** The most taps of a tent. */
// @ts-ignore: decorator
@inline
function mostTaps(reach: f64): f64 {
  return 2 * ceil(reach) + 1
}

/** Bytes of work area: the weights of one pixel along an axis. */
export function warpWork(reachX: f64): f64 {
  return 4 * max(4, mostTaps(reachX))
}

/** Weight of the source pixel `q` for a place `at`. */
// @ts-ignore: decorator
@inline
function tent(q: i32, at: f64, reach: f64): f32 {
  return <f32>(1 - abs(<f64>q - at) / reach)
}

/** The source pixels of row `y` from `first` on, each times its weight. The row may lie outside of the source. */
function sumRow(warp: Warp, y: i32, first: i32, weights: usize, end: usize): v128 {
  const width = warp.sourceWidth
  const height = warp.sourceHeight
  const outside = v128.load(changetype<usize>(warp) + offsetof<Warp>('red'))
  const repeat = warp.repeat
  const rowOutside = (y < 0 || y >= height) && !repeat
  const row = warp.source + warp.pitch * min(max(y, 0), height - 1)
  let sum = f32x4.splat(0)
  for (let x = first; weights < end; weights += 4, x++) {
    const inside = repeat || (x >= 0 && x < width && !rowOutside)
    const pixel = inside ? loadPixel(row + 3 * min(max(x, 0), width - 1)) : outside
    sum = mac(sum, pixel, v128.load32_splat(weights))
  }
  return sum
}

/** The same for a row and columns that all lie inside. */
// @ts-ignore: decorator
@inline
function sumRowInside(pixel: usize, weights: usize, end: usize): v128 {
  let sum = f32x4.splat(0)
  for (; weights < end; weights += 4, pixel += 3) sum = mac(sum, loadPixel(pixel), v128.load32_splat(weights))
  return sum
}

// Swizzles that give a pixel of four, in a row of bytes, as four whole numbers; the last of them is 0.
const FIRST: usize = memory.data<u8>([0, 16, 16, 16, 1, 16, 16, 16, 2, 16, 16, 16, 16, 16, 16, 16], 16)
const SECOND: usize = memory.data<u8>([3, 16, 16, 16, 4, 16, 16, 16, 5, 16, 16, 16, 16, 16, 16, 16], 16)
const THIRD: usize = memory.data<u8>([6, 16, 16, 16, 7, 16, 16, 16, 8, 16, 16, 16, 16, 16, 16, 16], 16)
const FOURTH: usize = memory.data<u8>([9, 16, 16, 16, 10, 16, 16, 16, 11, 16, 16, 16, 16, 16, 16, 16], 16)

// @ts-ignore: decorator
@inline
function pixelOf(row: v128, which: v128): v128 {
  return f32x4.convert_i32x4_s(i8x16.swizzle(row, which))
}

/** Weights of four source pixels, the first of which lies `first` from the place; 0 beyond the tent. */
// @ts-ignore: decorator
@inline
function tents(first: v128, inverse: v128, zero: v128, one: v128, steps: v128): v128 {
  const distances = f32x4.abs(f32x4.add(first, steps))
  return f32x4.pmax(zero, f32x4.sub(one, f32x4.mul(distances, inverse)))
}

/** The sum of four lanes, in each of them. */
// @ts-ignore: decorator
@inline
function sumOf(four: v128): v128 {
  const two = f32x4.add(four, v128.shuffle<i32>(four, four, 2, 3, 0, 1))
  return f32x4.add(two, v128.shuffle<i32>(two, two, 1, 0, 3, 2))
}

/**
 * Crop pixels `u` to `end` of a row whose tents have at most four pixels along each axis, all of them inside of the
 * source. weights: f32 [4].
 */
function warpInside(warp: Warp, u: i32, end: i32, startX: f64, startY: f64, weights: usize, out: usize): void {
  const right = f64x2(warp.xx, warp.yx)
  const start = f64x2(startX, startY)
  const reachX = warp.reachX
  const reachY = warp.reachY
  const inverseX = f32x4.splat(<f32>(1 / reachX))
  const inverseY = f32x4.splat(<f32>(1 / reachY))
  // Places inside are positive: truncating is rounding down, and one more is the first pixel under a tent.
  const before = f64x2(reachX - 1, reachY - 1)
  const source = warp.source
  const pitch: usize = warp.pitch
  // So many pixels lie under a tent, at most.
  const columns = <i32>ceil(2 * reachX)
  const rows: usize = (<usize>ceil(2 * reachY)) << 2
  const zero = f32x4.splat(0)
  const one = f32x4.splat(1)
  const steps = f32x4(0, 1, 2, 3)
  const first = v128.load(FIRST)
  const second = v128.load(SECOND)
  const third = v128.load(THIRD)
  const fourth = v128.load(FOURTH)
  for (; u < end; u++) {
    const place = f64x2.add(f64x2.mul(right, f64x2.splat(<f64>u)), start)
    const corner = i32x4.trunc_sat_f64x2_s_zero(f64x2.sub(place, before))
    const offset = f32x4.demote_f64x2_zero(f64x2.sub(f64x2.convert_low_i32x4_s(corner), place))
    const alongX = tents(v128.shuffle<i32>(offset, offset, 0, 0, 0, 0), inverseX, zero, one, steps)
    const alongY = tents(v128.shuffle<i32>(offset, offset, 1, 1, 1, 1), inverseY, zero, one, steps)
    v128.store(weights, alongY)
    const a = v128.shuffle<i32>(alongX, alongX, 0, 0, 0, 0)
    const b = v128.shuffle<i32>(alongX, alongX, 1, 1, 1, 1)
    const c = v128.shuffle<i32>(alongX, alongX, 2, 2, 2, 2)
    const d = v128.shuffle<i32>(alongX, alongX, 3, 3, 3, 3)
    let pixels = source + i32x4.extract_lane(corner, 1) * pitch + 3 * i32x4.extract_lane(corner, 0)
    let sum = zero
    for (let w: usize = 0; w < rows; w += 4, pixels += pitch) {
      const four = v128.load(pixels)
      let row = f32x4.mul(pixelOf(four, first), a)
      row = mac(row, pixelOf(four, second), b)
      if (columns > 2) row = mac(row, pixelOf(four, third), c)
      if (columns > 3) row = mac(row, pixelOf(four, fourth), d)
      sum = mac(sum, row, v128.load32_splat(weights + w))
    }
    v128.store(out, f32x4.div(sum, f32x4.mul(sumOf(alongX), sumOf(alongY))))
    out += 12
  }
}

/** The first of the crop pixels of a row whose place along an axis, step * u + start, lies from `least` to `most`. */
// @ts-ignore: decorator
@inline
function firstWithin(step: f64, start: f64, least: f64, most: f64): f64 {
  if (step == 0) return start >= least && start <= most ? 0 : Infinity
  return ceil(((step > 0 ? least : most) - start) / step)
}

/** One more than the last of them. */
// @ts-ignore: decorator
@inline
function endWithin(step: f64, start: f64, least: f64, most: f64): f64 {
  if (step == 0) return Infinity
  return floor(((step > 0 ? most : least) - start) / step) + 1
}

/** Crop pixels `u` to `end` of a row, wherever their tents reach. weights: warpWork(reachX) bytes. */
function warpAnywhere(warp: Warp, u: i32, end: i32, startX: f64, startY: f64, weights: usize, out: usize): void {
  const reachX = warp.reachX
  const reachY = warp.reachY
  const sourceWidth = warp.sourceWidth
  const sourceHeight = warp.sourceHeight
  const pitch: usize = warp.pitch
  // Beyond these places nothing changes any more; and they fit into whole numbers.
  const mostX = <f64>sourceWidth + reachX
  const mostY = <f64>sourceHeight + reachY
  for (; u < end; u++) {
    const x = min(max(warp.xx * <f64>u + startX, -1 - reachX), mostX)
    const y = min(max(warp.yx * <f64>u + startY, -1 - reachY), mostY)
    // The pixels at the very feet of the tents count nothing.
    const firstX = <i32>floor(x - reachX) + 1
    const endX = <i32>ceil(x + reachX)
    const firstY = <i32>floor(y - reachY) + 1
    const endY = <i32>ceil(y + reachY)
    let sumX: f32 = 0
    let last = weights
    for (let q = firstX; q < endX; q++, last += 4) {
      const weight = tent(q, x, reachX)
      store<f32>(last, weight)
      sumX += weight
    }
    const inside = firstX >= 0 && endX <= sourceWidth && firstY >= 0 && endY <= sourceHeight
    let pixel = warp.source + firstY * pitch + 3 * firstX
    let sumY: f32 = 0
    let sum = f32x4.splat(0)
    for (let q = firstY; q < endY; q++, pixel += pitch) {
      const weight = tent(q, y, reachY)
      sumY += weight
      const row = inside ? sumRowInside(pixel, weights, last) : sumRow(warp, q, firstX, weights, last)
      sum = mac(sum, row, f32x4.splat(weight))
    }
    v128.store(out, f32x4.div(sum, f32x4.splat(sumX * sumY)))
    out += 12
  }
}

/** Places this close to a limit are not taken for inside: roundings. */
const CLOSE: f64 = 1e-6

/**
 * Source -> crop, not rounded. Sum: along each row, then down the rows, both ascending; divided by the weights' sum.
 * work: warpWork(reachX) bytes. out: f32 [height][width][3], four bytes behind it are overwritten.
 */
export function warp(warp: Warp, work: usize, out: usize): void {
  const reachX = warp.reachX
  const reachY = warp.reachY
  const xx = warp.xx
  const yx = warp.yx
  const width = warp.width
  assert(warp.sourceWidth > 0 && warp.sourceHeight > 0 && reachX >= 1 && reachY >= 1 && width > 0)
  const few = reachX <= 2 && reachY <= 2
  const leastX = reachX + CLOSE
  const leastY = reachY + CLOSE
  const mostX = <f64>warp.sourceWidth - 1 - leastX
  const mostY = <f64>warp.sourceHeight - 1 - leastY
  for (let v = 0; v < warp.height; v++) {
    const startX = warp.xy * <f64>v + warp.x0
    const startY = warp.yy * <f64>v + warp.y0
    const from = max(firstWithin(xx, startX, leastX, mostX), firstWithin(yx, startY, leastY, mostY))
    const to = min(endWithin(xx, startX, leastX, mostX), endWithin(yx, startY, leastY, mostY))
    const begin = few ? <i32>min(max(from, 0), <f64>width) : width
    const end = <i32>min(max(to, <f64>begin), <f64>width)
    warpAnywhere(warp, 0, begin, startX, startY, work, out)
    warpInside(warp, begin, end, startX, startY, work, out + 12 * begin)
    warpAnywhere(warp, end, width, startX, startY, work, out + 12 * end)
    out += 12 * width
  }
}
