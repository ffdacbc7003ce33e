// Winograd convolutions over NHWC maps: with a tile of m x m outputs under an r x r kernel, m + r - 1 = A,
//   Y = Aᵀ [ (G g Gᵀ) ⊙ (Bᵀ d B) ] A       (Lavin & Gray 2016, "Fast Algorithms for Convolutional Neural Networks")
// needs A² multiplications for each tile and channel pair where a direct convolution needs m² r². G g Gᵀ is made once (pack.ts).
//
//   name   outputs  kernel   A   points            multiplications saved   used for
//   43     4 x 4    3 x 3    6   0 ±√½ ±√2 ∞       4.00 x                  maps whose size is a multiple of 4, or large
//   33     3 x 3    3 x 3    5   0 ±1 2 ∞          3.24 x                  9 x 9 and 21 x 21 maps, which it covers exactly
//   32     3 x 3    2 x 2    4   0 ±1 ∞            2.25 x                  3 x 3 maps, one tile each
//
// Every function below does the same three steps for a batch of tiles (in each of `maps` maps, `bands` rows of `tiles` tiles):
//   1. Bᵀ d B: columns first (shared by neighbouring tiles) into T, then rows into V[A²][tile][channels in]
//   2. A² small products V[p] U[p] (matmul.ts) into M[tile][channels out / 4][A²][4], so that what step 3 reads lies together
//   3. Aᵀ M A + bias, PReLU, stored as pixels
// The order of every sum is fixed by the code, so results are equal on every engine.
//
// Common parameters (f32 everywhere, pointers multiples of 16):
//   xs, xRow, first, mask  row i of the input starts at xs + ((first + i) & mask) * xRow: a ring of rows, or a map (mask -1)
//   pixel, depth           bytes from pixel to pixel (a multiple of 16), and how many of them are channels that count
//   weights                packed U, then bias[channels out], slope[channels out], a vector whose first word is 1 where
//                          a slope is over 1 (pack.ts)
//   y, yRow, outPixel      output rows, bytes from row to row and from pixel to pixel
//   maps, xStep, yStep     how many maps, and bytes from map to map, in and out
//   scratch                winogradScratch() bytes
// The input must be readable, and hold finite numbers, under whole tiles: (m * tiles + r - 1) columns. Outputs are
// written for whole tiles too; what lies beyond the valid map is for the caller to ignore.
import { mac, nmac, prelu } from './lanes'
import { matmul, matmul3 } from './matmul'

// Constants are loaded from memory: V8 of Node 20 sinks invariant splats into loops.
// 1/4 √2, 1/2, 1/2 √2, √2, 2, 2.5, 3, 4, four times each
const CONSTANTS: usize = memory.data<f32>([
  0.3535533905932738, 0.3535533905932738, 0.3535533905932738, 0.3535533905932738, 0.5, 0.5, 0.5, 0.5,
  0.7071067811865476, 0.7071067811865476, 0.7071067811865476, 0.7071067811865476, 1.4142135623730951, 1.4142135623730951, 1.4142135623730951, 1.4142135623730951,
  2, 2, 2, 2, 2.5, 2.5, 2.5, 2.5, 3, 3, 3, 3, 4, 4, 4, 4,
], 16)
// @ts-ignore: decorator
@inline
function quarterRoot(): v128 { return v128.load(CONSTANTS) }
// @ts-ignore: decorator
@inline
function half(): v128 { return v128.load(CONSTANTS, 16) }
// @ts-ignore: decorator
@inline
function halfRoot(): v128 { return v128.load(CONSTANTS, 32) }
// @ts-ignore: decorator
@inline
function root(): v128 { return v128.load(CONSTANTS, 48) }
// @ts-ignore: decorator
@inline
function two(): v128 { return v128.load(CONSTANTS, 64) }
// @ts-ignore: decorator
@inline
function twoAndHalf(): v128 { return v128.load(CONSTANTS, 80) }
// @ts-ignore: decorator
@inline
function three(): v128 { return v128.load(CONSTANTS, 96) }
// @ts-ignore: decorator
@inline
function four(): v128 { return v128.load(CONSTANTS, 112) }

