// The transforms along one axis of F(3, 3), F(7, 3) and F(3, 2), the one-dimensional halves of the forms of
// winograd-square.ts. G is in pack.ts; the letters and where the matrices come from: winograd.ts.
//
// Input transforms, t = Bᵀ d: d, t point at vectors of four channels, ALPHA of them each, dStride and tStride bytes
// apart. Output transforms, y = Aᵀ m: likewise, ALPHA vectors m give OUT vectors y; LAST, a constant, says that this is
// the second axis, where bias and PReLU follow. y may be m.
import { mac, nmac, prelu } from './lanes'

// Four times the same; loaded where they are used (docs/kernels.md, "V8").
const TWO: usize = memory.data<f32>([2, 2, 2, 2], 16)
const THREE: usize = memory.data<f32>([3, 3, 3, 3], 16)
const FOUR: usize = memory.data<f32>([4, 4, 4, 4], 16)

/** x + bias in the last step, x before. */
// @ts-ignore: decorator
@inline
function withBias(LAST: bool, x: v128, bias: v128): v128 {
  return LAST ? f32x4.add(x, bias) : x
}

/** PReLU of x in the last step, x before. */
// @ts-ignore: decorator
@inline
function withPrelu(LAST: bool, x: v128, slope1: v128): v128 {
  return LAST ? prelu(true, x, slope1, slope1, f32x4.splat(0)) : x
}

// --- F(3, 2): points 0, ±1, ∞ ----------------------------------------------------------------------------------------
//
//   Bᵀ   1  0 -1  0       G    1    0       Aᵀ   1  1  1  0
//        0  1  1  0          1/2  1/2            0  1 -1  0
//        0 -1  1  0          1/2 -1/2            0  1  1  1
//        0 -1  0  1            0    1

/**
 * t0 = d0 - d2
 * t1 = d1 + d2
 * t2 = d2 - d1
 * t3 = d3 - d1
 */
// @ts-ignore: decorator
@inline
export function inputTransform32(d: usize, dStride: usize, t: usize, tStride: usize): void {
  const d0 = v128.load(d)
  const d1 = v128.load(d + dStride)
  const d2 = v128.load(d + 2 * dStride)
  const d3 = v128.load(d + 3 * dStride)
  v128.store(t, f32x4.sub(d0, d2))
  t += tStride
  v128.store(t, f32x4.add(d1, d2))
  t += tStride
  v128.store(t, f32x4.sub(d2, d1))
  t += tStride
  v128.store(t, f32x4.sub(d3, d1))
}

/**
 * The bias joins m1, which is in each:
 *   y0 = m0 + (m1 + m2)
 *   y1 = m1 - m2
 *   y2 = (m1 + m2) + m3
 */
// @ts-ignore: decorator
@inline
export function outputTransform32(
  LAST: bool,
  m: usize,
  mStride: usize,
  y: usize,
  yStride: usize,
  bias: v128,
  slope1: v128,
): void {
  const m0 = v128.load(m)
  const m1 = withBias(LAST, v128.load(m + mStride), bias)
  const m2 = v128.load(m + 2 * mStride)
  const m3 = v128.load(m + 3 * mStride)
  const s = f32x4.add(m1, m2)
  v128.store(y, withPrelu(LAST, f32x4.add(m0, s), slope1))
  y += yStride
  v128.store(y, withPrelu(LAST, f32x4.sub(m1, m2), slope1))
  y += yStride
  v128.store(y, withPrelu(LAST, f32x4.add(s, m3), slope1))
}

// --- F(3, 3): points 0, ±1, 2, ∞ -------------------------------------------------------------------------------------
//
//   Bᵀ   2 -1 -2  1  0      G   1/2    0    0      Aᵀ   1  1  1  1  0
//        0 -2 -1  1  0         -1/2 -1/2 -1/2           0  1 -1  2  0
//        0  2 -3  1  0         -1/6  1/6 -1/6           0  1  1  4  1
//        0 -1  0  1  0          1/6  1/3  2/3
//        0  2 -1 -2  1            0    0    1

