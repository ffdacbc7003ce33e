// F(4x4, 3x3): 3x3 convolutions in tiles of 4 x 4 outputs. The three steps, T, U, V and M: winograd.ts.
//
// Points 0, ±√2/2, ±√2, ∞: p, -p, 1/p, -1/p, as in ncnn's convolution_3x3_winograd. Rows 1 and 2 of Bᵀ are multiplied
// by √2 and columns 3 and 4 of Aᵀ by 1/2, and G is divided by both, which keeps most factors at 1.
//
//   Bᵀ      1     0  -5/2     0     1     0
//           0    -2  -2√2     1    √2     0
//           0     2  -2√2    -1    √2     0
//           0 -√2/2  -1/2    √2     1     0
//           0  √2/2  -1/2   -√2     1     0
//           0     1     0  -5/2     0     1
//
//   G       1     0     0
//       -√2/3  -1/3 -√2/6
//       -√2/3   1/3 -√2/6
//         1/3  √2/3   2/3
//         1/3 -√2/3   2/3
//           0     0     1
//
//   Aᵀ      1     1     1   1/2   1/2     0
//           0  √2/2 -√2/2  √2/2 -√2/2     0
//           0   1/2   1/2     1     1     0
//           0  √2/4 -√2/4    √2   -√2     1
import { mac, nmac, prelu } from './lanes'
import { matmul, matmul3 } from './matmul'

// Four times the same: constants are loaded, once, before the loops that need them, and not splat (docs/kernels.md,
// "V8").
const ROOT2_QUARTER: usize = memory.data<f32>(
  [0.3535533905932738, 0.3535533905932738, 0.3535533905932738, 0.3535533905932738],
  16,
)
const HALF: usize = memory.data<f32>([0.5, 0.5, 0.5, 0.5], 16)
const ROOT2_HALF: usize = memory.data<f32>(
  [0.7071067811865476, 0.7071067811865476, 0.7071067811865476, 0.7071067811865476],
  16,
)
const ROOT2: usize = memory.data<f32>(
  [1.4142135623730951, 1.4142135623730951, 1.4142135623730951, 1.4142135623730951],
  16,
)
const TWO: usize = memory.data<f32>([2, 2, 2, 2], 16)
const FIVE_HALVES: usize = memory.data<f32>([2.5, 2.5, 2.5, 2.5], 16)

/**
 * A layer's shape: what is the same at every call. `memory.data<i32>` in the order of the fields; strides and
 * `...Bytes` in bytes, strides of pixels and rows multiples of 16.
 */
@unmanaged
export class Shape43 {
  /** Channels of the input that count. The rest of a pixel has to be finite. Where there are 3, a pixel is 16 bytes. */
  channels: usize
  pixelStride: usize
  /**
   * Row n of the input starts at x + (n & rowMask) * rowStride: a ring of a power of two of rows, or with -1 a map.
   * Rows have to be readable, and finite, under whole tiles: 4 * tiles + 2 pixels.
   */
  rowStride: usize
  rowMask: i32
  /** Bytes of the channels out, a multiple of 16. */
  outPixelStride: usize
  outRowStride: usize
  /** Rows of tiles of a map. */
  bands: i32
  /** From map to map, in and out; unused where there is one map. */
  mapStride: usize
  outMapStride: usize
}

/**
 * t = Bᵀ d, `step` bytes from t[k] to t[k + 1]:
 *   a = √2 (d4 - 2 d2)   b = d3 - 2 d1   c = d4 - 1/2 d2   e = √2 (d3 - 1/2 d1)
 *   t0 = d0 - 5/2 d2 + d4
 *   t1 = a + b
 *   t2 = a - b
 *   t3 = c + e
 *   t4 = c - e
 *   t5 = d1 - 5/2 d3 + d5
 */