/** Bytes of scratch for `count` tiles in rows of `tiles`, with A² = side * side positions. */
export function winogradScratch(side: usize, tiles: usize, count: usize, pixel: usize, outPixel: usize): usize {
  return side * side * (tiles + 1) * pixel + side * side * count * (pixel + outPixel)
}

// --- F(4x4, 3x3) ----------------------------------------------------------------------------------------------

// @ts-ignore: decorator
@inline
function input6(s0: usize, s1: usize, s2: usize, s3: usize, s4: usize, s5: usize, out: usize, step: usize): void {
  const d0 = v128.load(s0), d1 = v128.load(s1), d2 = v128.load(s2), d3 = v128.load(s3), d4 = v128.load(s4), d5 = v128.load(s5)
  const a = f32x4.mul(nmac(d4, d2, two()), root()), b = nmac(d3, d1, two())
  const c = nmac(d4, d2, half()), f = f32x4.mul(nmac(d3, d1, half()), root())
  v128.store(out, f32x4.add(nmac(d0, d2, twoAndHalf()), d4)); out += step
  v128.store(out, f32x4.add(a, b)); out += step
  v128.store(out, f32x4.sub(a, b)); out += step
  v128.store(out, f32x4.add(c, f)); out += step
  v128.store(out, f32x4.sub(c, f)); out += step
  v128.store(out, f32x4.add(nmac(d1, d3, twoAndHalf()), d5))
}

/** Steps 1 and 2 for tiles of 4 x 4 outputs of a 3x3 convolution, starting at row `first`. Returns M: f32 [tile][channels out / 4][36][4]. */
function products43(xs: usize, xRow: usize, first: i32, mask: i32, pixel: usize, depth: usize, weights: usize, outPixel: usize, bands: i32, tiles: i32, maps: i32, xStep: usize, scratch: usize): usize {
  assert((pixel & 15) == 0 && (outPixel & 15) == 0 && depth <= pixel && (depth & 3) == 0 && ((xs | weights | scratch) & 15) == 0 && tiles > 0 && bands > 0 && maps > 0)
  const count: usize = maps * bands * tiles
  const t = scratch, tRow: usize = (4 * tiles + 2) * pixel
  const v = t + 6 * tRow, vStep = count * pixel
  const m = v + 36 * vStep
  let at = v
  for (let n = 0, all = maps * bands; n < all; n++) {
    const r = first + 4 * (n % bands), x = xs + (n / bands) * xStep
    const s0 = x + (r & mask) * xRow, s1 = x + (r + 1 & mask) * xRow, s2 = x + (r + 2 & mask) * xRow
    const s3 = x + (r + 3 & mask) * xRow, s4 = x + (r + 4 & mask) * xRow, s5 = x + (r + 5 & mask) * xRow
    for (let i: usize = 0; i < tRow; i += 16) input6(s0 + i, s1 + i, s2 + i, s3 + i, s4 + i, s5 + i, t + i, tRow)
    for (let i: usize = 0; i < 6; i++) {
      let s = t + i * tRow, o = at + i * 6 * vStep
      for (let tile = 0; tile < tiles; tile++) {
        for (const end = s + pixel; s < end; s += 16) {
          input6(s, s + pixel, s + 2 * pixel, s + 3 * pixel, s + 4 * pixel, s + 5 * pixel, o, vStep)
          o += 16
        }
        s += 3 * pixel
      }
    }
    at += tiles * pixel
  }
  if (depth == 12) matmul3(v, vStep, pixel, count as i32, weights, m, 16, 36 * outPixel, 36 * 16, outPixel, 36)
  else matmul(v, vStep, pixel, count as i32, depth, weights, m, 16, 36 * outPixel, 36 * 16, outPixel, 36)
  return m
}

