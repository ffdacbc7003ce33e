/**
 * A crop under an affine map, as docs/crops.md defines it: plain loops in float64.
 */
import { type Grid, grid } from './conv.ts'

/** Leads from crop pixels to image pixels: x = a X + b Y + tx, y = c X + d Y + ty. */
export type AffineMap = readonly [a: number, b: number, tx: number, c: number, d: number, ty: number]

/** Blocks of `factor` pixels along an axis are averaged first: a power of two that leaves tents of 1 to 2 blocks to a side. */
export function factorFor(reach: number, length: number): number {
  let factor = 1
  while (reach / factor >= 2 && factor < 1024 && 2 * factor <= length) factor *= 2
  return factor
}

/** Means of whole blocks, rounded to bytes; what is left over at the right and lower edges is left out. */
export function reduce(image: Grid, factorX: number, factorY: number): Grid {
  if (factorX === 1 && factorY === 1) return image
  const out = grid(Math.floor(image.height / factorY), Math.floor(image.width / factorX), image.channels)
  for (let y = 0; y < out.height; y++) {
    for (let x = 0; x < out.width; x++) {
      for (let c = 0; c < 3; c++) {
        let sum = 0
        for (let v = 0; v < factorY; v++) {
          for (let u = 0; u < factorX; u++) {
            sum += image.data[((y * factorY + v) * image.width + x * factorX + u) * 3 + c]!
          }
        }
        const mean = sum / (factorX * factorY)
        const half = mean - Math.floor(mean) === 0.5
        // OpenCV's INTER_AREA: halves go up in blocks of 2 x 2, and to even in others.
        const even = half && !(factorX === 2 && factorY === 2) && Math.floor(mean) % 2 === 0
        out.data[(y * out.width + x) * 3 + c] = even ? Math.floor(mean) : Math.floor(mean + 0.5)
      }
    }
  }
  return out
}

/**
 * averaged  whether blocks are averaged first where tents are wide, and tents are no wider than four images to a side
 * returns   height x width x 3, not rounded
 */
export function warp(
  image: Grid,
  [a, b, tx, c, d, ty]: AffineMap,
  width: number,
  height: number,
  fill: 'edge' | readonly number[],
  averaged = true,
): Grid<Float64Array> {
  const most = averaged ? 4 : Number.POSITIVE_INFINITY
  const reachX = Math.min(Math.max(1, Math.sqrt(a * a + b * b)), most * image.width)
  const reachY = Math.min(Math.max(1, Math.sqrt(c * c + d * d)), most * image.height)
  const factorX = averaged ? factorFor(reachX, image.width) : 1
  const factorY = averaged ? factorFor(reachY, image.height) : 1
  const source = reduce(image, factorX, factorY)
  const colourAt = (x: number, y: number, channel: number): number => {
    const inside = x >= 0 && x < source.width && y >= 0 && y < source.height
    if (!inside && fill !== 'edge') return fill[channel]!
    const u = Math.min(Math.max(x, 0), source.width - 1)
    const v = Math.min(Math.max(y, 0), source.height - 1)
    return source.data[(v * source.width + u) * 3 + channel]!
  }
  const tent = (distance: number) => Math.max(0, 1 - Math.abs(distance))
  const out = grid(height, width, 3)
  for (let v = 0; v < height; v++) {
    for (let u = 0; u < width; u++) {
      // In blocks, the centre of the first at 0.
      const x = (a * u + b * v + tx + 0.5) / factorX - 0.5
      const y = (c * u + d * v + ty + 0.5) / factorY - 0.5
      const [rx, ry] = [reachX / factorX, reachY / factorY]
      let weights = 0
      for (let p = Math.floor(y - ry); p <= Math.ceil(y + ry); p++) {
        for (let q = Math.floor(x - rx); q <= Math.ceil(x + rx); q++) {
          const weight = tent((q - x) / rx) * tent((p - y) / ry)
          if (weight === 0) continue
          weights += weight
          for (let k = 0; k < 3; k++) out.data[(v * width + u) * 3 + k]! += weight * colourAt(q, p, k)
        }
      }
      for (let k = 0; k < 3; k++) out.data[(v * width + u) * 3 + k]! /= weights
    }
  }
  return out
}
