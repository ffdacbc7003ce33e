// Weights as stored (the container's float32 tensors, kernels HWIO with the FIRST index along x) -> the order the inner
// loops walk. Runs once, when a detector is created, and so in code the engine has not optimised yet: four columns at a
// time, no step more than it takes. Arithmetic in float64, rounded once.
//
// A packed matrix [depth][columns] lies as matmul reads it: groups of columns one after another, each [depth][its columns].
// Columns are padded with zeros to a multiple of 4.

/** Columns of the next group where `left` are left: 16, then 8 and 4 (matmul); for a depth of 3 12, then 8 (matmul3). */
// @ts-ignore: decorator
@inline
function groupWidth(depth: i32, left: i32): i32 {
  if (depth == 3) return left >= 12 && left != 16 ? 12 : 8
  return left >= 16 ? 16 : left & 8 ? 8 : 4
}

/** Four floats at ptr, zeros in place of all but the first `valid`. */
// @ts-ignore: decorator
@inline
function loadColumns(ptr: usize, valid: i32): v128 {
  const four = v128.load(ptr)
  return valid >= 4 ? four : v128.and(four, i32x4.lt_s(i32x4(0, 1, 2, 3), i32x4.splat(valid)))
}

/**
 * What follows a layer's matrix: bias, slope (`columns` f32 each, one after the other in source), both filled up with zeros
 * to a multiple of 4, and a vector whose first word is 1 where a slope is over 1. Returns the end of what was written.
 */
export function packPost(source: usize, columns: i32, out: usize): usize {
  const padded = (columns + 3) & ~3
  memory.fill(out, 0, (2 * padded + 4) << 2)
  memory.copy(out, source, columns << 2)
  memory.copy(out + (padded << 2), source + (columns << 2), columns << 2)
  const flag = out + (padded << 3)
  for (let j = 0; j < columns; j++) if (load<f32>(source + ((columns + j) << 2)) > 1) store<i32>(flag, 1)
  return flag + 16
}

/** A convolution (packWinograd) and what follows it; source: kernel, bias and slope one after another. */
export function packConvolution(source: usize, kernel: i32, side: i32, depth: i32, columns: i32, out: usize): usize {
  out = packWinograd(source, kernel, side, depth, columns, out)
  return packPost(source + ((kernel * kernel * depth * columns) << 2), columns, out)
}

/** A fully connected layer (packDense) and what follows it; source as in packConvolution. */
export function packConnected(source: usize, depth: i32, columns: i32, side: i32, out: usize): usize {
  out = packDense(source, depth, columns, side, out)
  return packPost(source + ((depth * columns) << 2), columns, out)
}

// G of each Winograd form, rows for the points in the order of winograd.ts, three columns each (kernels of two taps use two).
const G43: usize = memory.data<f64>(
  [
    1,
    0,
    0,
    -0.47140452079103173,
    -1.0 / 3,
    -0.23570226039551587,
    -0.47140452079103173,
    1.0 / 3,
    -0.23570226039551587,
    1.0 / 3,
    0.47140452079103173,
    2.0 / 3,
    1.0 / 3,
    -0.47140452079103173,
    2.0 / 3,
    0,
    0,
    1,
  ],
  16,
)
const G33: usize = memory.data<f64>(
  [0.5, 0, 0, -0.5, -0.5, -0.5, -1.0 / 6, 1.0 / 6, -1.0 / 6, 1.0 / 6, 1.0 / 3, 2.0 / 3, 0, 0, 1],
  16,
)
const G73: usize = memory.data<f64>(
  [
    -1.2866468376672457, -0.32166170941681144, -0.08041542735420286, 1.2866468376672457, -0.32166170941681144,
    0.08041542735420286, 0.7719881026003474, 0.4824925641252172, 0.30155785257826073, -0.7719881026003474,
    0.4824925641252172, -0.30155785257826073, -0.1543976205200695, -0.17369732308507818, -0.19540948847071296,
    0.1543976205200695, -0.17369732308507818, 0.19540948847071296, 0.006433234188336229, 0.012866468376672458,
    0.025732936753344916, -0.006433234188336229, 0.012866468376672458, -0.025732936753344916, 0, 0, 1,
  ],
  16,
)
const G32: usize = memory.data<f64>([1, 0, 0, 0.5, 0.5, 0, 0.5, -0.5, 0, 0, 1, 0], 16)
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

/** a f[0] + b f[1] + d f[2]; f: f64 [3], a row of G. */
// @ts-ignore: decorator
@inline
function combine(f: usize, a: v128, b: v128, d: v128): v128 {
  return f64x2.add(
    f64x2.add(f64x2.mul(a, v128.load64_splat(f)), f64x2.mul(b, v128.load64_splat(f, 8))),
    f64x2.mul(d, v128.load64_splat(f, 16)),
  )
}