/** Aᵀ M in place, for one vector of channels of a tile: m[6][6] vectors -> m[4][6]. */
// @ts-ignore: decorator
@inline
function columns43(m: usize): void {
  for (const end = m + 96; m < end; m += 16) {
    const m1 = v128.load(m, 96), m2 = v128.load(m, 192), m3 = v128.load(m, 288), m4 = v128.load(m, 384)
    const s = f32x4.add(m1, m2), d = f32x4.sub(m1, m2), t = f32x4.add(m3, m4), e = f32x4.sub(m3, m4)
    v128.store(m, mac(f32x4.add(v128.load(m), s), t, half()))
    v128.store(m, f32x4.mul(f32x4.add(d, e), halfRoot()), 96)
    v128.store(m, mac(t, s, half()), 192)
    v128.store(m, mac(mac(v128.load(m, 480), d, quarterRoot()), e, root()), 288)
  }
}

// @ts-ignore: decorator
@inline
function outputs43(STEEP: bool, m: usize, post: usize, y: usize, yRow: usize, outPixel: usize, bands: i32, tiles: i32, maps: i32, yStep: usize): void {
  const zero = f32x4.splat(0), one = f32x4.splat(1)
  for (let n = 0, all = maps * bands; n < all; n++) {
    let out = y + (n / bands) * yStep + 4 * (n % bands) * yRow
    for (let i = 0; i < tiles; i++) {
      for (let c: usize = 0; c < outPixel; c += 16) {
        columns43(m)
        const bias = v128.load(post + c), slope = v128.load(post + c + outPixel), slope1 = f32x4.sub(slope, one)
        let o = out + c
        for (let j = m, end = m + 384; j < end; j += 96) {
          const m1 = v128.load(j, 16), m2 = v128.load(j, 32), m3 = v128.load(j, 48), m4 = v128.load(j, 64)
          const s = f32x4.add(m1, m2), d = f32x4.sub(m1, m2), t = f32x4.add(m3, m4), e = f32x4.sub(m3, m4)
          v128.store(o, prelu(STEEP, mac(f32x4.add(f32x4.add(v128.load(j), bias), s), t, half()), slope, slope1, zero))
          v128.store(o + outPixel, prelu(STEEP, mac(bias, f32x4.add(d, e), halfRoot()), slope, slope1, zero))
          v128.store(o + 2 * outPixel, prelu(STEEP, mac(f32x4.add(t, bias), s, half()), slope, slope1, zero))
          v128.store(o + 3 * outPixel, prelu(STEEP, mac(mac(f32x4.add(v128.load(j, 80), bias), d, quarterRoot()), e, root()), slope, slope1, zero))
          o += yRow
        }
        m += 36 * 16
      }
      out += 4 * outPixel
    }
  }
}

/** 3x3 convolution, bias and PReLU: tiles of 4 x 4 outputs, starting at row `first`. */
export function winograd43(xs: usize, xRow: usize, first: i32, mask: i32, pixel: usize, depth: usize, weights: usize, y: usize, yRow: usize, outPixel: usize, bands: i32, tiles: i32, maps: i32, xStep: usize, yStep: usize, scratch: usize): void {
  assert((y & 15) == 0)
  const m = products43(xs, xRow, first, mask, pixel, depth, weights, outPixel, bands, tiles, maps, xStep, scratch)
  const post = weights + 9 * depth * outPixel // 36 positions x depth / 4 x outPixel bytes
  if (load<i32>(post + 2 * outPixel)) outputs43(true, m, post, y, yRow, outPixel, bands, tiles, maps, yStep)
  else outputs43(false, m, post, y, yRow, outPixel, bands, tiles, maps, yStep)
}

