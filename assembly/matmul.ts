// Small matrix products, the arithmetic of every layer: register blocks of one or two rows by up to sixteen columns.
import { mac } from './lanes'

// One k step per loop turn: V8 before Turboshaft reorders pure SIMD instructions within a basic block, and spills
// when a block holds several steps.

// @ts-ignore: decorator
@inline
function block2x16(a: usize, aRow: usize, depth: usize, b: usize, c: usize, cRow: usize, cVector: usize): void {
  const x = v128.load32_splat(a)
  const y = v128.load32_splat(a + aRow)
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
  const end = a + depth
  for (a += 4; a < end; a += 4) {
    b += 64
    const x = v128.load32_splat(a)
    const y = v128.load32_splat(a + aRow)
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
  v128.store(c + cRow, q0)
  c += cVector
  v128.store(c, p1)
  v128.store(c + cRow, q1)
  c += cVector
  v128.store(c, p2)
  v128.store(c + cRow, q2)
  c += cVector
  v128.store(c, p3)
  v128.store(c + cRow, q3)
}

// @ts-ignore: decorator
@inline
function block1x16(a: usize, depth: usize, b: usize, c: usize, cVector: usize): void {
  let p0 = f32x4.splat(0)
  let p1 = p0
  let p2 = p0
  let p3 = p0
  for (const end = a + depth; a < end; a += 4) {
    const x = v128.load32_splat(a)
    p0 = mac(p0, x, v128.load(b))
    p1 = mac(p1, x, v128.load(b, 16))
    p2 = mac(p2, x, v128.load(b, 32))
    p3 = mac(p3, x, v128.load(b, 48))
    b += 64
  }
  v128.store(c, p0)
  v128.store(c + cVector, p1)
  v128.store(c + 2 * cVector, p2)
  v128.store(c + 3 * cVector, p3)
}

// @ts-ignore: decorator
@inline
function block1x8(a: usize, depth: usize, b: usize, c: usize, cVector: usize): void {
  let p0 = f32x4.splat(0)
  let p1 = p0
  for (const end = a + depth; a < end; a += 4) {
    const x = v128.load32_splat(a)
    p0 = mac(p0, x, v128.load(b))
    p1 = mac(p1, x, v128.load(b, 16))
    b += 32
  }
  v128.store(c, p0)
  v128.store(c + cVector, p1)
}

// @ts-ignore: decorator
@inline
function block1x4(a: usize, depth: usize, b: usize, c: usize): void {
  let p0 = f32x4.splat(0)
  for (const end = a + depth; a < end; a += 4) {
    p0 = mac(p0, v128.load32_splat(a), v128.load(b))
    b += 16
  }
  v128.store(c, p0)
}

// Depth 3, the first layer of every net: the weights stay in registers and the rows stream past them.

// @ts-ignore: decorator
@inline
function rows3x12(a: usize, rows: i32, b: usize, c: usize, cRow: usize): void {
  const u0 = v128.load(b)
  const u1 = v128.load(b, 16)
  const u2 = v128.load(b, 32)
  const v0 = v128.load(b, 48)
  const v1 = v128.load(b, 64)
  const v2 = v128.load(b, 80)
  const w0 = v128.load(b, 96)
  const w1 = v128.load(b, 112)
  const w2 = v128.load(b, 128)
  for (const end = a + 16 * rows; a < end; a += 16) {
    const x = v128.load32_splat(a)
    const y = v128.load32_splat(a, 4)
    const z = v128.load32_splat(a, 8)
    v128.store(c, mac(mac(f32x4.mul(x, u0), y, v0), z, w0))
    v128.store(c, mac(mac(f32x4.mul(x, u1), y, v1), z, w1), 36 * 16)
    v128.store(c, mac(mac(f32x4.mul(x, u2), y, v2), z, w2), 2 * 36 * 16)
    c += cRow
  }
}

// @ts-ignore: decorator
@inline
function rows3x8(a: usize, rows: i32, b: usize, c: usize, cRow: usize): void {
  const u0 = v128.load(b)
  const u1 = v128.load(b, 16)
  const v0 = v128.load(b, 32)
  const v1 = v128.load(b, 48)
  const w0 = v128.load(b, 64)
  const w1 = v128.load(b, 80)
  for (const end = a + 16 * rows; a < end; a += 16) {
    const x = v128.load32_splat(a)
    const y = v128.load32_splat(a, 4)
    const z = v128.load32_splat(a, 8)
    v128.store(c, mac(mac(f32x4.mul(x, u0), y, v0), z, w0))
    v128.store(c, mac(mac(f32x4.mul(x, u1), y, v1), z, w1), 36 * 16)
    c += cRow
  }
}

/**
 * The 36 products of F(4x4, 3x3) at a depth of 3: c[r][j][p] = sum over k < 3 of a[p][r][k] * b[p][k][j].
 * a: f32 [36][aStep bytes apart][rows][4], the fourth does not count.
 * b: f32, packed in reading order: [36][columns in groups of 12 while 12 or more are left, but not 16, then of 8][k][group].
 * c: f32 [rows][columns / 4][36][4]. columns: bytes of a row's columns, a multiple of 16 and at least 32.
 * Sum: k ascending, the first product starts it.
 */
export function matmul3(a: usize, aStep: usize, rows: i32, b: usize, c: usize, columns: usize): void {
  assert((columns & 15) == 0 && columns >= 32 && rows >= 0)
  for (const end = c + 36 * 16; c < end; c += 16) {
    let left = columns
    let g = c
    for (; left >= 48 && left != 64; left -= 48) {
      rows3x12(a, rows, b, g, 36 * columns)
      b += 144
      g += 3 * 36 * 16
    }
    for (; left; left -= 32) {
      rows3x8(a, rows, b, g, 36 * columns)
      b += 96
      g += 2 * 36 * 16
    }
    a += aStep
  }
}

/**
 * c[r][j] = sum over k of a[r][k] * b[k][j], for `products` independent products.
 * a: f32 [products][aStep bytes apart][rows][aRow bytes apart], the first `depth` bytes of a row count, at least one float.
 * b: f32, packed in reading order: [products][columns in groups of 16, then of 8 and of 4][k][group] (pack.ts).
 * c: f32 [products][cStep bytes apart][rows][cRow bytes apart][columns / 4][cVector bytes apart][4].
 * columns: bytes of a row's columns, a multiple of 16.
 * Sum: k ascending, one accumulator for each output.
 */
export function matmul(
  a: usize,
  aStep: usize,
  aRow: usize,
  rows: i32,
  depth: usize,
  b: usize,
  c: usize,
  cStep: usize,
  cRow: usize,
  cVector: usize,
  columns: usize,
  products: i32,
): void {
  assert((aRow & 3) == 0 && (depth & 3) == 0 && depth > 0 && depth <= aRow && (columns & 15) == 0 && rows >= 0)
  for (let p = 0; p < products; p++) {
    let left = columns
    let g = c
    for (; left >= 64; left -= 64) {
      let x = a
      let y = g
      let r = rows
      for (; r > 1; r -= 2) {
        block2x16(x, aRow, depth, b, y, cRow, cVector)
        x += 2 * aRow
        y += 2 * cRow
      }
      if (r) block1x16(x, depth, b, y, cVector)
      b += depth * 16
      g += 4 * cVector
    }
    if (left & 32) {
      for (let r = 0, x = a, y = g; r < rows; r++) {
        block1x8(x, depth, b, y, cVector)
        x += aRow
        y += cRow
      }
      b += depth * 8
      g += 2 * cVector
    }
    if (left & 16) {
      for (let r = 0, x = a, y = g; r < rows; r++) {
        block1x4(x, depth, b, y)
        x += aRow
        y += cRow
      }
      b += depth * 4
    }
    a += aStep
    c += cStep
  }
}