/** G g, f64 [9][3][4 columns]: with a kernel of two taps the third is 0 or of an earlier kernel, and G's third column 0. */
const HALF: usize = memory.data(9 * 3 * 32, 16)

/**
 * U = G g Gᵀ for every pair of channels. source: f32 [kernel][kernel][depth][columns], 12 readable bytes behind it; out:
 * side² packed matrices of [depth][padded columns]. Returns the end of what was written.
 */
export function packWinograd(source: usize, kernel: i32, side: i32, depth: i32, columns: i32, out: usize): usize {
  assert((kernel == 3 && (side == 9 || side == 6 || side == 5)) || (kernel == 2 && side == 4))
  const g = side == 9 ? G73 : side == 6 ? G43 : side == 5 ? G33 : G32
  const padded = (columns + 3) & ~3
  const matrix: usize = (depth * padded) << 2
  const row: usize = (depth * columns) << 2
  let at = out
  for (let group = 0, width = 0; group < padded; group += width) {
    width = groupWidth(depth, padded - group)
    for (let c = 0; c < depth; c++) {
      for (let j = 0; j < width; j += 4) {
        const first = source + ((c * columns + group + j) << 2)
        const valid = columns - group - j
        for (let x = 0; x < kernel; x++) {
          const taps = first + x * kernel * row
          const a = loadColumns(taps, valid)
          const b = loadColumns(taps + row, valid)
          const d = kernel == 3 ? loadColumns(taps + 2 * row, valid) : f32x4.splat(0)
          for (let i = 0, f = g, half = HALF + (x << 5); i < side; i++) {
            v128.store(half, combine(f, lower(a), lower(b), lower(d)))
            v128.store(half, combine(f, upper(a), upper(b), upper(d)), 16)
            f += 24
            half += 96
          }
        }
        let o = at
        for (let i = 0, half = HALF; i < side; i++) {
          const a = v128.load(half)
          const b = v128.load(half, 32)
          const d = v128.load(half, 64)
          const a2 = v128.load(half, 16)
          const b2 = v128.load(half, 48)
          const d2 = v128.load(half, 80)
          for (let k = 0, f = g; k < side; k++) {
            v128.store(
              o,
              v128.shuffle<f32>(
                f32x4.demote_f64x2_zero(combine(f, a, b, d)),
                f32x4.demote_f64x2_zero(combine(f, a2, b2, d2)),
                0,
                1,
                4,
                5,
              ),
            )
            f += 24
            o += matrix
          }
          half += 96
        }
        at += 16
      }
    }
  }
  return out + matrix * side * side
}

/**
 * A fully connected layer. source: f32 [depth][columns], columns a multiple of 4 -> packed. Where the input is a flattened
 * side x side map (side > 0), stored x-major ((x * side + y) * channels + c), rows are put into the order our maps have,
 * y-major. Returns the end of what was written.
 */
export function packDense(source: usize, depth: i32, columns: i32, side: i32, out: usize): usize {
  const cells = side ? side * side : 1
  const channels = depth / cells
  assert(channels * cells == depth && (columns & 3) == 0)
  for (let group = 0, width = 0; group < columns; group += width) {
    width = groupWidth(depth, columns - group)
    for (let cell = 0; cell < cells; cell++) {
      const first = side ? ((cell % side) * side + cell / side) * channels : 0
      let row = source + ((first * columns + group) << 2)
      for (let c = 0; c < channels; c++) {
        for (let j = 0; j < width; j += 4) {
          v128.store(out, v128.load(row + (j << 2)))
          out += 16
        }
        row += columns << 2
      }
    }
  }
  return out
}

/**
 * The heads of a net as one matrix of `columns` (8 or 16): column 0 is the logit (face minus no face), 1 to 4 the box
 * regression, then `landmarks` numbers, then zeros; followed by the biases in the same order. source: the tensors
 * class [depth][2], bias[2], box [depth][4], bias[4], landmarks [depth][landmarks], bias, one after another.
 * Returns the end of what was written.
 */
export function packHead(source: usize, depth: i32, landmarks: i32, columns: i32, out: usize): usize {
  assert(columns >= 5 + landmarks && (columns == 8 || columns == 16))
  const box = source + ((2 * depth + 2) << 2)
  const points = box + ((4 * depth + 4) << 2)
  const size: usize = ((depth + 1) * columns) << 2
  memory.fill(out, 0, size)
  // Row `depth` of each source matrix is its bias, and so it is in the result.
  for (let k = 0; k <= depth; k++) {
    const row = out + ((k * columns) << 2)
    store<f32>(row, load<f32>(source + ((2 * k + 1) << 2)) - load<f32>(source + ((2 * k) << 2)))
    memory.copy(row + 4, box + ((4 * k) << 2), 16)
    memory.copy(row + 20, points + ((landmarks * k) << 2), landmarks << 2)
  }
  return out + size
}
