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
  /** u8 [sourceHeight][pitch bytes apart][sourceWidth][3], 8 readable bytes behind it. */
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

/** Bytes of work area: the weights of one pixel along x. */
export function warpWork(reachX: f64): f64 {
  return 4 * mostTaps(reachX)
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

/**
 * Source -> crop, not rounded. Sum: along each row, then down the rows, both ascending; divided by the weights' sum.
 * work: warpWork(reachX) bytes. out: f32 [height][width][3], four bytes behind it are overwritten.
 */
export function warp(warp: Warp, work: usize, out: usize): void {
  const sourceWidth = warp.sourceWidth
  const sourceHeight = warp.sourceHeight
  const reachX = warp.reachX
  const reachY = warp.reachY
  const pitch: usize = warp.pitch
  assert(sourceWidth > 0 && sourceHeight > 0 && reachX >= 1 && reachY >= 1)
  // Beyond these places nothing changes any more; and they fit into whole numbers.
  const mostX = <f64>sourceWidth + reachX
  const mostY = <f64>sourceHeight + reachY
  for (let v = 0; v < warp.height; v++) {
    const startX = warp.xy * <f64>v + warp.x0
    const startY = warp.yy * <f64>v + warp.y0
    for (let u = 0; u < warp.width; u++) {
      const x = min(max(warp.xx * <f64>u + startX, -1 - reachX), mostX)
      const y = min(max(warp.yx * <f64>u + startY, -1 - reachY), mostY)
      // The pixels at the very feet of the tents count nothing.
      const firstX = <i32>floor(x - reachX) + 1
      const endX = <i32>ceil(x + reachX)
      const firstY = <i32>floor(y - reachY) + 1
      const endY = <i32>ceil(y + reachY)
      let sumX: f32 = 0
      let end = work
      for (let q = firstX; q < endX; q++, end += 4) {
        const weight = tent(q, x, reachX)
        store<f32>(end, weight)
        sumX += weight
      }
      const inside = firstX >= 0 && endX <= sourceWidth && firstY >= 0 && endY <= sourceHeight
      let pixel = warp.source + firstY * pitch + 3 * firstX
      let sumY: f32 = 0
      let sum = f32x4.splat(0)
      for (let q = firstY; q < endY; q++, pixel += pitch) {
        const weight = tent(q, y, reachY)
        sumY += weight
        const row = inside ? sumRowInside(pixel, work, end) : sumRow(warp, q, firstX, work, end)
        sum = mac(sum, row, f32x4.splat(weight))
      }
      v128.store(out, f32x4.div(sum, f32x4.splat(sumX * sumY)))
      out += 12
    }
  }
}