/**
 * The same for one band, and 2x2 maximum pooling: `tiles` tiles give two rows of 2 * tiles pixels.
 * upper, lower: where the rows go. both: bit 0, 1: whether the upper, lower row has a second convolution row under it
 * (not at the end of a map of odd height). last: the pixel that has a left column only (odd width), negative if none.
 */
export function winograd43Pooled(xs: usize, xRow: usize, first: i32, mask: i32, pixel: usize, depth: usize, weights: usize, upper: usize, lower: usize, outPixel: usize, tiles: i32, both: i32, last: i32, scratch: usize): void {
  assert(((upper | lower) & 15) == 0 && (both & ~3) == 0)
  let m = products43(xs, xRow, first, mask, pixel, depth, weights, outPixel, 1, tiles, 1, 0, scratch)
  const post = weights + 9 * depth * outPixel
  const zero = f32x4.splat(0), one = f32x4.splat(1)
  for (let i = 0; i < tiles; i++) {
    for (let c: usize = 0; c < outPixel; c += 16) {
      columns43(m)
      const bias = v128.load(post + c), slope1 = f32x4.sub(v128.load(post + c + outPixel), one)
      let o = upper + c, odd = both & 1
      for (let j = m, end = m + 384; j < end; j += 192) {
        for (let row = j, rows = j + 96 * (1 + odd); row < rows; row += 96) {
          const m1 = v128.load(row, 16), m2 = v128.load(row, 32), m3 = v128.load(row, 48), m4 = v128.load(row, 64)
          const s = f32x4.add(m1, m2), d = f32x4.sub(m1, m2), t = f32x4.add(m3, m4), e = f32x4.sub(m3, m4)
          let p = prelu(true, mac(f32x4.add(f32x4.add(v128.load(row), bias), s), t, half()), slope1, slope1, zero)
          let q = prelu(true, mac(f32x4.add(t, bias), s, half()), slope1, slope1, zero)
          if (2 * i != last) p = f32x4.pmax(p, prelu(true, mac(bias, f32x4.add(d, e), halfRoot()), slope1, slope1, zero))
          if (2 * i + 1 != last) q = f32x4.pmax(q, prelu(true, mac(mac(f32x4.add(v128.load(row, 80), bias), d, quarterRoot()), e, root()), slope1, slope1, zero))
          if (row != j) {
            p = f32x4.pmax(p, v128.load(o))
            q = f32x4.pmax(q, v128.load(o + outPixel))
          }
          v128.store(o, p)
          v128.store(o + outPixel, q)
        }
        o = lower + c
        odd = both >> 1
      }
      m += 36 * 16
    }
    upper += 2 * outPixel
    lower += 2 * outPixel
  }
}

// --- F(3x3, 3x3) ----------------------------------------------------------------------------------------------

// @ts-ignore: decorator
@inline
function input5(s0: usize, s1: usize, s2: usize, s3: usize, s4: usize, out: usize, step: usize): void {
  const d0 = v128.load(s0), d1 = v128.load(s1), d2 = v128.load(s2), d3 = v128.load(s3), d4 = v128.load(s4)
  const e = f32x4.sub(d3, d1), f = f32x4.sub(d0, d2)
  v128.store(out, mac(e, f, two())); out += step
  v128.store(out, nmac(f32x4.sub(d3, d2), d1, two())); out += step
  v128.store(out, nmac(mac(d3, d1, two()), d2, three())); out += step
  v128.store(out, e); out += step
  v128.store(out, nmac(f32x4.sub(d4, d2), e, two()))
}

