// Fully connected layers over a batch of rows.
import { prelu } from './lanes'
import { matmul } from './matmul'

/**
 * y = prelu(x W + bias). x: f32 [rows][depth]; y: f32 [rows][columns]; columns a multiple of 4.
 * weights: packed W (pack.ts), then bias, slope and flag (packPost).
 * Sum: k ascending, bias last.
 */
export function dense(x: usize, rows: i32, depth: i32, columns: i32, weights: usize, y: usize): void {
  const xRow: usize = depth << 2
  const yRow: usize = columns << 2
  matmul(x, 0, xRow, rows, xRow, weights, y, 0, yRow, 16, yRow, 1)
  const post = weights + xRow * columns
  const zero = f32x4.splat(0)
  const one = f32x4.splat(1)
  for (let r = 0; r < rows; r++) {
    for (let j: usize = 0; j < yRow; j += 16)
      v128.store(
        y + j,
        prelu(
          true,
          f32x4.add(v128.load(y + j), v128.load(post + j)),
          zero,
          f32x4.sub(v128.load(post + yRow + j), one),
          zero,
        ),
      )
    y += yRow
  }
}

/** The last layer of a net: y = x W + bias, no PReLU; shapes as in dense. weights: packed W, then bias[columns]. */
export function head(x: usize, rows: i32, depth: i32, columns: i32, weights: usize, y: usize): void {
  const xRow: usize = depth << 2
  const yRow: usize = columns << 2
  matmul(x, 0, xRow, rows, xRow, weights, y, 0, yRow, 16, yRow, 1)
  const bias = weights + xRow * columns
  for (let r = 0; r < rows; r++) {
    for (let j: usize = 0; j < yRow; j += 16) v128.store(y + j, f32x4.add(v128.load(y + j), v128.load(bias + j)))
    y += yRow
  }
}