/**
 * e = d3 - d1
 * t0 = e + 2 (d0 - d2)
 * t1 = d3 - d2 - 2 d1
 * t2 = d3 + 2 d1 - 3 d2
 * t3 = e
 * t4 = d4 - d2 - 2 e
 */
// @ts-ignore: decorator
@inline
export function inputTransform33(d: usize, dStride: usize, t: usize, tStride: usize): void {
  const d0 = v128.load(d)
  const d1 = v128.load(d + dStride)
  const d2 = v128.load(d + 2 * dStride)
  const d3 = v128.load(d + 3 * dStride)
  const d4 = v128.load(d + 4 * dStride)
  const e = f32x4.sub(d3, d1)
  const f = f32x4.sub(d0, d2)
  v128.store(t, mac(e, f, v128.load(TWO)))
  t += tStride
  v128.store(t, nmac(f32x4.sub(d3, d2), d1, v128.load(TWO)))
  t += tStride
  v128.store(t, nmac(mac(d3, d1, v128.load(TWO)), d2, v128.load(THREE)))
  t += tStride
  v128.store(t, e)
  t += tStride
  v128.store(t, nmac(f32x4.sub(d4, d2), e, v128.load(TWO)))
}

/**
 * The bias joins m1, which is in each; s = m1 + m2:
 *   y0 = m0 + s + m3
 *   y1 = m1 - m2 + 2 m3
 *   y2 = s + 4 m3 + m4
 */
// @ts-ignore: decorator
@inline
export function outputTransform33(
  LAST: bool,
  m: usize,
  mStride: usize,
  y: usize,
  yStride: usize,
  bias: v128,
  slope1: v128,
): void {
  const m0 = v128.load(m)
  const m1 = withBias(LAST, v128.load(m + mStride), bias)
  const m2 = v128.load(m + 2 * mStride)
  const m3 = v128.load(m + 3 * mStride)
  const m4 = v128.load(m + 4 * mStride)
  const s = f32x4.add(m1, m2)
  v128.store(y, withPrelu(LAST, f32x4.add(f32x4.add(m0, s), m3), slope1))
  y += yStride
  v128.store(y, withPrelu(LAST, mac(f32x4.sub(m1, m2), m3, v128.load(TWO)), slope1))
  y += yStride
  v128.store(y, withPrelu(LAST, f32x4.add(mac(s, m3, v128.load(FOUR)), m4), slope1))
}

// --- F(7, 3): points ±1/4, ±5/8, ±9/8, ±2, ∞ -------------------------------------------------------------------------
//
// Of our own choice: fractions over powers of two, so that every number of Bᵀ and Aᵀ is a float32 without rounding. How
// points decide over the error: Barabasz et al. 2020, Error Analysis and Improving the Accuracy of Winograd Convolution
// for Deep Neural Networks. For each pair ±p, with Q the product of (x² - q²) over the other pairs q, the two rows of
// Bᵀ are the coefficients of (x ± p) Q; the last row those of the product over all pairs.
//
//   Bᵀ     -2025/4096    -2025/1024   29161/16384    29161/4096      -181/128       -181/32     1/4       1       0
//           2025/4096    -2025/1024  -29161/16384    29161/4096       181/128       -181/32    -1/4       1       0
//           -405/2048       -81/256    27605/8192     5521/1024     -1705/512       -341/64     5/8       1       0
//            405/2048       -81/256   -27605/8192     5521/1024      1705/512       -341/64    -5/8       1       0
//           -225/2048       -25/256    16929/8192     1881/1024     -2565/512       -285/64     9/8       1       0
//            225/2048       -25/256   -16929/8192     1881/1024      2565/512       -285/64    -9/8       1       0
//         -2025/32768   -2025/65536     2449/2048     2449/4096        -55/16        -55/32       2       1       0
//          2025/32768   -2025/65536    -2449/2048     2449/4096         55/16        -55/32      -2       1       0
//          2025/16384             0 -158761/65536             0    30609/4096             0 -183/32       0       1
//
//   G  -131072/101871 -32768/101871  -8192/101871
//       131072/101871 -32768/101871   8192/101871
//       131072/169785   16384/33957   10240/33957
//      -131072/169785   16384/33957  -10240/33957
//      -131072/848925  -16384/94325  -18432/94325
//       131072/848925  -16384/94325   18432/94325
//       16384/2546775 32768/2546775 65536/2546775
//      -16384/2546775 32768/2546775 -65536/2546775
//                   0             0             1
//
//   Aᵀ       1       1            1            1             1              1   1    1   0
//          1/4    -1/4          5/8         -5/8           9/8           -9/8   2   -2   0
//         1/16    1/16        25/64        25/64         81/64          81/64   4    4   0
//         1/64   -1/64      125/512     -125/512       729/512       -729/512   8   -8   0
//        1/256   1/256     625/4096     625/4096     6561/4096      6561/4096  16   16   0
//       1/1024 -1/1024   3125/32768  -3125/32768   59049/32768   -59049/32768  32  -32   0
//       1/4096  1/4096 15625/262144 15625/262144 531441/262144  531441/262144  64   64   1

