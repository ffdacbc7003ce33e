/**
 * The layers of the three nets, as plain loops in float64. Everything here is the definition a fast kernel is
 * tested against, so it favours reading over speed.
 *
 * A grid is `height x width x channels`, row by row, channels innermost (NHWC with N = 1). Kernels are as stored:
 * `[i][j][in][out]` (HWIO), and the nets were trained on transposed images, so the FIRST kernel index runs along x.
 */

export type Numbers = Float64Array | Float32Array | Uint8Array | Uint8ClampedArray

export interface Grid<T extends Numbers = Numbers> {
  data: T
  height: number
  width: number
  channels: number
}

export interface Tensor {
  data: Float32Array | Float64Array
  shape: readonly number[]
}

export function grid(height: number, width: number, channels: number): Grid<Float64Array> {
  return { data: new Float64Array(height * width * channels), height, width, channels }
}

/**
 * Valid convolution, stride 1: `out[y][x][o] = bias[o] + sum over i, j, c of in[y + j][x + i][c] * W[i][j][c][o]`.
 *
 * input   height x width x inputs
 * kernel  [kx, ky, inputs, outputs], bias [outputs]
 * returns (height - ky + 1) x (width - kx + 1) x outputs; summed in the order i, j, c, starting from the bias
 */
export function conv2d(input: Grid, kernel: Tensor, bias: Tensor): Grid<Float64Array> {
  const [kx, ky, inputs, outputs] = kernel.shape as [number, number, number, number]
  if (kernel.shape.length !== 4 || inputs !== input.channels || bias.data.length !== outputs) {
    throw new RangeError(`kernel [${kernel.shape}] does not fit ${input.channels} channels`)
  }
  const out = grid(Math.max(0, input.height - ky + 1), Math.max(0, input.width - kx + 1), outputs)
  const weights = new Float64Array(kernel.data)
  const window = new Float64Array(kx * ky * inputs)
  for (let y = 0; y < out.height; y++) {
    for (let x = 0; x < out.width; x++) {
      // The window in the order of the kernel: i, j, c.
      for (let i = 0; i < kx; i++) {
        for (let j = 0; j < ky; j++) {
          const from = ((y + j) * input.width + (x + i)) * inputs
          const to = (i * ky + j) * inputs
          for (let c = 0; c < inputs; c++) window[to + c] = input.data[from + c]!
        }
      }
      addProducts(window, weights, bias.data, out.data.subarray((y * out.width + x) * outputs))
    }
  }
  return out
}

/**
 * `out[o] = bias[o] + sum over n of window[n] * weights[n][o]`, in the order of n.
 *
 * Four outputs at a time, with their sums in variables: four times as fast as one, and the same sums.
 */
function addProducts(
  window: Float64Array,
  weights: Float64Array,
  bias: Float32Array | Float64Array,
  out: Float64Array,
): void {
  const outputs = bias.length
  let o = 0
  for (; o + 4 <= outputs; o += 4) {
    let [a, b, c, d] = [bias[o]!, bias[o + 1]!, bias[o + 2]!, bias[o + 3]!]
    for (let n = 0, at = o; n < window.length; n++, at += outputs) {
      const value = window[n]!
      a += value * weights[at]!
      b += value * weights[at + 1]!
      c += value * weights[at + 2]!
      d += value * weights[at + 3]!
    }
    out[o] = a
    out[o + 1] = b
    out[o + 2] = c
    out[o + 3] = d
  }
  for (; o < outputs; o++) {
    let sum = bias[o]!
    for (let n = 0, at = o; n < window.length; n++, at += outputs) sum += window[n]! * weights[at]!
    out[o] = sum
  }
}

/**
 * PReLU per channel, in place: `v < 0 ? alpha[c] * v : v`.
 *
 * input  height x width x channels, alpha [channels]
 */
export function prelu(input: Grid<Float64Array>, alpha: Tensor): Grid<Float64Array> {
  const { data, channels } = input
  if (alpha.data.length !== channels) throw new RangeError(`${alpha.data.length} slopes for ${channels} channels`)
  for (let n = 0; n < data.length; n++) {
    if (data[n]! < 0) data[n]! *= alpha.data[n % channels]!
  }
  return input
}

/**
 * Largest value of each `size x size` window, stride 2.
 *
 * `ceil`: the last window may reach past the right or bottom edge and sees only what is inside (padding of minus
 * infinity at the end only). `floor`: only whole windows.
 * returns ceil or floor of ((side - size) / 2) + 1 per side, same channels
 */
export function maxPool(input: Grid<Float64Array>, size: 2 | 3, rounding: 'ceil' | 'floor'): Grid<Float64Array> {
  const side = (n: number) => Math.max(0, Math[rounding]((n - size) / 2) + 1)
  const { width, height, channels } = input
  const out = grid(side(height), side(width), channels)
  for (let y = 0; y < out.height; y++) {
    for (let x = 0; x < out.width; x++) {
      for (let c = 0; c < channels; c++) {
        let largest = Number.NEGATIVE_INFINITY
        for (let v = 2 * y; v < Math.min(2 * y + size, height); v++) {
          for (let u = 2 * x; u < Math.min(2 * x + size, width); u++) {
            largest = Math.max(largest, input.data[(v * width + u) * channels + c]!)
          }
        }
        out.data[(y * out.width + x) * channels + c] = largest
      }
    }
  }
  return out
}

/**
 * The vector a fully connected layer reads: x-major, `flat[(x * height + y) * channels + c] = in[y][x][c]`.
 */
export function flatten(input: Grid<Float64Array>): Grid<Float64Array> {
  const { width, height, channels } = input
  const out = grid(1, 1, width * height * channels)
  for (let x = 0; x < width; x++) {
    for (let y = 0; y < height; y++) {
      for (let c = 0; c < channels; c++) {
        out.data[(x * height + y) * channels + c] = input.data[(y * width + x) * channels + c]!
      }
    }
  }
  return out
}

/**
 * Fully connected: `out[o] = bias[o] + sum over n of in[n] * W[n][o]`.
 *
 * input  1 x 1 x inputs, weights [inputs, outputs], bias [outputs]; returns 1 x 1 x outputs, summed in the order of n
 */
export function dense(input: Grid<Float64Array>, weights: Tensor, bias: Tensor): Grid<Float64Array> {
  const [inputs, outputs] = weights.shape as [number, number]
  return conv2d(input, { data: weights.data, shape: [1, 1, inputs, outputs] }, bias)
}
