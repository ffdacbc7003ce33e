// P-Net's logit of one cell, directly and in float64. The fast kernels err by some 1e-5 (npm run bench:accuracy); where
// a logit lies so close to the threshold that this could decide, it is computed again, so that the cells that pass are
// those of exact arithmetic.

// P-Net's tensors as stored (src/assets/weights.ts), one after another: where each layer begins, in bytes. A
// convolution is its kernel [3][3][inputs][outputs], bias [outputs], PReLU slopes [outputs].
export const CONV1: usize = 0
export const CONV2: usize = CONV1 + (9 * 3 * 10 + 2 * 10) * 4
export const CONV3: usize = CONV2 + (9 * 10 * 16 + 2 * 16) * 4
/** Weights [32][no face, face], bias [2]. */
export const CLASSES: usize = CONV3 + (9 * 16 * 32 + 2 * 32) * 4
/** Weights [32][4], bias [4]. */
export const REGRESSION: usize = CLASSES + (32 * 2 + 2) * 4
/** Bytes of all of them. */
export const PNET_STORED: usize = REGRESSION + (32 * 4 + 4) * 4

/**
 * 3x3 convolution and PReLU. input: f64 [side][side][channels]; out: f64 [side - 2][side - 2][outputs]; source: f32
 * kernel, bias, slopes as stored. Sum: ascending, from the bias.
 */
function convolve(input: usize, side: i32, channels: i32, outputs: i32, source: usize, out: usize): void {
  const bias = source + ((9 * channels * outputs) << 2)
  const slopes = bias + (outputs << 2)
  const outSide = side - 2
  for (let y = 0; y < outSide; y++) {
    for (let x = 0; x < outSide; x++) {
      for (let o = 0; o < outputs; o++) {
        let sum = <f64>load<f32>(bias + (o << 2))
        for (let i = 0; i < 3; i++) {
          for (let j = 0; j < 3; j++) {
            const pixel = input + ((((y + j) * side + x + i) * channels) << 3)
            const kernel = source + (((3 * i + j) * channels * outputs + o) << 2)
            for (let c = 0; c < channels; c++)
              sum += load<f64>(pixel + (c << 3)) * <f64>load<f32>(kernel + ((c * outputs) << 2))
          }
        }
        if (sum < 0) sum *= <f64>load<f32>(slopes + (o << 2))
        store<f64>(out + (((y * outSide + x) * outputs + o) << 3), sum)
      }
    }
  }
}

// The maps of one window of 12 x 12 pixels, f64.
const MAP0: usize = 12 * 12 * 3 * 8
const MAP1: usize = 10 * 10 * 10 * 8
const POOLED: usize = 5 * 5 * 10 * 8
const MAP2: usize = 3 * 3 * 16 * 8
const MAP3: usize = 32 * 8
/** Bytes of work area. */
export const EXACT_WORK: usize = MAP0 + MAP1 + POOLED + MAP2 + MAP3

/**
 * Logit (face minus no face) of cell (x, y) of a level: u8 [height][width][3].
 * source: P-Net's tensors as stored; work: EXACT_WORK bytes.
 */
export function exactLogit(level: usize, width: i32, height: i32, x: i32, y: i32, source: usize, work: usize): f64 {
  assert(x >= 0 && y >= 0 && 2 * x + 11 <= width && 2 * y + 11 <= height)
  const map1 = work + MAP0
  const pooled = map1 + MAP1
  const map2 = pooled + POOLED
  const map3 = map2 + MAP2
  for (let v = 0; v < 12; v++) {
    for (let u = 0; u < 12; u++) {
      for (let c = 0; c < 3; c++) {
        const inside = 2 * y + v < height && 2 * x + u < width
        const p = inside ? <f64>load<u8>(level + ((2 * y + v) * width + 2 * x + u) * 3 + c) : 0
        store<f64>(work + (((v * 12 + u) * 3 + c) << 3), (p - 127.5) / 128)
      }
    }
  }
  convolve(work, 12, 3, 10, source + CONV1, map1)
  for (let v = 0; v < 5; v++) {
    for (let u = 0; u < 5; u++) {
      // Ceil pooling: at an odd edge the last window has one row or column.
      const down: usize = 2 * (y + v) + 1 < height - 2 ? 10 * 10 * 8 : 0
      const right: usize = 2 * (x + u) + 1 < width - 2 ? 10 * 8 : 0
      for (let c = 0; c < 10; c++) {
        const p = map1 + (((2 * v * 10 + 2 * u) * 10 + c) << 3)
        const upper = max(load<f64>(p), load<f64>(p + right))
        const lower = max(load<f64>(p + down), load<f64>(p + down + right))
        store<f64>(pooled + (((v * 5 + u) * 10 + c) << 3), max(upper, lower))
      }
    }
  }
  convolve(pooled, 5, 10, 16, source + CONV2, map2)
  convolve(map2, 3, 16, 32, source + CONV3, map3)
  const classes = source + CLASSES
  const bias = classes + 32 * 2 * 4
  let logit = <f64>load<f32>(bias, 4) - <f64>load<f32>(bias)
  for (let c = 0; c < 32; c++) {
    const w = classes + (c << 3)
    logit += load<f64>(map3 + (c << 3)) * (<f64>load<f32>(w, 4) - <f64>load<f32>(w))
  }
  return logit
}
