// Weights as stored -> the order in which the inner loops read them, strictly forward. Runs once, when a detector is
// created. Arithmetic in float64, rounded once.
//
// Stored are the container's float32 tensors, kernels as [x][y][channels in][channels out]: the FIRST index runs along
// x. What belongs to a layer lies one after another: kernel or matrix, bias, slope.
//
// A packed matrix is [k][n] with n filled up with zeros to a multiple of 4, as matmul.ts reads it: groups of columns
// one after another, each [k][columns of the group]. A packed layer:
//
//   matrices (one of a fully connected layer, alpha² of a convolution)  |  bias [n]  |  slope [n]  |  flag
//
// all f32 but the flag, a vector whose first word is 1 where a slope is over 1. Everything begins at a multiple of 16.

/** Columns of the next group where `left` are left: 16, then 8 and 4 (matmul); where k is 3 12, then 8 (matmul3). */
// @ts-ignore: decorator
@inline
function groupWidth(k: i32, left: i32): i32 {
  if (k == 3) return left >= 12 && left != 16 ? 12 : 8
  return left >= 16 ? 16 : left & 8 ? 8 : 4
}

/** Four floats at ptr, zeros in place of all but the first `valid`. */
// @ts-ignore: decorator
@inline
function loadColumns(ptr: usize, valid: i32): v128 {
  const four = v128.load(ptr)
  return valid >= 4 ? four : v128.and(four, i32x4.lt_s(i32x4(0, 1, 2, 3), i32x4.splat(valid)))
}

/** Bias, slope and flag; source: f32 bias [n], slope [n]. Returns the end of what was written. */
export function packEpilogue(source: usize, n: i32, out: usize): usize {
  const padded = (n + 3) & ~3
  memory.fill(out, 0, (2 * padded + 4) << 2)
  memory.copy(out, source, n << 2)
  memory.copy(out + (padded << 2), source + (n << 2), n << 2)
  const flag = out + (padded << 3)
  for (let j = 0; j < n; j++) if (load<f32>(source + ((n + j) << 2)) > 1) store<i32>(flag, 1)
  return flag + 16
}

/** A convolution and its epilogue, for the form of `alpha` (winograd.ts). Returns the end of what was written. */
export function packConvolution(
  source: usize,
  taps: i32,
  alpha: i32,
  channels: i32,
  outChannels: i32,
  out: usize,
): usize {
  const end = packWinograd(source, taps, alpha, channels, outChannels, out)
  return packEpilogue(source + ((taps * taps * channels * outChannels) << 2), outChannels, end)
}

/** A fully connected layer and its epilogue; parameters as in packDense. Returns the end of what was written. */
export function packConnected(source: usize, k: i32, n: i32, side: i32, out: usize): usize {
  return packEpilogue(source + ((k * n) << 2), n, packDense(source, k, n, side, out))
}

// G of each Winograd form, a row for each point, in the order of the matrices in winograd43.ts and
// winograd-transforms.ts; three columns each (with two taps the third is 0). Fractions are rounded once; √2 is rounded,
// then the quotient.
const ROOT2: f64 = 1.4142135623730951
// biome-ignore format: a row a line
const G43: usize = memory.data<f64>([
  1, 0, 0,
  -ROOT2 / 3, -1.0 / 3, -ROOT2 / 6,
  -ROOT2 / 3, 1.0 / 3, -ROOT2 / 6,
  1.0 / 3, ROOT2 / 3, 2.0 / 3,
  1.0 / 3, -ROOT2 / 3, 2.0 / 3,
  0, 0, 1,
], 16)
// biome-ignore format: a row a line
const G33: usize = memory.data<f64>([
  1.0 / 2, 0, 0,
  -1.0 / 2, -1.0 / 2, -1.0 / 2,
  -1.0 / 6, 1.0 / 6, -1.0 / 6,
  1.0 / 6, 1.0 / 3, 2.0 / 3,
  0, 0, 1,
], 16)
// biome-ignore format: a row a line
const G73: usize = memory.data<f64>([
  -131072.0 / 101871, -32768.0 / 101871, -8192.0 / 101871,
  131072.0 / 101871, -32768.0 / 101871, 8192.0 / 101871,
  131072.0 / 169785, 16384.0 / 33957, 10240.0 / 33957,
  -131072.0 / 169785, 16384.0 / 33957, -10240.0 / 33957,
  -131072.0 / 848925, -16384.0 / 94325, -18432.0 / 94325,
  131072.0 / 848925, -16384.0 / 94325, 18432.0 / 94325,
  16384.0 / 2546775, 32768.0 / 2546775, 65536.0 / 2546775,
  -16384.0 / 2546775, 32768.0 / 2546775, -65536.0 / 2546775,
  0, 0, 1,
], 16)
// biome-ignore format: a row a line
const G32: usize = memory.data<f64>([
  1, 0, 0,
  1.0 / 2, 1.0 / 2, 0,
  1.0 / 2, -1.0 / 2, 0,
  0, 1, 0,
], 16)

/** The first two, the last two of four floats as float64. */
// @ts-ignore: decorator
@inline
function lower(four: v128): v128 {
  return f64x2.promote_low_f32x4(four)
}
// @ts-ignore: decorator
@inline
function upper(four: v128): v128 {
  return f64x2.promote_low_f32x4(v128.shuffle<f32>(four, four, 2, 3, 2, 3))
}

/** A row of G times three taps: a row[0] + b row[1] + c row[2], in this order; row: f64 [3]. */
// @ts-ignore: decorator
@inline
function rowTimes(row: usize, a: v128, b: v128, c: v128): v128 {
  const first = f64x2.mul(a, v128.load64_splat(row))
  const second = f64x2.mul(b, v128.load64_splat(row, 8))
  return f64x2.add(f64x2.add(first, second), f64x2.mul(c, v128.load64_splat(row, 16)))
}