/** For each pair ±p the coefficients of x⁴, x² and 1 in Q (that of x⁶ is 1), then p. */
// biome-ignore format: a pair a line
const PAIRS: usize = memory.data<f32>([
  -181.0 / 32, 29161.0 / 4096, -2025.0 / 1024, 1.0 / 4,
  -341.0 / 64, 5521.0 / 1024, -81.0 / 256, 5.0 / 8,
  -285.0 / 64, 1881.0 / 1024, -25.0 / 256, 9.0 / 8,
  -55.0 / 32, 2449.0 / 4096, -2025.0 / 65536, 2,
], 16)
/** Of the product over all pairs the coefficients of x⁶, x⁴, x² and 1 (that of x⁸ is 1). */
// biome-ignore format: a polynomial a line
const ALL_PAIRS: usize = memory.data<f32>([
  -183.0 / 32, 30609.0 / 4096, -158761.0 / 65536, 2025.0 / 16384,
], 16)
/** p, p², ... p⁶ of the four pairs: rows 1 to 6 of Aᵀ. */
// biome-ignore format: a power a line
const POWERS: usize = memory.data<f32>([
  1.0 / 4, 5.0 / 8, 9.0 / 8, 2,
  1.0 / 16, 25.0 / 64, 81.0 / 64, 4,
  1.0 / 64, 125.0 / 512, 729.0 / 512, 8,
  1.0 / 256, 625.0 / 4096, 6561.0 / 4096, 16,
  1.0 / 1024, 3125.0 / 32768, 59049.0 / 32768, 32,
  1.0 / 4096, 15625.0 / 262144, 531441.0 / 262144, 64,
], 16)

/** a + b w[0] + c w[1] + e w[2], w: f32. */
// @ts-ignore: decorator
@inline
function addThree(a: v128, b: v128, c: v128, e: v128, w: usize): v128 {
  return mac(mac(mac(a, b, v128.load32_splat(w)), c, v128.load32_splat(w, 4)), e, v128.load32_splat(w, 8))
}

/** a w[0] + b w[1] + c w[2] + e w[3]. */
// @ts-ignore: decorator
@inline
function weightedSum(a: v128, b: v128, c: v128, e: v128, w: usize): v128 {
  return addThree(f32x4.mul(a, v128.load32_splat(w)), b, c, e, w + 4)
}

/**
 * For each pair ±p, with the coefficients w of PAIRS:
 *   odd = d7 + w0 d5 + w1 d3 + w2 d1
 *   even = p (d6 + w0 d4 + w1 d2 + w2 d0)
 *   t = odd + even, odd - even
 * and with those of ALL_PAIRS
 *   t8 = d8 + w0 d6 + w1 d4 + w2 d2 + w3 d0
 */
