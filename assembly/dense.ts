// Fully connected layers over a batch of rows: Y = X W + bias. m, k and n as in matmul.ts.
import { prelu } from './lanes'
import { matmul } from './matmul'

/**
 * With PReLU. x: f32 [m][k]; weights: packConnected (pack.ts); y: f32 [m][n]; n a multiple of 4. weights and y
 * multiples of 16. Sum: k ascending, bias last.
 */
export function dense(x: usize, m: i32, k: i32, n: i32, weights: usize, y: usize): void {
  const xStride: usize = k << 2
  const yStride: usize = n << 2
  matmul(m, k, n, x, xStride, weights, y, 1)
  const bias = weights + xStride * n
  const slope = bias + yStride
  const zero = f32x4.splat(0)
  const one = f32x4.splat(1)
  for (let row = 0; row < m; row++) {
    for (let j: usize = 0; j < yStride; j += 16) {
      const sum = f32x4.add(v128.load(y + j), v128.load(bias + j))
      v128.store(y + j, prelu(true, sum, zero, f32x4.sub(v128.load(slope + j), one), zero))
    }
    y += yStride
  }
}

/** Without PReLU, the last layer of a net. weights: packHead (pack.ts); all else as in dense. */
export function head(x: usize, m: i32, k: i32, n: i32, weights: usize, y: usize): void {
  const xStride: usize = k << 2
  const yStride: usize = n << 2
  matmul(m, k, n, x, xStride, weights, y, 1)
  const bias = weights + xStride * n
  for (let row = 0; row < m; row++) {
    for (let j: usize = 0; j < yStride; j += 16) v128.store(y + j, f32x4.add(v128.load(y + j), v128.load(bias + j)))
    y += yStride
  }
}
