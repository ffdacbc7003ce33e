// What the machine gives a WebAssembly kernel at most: arithmetic on registers alone. Every accumulator feeds itself,
// so nothing can be moved out of the loop; there are enough of them to hide the latency of one another, and not more
// than the registers hold. Constants come from memory: a newer V8 would make known ones anew at every use.
const CONSTANTS: usize = memory.data<f32>([0.5, 0.5, 0.5, 0.5, 0.25, 0.25, 0.25, 0.25], 16)
const THREES: usize = memory.data<i16>([3, 3, 3, 3, 3, 3, 3, 3], 16)

// @ts-ignore: decorator
@inline
function step(a: v128, x: v128, y: v128): v128 {
  if (ASC_FEATURE_RELAXED_SIMD) return f32x4.relaxed_madd(a, x, y)
  return f32x4.add(f32x4.mul(a, x), y)
}

/** 12 accumulators of 4 floats, `turns` multiply-adds each: 48 * turns in all. */
export function floats(turns: i32): f32 {
  const x = v128.load(CONSTANTS),
    y = v128.load(CONSTANTS, 16)
  let a = y,
    b = x,
    c = y,
    d = x,
    e = y,
    f = x,
    g = y,
    h = x,
    i = y,
    j = x,
    k = y,
    l = x
  for (; turns > 0; turns--) {
    a = step(a, x, y)
    b = step(b, x, y)
    c = step(c, x, y)
    d = step(d, x, y)
    e = step(e, x, y)
    f = step(f, x, y)
    g = step(g, x, y)
    h = step(h, x, y)
    i = step(i, x, y)
    j = step(j, x, y)
    k = step(k, x, y)
    l = step(l, x, y)
  }
  const s = f32x4.add(f32x4.add(f32x4.add(a, b), f32x4.add(c, d)), f32x4.add(f32x4.add(e, f), f32x4.add(g, h)))
  return f32x4.extract_lane(f32x4.add(s, f32x4.add(f32x4.add(i, j), f32x4.add(k, l))), 0)
}

// @ts-ignore: decorator
@inline
function dotStep(a: v128, x: v128): v128 {
  return i32x4.add(i32x4.dot_i16x8_s(a, x), x)
}

/** 12 accumulators of 8 words, `turns` multiply-adds each: 96 * turns in all. */
export function words(turns: i32): i32 {
  const x = v128.load(THREES)
  let a = x,
    b = x,
    c = x,
    d = x,
    e = x,
    f = x,
    g = x,
    h = x,
    i = x,
    j = x,
    k = x,
    l = x
  for (; turns > 0; turns--) {
    a = dotStep(a, x)
    b = dotStep(b, x)
    c = dotStep(c, x)
    d = dotStep(d, x)
    e = dotStep(e, x)
    f = dotStep(f, x)
    g = dotStep(g, x)
    h = dotStep(h, x)
    i = dotStep(i, x)
    j = dotStep(j, x)
    k = dotStep(k, x)
    l = dotStep(l, x)
  }
  const s = v128.xor(v128.xor(v128.xor(a, b), v128.xor(c, d)), v128.xor(v128.xor(e, f), v128.xor(g, h)))
  return i32x4.extract_lane(v128.xor(s, v128.xor(v128.xor(i, j), v128.xor(k, l))), 0)
}
