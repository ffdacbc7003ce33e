/**
 * P-Net, R-Net and O-Net in float64, with the float32 weights as stored. Layers and names: Zhang et al. 2016, as
 * ported by facenet; in P-Net `conv4_1` is the classifier and `conv4_2` the regression, in R-Net and O-Net `fc2_1`,
 * `fc2_2` and (landmarks) `fc2_3`.
 */
import { conv2d, dense, flatten, type Grid, grid, maxPool, prelu, type Tensor } from './conv.ts'

/** Looks a parameter up by the name it has in the weights' manifest, as `pnet/conv1/weights`. */
export type Parameters = (name: string) => Tensor

/** P-Net's answer for one level: one cell for each 12 px window, row by row. */
export interface ScoreMap {
  width: number
  height: number
  /** logit of "face" minus logit of "no face" */
  logits: Float64Array
  /** softmax, rounded as float32 arithmetic rounds it */
  scores: Float32Array
  /** four per cell: dx1, dy1, dx2, dy2, in fractions of the window */
  regressions: Float64Array
}

export interface RefineAnswer {
  logit: number
  score: number
  /** dx1, dy1, dx2, dy2, in fractions of the box */
  regression: Float64Array
}

export interface OutputAnswer extends RefineAnswer {
  /** five x, then five y, in fractions of the box: left eye, right eye, nose, left and right corner of the mouth */
  landmarks: Float64Array
}

/**
 * Pixels 0..255 to what the nets read, `(p - 127.5) / 128`, as float32. Exact for whole numbers.
 */
export function normalise(image: Grid): Grid<Float64Array> {
  const out = grid(image.height, image.width, image.channels)
  for (let n = 0; n < out.data.length; n++) out.data[n] = Math.fround((image.data[n]! - 127.5) * 0.0078125)
  return out
}

/**
 * Two-way softmax of a difference of logits, in float32: the larger logit is subtracted first, so a large difference
 * gives exactly 1.
 */
export function softmax(difference: number): number {
  const { fround, exp } = Math
  const smaller = fround(exp(-Math.abs(difference)))
  return fround((difference >= 0 ? 1 : smaller) / fround(1 + smaller))
}

/**
 * The classifier's difference of logits, the no-face logit subtracted from the face logit.
 */
function difference(logits: Grid<Float64Array>, cell = 0): number {
  return logits.data[2 * cell + 1]! - logits.data[2 * cell]!
}

function convolved(input: Grid, p: Parameters, layer: string, alpha: string): Grid<Float64Array> {
  return prelu(conv2d(input, p(`${layer}/weights`), p(`${layer}/bias`)), p(alpha))
}

function connected(input: Grid<Float64Array>, p: Parameters, layer: string): Grid<Float64Array> {
  return dense(input, p(`${layer}/weights`), p(`${layer}/bias`))
}

/**
 * P-Net over a level of any size.
 *
 * level   height x width x 3, pixels 0..255
 * returns ceil((side - 2) / 2) - 4 cells a side; none where a side is under 12
 */
export function pnet(level: Grid, p: Parameters): ScoreMap {
  if (level.width < 12 || level.height < 12) {
    return {
      width: 0,
      height: 0,
      logits: new Float64Array(),
      scores: new Float32Array(),
      regressions: new Float64Array(),
    }
  }
  let map = convolved(normalise(level), p, 'pnet/conv1', 'pnet/prelu1_alpha')
  map = maxPool(map, 2, 'ceil')
  map = convolved(map, p, 'pnet/conv2', 'pnet/prelu2_alpha')
  map = convolved(map, p, 'pnet/conv3', 'pnet/prelu3_alpha')
  const classes = conv2d(map, p('pnet/conv4_1/weights'), p('pnet/conv4_1/bias'))
  const regressions = conv2d(map, p('pnet/conv4_2/weights'), p('pnet/conv4_2/bias'))
  const logits = new Float64Array(map.width * map.height).map((_, cell) => difference(classes, cell))
  return {
    width: map.width,
    height: map.height,
    logits,
    scores: Float32Array.from(logits, softmax),
    regressions: regressions.data,
  }
}

/**
 * R-Net on one patch.
 *
 * patch  24 x 24 x 3, 0..255, not rounded
 */
export function rnet(patch: Grid, p: Parameters): RefineAnswer {
  let map = convolved(normalise(patch), p, 'rnet/conv1', 'rnet/prelu1_alpha')
  map = maxPool(map, 3, 'ceil')
  map = convolved(map, p, 'rnet/conv2', 'rnet/prelu2_alpha')
  map = maxPool(map, 3, 'floor')
  map = convolved(map, p, 'rnet/conv3', 'rnet/prelu3_alpha')
  const features = prelu(connected(flatten(map), p, 'rnet/fc1'), p('rnet/prelu4_alpha'))
  const logit = difference(connected(features, p, 'rnet/fc2_1'))
  return { logit, score: softmax(logit), regression: connected(features, p, 'rnet/fc2_2').data }
}

/**
 * O-Net on one patch.
 *
 * patch  48 x 48 x 3, 0..255, not rounded
 */
export function onet(patch: Grid, p: Parameters): OutputAnswer {
  let map = convolved(normalise(patch), p, 'onet/conv1', 'onet/prelu1_alpha')
  map = maxPool(map, 3, 'ceil')
  map = convolved(map, p, 'onet/conv2', 'onet/prelu2_alpha')
  map = maxPool(map, 3, 'floor')
  map = convolved(map, p, 'onet/conv3', 'onet/prelu3_alpha')
  map = maxPool(map, 2, 'ceil')
  map = convolved(map, p, 'onet/conv4', 'onet/prelu4_alpha')
  const features = prelu(connected(flatten(map), p, 'onet/fc1'), p('onet/prelu5_alpha'))
  const logit = difference(connected(features, p, 'onet/fc2_1'))
  return {
    logit,
    score: softmax(logit),
    regression: connected(features, p, 'onet/fc2_2').data,
    landmarks: connected(features, p, 'onet/fc2_3').data,
  }
}
