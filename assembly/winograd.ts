// Winograd convolutions over NHWC maps: with a tile of m x m outputs under an r x r kernel, m + r - 1 = A,
//   Y = Aᵀ [ (G g Gᵀ) ⊙ (Bᵀ d B) ] A       (Lavin & Gray 2016, "Fast Algorithms for Convolutional Neural Networks")
// needs A² multiplications for each tile and channel pair where a direct convolution needs m² r². G g Gᵀ is made once (pack.ts).
//
//   name   outputs  kernel   A   points                    multiplications saved   used for
//   43     4 x 4    3 x 3    6   0 ±√½ ±√2 ∞               4.00 x                  maps whose size is a multiple of 4, or large
//   33     3 x 3    3 x 3    5   0 ±1 2 ∞                  3.24 x                  9 x 9 maps, which it covers exactly
//   73     7 x 7    3 x 3    9   ±1/4 ±5/8 ±9/8 ±2 ∞       5.44 x                  21 x 21 maps, likewise, of O-Net alone: it errs
//                                                                                  by ten times as much, and only a second pass rounds boxes after it
//   32     3 x 3    2 x 2    4   0 ±1 ∞                    2.25 x                  3 x 3 maps, one tile each
//
// Every function below does the same three steps for a batch of tiles:
//   1. Bᵀ d B: columns first (shared by neighbouring tiles) into T, then rows into V[A²][tile][channels in]
//   2. A² small products V[p] U[p] (matmul.ts) into M[tile][channels out / 4][A²][4], so that what step 3 reads lies together
//   3. Aᵀ M A + bias, PReLU, stored as pixels
// The order of every sum is fixed by the code, so results are equal on every engine.
//
// Common parameters (f32 everywhere, pointers multiples of 16):
//   pixel                  bytes from pixel to pixel of the input, a multiple of 16
//   weights                packed U, then bias[channels out], slope[channels out], a vector whose first word is 1 where
//                          a slope is over 1 (pack.ts)
//   outPixel               bytes from pixel to pixel of the output
//   scratch                winogradScratch() bytes
import { mac, nmac, prelu } from './lanes'
import { matmul, matmul3 } from './matmul'

// Constants are loaded from memory, once, before the loops that need them. A splat will not do: V8 of Node 20 sinks those of
// variables into the loop, and later ones make a constant anew at every use.
const QUARTER_ROOT: usize = memory.data<f32>(
  [0.3535533905932738, 0.3535533905932738, 0.3535533905932738, 0.3535533905932738],
  16,
)
const HALF: usize = memory.data<f32>([0.5, 0.5, 0.5, 0.5], 16)
const HALF_ROOT: usize = memory.data<f32>(
  [0.7071067811865476, 0.7071067811865476, 0.7071067811865476, 0.7071067811865476],
  16,
)
const ROOT: usize = memory.data<f32>(
  [1.4142135623730951, 1.4142135623730951, 1.4142135623730951, 1.4142135623730951],
  16,
)
const TWO: usize = memory.data<f32>([2, 2, 2, 2], 16)
const TWO_AND_HALF: usize = memory.data<f32>([2.5, 2.5, 2.5, 2.5], 16)
const THREE: usize = memory.data<f32>([3, 3, 3, 3], 16)
const FOUR: usize = memory.data<f32>([4, 4, 4, 4], 16)

/** Bytes of scratch for `count` tiles in rows of `tiles`, with A² = side * side positions. */
export function winogradScratch(side: usize, tiles: usize, count: usize, pixel: usize, outPixel: usize): usize {
  return side * side * (tiles + 1) * pixel + side * side * count * (pixel + outPixel)
}

// --- F(4x4, 3x3) ----------------------------------------------------------------------------------------------
//
// In each of `maps` maps `bands` rows of `tiles` tiles; parameters besides the common ones:
//   xs, xRow, first, mask  row i of the input starts at xs + ((first + i) & mask) * xRow: a ring of rows, or a map (mask -1)
//   depth                  how many bytes of a pixel are channels that count
//   y, yRow                output rows, and bytes from row to row
//   xStep, yStep           bytes from map to map, in and out
// The input must be readable, and hold finite numbers, under whole tiles: 4 * tiles + 2 columns. Outputs are written
// for whole tiles too; what lies beyond the valid map is for the caller to ignore.