// @ts-ignore: decorator
@inline
function inputTransform(
  d0: v128,
  d1: v128,
  d2: v128,
  d3: v128,
  d4: v128,
  d5: v128,
  t: usize,
  step: usize,
  half: v128,
  root2: v128,
  two: v128,
  fiveHalves: v128,
): void {
  const a = f32x4.mul(nmac(d4, d2, two), root2)
  const b = nmac(d3, d1, two)
  const c = nmac(d4, d2, half)
  const e = f32x4.mul(nmac(d3, d1, half), root2)
  v128.store(t, f32x4.add(nmac(d0, d2, fiveHalves), d4))
  t += step
  v128.store(t, f32x4.add(a, b))
  t += step
  v128.store(t, f32x4.sub(a, b))
  t += step
  v128.store(t, f32x4.add(c, e))
  t += step
  v128.store(t, f32x4.sub(c, e))
  t += step
  v128.store(t, f32x4.add(nmac(d1, d3, fiveHalves), d5))
}

/** Steps 1 and 2, from row `firstRow` of the input on. Returns M: f32 [tile][channels out / 4][36][4]. */
function products(
  shape: Shape43,
  x: usize,
  firstRow: i32,
  weights: usize,
  tiles: i32,
  maps: i32,
  scratch: usize,
): usize {
  const pixelStride = shape.pixelStride
  const rowStride = shape.rowStride
  const rowMask = shape.rowMask
  const bands = shape.bands
  assert((pixelStride & 15) == 0 && (shape.outPixelStride & 15) == 0 && ((x | weights | scratch) & 15) == 0)
  // matmul3 knows no other pixel of three channels.
  assert(shape.channels << 2 <= pixelStride && (shape.channels != 3 || pixelStride == 16))
  assert(tiles > 0 && bands > 0 && maps > 0)
  const count: usize = maps * bands * tiles
  const tStride: usize = (4 * tiles + 2) * pixelStride
  const vStride = count * pixelStride
  const t = scratch
  const v = t + 6 * tStride
  const m = v + 36 * vStride
  let tile = v
  const half = v128.load(HALF)
  const root2 = v128.load(ROOT2)
  const two = v128.load(TWO)
  const fiveHalves = v128.load(FIVE_HALVES)
  for (let n = 0, all = maps * bands; n < all; n++) {
    const row = firstRow + 4 * (n % bands)
    const map = x + (n / bands) * shape.mapStride
    let s0 = map + (row & rowMask) * rowStride
    let s1 = map + ((row + 1) & rowMask) * rowStride
    let s2 = map + ((row + 2) & rowMask) * rowStride
    let s3 = map + ((row + 3) & rowMask) * rowStride
    let s4 = map + ((row + 4) & rowMask) * rowStride
    let s5 = map + ((row + 5) & rowMask) * rowStride
    // Two vectors a turn, of an even number. All six pointers advance, so that no turn computes an address.
    for (let o = t, end = t + tStride; o < end; o += 32) {
      // biome-ignore format: what is loaded, then where to and the constants
      inputTransform(
        v128.load(s0), v128.load(s1), v128.load(s2), v128.load(s3), v128.load(s4), v128.load(s5),
        o, tStride, half, root2, two, fiveHalves,
      )
      // biome-ignore format: as above
      inputTransform(
        v128.load(s0, 16), v128.load(s1, 16), v128.load(s2, 16),
        v128.load(s3, 16), v128.load(s4, 16), v128.load(s5, 16),
        o + 16, tStride, half, root2, two, fiveHalves,
      )
      s0 += 32
      s1 += 32
      s2 += 32
      s3 += 32
      s4 += 32
      s5 += 32
    }
    for (let i: usize = 0; i < 6; i++) {
      let s = t + i * tStride
      let o = tile + i * 6 * vStride
      if (pixelStride == 16) {
        // One vector a pixel: no loop within the loop.
        for (const end = o + 16 * tiles; o < end; o += 16) {
          // biome-ignore format: as above
          inputTransform(
            v128.load(s), v128.load(s, 16), v128.load(s, 32), v128.load(s, 48), v128.load(s, 64), v128.load(s, 80),
            o, vStride, half, root2, two, fiveHalves,
          )
          s += 64
        }
        continue
      }
      for (let n = 0; n < tiles; n++) {
        for (const end = s + pixelStride; s < end; s += 16) {
          // biome-ignore format: as above
          inputTransform(
            v128.load(s), v128.load(s + pixelStride), v128.load(s + 2 * pixelStride),
            v128.load(s + 3 * pixelStride), v128.load(s + 4 * pixelStride), v128.load(s + 5 * pixelStride),
            o, vStride, half, root2, two, fiveHalves,
          )
          o += 16
        }
        s += 3 * pixelStride
      }
    }
    tile += tiles * pixelStride
  }
  const outChannels = shape.outPixelStride >> 2
  if (shape.channels == 3) matmul3(count as i32, outChannels, v, weights, m)
  else matmul(count as i32, shape.channels, outChannels, v, pixelStride, weights, m, 36)
  return m
}

