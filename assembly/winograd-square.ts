// F(3x3, 3x3), F(7x7, 3x3) and F(3x3, 2x2): convolutions of square maps that whole tiles cover. The three steps, T, U,
// V and M: winograd.ts. The transforms of one axis, which are all in which the forms differ: winograd-transforms.ts.
import { matmul } from './matmul'
import { inputTransform32, inputTransform33, inputTransform73 } from './winograd-transforms'
import { outputTransform32, outputTransform33, outputTransform73 } from './winograd-transforms'

// @ts-ignore: decorator
@inline
function inputTransform(ALPHA: usize, d: usize, dStride: usize, t: usize, tStride: usize): void {
  if (ALPHA == 9) inputTransform73(d, dStride, t, tStride)
  else if (ALPHA == 5) inputTransform33(d, dStride, t, tStride)
  else inputTransform32(d, dStride, t, tStride)
}

// @ts-ignore: decorator
@inline
function outputTransform(
  ALPHA: usize,
  LAST: bool,
  m: usize,
  mStride: usize,
  y: usize,
  yStride: usize,
  bias: v128,
  slope1: v128,
): void {
  if (ALPHA == 9) outputTransform73(LAST, m, mStride, y, yStride, bias, slope1)
  else if (ALPHA == 5) outputTransform33(LAST, m, mStride, y, yStride, bias, slope1)
  else outputTransform32(LAST, m, mStride, y, yStride, bias, slope1)
}

/** All three steps, for tiles of OUT x OUT outputs from ALPHA x ALPHA inputs; parameters as in winograd33. */
// @ts-ignore: decorator
@inline
function convolve(
  ALPHA: usize,
  OUT: usize,
  x: usize,
  channels: usize,
  weights: usize,
  y: usize,
  outChannels: usize,
  tiles: usize,
  maps: usize,
  scratch: usize,
): void {
  assert((channels & 3) == 0 && (outChannels & 3) == 0 && ((x | y | weights | scratch) & 15) == 0 && tiles > 0)
  const pixelStride = channels << 2
  const outPixelStride = outChannels << 2
  const rowStride = (OUT * tiles + ALPHA - OUT) * pixelStride
  const outRowStride = OUT * tiles * outPixelStride
  const count = maps * tiles * tiles
  const vStride = count * pixelStride
  const t = scratch
  const v = t + ALPHA * rowStride
  let m = v + ALPHA * ALPHA * vStride
  for (let n: usize = 0, first = v; n < maps; n++) {
    for (let band: usize = 0; band < tiles; band++) {
      for (let i: usize = 0; i < rowStride; i += 16) inputTransform(ALPHA, x + i, rowStride, t + i, rowStride)
      for (let i: usize = 0; i < ALPHA; i++) {
        let d = t + i * rowStride
        let o = first + i * ALPHA * vStride
        for (let tile: usize = 0; tile < tiles; tile++) {
          for (const end = d + pixelStride; d < end; d += 16) {
            inputTransform(ALPHA, d, pixelStride, o, vStride)
            o += 16
          }
          d += (OUT - 1) * pixelStride
        }
      }
      first += tiles * pixelStride
      x += OUT * rowStride
    }
    x += (ALPHA - OUT) * rowStride
  }
  matmul(count as i32, channels, outChannels, v, pixelStride, weights, m, ALPHA * ALPHA)
  const epilogue = weights + ALPHA * ALPHA * channels * outPixelStride
  const none = f32x4.splat(0)
  const one = f32x4.splat(1)
  for (let n: usize = 0; n < count; n += tiles) {
    for (let i: usize = 0; i < tiles; i++) {
      for (let c: usize = 0; c < outPixelStride; c += 16) {
        for (let j = m, end = m + ALPHA * 16; j < end; j += 16)
          outputTransform(ALPHA, false, j, ALPHA * 16, j, ALPHA * 16, none, none)
        const bias = v128.load(epilogue + c)
        const slope1 = f32x4.sub(v128.load(epilogue + outPixelStride + c), one)
        let o = y + c
        for (let j = m, end = m + OUT * ALPHA * 16; j < end; j += ALPHA * 16) {
          outputTransform(ALPHA, true, j, 16, o, outPixelStride, bias, slope1)
          o += outRowStride
        }
        m += ALPHA * ALPHA * 16
      }
      y += OUT * outPixelStride
    }
    y += (OUT - 1) * outRowStride
  }
}

/**
 * 3x3 convolution, bias and PReLU of `maps` maps, one after another, each covered by tiles x tiles tiles of 3 x 3
 * outputs.
 *
 * x: f32 [maps][3 tiles + 2][3 tiles + 2][channels]; weights: packConvolution (pack.ts); y: f32 [maps][3 tiles][3
 * tiles][outChannels]; scratch: winogradScratch(5, tiles, maps * tiles * tiles, ...) bytes. All pointers multiples of
 * 16, none may overlap another; both counts of channels multiples of 4.
 */
export function winograd33(
  x: usize,
  channels: usize,
  weights: usize,
  y: usize,
  outChannels: usize,
  tiles: i32,
  maps: i32,
  scratch: usize,
): void {
  convolve(5, 3, x, channels, weights, y, outChannels, tiles, maps, scratch)
}

/** The same in tiles of 7 x 7 outputs: x f32 [maps][7 tiles + 2][7 tiles + 2][channels], scratch for ALPHA 9. */
export function winograd73(
  x: usize,
  channels: usize,
  weights: usize,
  y: usize,
  outChannels: usize,
  tiles: i32,
  maps: i32,
  scratch: usize,
): void {
  convolve(9, 7, x, channels, weights, y, outChannels, tiles, maps, scratch)
}

/**
 * The same for a 2x2 convolution, in tiles of 3 x 3 outputs: x f32 [maps][3 tiles + 1][3 tiles + 1][channels], ALPHA 4.
 */
export function winograd32(
  x: usize,
  channels: usize,
  weights: usize,
  y: usize,
  outChannels: usize,
  tiles: i32,
  maps: i32,
  scratch: usize,
): void {
  convolve(4, 3, x, channels, weights, y, outChannels, tiles, maps, scratch)
}
