// Two ways to write a loop, for each rule of docs/kernels.md, "V8": npm run bench:variants times them.

// @ts-ignore: decorator
@inline
function store8(c: usize, p0: v128, p1: v128, p2: v128, p3: v128, q0: v128, q1: v128, q2: v128, q3: v128): void {
  v128.store(c, p0)
  v128.store(c, p1, 16)
  v128.store(c, p2, 32)
  v128.store(c, p3, 48)
  v128.store(c, q0, 64)
  v128.store(c, q1, 80)
  v128.store(c, q2, 96)
  v128.store(c, q3, 112)
}

/** A block of 2 rows by 16 columns as in assembly/matmul.ts: one step of k in a turn. */
export function oneStep(a: usize, aStride: usize, kBytes: usize, b: usize, c: usize): void {
  let p0 = f32x4.splat(0)
  let p1 = p0
  let p2 = p0
  let p3 = p0
  let q0 = p0
  let q1 = p0
  let q2 = p0
  let q3 = p0
  let x = p0
  let y = p0
  let w = p0
  for (const end = a + kBytes; a < end; a += 4) {
    x = v128.load32_splat(a)
    y = v128.load32_splat(a + aStride)
    w = v128.load(b)
    p0 = f32x4.add(p0, f32x4.mul(x, w))
    q0 = f32x4.add(q0, f32x4.mul(y, w))
    w = v128.load(b, 16)
    p1 = f32x4.add(p1, f32x4.mul(x, w))
    q1 = f32x4.add(q1, f32x4.mul(y, w))
    w = v128.load(b, 32)
    p2 = f32x4.add(p2, f32x4.mul(x, w))
    q2 = f32x4.add(q2, f32x4.mul(y, w))
    w = v128.load(b, 48)
    p3 = f32x4.add(p3, f32x4.mul(x, w))
    q3 = f32x4.add(q3, f32x4.mul(y, w))
    b += 64
  }
  store8(c, p0, p1, p2, p3, q0, q1, q2, q3)
}

/** The same, four steps of k in a turn; kBytes a multiple of 16. */
export function fourSteps(a: usize, aStride: usize, kBytes: usize, b: usize, c: usize): void {
  let p0 = f32x4.splat(0)
  let p1 = p0
  let p2 = p0
  let p3 = p0
  let q0 = p0
  let q1 = p0
  let q2 = p0
  let q3 = p0
  let x = p0
  let y = p0
  let w = p0
  for (const end = a + kBytes; a < end; a += 16) {
    x = v128.load32_splat(a)
    y = v128.load32_splat(a + aStride)
    w = v128.load(b)
    p0 = f32x4.add(p0, f32x4.mul(x, w))
    q0 = f32x4.add(q0, f32x4.mul(y, w))
    w = v128.load(b, 16)
    p1 = f32x4.add(p1, f32x4.mul(x, w))
    q1 = f32x4.add(q1, f32x4.mul(y, w))
    w = v128.load(b, 32)
    p2 = f32x4.add(p2, f32x4.mul(x, w))
    q2 = f32x4.add(q2, f32x4.mul(y, w))
    w = v128.load(b, 48)
    p3 = f32x4.add(p3, f32x4.mul(x, w))
    q3 = f32x4.add(q3, f32x4.mul(y, w))
    x = v128.load32_splat(a, 4)
    y = v128.load32_splat(a + aStride, 4)
    w = v128.load(b, 64)
    p0 = f32x4.add(p0, f32x4.mul(x, w))
    q0 = f32x4.add(q0, f32x4.mul(y, w))
    w = v128.load(b, 80)
    p1 = f32x4.add(p1, f32x4.mul(x, w))
    q1 = f32x4.add(q1, f32x4.mul(y, w))
    w = v128.load(b, 96)
    p2 = f32x4.add(p2, f32x4.mul(x, w))
    q2 = f32x4.add(q2, f32x4.mul(y, w))
    w = v128.load(b, 112)
    p3 = f32x4.add(p3, f32x4.mul(x, w))
    q3 = f32x4.add(q3, f32x4.mul(y, w))
    x = v128.load32_splat(a, 8)
    y = v128.load32_splat(a + aStride, 8)
    w = v128.load(b, 128)
    p0 = f32x4.add(p0, f32x4.mul(x, w))
    q0 = f32x4.add(q0, f32x4.mul(y, w))
    w = v128.load(b, 144)
    p1 = f32x4.add(p1, f32x4.mul(x, w))
    q1 = f32x4.add(q1, f32x4.mul(y, w))
    w = v128.load(b, 160)
    p2 = f32x4.add(p2, f32x4.mul(x, w))
    q2 = f32x4.add(q2, f32x4.mul(y, w))
    w = v128.load(b, 176)
    p3 = f32x4.add(p3, f32x4.mul(x, w))
    q3 = f32x4.add(q3, f32x4.mul(y, w))
    x = v128.load32_splat(a, 12)
    y = v128.load32_splat(a + aStride, 12)
    w = v128.load(b, 192)
    p0 = f32x4.add(p0, f32x4.mul(x, w))
    q0 = f32x4.add(q0, f32x4.mul(y, w))
    w = v128.load(b, 208)
    p1 = f32x4.add(p1, f32x4.mul(x, w))
    q1 = f32x4.add(q1, f32x4.mul(y, w))
    w = v128.load(b, 224)
    p2 = f32x4.add(p2, f32x4.mul(x, w))
    q2 = f32x4.add(q2, f32x4.mul(y, w))
    w = v128.load(b, 240)
    p3 = f32x4.add(p3, f32x4.mul(x, w))
    q3 = f32x4.add(q3, f32x4.mul(y, w))
    b += 256
  }
  store8(c, p0, p1, p2, p3, q0, q1, q2, q3)
}

