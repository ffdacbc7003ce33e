// Max pooling with stride 2 over NHWC maps. "Ceil" pooling keeps windows that overhang the right or bottom edge (they
// take the maximum of what lies inside); "floor" drops them. The number of outputs says which: the caller derives it.

/** Maximum down a column of two or three pixels. */
// @ts-ignore: decorator
@inline
function column(p: usize, second: usize, third: usize): v128 {
  return f32x4.pmax(f32x4.pmax(v128.load(p), v128.load(p + second)), v128.load(p + third))
}

/**
 * y[i][j][c] = max over a size x size window at (2i, 2j) of x, size 2 or 3.
 *
 * x: f32 map of height x width valid pixels of `channels` (a multiple of 4), rows rowStride bytes apart. y: f32
 * [outHeight][outWidth][channels], rows outRowStride bytes apart; may not overlap x. Pointers and strides multiples of
 * 16.
 */
export function maxPool(
  x: usize,
  height: i32,
  width: i32,
  rowStride: usize,
  channels: i32,
  size: i32,
  y: usize,
  outHeight: i32,
  outWidth: i32,
  outRowStride: usize,
): void {
  assert((channels & 3) == 0 && (size == 2 || size == 3) && outHeight > 0 && outWidth > 0)
  assert(2 * (outHeight - 1) < height && 2 * (outWidth - 1) < width)
  const pixelStride: usize = channels << 2
  // Windows that lie inside, and how many columns are left for one that overhangs. A row outside is replaced by the one
  // before it, which leaves the maximum as it is.
  const inside = 2 * (outWidth - 1) + size <= width ? outWidth : outWidth - 1
  const rest = width - 2 * inside
  for (let i = 0; i < outHeight; i++) {
    const row = x + 2 * i * rowStride
    const second: usize = 2 * i + 1 < height ? rowStride : 0
    const third: usize = size == 3 && 2 * i + 2 < height ? 2 * rowStride : second
    for (let c: usize = 0; c < pixelStride; c += 16) {
      let p = row + c
      let o = y + c
      if (size == 2) {
        for (let j = 0; j < inside; j++) {
          v128.store(o, f32x4.pmax(column(p, second, second), column(p + pixelStride, second, second)))
          p += 2 * pixelStride
          o += pixelStride
        }
      } else {
        let left = column(p, second, third)
        for (let j = 0; j < inside; j++) {
          const middle = column(p + pixelStride, second, third)
          const right = column(p + 2 * pixelStride, second, third)
          v128.store(o, f32x4.pmax(f32x4.pmax(left, middle), right))
          left = right
          p += 2 * pixelStride
          o += pixelStride
        }
      }
      if (inside < outWidth) {
        const left = column(p, second, third)
        v128.store(o, rest > 1 ? f32x4.pmax(left, column(p + pixelStride, second, third)) : left)
      }
    }
    y += outRowStride
  }
}
