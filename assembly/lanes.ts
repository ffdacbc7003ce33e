// Helpers of one to three instructions, inlined everywhere. The whole core computes in f32x4 with these, so that a
// second build of the same source with relaxed SIMD differs in this file only.

/** a + x * w: two roundings in the strict build, one (fused) or two, as the engine likes, in the relaxed build. */
// @ts-ignore: decorator
@inline
export function mac(a: v128, x: v128, w: v128): v128 {
  if (ASC_FEATURE_RELAXED_SIMD) return f32x4.relaxed_madd(x, w, a)
  return f32x4.add(a, f32x4.mul(x, w))
}

/** a - x * w, rounded like mac. */
// @ts-ignore: decorator
@inline
export function nmac(a: v128, x: v128, w: v128): v128 {
  if (ASC_FEATURE_RELAXED_SIMD) return f32x4.relaxed_nmadd(x, w, a)
  return f32x4.sub(a, f32x4.mul(x, w))
}

/**
 * PReLU. With ANY_SLOPE, a constant, right for every slope: x + (slope - 1) * min(x, 0), where slope1 is slope - 1.
 * Else for slopes of at most 1: max(x, slope * x). pmax and pmin, not max and min, which have to order NaN and the two
 * zeros: `npm run bench:variants` shows what that costs.
 */
// @ts-ignore: decorator
@inline
export function prelu(ANY_SLOPE: bool, x: v128, slope: v128, slope1: v128, zero: v128): v128 {
  if (ANY_SLOPE) return mac(x, f32x4.pmin(x, zero), slope1)
  return f32x4.pmax(x, f32x4.mul(x, slope))
}

/** Four bytes at ptr (one RGB pixel and the first byte of the next) as four whole numbers. Reads 8 bytes. */
// @ts-ignore: decorator
@inline
export function loadBytes(ptr: usize): v128 {
  return i32x4.extend_low_i16x8_u(v128.load8x8_u(ptr))
}

/** The same as four floats. */
// @ts-ignore: decorator
@inline
export function loadPixel(ptr: usize): v128 {
  return f32x4.convert_i32x4_s(loadBytes(ptr))
}

// In memory and not splat: docs/kernels.md, "V8".
const FACTOR: usize = memory.data<f32>([0.0078125, 0.0078125, 0.0078125, 0.0078125], 16)
const OFFSET: usize = memory.data<f32>([-0.99609375, -0.99609375, -0.99609375, -0.99609375], 16)

/** The nets' input for a pixel of 0 to 255: (p - 127.5) / 128. Exact where p is a whole number. */
// @ts-ignore: decorator
@inline
export function normalised(p: v128): v128 {
  return mac(v128.load(OFFSET), p, v128.load(FACTOR))
}

/** Fills `bytes` (a multiple of 16) from ptr with zeros. */
// @ts-ignore: decorator
@inline
export function clear(ptr: usize, bytes: usize): void {
  memory.fill(ptr, 0, bytes)
}