// @ts-ignore: decorator
@inline
function input6(
  d0: v128,
  d1: v128,
  d2: v128,
  d3: v128,
  d4: v128,
  d5: v128,
  out: usize,
  step: usize,
  half: v128,
  root: v128,
  two: v128,
  twoAndHalf: v128,
): void {
  const a = f32x4.mul(nmac(d4, d2, two), root)
  const b = nmac(d3, d1, two)
  const c = nmac(d4, d2, half)
  const f = f32x4.mul(nmac(d3, d1, half), root)
  v128.store(out, f32x4.add(nmac(d0, d2, twoAndHalf), d4))
  out += step
  v128.store(out, f32x4.add(a, b))
  out += step
  v128.store(out, f32x4.sub(a, b))
  out += step
  v128.store(out, f32x4.add(c, f))
  out += step
  v128.store(out, f32x4.sub(c, f))
  out += step
  v128.store(out, f32x4.add(nmac(d1, d3, twoAndHalf), d5))
}

/** Steps 1 and 2 for tiles of 4 x 4 outputs of a 3x3 convolution, starting at row `first`. Returns M: f32 [tile][channels out / 4][36][4]. */
function products43(
  xs: usize,
  xRow: usize,
  first: i32,
  mask: i32,
  pixel: usize,
  depth: usize,
  weights: usize,
  outPixel: usize,
  bands: i32,
  tiles: i32,
  maps: i32,
  xStep: usize,
  scratch: usize,
): usize {
  assert(
    (pixel & 15) == 0 &&
      (outPixel & 15) == 0 &&
      depth <= pixel &&
      (depth & 3) == 0 &&
      ((xs | weights | scratch) & 15) == 0 &&
      tiles > 0 &&
      bands > 0 &&
      maps > 0,
  )
  assert(depth != 12 || pixel == 16) // matmul3 knows no other pixel of three channels
  const count: usize = maps * bands * tiles
  const t = scratch
  const tRow: usize = (4 * tiles + 2) * pixel
  const v = t + 6 * tRow
  const vStep = count * pixel
  const m = v + 36 * vStep
  let at = v
  const half = v128.load(HALF)
  const root = v128.load(ROOT)
  const two = v128.load(TWO)
  const twoAndHalf = v128.load(TWO_AND_HALF)
  for (let n = 0, all = maps * bands; n < all; n++) {
    const r = first + 4 * (n % bands)
    const x = xs + (n / bands) * xStep
    let s0 = x + (r & mask) * xRow
    let s1 = x + ((r + 1) & mask) * xRow
    let s2 = x + ((r + 2) & mask) * xRow
    let s3 = x + ((r + 3) & mask) * xRow
    let s4 = x + ((r + 4) & mask) * xRow
    let s5 = x + ((r + 5) & mask) * xRow
    // Two vectors a turn, of an even number. What starts before the loop advances: V8 of Node 20 sinks the rest into it.
    for (let o = t, end = t + tRow; o < end; o += 32) {
      input6(
        v128.load(s0),
        v128.load(s1),
        v128.load(s2),
        v128.load(s3),
        v128.load(s4),
        v128.load(s5),
        o,
        tRow,
        half,
        root,
        two,
        twoAndHalf,
      )
      input6(
        v128.load(s0, 16),
        v128.load(s1, 16),
        v128.load(s2, 16),
        v128.load(s3, 16),
        v128.load(s4, 16),
        v128.load(s5, 16),
        o + 16,
        tRow,
        half,
        root,
        two,
        twoAndHalf,
      )
      s0 += 32
      s1 += 32
      s2 += 32
      s3 += 32
      s4 += 32
      s5 += 32
    }
    for (let i: usize = 0; i < 6; i++) {
      let s = t + i * tRow
      let o = at + i * 6 * vStep
      if (pixel == 16) {
        // One vector a pixel: no loop within the loop.
        for (const end = o + 16 * tiles; o < end; o += 16) {
          input6(
            v128.load(s),
            v128.load(s, 16),
            v128.load(s, 32),
            v128.load(s, 48),
            v128.load(s, 64),
            v128.load(s, 80),
            o,
            vStep,
            half,
            root,
            two,
            twoAndHalf,
          )
          s += 64
        }
        continue
      }
      for (let tile = 0; tile < tiles; tile++) {
        for (const end = s + pixel; s < end; s += 16) {
          input6(
            v128.load(s),
            v128.load(s + pixel),
            v128.load(s + 2 * pixel),
            v128.load(s + 3 * pixel),
            v128.load(s + 4 * pixel),
            v128.load(s + 5 * pixel),
            o,
            vStep,
            half,
            root,
            two,
            twoAndHalf,
          )
          o += 16
        }
        s += 3 * pixel
      }
    }
    at += tiles * pixel
  }
  if (depth == 12) matmul3(v, vStep, count as i32, weights, m, outPixel)
  else matmul(v, vStep, pixel, count as i32, depth, weights, m, 16, 36 * outPixel, 36 * 16, outPixel, 36)
  return m
}