/** Where the weights of the products end and bias, slopes and flag begin. */
// @ts-ignore: decorator
@inline
function epilogueOf(shape: Shape43, weights: usize): usize {
  return weights + 36 * shape.channels * shape.outPixelStride
}

/** Aᵀ M in place, for one vector of channels of a tile, m[6][6] vectors -> m[4][6]; the equations: storeTiles. */
// @ts-ignore: decorator
@inline
function outputColumns(m: usize, root2Quarter: v128, half: v128, root2Half: v128, root2: v128): void {
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
    v128.store(m, f32x4.mul(f32x4.add(d, e), root2Half), 96)
    v128.store(m, mac(t, s, half), 192)
    v128.store(m, mac(mac(v128.load(m, 480), d, root2Quarter), e, root2), 288)
  }
}

/**
 * Step 3. y = Aᵀ m, down the columns (outputColumns), then along the rows, where the bias joins first:
 *   s = m1 + m2   d = m1 - m2   t = m3 + m4   e = m3 - m4
 *   y0 = m0 + s + 1/2 t
 *   y1 = √2/2 (d + e)
 *   y2 = t + 1/2 s
 *   y3 = m5 + √2/4 d + √2 e
 */
// @ts-ignore: decorator
@inline
function storeTiles(ANY_SLOPE: bool, shape: Shape43, m: usize, epilogue: usize, y: usize, tiles: i32, maps: i32): void {
  const outPixelStride = shape.outPixelStride
  const outRowStride = shape.outRowStride
  const bands = shape.bands
  const zero = f32x4.splat(0)
  const one = f32x4.splat(1)
  const root2Quarter = v128.load(ROOT2_QUARTER)
  const half = v128.load(HALF)
  const root2Half = v128.load(ROOT2_HALF)
  const root2 = v128.load(ROOT2)
  for (let n = 0, all = maps * bands; n < all; n++) {
    let out = y + (n / bands) * shape.outMapStride + 4 * (n % bands) * outRowStride
    for (let i = 0; i < tiles; i++) {
      for (let c: usize = 0; c < outPixelStride; c += 16) {
        outputColumns(m, root2Quarter, half, root2Half, root2)
        const bias = v128.load(epilogue + c)
        const slope = v128.load(epilogue + c + outPixelStride)
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
          const y0 = mac(f32x4.add(f32x4.add(v128.load(j), bias), s), t, half)
          v128.store(o, prelu(ANY_SLOPE, y0, slope, slope1, zero))
          const y1 = mac(bias, f32x4.add(d, e), root2Half)
          v128.store(o + outPixelStride, prelu(ANY_SLOPE, y1, slope, slope1, zero))
          const y2 = mac(f32x4.add(t, bias), s, half)
          v128.store(o + 2 * outPixelStride, prelu(ANY_SLOPE, y2, slope, slope1, zero))
          const y3 = mac(mac(f32x4.add(v128.load(j, 80), bias), d, root2Quarter), e, root2)
          v128.store(o + 3 * outPixelStride, prelu(ANY_SLOPE, y3, slope, slope1, zero))
          o += outRowStride
        }
        m += 36 * 16
      }
      out += 4 * outPixelStride
    }
  }
}

// A function for each, so that each keeps a loop of its own.

/** Step 3 for slopes of at most 1, where PReLU is a maximum. */
function preluMax43(shape: Shape43, m: usize, epilogue: usize, y: usize, tiles: i32, maps: i32): void {
  storeTiles(false, shape, m, epilogue, y, tiles, maps)
}

/** Step 3 for any slopes. */
function preluAny43(shape: Shape43, m: usize, epilogue: usize, y: usize, tiles: i32, maps: i32): void {
  storeTiles(true, shape, m, epilogue, y, tiles, maps)
}