// @ts-ignore: decorator
@inline
export function inputTransform73(d: usize, dStride: usize, t: usize, tStride: usize): void {
  const d0 = v128.load(d)
  const d1 = v128.load(d + dStride)
  const d2 = v128.load(d + 2 * dStride)
  const d3 = v128.load(d + 3 * dStride)
  const d4 = v128.load(d + 4 * dStride)
  const d5 = v128.load(d + 5 * dStride)
  const d6 = v128.load(d + 6 * dStride)
  const d7 = v128.load(d + 7 * dStride)
  for (let pair = PAIRS, end = PAIRS + 64; pair < end; pair += 16) {
    const odd = addThree(d7, d5, d3, d1, pair)
    const even = f32x4.mul(addThree(d6, d4, d2, d0, pair), v128.load32_splat(pair, 12))
    v128.store(t, f32x4.add(odd, even))
    t += tStride
    v128.store(t, f32x4.sub(odd, even))
    t += tStride
  }
  const d8 = v128.load(d + 8 * dStride)
  v128.store(t, mac(addThree(d8, d6, d4, d2, ALL_PAIRS), d0, v128.load32_splat(ALL_PAIRS, 12)))
}

/**
 * With the sums s and the differences e of the four pairs, p in POWERS:
 *   y0 = (s0 + s1) + (s2 + s3)
 *   yk = the sum of pᵏ e over the pairs for k = 1, 3, 5, of pᵏ s for k = 2, 4, 6
 *   y6 takes m8 besides
 * and the bias last.
 */
// @ts-ignore: decorator
@inline
export function outputTransform73(
  LAST: bool,
  m: usize,
  mStride: usize,
  y: usize,
  yStride: usize,
  bias: v128,
  slope1: v128,
): void {
  const m0 = v128.load(m)
  const m1 = v128.load(m + mStride)
  const m2 = v128.load(m + 2 * mStride)
  const m3 = v128.load(m + 3 * mStride)
  const m4 = v128.load(m + 4 * mStride)
  const m5 = v128.load(m + 5 * mStride)
  const m6 = v128.load(m + 6 * mStride)
  const m7 = v128.load(m + 7 * mStride)
  const s0 = f32x4.add(m0, m1)
  const s1 = f32x4.add(m2, m3)
  const s2 = f32x4.add(m4, m5)
  const s3 = f32x4.add(m6, m7)
  const e0 = f32x4.sub(m0, m1)
  const e1 = f32x4.sub(m2, m3)
  const e2 = f32x4.sub(m4, m5)
  const e3 = f32x4.sub(m6, m7)
  v128.store(y, withPrelu(LAST, withBias(LAST, f32x4.add(f32x4.add(s0, s1), f32x4.add(s2, s3)), bias), slope1))
  y += yStride
  v128.store(y, withPrelu(LAST, withBias(LAST, weightedSum(e0, e1, e2, e3, POWERS), bias), slope1))
  y += yStride
  v128.store(y, withPrelu(LAST, withBias(LAST, weightedSum(s0, s1, s2, s3, POWERS + 16), bias), slope1))
  y += yStride
  v128.store(y, withPrelu(LAST, withBias(LAST, weightedSum(e0, e1, e2, e3, POWERS + 32), bias), slope1))
  y += yStride
  v128.store(y, withPrelu(LAST, withBias(LAST, weightedSum(s0, s1, s2, s3, POWERS + 48), bias), slope1))
  y += yStride
  v128.store(y, withPrelu(LAST, withBias(LAST, weightedSum(e0, e1, e2, e3, POWERS + 64), bias), slope1))
  y += yStride
  const y6 = f32x4.add(weightedSum(s0, s1, s2, s3, POWERS + 80), v128.load(m + 8 * mStride))
  v128.store(y, withPrelu(LAST, withBias(LAST, y6, bias), slope1))
}
