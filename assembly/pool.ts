// Max pooling, stride 2, over NHWC maps. "Ceil" pooling keeps windows that overhang the right or bottom edge (they take
// the maximum of what lies inside); "floor" drops them. The number of outputs says which: the caller derives it.

/** Maximum down a column of two or three pixels. */
// @ts-ignore: decorator
@inline
function column(p: usize, d1: usize, d2: usize): v128 {
  return f32x4.pmax(f32x4.pmax(v128.load(p), v128.load(p + d1)), v128.load(p + d2))
}

/**
 * y[i][j][c] = max over a size x size window at (2i, 2j) of x.
 * x: f32 map of height x width valid pixels of `channels` (a multiple of 4), rows xRow bytes apart.
 * y: f32 [outHeight][outWidth][channels], rows yRow bytes apart. size: 2 or 3.
 */
export function maxPool(
  x: usize,
  height: i32,
  width: i32,
  xRow: usize,
  channels: i32,
  size: i32,
  y: usize,
  outHeight: i32,
  outWidth: i32,
  yRow: usize,
): void {
  assert(
    (channels & 3) == 0 &&
      (size == 2 || size == 3) &&
      outHeight > 0 &&
      outWidth > 0 &&
      2 * (outHeight - 1) < height &&
      2 * (outWidth - 1) < width,
  )
  const pixel: usize = channels << 2
  // How far into the last window the map reaches; a row outside it is replaced by the one before: the maximum stays the same.
  const whole = 2 * (outWidth - 1) + size <= width ? outWidth : outWidth - 1
  const rest = width - 2 * whole
  for (let i = 0; i < outHeight; i++) {
    const r0 = x + 2 * i * xRow
    const d1: usize = 2 * i + 1 < height ? xRow : 0
    const d2: usize = size == 3 && 2 * i + 2 < height ? 2 * xRow : d1
    for (let c: usize = 0; c < pixel; c += 16) {
      let p = r0 + c
      let o = y + c
      if (size == 2) {
        for (let j = 0; j < whole; j++) {
          v128.store(o, f32x4.pmax(column(p, d1, d1), column(p + pixel, d1, d1)))
          p += 2 * pixel
          o += pixel
        }
      } else {
        let left = column(p, d1, d2)
        for (let j = 0; j < whole; j++) {
          const middle = column(p + pixel, d1, d2)
          const right = column(p + 2 * pixel, d1, d2)
          v128.store(o, f32x4.pmax(f32x4.pmax(left, middle), right))
          left = right
          p += 2 * pixel
          o += pixel
        }
      }
      if (whole < outWidth) {
        const left = column(p, d1, d2)
        v128.store(o, rest > 1 ? f32x4.pmax(left, column(p + pixel, d1, d2)) : left)
      }
    }
    y += yRow
  }
}