/**
 * 3x3 convolution, bias and PReLU of `maps` maps, in each `bands` rows of `tiles` tiles, from row `firstRow` of the
 * input on.
 *
 * x: f32 maps of rows as `shape` says; weights: packConvolution (pack.ts); y: f32 [maps][4 bands][4 tiles][channels
 * out], written for whole tiles: what lies beyond the valid map is for the caller to ignore. scratch:
 * winogradScratch(6, tiles, maps * bands * tiles, ...) bytes. All pointers multiples of 16, none may overlap another.
 */
export function winograd43(
  shape: Shape43,
  x: usize,
  firstRow: i32,
  weights: usize,
  y: usize,
  tiles: i32,
  maps: i32,
  scratch: usize,
): void {
  assert((y & 15) == 0)
  const m = products(shape, x, firstRow, weights, tiles, maps, scratch)
  const epilogue = epilogueOf(shape, weights)
  if (load<i32>(epilogue + 2 * shape.outPixelStride)) preluAny43(shape, m, epilogue, y, tiles, maps)
  else preluMax43(shape, m, epilogue, y, tiles, maps)
}

/**
 * The same for one map of one band, and 2x2 maximum pooling with stride 2 after it: `tiles` tiles give two rows of 2 *
 * tiles pixels, `upper` and `lower`. A level of odd size makes windows with one row or column of the convolution only
 * (ceil pooling):
 *
 * both: bit 0, bit 1: whether the windows of the upper, the lower row have both their rows.
 * last: the pixel whose window has its left column only; negative where there is none.
 */
export function winograd43Pooled(
  shape: Shape43,
  x: usize,
  firstRow: i32,
  weights: usize,
  upper: usize,
  lower: usize,
  tiles: i32,
  both: i32,
  last: i32,
  scratch: usize,
): void {
  assert(((upper | lower) & 15) == 0 && (both & ~3) == 0 && shape.bands == 1)
  let m = products(shape, x, firstRow, weights, tiles, 1, scratch)
  const outPixelStride = shape.outPixelStride
  const epilogue = epilogueOf(shape, weights)
  const zero = f32x4.splat(0)
  const one = f32x4.splat(1)
  const root2Quarter = v128.load(ROOT2_QUARTER)
  const half = v128.load(HALF)
  const root2Half = v128.load(ROOT2_HALF)
  const root2 = v128.load(ROOT2)
  for (let i = 0; i < tiles; i++) {
    for (let c: usize = 0; c < outPixelStride; c += 16) {
      outputColumns(m, root2Quarter, half, root2Half, root2)
      const bias = v128.load(epilogue + c)
      const slope1 = f32x4.sub(v128.load(epilogue + c + outPixelStride), one)
      let o = upper + c
      let second = both & 1
      for (let j = m, end = m + 384; j < end; j += 192) {
        for (let row = j, rows = j + 96 * (1 + second); row < rows; row += 96) {
          const m1 = v128.load(row, 16)
          const m2 = v128.load(row, 32)
          const m3 = v128.load(row, 48)
          const m4 = v128.load(row, 64)
          const s = f32x4.add(m1, m2)
          const d = f32x4.sub(m1, m2)
          const t = f32x4.add(m3, m4)
          const e = f32x4.sub(m3, m4)
          const y0 = mac(f32x4.add(f32x4.add(v128.load(row), bias), s), t, half)
          const y2 = mac(f32x4.add(t, bias), s, half)
          let left = prelu(true, y0, slope1, slope1, zero)
          let right = prelu(true, y2, slope1, slope1, zero)
          if (2 * i != last) {
            const y1 = mac(bias, f32x4.add(d, e), root2Half)
            left = f32x4.pmax(left, prelu(true, y1, slope1, slope1, zero))
          }
          if (2 * i + 1 != last) {
            const y3 = mac(mac(f32x4.add(v128.load(row, 80), bias), d, root2Quarter), e, root2)
            right = f32x4.pmax(right, prelu(true, y3, slope1, slope1, zero))
          }
          if (row != j) {
            left = f32x4.pmax(left, v128.load(o))
            right = f32x4.pmax(right, v128.load(o + outPixelStride))
          }
          v128.store(o, left)
          v128.store(o + outPixelStride, right)
        }
        o = lower + c
        second = both >> 1
      }
      m += 36 * 16
    }
    upper += 2 * outPixelStride
    lower += 2 * outPixelStride
  }
}
