// Small matrix products C = A B, the arithmetic of every layer. Names as in BLAS and XNNPACK: A is [m][k], B is [k][n],
// C is [m][n]; m, k and n are counts, strides are bytes from row to row. `products` independent products of the same
// size run in one call: the positions of a Winograd form, or one.
//
//   A  f32 [products][m][aStride bytes apart], of each row the first k floats count
//   B  f32 packed (pack.ts): [products][groups of columns][k][columns of the group], read strictly forward
//   C  f32 [m][n / 4][products][4]: with one product rows of n; with more, the same four columns of all products lie
//      together, which is how step 3 of a Winograd form wants them
//
// One block of C stays in registers while k runs: 2 rows of 16 columns are 8 accumulators, beside 2 values of A and 1
// of B. One step of k in each turn of the loop and no more: docs/kernels.md, "V8". Sum: k ascending, one accumulator
// for each number of C.
import { mac } from './lanes'

// @ts-ignore: decorator
@inline
function block2x16(
  a: usize,
  aStride: usize,
  kBytes: usize,
  b: usize,
  c: usize,
  cStride: usize,
  cVectorStride: usize,
): void {
  const x = v128.load32_splat(a)
  const y = v128.load32_splat(a + aStride)
  let w = v128.load(b)
  let p0 = f32x4.mul(x, w)
  let q0 = f32x4.mul(y, w)
  w = v128.load(b, 16)
  let p1 = f32x4.mul(x, w)
  let q1 = f32x4.mul(y, w)
  w = v128.load(b, 32)
  let p2 = f32x4.mul(x, w)
  let q2 = f32x4.mul(y, w)
  w = v128.load(b, 48)
  let p3 = f32x4.mul(x, w)
  let q3 = f32x4.mul(y, w)
  const end = a + kBytes
  for (a += 4; a < end; a += 4) {
    b += 64
    const x = v128.load32_splat(a)
    const y = v128.load32_splat(a + aStride)
    let w = v128.load(b)
    p0 = mac(p0, x, w)
    q0 = mac(q0, y, w)
    w = v128.load(b, 16)
    p1 = mac(p1, x, w)
    q1 = mac(q1, y, w)
    w = v128.load(b, 32)
    p2 = mac(p2, x, w)
    q2 = mac(q2, y, w)
    w = v128.load(b, 48)
    p3 = mac(p3, x, w)
    q3 = mac(q3, y, w)
  }
  v128.store(c, p0)
  v128.store(c + cStride, q0)
  c += cVectorStride
  v128.store(c, p1)
  v128.store(c + cStride, q1)
  c += cVectorStride
  v128.store(c, p2)
  v128.store(c + cStride, q2)
  c += cVectorStride
  v128.store(c, p3)
  v128.store(c + cStride, q3)
}

// @ts-ignore: decorator
@inline
function block1x16(a: usize, kBytes: usize, b: usize, c: usize, cVectorStride: usize): void {
  let p0 = f32x4.splat(0)
  let p1 = p0
  let p2 = p0
  let p3 = p0
  for (const end = a + kBytes; a < end; a += 4) {
    const x = v128.load32_splat(a)
    p0 = mac(p0, x, v128.load(b))
    p1 = mac(p1, x, v128.load(b, 16))
    p2 = mac(p2, x, v128.load(b, 32))
    p3 = mac(p3, x, v128.load(b, 48))
    b += 64
  }
  v128.store(c, p0)
  v128.store(c + cVectorStride, p1)
  v128.store(c + 2 * cVectorStride, p2)
  v128.store(c + 3 * cVectorStride, p3)
}

// @ts-ignore: decorator
@inline
function block1x8(a: usize, kBytes: usize, b: usize, c: usize, cVectorStride: usize): void {
  let p0 = f32x4.splat(0)
  let p1 = p0
  for (const end = a + kBytes; a < end; a += 4) {
    const x = v128.load32_splat(a)
    p0 = mac(p0, x, v128.load(b))
    p1 = mac(p1, x, v128.load(b, 16))
    b += 32
  }
  v128.store(c, p0)
  v128.store(c + cVectorStride, p1)
}

// @ts-ignore: decorator
@inline
function block1x4(a: usize, kBytes: usize, b: usize, c: usize): void {
  let p0 = f32x4.splat(0)
  for (const end = a + kBytes; a < end; a += 4) {
    p0 = mac(p0, v128.load32_splat(a), v128.load(b))
    b += 16
  }
  v128.store(c, p0)
}

// k = 3, the first layer of every net: B stays in registers and the rows of A stream past it.

