// Max pooling, stride 2, over NHWC maps. "Ceil" pooling keeps windows that overhang the right or bottom edge (they take
// the maximum of what lies inside); "floor" drops them. The number of outputs says which: the caller derives it.

/**
 * y[i][j][c] = max over a size x size window at (2i, 2j) of x.
 * x: f32 map of height x width valid pixels of `channels` (a multiple of 4), rows xRow bytes apart.
 * y: f32 [outHeight][outWidth][channels], rows yRow bytes apart. size: 2 or 3.
 */
export function maxPool(x: usize, height: i32, width: i32, xRow: usize, channels: i32, size: i32, y: usize, outHeight: i32, outWidth: i32, yRow: usize): void {
  assert((channels & 3) == 0 && (size == 2 || size == 3) && 2 * (outHeight - 1) < height && 2 * (outWidth - 1) < width)
  const pixel: usize = channels << 2
  for (let i = 0; i < outHeight; i++) {
    const r0 = x + (2 * i) * xRow
    // A row or column outside the map is replaced by the nearest one inside: the maximum stays the same.
    const r1 = x + min(2 * i + 1, height - 1) * xRow, r2 = x + min(2 * i + size - 1, height - 1) * xRow
    for (let j = 0; j < outWidth; j++) {
      const o0 = (2 * j) * pixel, o1 = min(2 * j + 1, width - 1) * pixel, o2 = min(2 * j + size - 1, width - 1) * pixel
      const out = y + i * yRow + j * pixel
      for (let c: usize = 0; c < pixel; c += 16) {
        const p0 = r0 + c, p1 = r1 + c
        let m = f32x4.pmax(f32x4.pmax(v128.load(p0 + o0), v128.load(p0 + o1)), f32x4.pmax(v128.load(p1 + o0), v128.load(p1 + o1)))
        if (size == 3) {
          const p2 = r2 + c
          m = f32x4.pmax(m, f32x4.pmax(v128.load(p0 + o2), v128.load(p1 + o2)))
          m = f32x4.pmax(m, f32x4.pmax(v128.load(p2 + o0), f32x4.pmax(v128.load(p2 + o1), v128.load(p2 + o2))))
        }
        v128.store(out + c, m)
      }
    }
  }
}
