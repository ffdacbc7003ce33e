// P-Net's logit of one cell, directly and in float64. The fast kernels err by some 1e-5; where a logit lies so close to
// the threshold that this could decide, it is computed again, so that the cells that pass are those of exact arithmetic.

/** 3x3 convolution and PReLU. input: f64 [side][side][depth]; out: f64 [side - 2][side - 2][columns]; source: f32 kernel, bias, slope as stored. */
function convolve(input: usize, side: i32, depth: i32, columns: i32, source: usize, out: usize): void {
  const bias = source + ((9 * depth * columns) << 2), slope = bias + (columns << 2)
  const outSide = side - 2
  for (let y = 0; y < outSide; y++) {
    for (let x = 0; x < outSide; x++) {
      for (let o = 0; o < columns; o++) {
        let sum = <f64>load<f32>(bias + (o << 2))
        for (let i = 0; i < 3; i++) {
          for (let j = 0; j < 3; j++) {
            const pixel = input + ((((y + j) * side + x + i) * depth) << 3), kernel = source + ((((3 * i + j) * depth) * columns + o) << 2)
            for (let c = 0; c < depth; c++) sum += load<f64>(pixel + (c << 3)) * <f64>load<f32>(kernel + ((c * columns) << 2))
          }
        }
        if (sum < 0) sum *= <f64>load<f32>(slope + (o << 2))
        store<f64>(out + (((y * outSide + x) * columns + o) << 3), sum)
      }
    }
  }
}

const PIXELS: usize = 12 * 12 * 3 * 8
const CONV1: usize = 10 * 10 * 10 * 8
const POOLED: usize = 5 * 5 * 10 * 8
const CONV2: usize = 3 * 3 * 16 * 8
const CONV3: usize = 32 * 8
/** Bytes of work area. */
export const DOUBT_WORK: usize = PIXELS + CONV1 + POOLED + CONV2 + CONV3

/**
 * Logit (face minus no face) of cell (x, y) of a level: u8 [height][width][3].
 * source: P-Net's tensors as stored (6,632 f32); work: DOUBT_WORK bytes.
 */
export function cellLogit(level: usize, width: i32, height: i32, x: i32, y: i32, source: usize, work: usize): f64 {
  assert(x >= 0 && y >= 0 && 2 * x + 11 <= width && 2 * y + 11 <= height)
  const conv1 = work + PIXELS, pooled = conv1 + CONV1, conv2 = pooled + POOLED, conv3 = conv2 + CONV2
  for (let v = 0; v < 12; v++) {
    for (let u = 0; u < 12; u++) {
      for (let c = 0; c < 3; c++) {
        const inside = 2 * y + v < height && 2 * x + u < width
        const p = inside ? <f64>load<u8>(level + ((2 * y + v) * width + 2 * x + u) * 3 + c) : 0
        store<f64>(work + (((v * 12 + u) * 3 + c) << 3), (p - 127.5) / 128)
      }
    }
  }
  convolve(work, 12, 3, 10, source, conv1)
  for (let v = 0; v < 5; v++) {
    for (let u = 0; u < 5; u++) {
      // Ceil pooling: at an odd edge the last window has one row or column.
      const down: usize = 2 * (y + v) + 1 < height - 2 ? 10 * 10 * 8 : 0, right: usize = 2 * (x + u) + 1 < width - 2 ? 10 * 8 : 0
      for (let c = 0; c < 10; c++) {
        const p = conv1 + (((2 * v * 10 + 2 * u) * 10 + c) << 3)
        store<f64>(pooled + (((v * 5 + u) * 10 + c) << 3), max(max(load<f64>(p), load<f64>(p + right)), max(load<f64>(p + down), load<f64>(p + down + right))))
      }
    }
  }
  convolve(pooled, 5, 10, 16, source + (290 << 2), conv2)
  convolve(conv2, 3, 16, 32, source + (1762 << 2), conv3)
  const classes = source + (6434 << 2)
  let logit = <f64>load<f32>(classes + (65 << 2)) - <f64>load<f32>(classes + (64 << 2))
  for (let c = 0; c < 32; c++) {
    const w = classes + (c << 3)
    logit += load<f64>(conv3 + (c << 3)) * (<f64>load<f32>(w, 4) - <f64>load<f32>(w))
  }
  return logit
}
