// Small matrix products, the arithmetic of every layer: register blocks of one or two rows by up to sixteen columns.
import { mac } from './lanes'

// One k step per loop turn: V8 before Turboshaft reorders pure SIMD instructions within a basic block, and spills
// when a block holds several steps.

// @ts-ignore: decorator
@inline
function block2x16(a: usize, aRow: usize, depth: usize, b: usize, c: usize, cRow: usize): void {
  let p0 = f32x4.splat(0), p1 = p0, p2 = p0, p3 = p0, q0 = p0, q1 = p0, q2 = p0, q3 = p0
  for (const end = a + depth; a < end; a += 4) {
    const x = v128.load32_splat(a), y = v128.load32_splat(a + aRow)
    let w = v128.load(b)
    p0 = mac(p0, x, w); q0 = mac(q0, y, w)
    w = v128.load(b, 16)
    p1 = mac(p1, x, w); q1 = mac(q1, y, w)
    w = v128.load(b, 32)
    p2 = mac(p2, x, w); q2 = mac(q2, y, w)
    w = v128.load(b, 48)
    p3 = mac(p3, x, w); q3 = mac(q3, y, w)
    b += 64
  }
  v128.store(c, p0); v128.store(c, p1, 16); v128.store(c, p2, 32); v128.store(c, p3, 48)
  c += cRow
  v128.store(c, q0); v128.store(c, q1, 16); v128.store(c, q2, 32); v128.store(c, q3, 48)
}

// @ts-ignore: decorator
@inline
function block1x16(a: usize, depth: usize, b: usize, c: usize): void {
  let p0 = f32x4.splat(0), p1 = p0, p2 = p0, p3 = p0
  for (const end = a + depth; a < end; a += 4) {
    const x = v128.load32_splat(a)
    p0 = mac(p0, x, v128.load(b)); p1 = mac(p1, x, v128.load(b, 16))
    p2 = mac(p2, x, v128.load(b, 32)); p3 = mac(p3, x, v128.load(b, 48))
    b += 64
  }
  v128.store(c, p0); v128.store(c, p1, 16); v128.store(c, p2, 32); v128.store(c, p3, 48)
}

// @ts-ignore: decorator
@inline
function block2x12(a: usize, aRow: usize, depth: usize, b: usize, c: usize, cRow: usize): void {
  let p0 = f32x4.splat(0), p1 = p0, p2 = p0, q0 = p0, q1 = p0, q2 = p0
  for (const end = a + depth; a < end; a += 4) {
    const x = v128.load32_splat(a), y = v128.load32_splat(a + aRow)
    let w = v128.load(b)
    p0 = mac(p0, x, w); q0 = mac(q0, y, w)
    w = v128.load(b, 16)
    p1 = mac(p1, x, w); q1 = mac(q1, y, w)
    w = v128.load(b, 32)
    p2 = mac(p2, x, w); q2 = mac(q2, y, w)
    b += 48
  }
  v128.store(c, p0); v128.store(c, p1, 16); v128.store(c, p2, 32)
  c += cRow
  v128.store(c, q0); v128.store(c, q1, 16); v128.store(c, q2, 32)
}

// @ts-ignore: decorator
@inline
function block1x12(a: usize, depth: usize, b: usize, c: usize): void {
  let p0 = f32x4.splat(0), p1 = p0, p2 = p0
  for (const end = a + depth; a < end; a += 4) {
    const x = v128.load32_splat(a)
    p0 = mac(p0, x, v128.load(b)); p1 = mac(p1, x, v128.load(b, 16)); p2 = mac(p2, x, v128.load(b, 32))
    b += 48
  }
  v128.store(c, p0); v128.store(c, p1, 16); v128.store(c, p2, 32)
}

// @ts-ignore: decorator
@inline
function block1x8(a: usize, depth: usize, b: usize, c: usize): void {
  let p0 = f32x4.splat(0), p1 = p0
  for (const end = a + depth; a < end; a += 4) {
    const x = v128.load32_splat(a)
    p0 = mac(p0, x, v128.load(b)); p1 = mac(p1, x, v128.load(b, 16))
    b += 32
  }
  v128.store(c, p0); v128.store(c, p1, 16)
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

/**
 * c[r][j] = sum over k of a[r][k] * b[k][j], for `products` independent products laid one after another.
 * a: f32 [products][aStep bytes apart][rows][aRow bytes apart], the first `depth` bytes of a row count.
 * b: f32, packed in reading order: [products][columns in groups of 16, the rest last][k][group] (pack.ts).
 * c: f32 [products][cStep bytes apart][rows][cRow bytes apart]; columns = cRow / 4, a multiple of 4.
 * Sum: k ascending from zero, one accumulator for each output.
 */
export function matmul(a: usize, aStep: usize, aRow: usize, rows: i32, depth: usize, b: usize, c: usize, cStep: usize, cRow: usize, products: i32): void {
  assert((aRow & 3) == 0 && (depth & 3) == 0 && depth <= aRow && (cRow & 15) == 0 && rows >= 0)
  for (let p = 0; p < products; p++) {
    let g: usize = 0
    for (; g + 64 <= cRow; g += 64) {
      let x = a, y = c + g, r = rows
      for (; r > 1; r -= 2) { block2x16(x, aRow, depth, b, y, cRow); x += 2 * aRow; y += 2 * cRow }
      if (r) block1x16(x, depth, b, y)
      b += depth * 16
    }
    const rest = cRow - g
    if (rest == 48) {
      let x = a, y = c + g, r = rows
      for (; r > 1; r -= 2) { block2x12(x, aRow, depth, b, y, cRow); x += 2 * aRow; y += 2 * cRow }
      if (r) block1x12(x, depth, b, y)
    } else if (rest == 32) {
      for (let r = 0, x = a, y = c + g; r < rows; r++) { block1x8(x, depth, b, y); x += aRow; y += cRow }
    } else if (rest == 16) {
      for (let r = 0, x = a, y = c + g; r < rows; r++) { block1x4(x, depth, b, y); x += aRow; y += cRow }
    }
    b += (depth * rest) >> 2
    a += aStep
    c += cStep
  }
}