// @ts-ignore: decorator
@inline
function outputs33(STEEP: bool, m: usize, post: usize, y: usize, yRow: usize, outPixel: usize, bands: i32, tiles: i32, maps: i32, yStep: usize): void {
  const zero = f32x4.splat(0), one = f32x4.splat(1)
  for (let n = 0, all = maps * bands; n < all; n++) {
    let out = y + (n / bands) * yStep + 3 * (n % bands) * yRow
    for (let i = 0; i < tiles; i++) {
      for (let c: usize = 0; c < outPixel; c += 16) {
        for (let j = m, end = m + 80; j < end; j += 16) {
          const m0 = v128.load(j), m1 = v128.load(j, 80), m2 = v128.load(j, 160), m3 = v128.load(j, 240), m4 = v128.load(j, 320)
          const s = f32x4.add(m1, m2)
          v128.store(j, f32x4.add(f32x4.add(m0, s), m3))
          v128.store(j, mac(f32x4.sub(m1, m2), m3, two()), 80)
          v128.store(j, f32x4.add(mac(s, m3, four()), m4), 160)
        }
        const bias = v128.load(post + c), slope = v128.load(post + c + outPixel), slope1 = f32x4.sub(slope, one)
        let o = out + c
        for (let j = m, end = m + 240; j < end; j += 80) {
          const m0 = v128.load(j), m1 = f32x4.add(v128.load(j, 16), bias), m2 = v128.load(j, 32), m3 = v128.load(j, 48), m4 = v128.load(j, 64)
          const s = f32x4.add(m1, m2)
          v128.store(o, prelu(STEEP, f32x4.add(f32x4.add(m0, s), m3), slope, slope1, zero))
          v128.store(o + outPixel, prelu(STEEP, mac(f32x4.sub(m1, m2), m3, two()), slope, slope1, zero))
          v128.store(o + 2 * outPixel, prelu(STEEP, f32x4.add(mac(s, m3, four()), m4), slope, slope1, zero))
          o += yRow
        }
        m += 25 * 16
      }
      out += 3 * outPixel
    }
  }
}

/** 3x3 convolution, bias and PReLU: `bands` x `tiles` tiles of 3 x 3 outputs, starting at row `first`. */
export function winograd33(xs: usize, xRow: usize, first: i32, mask: i32, pixel: usize, depth: usize, weights: usize, y: usize, yRow: usize, outPixel: usize, bands: i32, tiles: i32, maps: i32, xStep: usize, yStep: usize, scratch: usize): void {
  assert((pixel & 15) == 0 && (outPixel & 15) == 0 && depth <= pixel && (depth & 3) == 0 && depth != 12 && ((xs | y | weights | scratch) & 15) == 0 && tiles > 0 && bands > 0 && maps > 0)
  const count: usize = maps * bands * tiles
  const t = scratch, tRow: usize = (3 * tiles + 2) * pixel
  const v = t + 5 * tRow, vStep = count * pixel
  const m = v + 25 * vStep
  let at = v
  for (let n = 0, all = maps * bands; n < all; n++) {
    const r = first + 3 * (n % bands), x = xs + (n / bands) * xStep
    const s0 = x + (r & mask) * xRow, s1 = x + (r + 1 & mask) * xRow, s2 = x + (r + 2 & mask) * xRow
    const s3 = x + (r + 3 & mask) * xRow, s4 = x + (r + 4 & mask) * xRow
    for (let i: usize = 0; i < tRow; i += 16) input5(s0 + i, s1 + i, s2 + i, s3 + i, s4 + i, t + i, tRow)
    for (let i: usize = 0; i < 5; i++) {
      let s = t + i * tRow, o = at + i * 5 * vStep
      for (let tile = 0; tile < tiles; tile++) {
        for (const end = s + pixel; s < end; s += 16) {
          input5(s, s + pixel, s + 2 * pixel, s + 3 * pixel, s + 4 * pixel, o, vStep)
          o += 16
        }
        s += 2 * pixel
      }
    }
    at += tiles * pixel
  }
  matmul(v, vStep, pixel, count as i32, depth, weights, m, 16, 25 * outPixel, 25 * 16, outPixel, 25)
  const post = weights + ((25 * depth * outPixel) >> 2)
  if (load<i32>(post + 2 * outPixel)) outputs33(true, m, post, y, yRow, outPixel, bands, tiles, maps, yStep)
  else outputs33(false, m, post, y, yRow, outPixel, bands, tiles, maps, yStep)
}