/**
 * U = G g Gᵀ of every pair of channels, four channels out at a time: [alpha²] packed matrices of
 * [channels][outChannels].
 *
 * source: f32 [taps][taps][channels][outChannels], 12 readable bytes behind it. taps and alpha: those of a form in
 * winograd.ts. Sum: of each of the two products as in rowTimes. Returns the end of what was written.
 */
export function packWinograd(source: usize, taps: i32, alpha: i32, channels: i32, outChannels: i32, out: usize): usize {
  assert((taps == 3 && (alpha == 9 || alpha == 6 || alpha == 5)) || (taps == 2 && alpha == 4))
  const g = alpha == 9 ? G73 : alpha == 6 ? G43 : alpha == 5 ? G33 : G32
  const padded = (outChannels + 3) & ~3
  const matrixBytes: usize = (channels * padded) << 2
  const yStride: usize = (channels * outChannels) << 2
  const xStride = taps * yStride
  const none = f32x4.splat(0)
  const three = taps == 3
  let at = out
  for (let group = 0, width = 0; group < padded; group += width) {
    width = groupWidth(channels, padded - group)
    for (let c = 0; c < channels; c++) {
      for (let j = 0; j < width; j += 4) {
        const valid = outChannels - group - j
        // tapXY: the taps of these four channels.
        const x0 = source + ((c * outChannels + group + j) << 2)
        const x1 = x0 + xStride
        const x2 = x1 + xStride
        const tap00 = loadColumns(x0, valid)
        const tap01 = loadColumns(x0 + yStride, valid)
        const tap02 = three ? loadColumns(x0 + 2 * yStride, valid) : none
        const tap10 = loadColumns(x1, valid)
        const tap11 = loadColumns(x1 + yStride, valid)
        const tap12 = three ? loadColumns(x1 + 2 * yStride, valid) : none
        const tap20 = three ? loadColumns(x2, valid) : none
        const tap21 = three ? loadColumns(x2 + yStride, valid) : none
        const tap22 = three ? loadColumns(x2 + 2 * yStride, valid) : none
        let o = at
        for (let i = 0, row = g; i < alpha; i++) {
          // Row i of G g: along y.
          const a = rowTimes(row, lower(tap00), lower(tap01), lower(tap02))
          const b = rowTimes(row, lower(tap10), lower(tap11), lower(tap12))
          const d = rowTimes(row, lower(tap20), lower(tap21), lower(tap22))
          const a2 = rowTimes(row, upper(tap00), upper(tap01), upper(tap02))
          const b2 = rowTimes(row, upper(tap10), upper(tap11), upper(tap12))
          const d2 = rowTimes(row, upper(tap20), upper(tap21), upper(tap22))
          row += 24
          for (let k = 0, column = g; k < alpha; k++) {
            const low = f32x4.demote_f64x2_zero(rowTimes(column, a, b, d))
            const high = f32x4.demote_f64x2_zero(rowTimes(column, a2, b2, d2))
            v128.store(o, v128.shuffle<f32>(low, high, 0, 1, 4, 5))
            column += 24
            o += matrixBytes
          }
        }
        at += 16
      }
    }
  }
  return out + matrixBytes * alpha * alpha
}

/**
 * The matrix of a fully connected layer. source: f32 [k][n], n a multiple of 4. Where the input is a flattened side x
 * side map (side > 0), stored x-major, (x * side + y) * channels + c, rows are put into the order that our maps have,
 * y-major. Returns the end of what was written.
 */
export function packDense(source: usize, k: i32, n: i32, side: i32, out: usize): usize {
  const cells = side ? side * side : 1
  const channels = k / cells
  assert(channels * cells == k && (n & 3) == 0)
  for (let group = 0, width = 0; group < n; group += width) {
    width = groupWidth(k, n - group)
    for (let cell = 0; cell < cells; cell++) {
      const first = side ? ((cell % side) * side + cell / side) * channels : 0
      let row = source + ((first * n + group) << 2)
      for (let c = 0; c < channels; c++) {
        for (let j = 0; j < width; j += 4) {
          v128.store(out, v128.load(row + (j << 2)))
          out += 16
        }
        row += n << 2
      }
    }
  }
  return out
}

/**
 * The heads of a net as one matrix of n columns (8 or 16): column 0 is the logit (face minus no face), 1 to 4 the box
 * regression, then `landmarks` numbers, then zeros; behind it the biases in the same order, and no more.
 *
 * source: f32 class [k][2], bias [2], box [k][4], bias [4], landmarks [k][landmarks], bias, one after another. Returns
 * the end of what was written.
 */
export function packHead(source: usize, k: i32, landmarks: i32, n: i32, out: usize): usize {
  assert(n >= 5 + landmarks && (n == 8 || n == 16))
  const box = source + ((2 * k + 2) << 2)
  const points = box + ((4 * k + 4) << 2)
  const size: usize = ((k + 1) * n) << 2
  memory.fill(out, 0, size)
  // Row k of each source matrix is its bias, and so it is in the result.
  for (let i = 0; i <= k; i++) {
    const row = out + ((i * n) << 2)
    store<f32>(row, load<f32>(source + ((2 * i + 1) << 2)) - load<f32>(source + ((2 * i) << 2)))
    memory.copy(row + 4, box + ((4 * i) << 2), 16)
    memory.copy(row + 20, points + ((landmarks * i) << 2), landmarks << 2)
  }
  return out + size
}