// @ts-ignore: decorator
@inline
function rowsBy12(a: usize, m: i32, b: usize, c: usize, cStride: usize): void {
  const u0 = v128.load(b)
  const u1 = v128.load(b, 16)
  const u2 = v128.load(b, 32)
  const v0 = v128.load(b, 48)
  const v1 = v128.load(b, 64)
  const v2 = v128.load(b, 80)
  const w0 = v128.load(b, 96)
  const w1 = v128.load(b, 112)
  const w2 = v128.load(b, 128)
  for (const end = a + 16 * m; a < end; a += 16) {
    const x = v128.load32_splat(a)
    const y = v128.load32_splat(a, 4)
    const z = v128.load32_splat(a, 8)
    v128.store(c, mac(mac(f32x4.mul(x, u0), y, v0), z, w0))
    v128.store(c, mac(mac(f32x4.mul(x, u1), y, v1), z, w1), 36 * 16)
    v128.store(c, mac(mac(f32x4.mul(x, u2), y, v2), z, w2), 2 * 36 * 16)
    c += cStride
  }
}

// @ts-ignore: decorator
@inline
function rowsBy8(a: usize, m: i32, b: usize, c: usize, cStride: usize): void {
  const u0 = v128.load(b)
  const u1 = v128.load(b, 16)
  const v0 = v128.load(b, 32)
  const v1 = v128.load(b, 48)
  const w0 = v128.load(b, 64)
  const w1 = v128.load(b, 80)
  for (const end = a + 16 * m; a < end; a += 16) {
    const x = v128.load32_splat(a)
    const y = v128.load32_splat(a, 4)
    const z = v128.load32_splat(a, 8)
    v128.store(c, mac(mac(f32x4.mul(x, u0), y, v0), z, w0))
    v128.store(c, mac(mac(f32x4.mul(x, u1), y, v1), z, w1), 36 * 16)
    c += cStride
  }
}

/**
 * The 36 products of F(4x4, 3x3) where k = 3: `matmul` for aStride = 16, the fourth float of a row of A does not count.
 * n: a multiple of 4 and at least 8. B: groups of 12 columns while 12 or more are left, but not 16, then of 8
 * (groupWidth, pack.ts). Sum: as in matmul, the first product starts it.
 */
export function matmul3(m: i32, n: usize, a: usize, b: usize, c: usize): void {
  assert((n & 3) == 0 && n >= 8 && m >= 0)
  const cStride = 36 * (n << 2)
  for (const end = c + 36 * 16; c < end; c += 16) {
    let left = n
    let group = c
    for (; left >= 12 && left != 16; left -= 12) {
      rowsBy12(a, m, b, group, cStride)
      b += 3 * 12 * 4
      group += 3 * 36 * 16
    }
    for (; left; left -= 8) {
      rowsBy8(a, m, b, group, cStride)
      b += 3 * 8 * 4
      group += 2 * 36 * 16
    }
    a += m << 4
  }
}

/**
 * C = A B, `products` times; layouts above. m may be 0; k at least 1; n a multiple of 4. aStride: a multiple of 4 that
 * holds k floats. B and C multiples of 16. B: groups of 16 columns, then of 8 and of 4.
 */
export function matmul(
  m: i32,
  k: usize,
  n: usize,
  a: usize,
  aStride: usize,
  b: usize,
  c: usize,
  products: usize,
): void {
  const kBytes = k << 2
  assert((aStride & 3) == 0 && k > 0 && kBytes <= aStride && (n & 3) == 0 && m >= 0)
  const cVectorStride = products << 4
  const cStride = (n >> 2) * cVectorStride
  for (const end = c + cVectorStride; c < end; c += 16) {
    let left = n
    let group = c
    for (; left >= 16; left -= 16) {
      let x = a
      let y = group
      let rows = m
      for (; rows > 1; rows -= 2) {
        block2x16(x, aStride, kBytes, b, y, cStride, cVectorStride)
        x += 2 * aStride
        y += 2 * cStride
      }
      if (rows) block1x16(x, kBytes, b, y, cVectorStride)
      b += kBytes * 16
      group += 4 * cVectorStride
    }
    if (left & 8) {
      for (let row = 0, x = a, y = group; row < m; row++) {
        block1x8(x, kBytes, b, y, cVectorStride)
        x += aStride
        y += cStride
      }
      b += kBytes * 8
      group += 2 * cVectorStride
    }
    if (left & 4) {
      for (let row = 0, x = a, y = group; row < m; row++) {
        block1x4(x, kBytes, b, y)
        x += aStride
        y += cStride
      }
      b += kBytes * 4
    }
    a += m * aStride
  }
}