// --- F(3x3, 2x2) ----------------------------------------------------------------------------------------------

// @ts-ignore: decorator
@inline
function input4(s0: usize, s1: usize, s2: usize, s3: usize, out: usize, step: usize): void {
  const d0 = v128.load(s0), d1 = v128.load(s1), d2 = v128.load(s2), d3 = v128.load(s3)
  v128.store(out, f32x4.sub(d0, d2)); out += step
  v128.store(out, f32x4.add(d1, d2)); out += step
  v128.store(out, f32x4.sub(d2, d1)); out += step
  v128.store(out, f32x4.sub(d3, d1))
}

// @ts-ignore: decorator
@inline
function outputs32(STEEP: bool, m: usize, post: usize, y: usize, outPixel: usize, count: i32): void {
  const zero = f32x4.splat(0), one = f32x4.splat(1)
  for (let n = 0; n < count; n++) {
    for (let c: usize = 0; c < outPixel; c += 16) {
      for (let j = m, end = m + 64; j < end; j += 16) {
        const m0 = v128.load(j), m1 = v128.load(j, 64), m2 = v128.load(j, 128), m3 = v128.load(j, 192)
        const s = f32x4.add(m1, m2)
        v128.store(j, f32x4.add(m0, s))
        v128.store(j, f32x4.sub(m1, m2), 64)
        v128.store(j, f32x4.add(s, m3), 128)
      }
      const bias = v128.load(post + c), slope = v128.load(post + c + outPixel), slope1 = f32x4.sub(slope, one)
      let o = y + n * 9 * outPixel + c
      for (let j = m, end = m + 192; j < end; j += 64) {
        const m0 = v128.load(j), m1 = f32x4.add(v128.load(j, 16), bias), m2 = v128.load(j, 32), m3 = v128.load(j, 48)
        const s = f32x4.add(m1, m2)
        v128.store(o, prelu(STEEP, f32x4.add(m0, s), slope, slope1, zero))
        v128.store(o + outPixel, prelu(STEEP, f32x4.sub(m1, m2), slope, slope1, zero))
        v128.store(o + 2 * outPixel, prelu(STEEP, f32x4.add(s, m3), slope, slope1, zero))
        o += 3 * outPixel
      }
      m += 16 * 16
    }
  }
}

/**
 * 2x2 convolution, bias and PReLU over `count` maps of 4 x 4 pixels, one after another: x f32 [count][4][4][channels in],
 * y f32 [count][3][3][channels out].
 */
export function winograd32(x: usize, pixel: usize, weights: usize, y: usize, outPixel: usize, count: i32, scratch: usize): void {
  assert((pixel & 15) == 0 && (outPixel & 15) == 0 && ((x | y | weights | scratch) & 15) == 0 && count >= 0)
  const t = scratch, tRow: usize = 4 * pixel
  const v = t + 4 * tRow, vStep: usize = count * pixel
  const m = v + 16 * vStep
  for (let n = 0; n < count; n++) {
    for (let i: usize = 0; i < tRow; i += 16) input4(x + i, x + tRow + i, x + 2 * tRow + i, x + 3 * tRow + i, t + i, tRow)
    for (let i: usize = 0; i < 4; i++) {
      const s = t + i * tRow, o = v + i * 4 * vStep + n * pixel
      for (let c: usize = 0; c < pixel; c += 16) input4(s + c, s + pixel + c, s + 2 * pixel + c, s + 3 * pixel + c, o + c, vStep)
    }
    x += 4 * tRow
  }
  matmul(v, vStep, pixel, count, pixel, weights, m, 16, 16 * outPixel, 16 * 16, outPixel, 16)
  const post = weights + 4 * pixel * outPixel
  if (load<i32>(post + 2 * outPixel)) outputs32(true, m, post, y, outPixel, count)
  else outputs32(false, m, post, y, outPixel, count)
}
