// Weights as stored (the container's float32 tensors, kernels HWIO with the FIRST index along x) -> the order the inner
// loops walk. Runs once, when a detector is created. Arithmetic in float64, rounded once.
//
// A packed matrix [depth][columns] lies as matmul reads it: groups of 16 columns (the last group takes the rest), each
// group [depth][its columns]; where depth is 3, groups of 12 and then of 8 (matmul3). Columns are padded with zeros to a
// multiple of 4.

/** Where element (k, j) of a packed matrix lies, in floats. */
// @ts-ignore: decorator
@inline
function packedIndex(k: i32, j: i32, depth: i32, columns: i32): usize {
  let group = 0, width = min(16, columns)
  if (depth == 3) width = columns == 16 ? 8 : columns >= 12 ? 12 : 8
  while (j >= group + width) {
    group += width
    const left = columns - group
    width = depth == 3 ? (left >= 12 && left != 16 ? 12 : 8) : min(16, left)
  }
  return (group * depth + k * width + (j - group)) as usize
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

// G of each Winograd form, rows for the points in the order of winograd.ts, three columns each (kernels of two taps use two).
const G43: usize = memory.data<f64>([0.25, 0, 0, -1.0 / 6, -1.0 / 6, -1.0 / 6, -1.0 / 6, 1.0 / 6, -1.0 / 6, 1.0 / 24, 1.0 / 12, 1.0 / 6, 1.0 / 24, -1.0 / 12, 1.0 / 6, 0, 0, 1], 16)
const G33: usize = memory.data<f64>([0.5, 0, 0, -0.5, -0.5, -0.5, -1.0 / 6, 1.0 / 6, -1.0 / 6, 1.0 / 6, 1.0 / 3, 2.0 / 3, 0, 0, 1], 16)
const G32: usize = memory.data<f64>([1, 0, 0, 0.5, 0.5, 0, 0.5, -0.5, 0, 0, 1, 0], 16)

/**
 * U = G g Gᵀ for every pair of channels. source: f32 [kernel][kernel][depth][columns]; out: side² packed matrices of
 * [depth][padded columns]. Returns the end of what was written.
 */
export function packWinograd(source: usize, kernel: i32, side: i32, depth: i32, columns: i32, out: usize): usize {
  const g = side == 6 ? G43 : side == 5 ? G33 : G32
  const padded = (columns + 3) & ~3
  const matrix: usize = (depth * padded) << 2
  memory.fill(out, 0, matrix * side * side)
  for (let c = 0; c < depth; c++) {
    for (let o = 0; o < columns; o++) {
      const at = out + (packedIndex(c, o, depth, padded) << 2)
      for (let i = 0; i < side; i++) {
        for (let j = 0; j < side; j++) {
          let sum: f64 = 0
          for (let y = 0; y < kernel; y++) {
            for (let x = 0; x < kernel; x++) {
              const w = <f64>load<f32>(source + ((((x * kernel + y) * depth + c) * columns + o) << 2))
              sum += load<f64>(g + ((3 * i + y) << 3)) * load<f64>(g + ((3 * j + x) << 3)) * w
            }
          }
          store<f32>(at + (i * side + j) * matrix, <f32>sum)
        }
      }
    }
  }
  return out + matrix * side * side
}

/**
 * A fully connected layer. source: f32 [depth][columns] -> packed. Where the input is a flattened side x side map
 * (side > 0), stored x-major ((x * side + y) * channels + c), rows are put into the order our maps have, y-major.
 * Returns the end of what was written.
 */
export function packDense(source: usize, depth: i32, columns: i32, side: i32, out: usize): usize {
  const channels = side ? depth / (side * side) : 0
  for (let k = 0; k < depth; k++) {
    let row = k
    if (side) {
      const cell = k / channels
      row = ((cell % side) * side + cell / side) * channels + k % channels
    }
    for (let j = 0; j < columns; j++) store<f32>(out + (packedIndex(k, j, depth, columns) << 2), load<f32>(source + ((row * columns + j) << 2)))
  }
  return out + ((depth * columns) << 2)
}

/**
 * The heads of a net as one matrix of `columns`: column 0 is the logit (face minus no face), 1 to 4 the box regression,
 * then `landmarks` numbers, then zeros; followed by the biases in the same order. source: the tensors
 * class [depth][2], bias[2], box [depth][4], bias[4], landmarks [depth][landmarks], bias, one after another.
 * Returns the end of what was written.
 */
export function packHead(source: usize, depth: i32, landmarks: i32, columns: i32, out: usize): usize {
  const box = source + ((2 * depth + 2) << 2), points = box + ((4 * depth + 4) << 2)
  const size: usize = (depth * columns) << 2
  memory.fill(out, 0, size + (columns << 2))
  // Row `depth` of each source matrix is its bias.
  for (let k = 0; k <= depth; k++) {
    for (let j = 0; j < 5 + landmarks; j++) {
      let w: f32
      if (j == 0) w = load<f32>(source + ((2 * k + 1) << 2)) - load<f32>(source + ((2 * k) << 2))
      else if (j < 5) w = load<f32>(box + ((4 * k + j - 1) << 2))
      else w = load<f32>(points + ((landmarks * k + j - 5) << 2))
      store<f32>(out + (k < depth ? packedIndex(k, j, depth, columns) << 2 : size + (j << 2)), w)
    }
  }
  return out + size + (columns << 2)
}