/** Aᵀ M in place, for one vector of channels of a tile: m[6][6] vectors -> m[4][6]. */
// @ts-ignore: decorator
@inline
function columns43(m: usize, quarterRoot: v128, half: v128, halfRoot: v128, root: v128): void {
  for (const end = m + 96; m < end; m += 16) {
    const m1 = v128.load(m, 96)
    const m2 = v128.load(m, 192)
    const m3 = v128.load(m, 288)
    const m4 = v128.load(m, 384)
    const s = f32x4.add(m1, m2)
    const d = f32x4.sub(m1, m2)
    const t = f32x4.add(m3, m4)
    const e = f32x4.sub(m3, m4)
    v128.store(m, mac(f32x4.add(v128.load(m), s), t, half))
    v128.store(m, f32x4.mul(f32x4.add(d, e), halfRoot), 96)
    v128.store(m, mac(t, s, half), 192)
    v128.store(m, mac(mac(v128.load(m, 480), d, quarterRoot), e, root), 288)
  }
}

// @ts-ignore: decorator
@inline
function outputs43(
  STEEP: bool,
  m: usize,
  post: usize,
  y: usize,
  yRow: usize,
  outPixel: usize,
  bands: i32,
  tiles: i32,
  maps: i32,
  yStep: usize,
): void {
  const zero = f32x4.splat(0)
  const one = f32x4.splat(1)
  const quarterRoot = v128.load(QUARTER_ROOT)
  const half = v128.load(HALF)
  const halfRoot = v128.load(HALF_ROOT)
  const root = v128.load(ROOT)
  for (let n = 0, all = maps * bands; n < all; n++) {
    let out = y + (n / bands) * yStep + 4 * (n % bands) * yRow
    for (let i = 0; i < tiles; i++) {
      for (let c: usize = 0; c < outPixel; c += 16) {
        columns43(m, quarterRoot, half, halfRoot, root)
        const bias = v128.load(post + c)
        const slope = v128.load(post + c + outPixel)
        const slope1 = f32x4.sub(slope, one)
        let o = out + c
        for (let j = m, end = m + 384; j < end; j += 96) {
          const m1 = v128.load(j, 16)
          const m2 = v128.load(j, 32)
          const m3 = v128.load(j, 48)
          const m4 = v128.load(j, 64)
          const s = f32x4.add(m1, m2)
          const d = f32x4.sub(m1, m2)
          const t = f32x4.add(m3, m4)
          const e = f32x4.sub(m3, m4)
          v128.store(o, prelu(STEEP, mac(f32x4.add(f32x4.add(v128.load(j), bias), s), t, half), slope, slope1, zero))
          v128.store(o + outPixel, prelu(STEEP, mac(bias, f32x4.add(d, e), halfRoot), slope, slope1, zero))
          v128.store(o + 2 * outPixel, prelu(STEEP, mac(f32x4.add(t, bias), s, half), slope, slope1, zero))
          v128.store(
            o + 3 * outPixel,
            prelu(STEEP, mac(mac(f32x4.add(v128.load(j, 80), bias), d, quarterRoot), e, root), slope, slope1, zero),
          )
          o += yRow
        }
        m += 36 * 16
      }
      out += 4 * outPixel
    }
  }
}

// A function for each, since the optimizer joins two inlined in one into a single loop that computes both PReLUs and picks.

function gentle43(
  m: usize,
  post: usize,
  y: usize,
  yRow: usize,
  outPixel: usize,
  bands: i32,
  tiles: i32,
  maps: i32,
  yStep: usize,
): void {
  outputs43(false, m, post, y, yRow, outPixel, bands, tiles, maps, yStep)
}