/** PReLU with a slope of at most 1, of vectors in memory, by pmax. */
export function preluPmax(x: usize, bytes: usize, slope: f32): void {
  const factor = f32x4.splat(slope)
  for (const end = x + bytes; x < end; x += 16) {
    const value = v128.load(x)
    v128.store(x, f32x4.pmax(value, f32x4.mul(value, factor)))
  }
}

/** The same by max. */
export function preluMax(x: usize, bytes: usize, slope: f32): void {
  const factor = f32x4.splat(slope)
  for (const end = x + bytes; x < end; x += 16) {
    const value = v128.load(x)
    v128.store(x, f32x4.max(value, f32x4.mul(value, factor)))
  }
}

const ROOT2: usize = memory.data<f32>([1.4142135, 1.4142135, 1.4142135, 1.4142135], 16)
const HALF: usize = memory.data<f32>([0.5, 0.5, 0.5, 0.5], 16)
const TWO: usize = memory.data<f32>([2, 2, 2, 2], 16)
const FIVE_HALVES: usize = memory.data<f32>([2.5, 2.5, 2.5, 2.5], 16)

/** The input transform of assembly/winograd43.ts, down the columns of six rows of `bytes`. */
// @ts-ignore: decorator
@inline
function columns(d: usize, bytes: usize, t: usize, root2: v128, half: v128, two: v128, fiveHalves: v128): void {
  for (const end = d + bytes; d < end; d += 16) {
    const d1 = v128.load(d + bytes)
    const d2 = v128.load(d + 2 * bytes)
    const d3 = v128.load(d + 3 * bytes)
    const d4 = v128.load(d + 4 * bytes)
    const a = f32x4.mul(f32x4.sub(d4, f32x4.mul(d2, two)), root2)
    const b = f32x4.sub(d3, f32x4.mul(d1, two))
    const c = f32x4.sub(d4, f32x4.mul(d2, half))
    const e = f32x4.mul(f32x4.sub(d3, f32x4.mul(d1, half)), root2)
    v128.store(t, f32x4.add(f32x4.sub(v128.load(d), f32x4.mul(d2, fiveHalves)), d4))
    v128.store(t + bytes, f32x4.add(a, b))
    v128.store(t + 2 * bytes, f32x4.sub(a, b))
    v128.store(t + 3 * bytes, f32x4.add(c, e))
    v128.store(t + 4 * bytes, f32x4.sub(c, e))
    v128.store(t + 5 * bytes, f32x4.add(f32x4.sub(d1, f32x4.mul(d3, fiveHalves)), v128.load(d + 5 * bytes)))
    t += 16
  }
}

/** Constants loaded from memory before the loop. */
export function constantsLoaded(d: usize, bytes: usize, t: usize): void {
  columns(d, bytes, t, v128.load(ROOT2), v128.load(HALF), v128.load(TWO), v128.load(FIVE_HALVES))
}

/** Constants of the code. */
export function constantsInCode(d: usize, bytes: usize, t: usize): void {
  columns(d, bytes, t, f32x4.splat(1.4142135), f32x4.splat(0.5), f32x4.splat(2), f32x4.splat(2.5))
}

/** Constants splat from parameters before the loop. */
export function constantsSplat(d: usize, bytes: usize, t: usize, root2: f32, half: f32, two: f32, more: f32): void {
  columns(d, bytes, t, f32x4.splat(root2), f32x4.splat(half), f32x4.splat(two), f32x4.splat(more))
}