function steep43(
  m: usize,
  post: usize,
  y: usize,
  yRow: usize,
  outPixel: usize,
  bands: i32,
  tiles: i32,
  maps: i32,
  yStep: usize,
): void {
  outputs43(true, m, post, y, yRow, outPixel, bands, tiles, maps, yStep)
}

/** 3x3 convolution, bias and PReLU: tiles of 4 x 4 outputs, starting at row `first`. */
export function winograd43(
  xs: usize,
  xRow: usize,
  first: i32,
  mask: i32,
  pixel: usize,
  depth: usize,
  weights: usize,
  y: usize,
  yRow: usize,
  outPixel: usize,
  bands: i32,
  tiles: i32,
  maps: i32,
  xStep: usize,
  yStep: usize,
  scratch: usize,
): void {
  assert((y & 15) == 0)
  const m = products43(xs, xRow, first, mask, pixel, depth, weights, outPixel, bands, tiles, maps, xStep, scratch)
  const post = weights + 9 * depth * outPixel // 36 positions x depth / 4 x outPixel bytes
  if (load<i32>(post + 2 * outPixel)) steep43(m, post, y, yRow, outPixel, bands, tiles, maps, yStep)
  else gentle43(m, post, y, yRow, outPixel, bands, tiles, maps, yStep)
}

/**
 * The same for one band, and 2x2 maximum pooling: `tiles` tiles give two rows of 2 * tiles pixels.
 * upper, lower: where the rows go. both: bit 0, 1: whether the upper, lower row has a second convolution row under it
 * (not at the end of a map of odd height). last: the pixel that has a left column only (odd width), negative if none.
 */
export function winograd43Pooled(
  xs: usize,
  xRow: usize,
  first: i32,
  mask: i32,
  pixel: usize,
  depth: usize,
  weights: usize,
  upper: usize,
  lower: usize,
  outPixel: usize,
  tiles: i32,
  both: i32,
  last: i32,
  scratch: usize,
): void {
  assert(((upper | lower) & 15) == 0 && (both & ~3) == 0)
  let m = products43(xs, xRow, first, mask, pixel, depth, weights, outPixel, 1, tiles, 1, 0, scratch)
  const post = weights + 9 * depth * outPixel
  const zero = f32x4.splat(0)
  const one = f32x4.splat(1)
  const quarterRoot = v128.load(QUARTER_ROOT)
  const half = v128.load(HALF)
  const halfRoot = v128.load(HALF_ROOT)
  const root = v128.load(ROOT)
  for (let i = 0; i < tiles; i++) {
    for (let c: usize = 0; c < outPixel; c += 16) {
      columns43(m, quarterRoot, half, halfRoot, root)
      const bias = v128.load(post + c)
      const slope1 = f32x4.sub(v128.load(post + c + outPixel), one)
      let o = upper + c
      let odd = both & 1
      for (let j = m, end = m + 384; j < end; j += 192) {
        for (let row = j, rows = j + 96 * (1 + odd); row < rows; row += 96) {
          const m1 = v128.load(row, 16)
          const m2 = v128.load(row, 32)
          const m3 = v128.load(row, 48)
          const m4 = v128.load(row, 64)
          const s = f32x4.add(m1, m2)
          const d = f32x4.sub(m1, m2)
          const t = f32x4.add(m3, m4)
          const e = f32x4.sub(m3, m4)
          let p = prelu(true, mac(f32x4.add(f32x4.add(v128.load(row), bias), s), t, half), slope1, slope1, zero)
          let q = prelu(true, mac(f32x4.add(t, bias), s, half), slope1, slope1, zero)
          if (2 * i != last) p = f32x4.pmax(p, prelu(true, mac(bias, f32x4.add(d, e), halfRoot), slope1, slope1, zero))
          if (2 * i + 1 != last)
            q = f32x4.pmax(
              q,
              prelu(true, mac(mac(f32x4.add(v128.load(row, 80), bias), d, quarterRoot), e, root), slope1, slope1, zero),
            )
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

// --- Square maps that whole tiles cover -----------------------------------------------------------------------
//
// Three forms, each given by its two steps in one dimension, which `cover` applies down the columns and along the rows.

// @ts-ignore: decorator
@inline
function input4(s: usize, step: usize, out: usize, outStep: usize): void {
  const d0 = v128.load(s)
  const d1 = v128.load(s + step)
  const d2 = v128.load(s + 2 * step)
  const d3 = v128.load(s + 3 * step)
  v128.store(out, f32x4.sub(d0, d2))
  out += outStep
  v128.store(out, f32x4.add(d1, d2))
  out += outStep
  v128.store(out, f32x4.sub(d2, d1))
  out += outStep
  v128.store(out, f32x4.sub(d3, d1))
}

// @ts-ignore: decorator
@inline
function output4(LAST: bool, m: usize, step: usize, out: usize, outStep: usize, bias: v128, slope1: v128): void {
  const m0 = v128.load(m)
  const m1 = biased(LAST, v128.load(m + step), bias)
  const m2 = v128.load(m + 2 * step)
  const m3 = v128.load(m + 3 * step)
  const s = f32x4.add(m1, m2)
  v128.store(out, bent(LAST, f32x4.add(m0, s), slope1))
  out += outStep
  v128.store(out, bent(LAST, f32x4.sub(m1, m2), slope1))
  out += outStep
  v128.store(out, bent(LAST, f32x4.add(s, m3), slope1))
}

// @ts-ignore: decorator
@inline
function input5(s: usize, step: usize, out: usize, outStep: usize): void {
  const d0 = v128.load(s)
  const d1 = v128.load(s + step)
  const d2 = v128.load(s + 2 * step)
  const d3 = v128.load(s + 3 * step)
  const d4 = v128.load(s + 4 * step)
  const e = f32x4.sub(d3, d1)
  const f = f32x4.sub(d0, d2)
  v128.store(out, mac(e, f, v128.load(TWO)))
  out += outStep
  v128.store(out, nmac(f32x4.sub(d3, d2), d1, v128.load(TWO)))
  out += outStep
  v128.store(out, nmac(mac(d3, d1, v128.load(TWO)), d2, v128.load(THREE)))
  out += outStep
  v128.store(out, e)
  out += outStep
  v128.store(out, nmac(f32x4.sub(d4, d2), e, v128.load(TWO)))
}

// @ts-ignore: decorator
@inline
function output5(LAST: bool, m: usize, step: usize, out: usize, outStep: usize, bias: v128, slope1: v128): void {
  const m0 = v128.load(m)
  const m1 = biased(LAST, v128.load(m + step), bias)
  const m2 = v128.load(m + 2 * step)
  const m3 = v128.load(m + 3 * step)
  const m4 = v128.load(m + 4 * step)
  const s = f32x4.add(m1, m2)
  v128.store(out, bent(LAST, f32x4.add(f32x4.add(m0, s), m3), slope1))
  out += outStep
  v128.store(out, bent(LAST, mac(f32x4.sub(m1, m2), m3, v128.load(TWO)), slope1))
  out += outStep
  v128.store(out, bent(LAST, f32x4.add(mac(s, m3, v128.load(FOUR)), m4), slope1))
}

// The points of F(7x7, 3x3) are such that every constant is a float32 without rounding.
// For each pair ±p: of the product of (x² - q²) over the other pairs, the coefficients of x⁴, x² and 1; then p.
const PAIRS: usize = memory.data<f32>(
  [
    -5.65625, 7.119384765625, -1.9775390625, 0.25, -5.328125, 5.3916015625, -0.31640625, 0.625, -4.453125, 1.8369140625,
    -0.09765625, 1.125, -1.71875, 0.597900390625, -0.0308990478515625, 2,
  ],
  16,
)
// Of the product over all pairs, the coefficients of x⁶, x⁴, x² and 1.
const INFINITY: usize = memory.data<f32>([-5.71875, 7.472900390625, -2.4225006103515625, 0.12359619140625], 16)
// p, p², ... p⁶ of the four pairs.
const POWERS: usize = memory.data<f32>(
  [
    0.25, 0.625, 1.125, 2, 0.0625, 0.390625, 1.265625, 4, 0.015625, 0.244140625, 1.423828125, 8, 0.00390625,
    0.152587890625, 1.601806640625, 16, 0.0009765625, 0.095367431640625, 1.802032470703125, 32, 0.000244140625,
    0.059604644775390625, 2.0272865295410156, 64,
  ],
  16,
)

// @ts-ignore: decorator
@inline
function input9(s: usize, step: usize, out: usize, outStep: usize): void {
  const d0 = v128.load(s)
  const d1 = v128.load(s + step)
  const d2 = v128.load(s + 2 * step)
  const d3 = v128.load(s + 3 * step)
  const d4 = v128.load(s + 4 * step)
  const d5 = v128.load(s + 5 * step)
  const d6 = v128.load(s + 6 * step)
  const d7 = v128.load(s + 7 * step)
  for (let c = PAIRS, end = PAIRS + 64; c < end; c += 16) {
    const odd = combine(d7, c, d5, d3, d1)
    const even = f32x4.mul(combine(d6, c, d4, d2, d0), v128.load32_splat(c, 12))
    v128.store(out, f32x4.add(odd, even))
    out += outStep
    v128.store(out, f32x4.sub(odd, even))
    out += outStep
  }
  v128.store(out, mac(combine(v128.load(s + 8 * step), INFINITY, d6, d4, d2), d0, v128.load32_splat(INFINITY, 12)))
}

/** a + b c[0] + d c[1] + e c[2] */
// @ts-ignore: decorator
@inline
function combine(a: v128, c: usize, b: v128, d: v128, e: v128): v128 {
  return mac(mac(mac(a, b, v128.load32_splat(c)), d, v128.load32_splat(c, 4)), e, v128.load32_splat(c, 8))
}

// @ts-ignore: decorator
@inline
function output9(LAST: bool, m: usize, step: usize, out: usize, outStep: usize, bias: v128, slope1: v128): void {
  const a = v128.load(m)
  const b = v128.load(m + step)
  const c = v128.load(m + 2 * step)
  const d = v128.load(m + 3 * step)
  const e = v128.load(m + 4 * step)
  const f = v128.load(m + 5 * step)
  const g = v128.load(m + 6 * step)
  const h = v128.load(m + 7 * step)
  const s0 = f32x4.add(a, b)
  const s1 = f32x4.add(c, d)
  const s2 = f32x4.add(e, f)
  const s3 = f32x4.add(g, h)
  const d0 = f32x4.sub(a, b)
  const d1 = f32x4.sub(c, d)
  const d2 = f32x4.sub(e, f)
  const d3 = f32x4.sub(g, h)
  v128.store(out, bent(LAST, biased(LAST, f32x4.add(f32x4.add(s0, s1), f32x4.add(s2, s3)), bias), slope1))
  out += outStep
  v128.store(out, bent(LAST, biased(LAST, powers(POWERS, d0, d1, d2, d3), bias), slope1))
  out += outStep
  v128.store(out, bent(LAST, biased(LAST, powers(POWERS + 16, s0, s1, s2, s3), bias), slope1))
  out += outStep
  v128.store(out, bent(LAST, biased(LAST, powers(POWERS + 32, d0, d1, d2, d3), bias), slope1))
  out += outStep
  v128.store(out, bent(LAST, biased(LAST, powers(POWERS + 48, s0, s1, s2, s3), bias), slope1))
  out += outStep
  v128.store(out, bent(LAST, biased(LAST, powers(POWERS + 64, d0, d1, d2, d3), bias), slope1))
  out += outStep
  v128.store(
    out,
    bent(LAST, biased(LAST, f32x4.add(powers(POWERS + 80, s0, s1, s2, s3), v128.load(m + 8 * step)), bias), slope1),
  )
}

/** Four vectors, each times a float at c, added up. */
// @ts-ignore: decorator
@inline
function powers(c: usize, a: v128, b: v128, d: v128, e: v128): v128 {
  return combine(f32x4.mul(a, v128.load32_splat(c)), c + 4, b, d, e)
}

/** x + bias in the last step, x before. */
// @ts-ignore: decorator
@inline
function biased(LAST: bool, x: v128, bias: v128): v128 {
  return LAST ? f32x4.add(x, bias) : x
}

/** PReLU in the last step, x before. */
// @ts-ignore: decorator
@inline
function bent(LAST: bool, x: v128, slope1: v128): v128 {
  return LAST ? prelu(true, x, slope1, slope1, f32x4.splat(0)) : x
}

// @ts-ignore: decorator
@inline
function input(A: usize, s: usize, step: usize, out: usize, outStep: usize): void {
  if (A == 9) input9(s, step, out, outStep)
  else if (A == 5) input5(s, step, out, outStep)
  else input4(s, step, out, outStep)
}

// @ts-ignore: decorator
@inline
function output(
  A: usize,
  LAST: bool,
  m: usize,
  step: usize,
  out: usize,
  outStep: usize,
  bias: v128,
  slope1: v128,
): void {
  if (A == 9) output9(LAST, m, step, out, outStep, bias, slope1)
  else if (A == 5) output5(LAST, m, step, out, outStep, bias, slope1)
  else output4(LAST, m, step, out, outStep, bias, slope1)
}

/** All three steps for tiles of OUT x OUT outputs and A x A points; parameters as in winograd33. */
// @ts-ignore: decorator
@inline
function cover(
  A: usize,
  OUT: usize,
  x: usize,
  pixel: usize,
  weights: usize,
  y: usize,
  outPixel: usize,
  tiles: usize,
  maps: usize,
  scratch: usize,
): void {
  assert((pixel & 15) == 0 && (outPixel & 15) == 0 && ((x | y | weights | scratch) & 15) == 0 && tiles > 0)
  const count = maps * tiles * tiles
  const xRow = (OUT * tiles + A - OUT) * pixel
  const yRow = OUT * tiles * outPixel
  const t = scratch
  const v = t + A * xRow
  const vStep = count * pixel
  let m = v + A * A * vStep
  for (let n: usize = 0, at = v; n < maps; n++) {
    for (let band: usize = 0; band < tiles; band++) {
      for (let i: usize = 0; i < xRow; i += 16) input(A, x + i, xRow, t + i, xRow)
      for (let i: usize = 0; i < A; i++) {
        let s = t + i * xRow
        let o = at + i * A * vStep
        for (let tile: usize = 0; tile < tiles; tile++) {
          for (const end = s + pixel; s < end; s += 16) {
            input(A, s, pixel, o, vStep)
            o += 16
          }
          s += (OUT - 1) * pixel
        }
      }
      at += tiles * pixel
      x += OUT * xRow
    }
    x += (A - OUT) * xRow
  }
  matmul(v, vStep, pixel, count as i32, pixel, weights, m, 16, A * A * outPixel, A * A * 16, outPixel, (A * A) as i32)
  const post = weights + ((A * A * pixel * outPixel) >> 2)
  const none = f32x4.splat(0)
  const one = f32x4.splat(1)
  for (let n: usize = 0; n < count; n += tiles) {
    for (let i: usize = 0; i < tiles; i++) {
      for (let c: usize = 0; c < outPixel; c += 16) {
        for (let j = m, end = m + A * 16; j < end; j += 16) output(A, false, j, A * 16, j, A * 16, none, none)
        const bias = v128.load(post + c)
        const slope1 = f32x4.sub(v128.load(post + outPixel + c), one)
        let o = y + c
        for (let j = m, end = m + OUT * A * 16; j < end; j += A * 16) {
          output(A, true, j, 16, o, outPixel, bias, slope1)
          o += yRow
        }
        m += A * A * 16
      }
      y += OUT * outPixel
    }
    y += (OUT - 1) * yRow
  }
}

/**
 * 3x3 convolution, bias and PReLU of `maps` maps, one after another, each covered by tiles x tiles tiles of 3 x 3 outputs:
 * x f32 [maps][3 tiles + 2][3 tiles + 2][channels in], y f32 [maps][3 tiles][3 tiles][channels out].
 */
export function winograd33(
  x: usize,
  pixel: usize,
  weights: usize,
  y: usize,
  outPixel: usize,
  tiles: i32,
  maps: i32,
  scratch: usize,
): void {
  cover(5, 3, x, pixel, weights, y, outPixel, tiles, maps, scratch)
}

/** The same in tiles of 7 x 7 outputs. */
export function winograd73(
  x: usize,
  pixel: usize,
  weights: usize,
  y: usize,
  outPixel: usize,
  tiles: i32,
  maps: i32,
  scratch: usize,
): void {
  cover(9, 7, x, pixel, weights, y, outPixel, tiles, maps, scratch)
}

/** The same for a 2x2 convolution, in tiles of 3 x 3 outputs: x f32 [maps][3 tiles + 1][3 tiles + 1][channels in]. */
export function winograd32(
  x: usize,
  pixel: usize,
  weights: usize,
  y: usize,
  outPixel: usize,
  tiles: i32,
  maps: i32,
  scratch: usize,
): void {
  cover(4, 3, x, pixel, weights, y, outPixel, tiles, maps, scratch)
}
