// R-Net over a batch of 24 x 24 patches.
//
//   patch -> conv1 3x3, 28 -> max 3x3/2 (22 -> 11) -> conv2 3x3, 48 -> max 3x3/2 (9 -> 4)   patch by patch
//         -> conv3 2x2, 64 (4 -> 3) -> fully connected 576 -> 128 -> heads                    the batch at once
import { dense, head } from './dense'
import { packConnected, packConvolution, packHead } from './pack'
import { maxPool } from './pool'
import { score } from './softmax'
import { winograd32, winograd33, winograd43, winogradScratch } from './winograd'

/** Pixels from row to row of a patch: 24, and two of zeros that whole Winograd tiles reach. */
const SIDE: usize = 26
/** Bytes of a patch: f32 [26][26][4], the fourth channel and what lies beyond 24 x 24 do not count but are finite. */
export const RNET_PATCH: usize = SIDE * SIDE * 16
/** Floats of an answer: logit, box regression [4], score, two unused. */
export const RNET_ANSWER: usize = 8
/** How many parameters R-Net has as stored, f32. */
export const RNET_PARAMETERS: usize = 100178

const WEIGHTS1: usize = (36 * 3 * 28 + 60) * 4
const WEIGHTS2: usize = (25 * 28 * 48 + 100) * 4
const WEIGHTS3: usize = (16 * 48 * 64 + 132) * 4
const WEIGHTS4: usize = (576 * 128 + 260) * 4
const HEAD: usize = (128 * 8 + 8) * 4

const MAP1: usize = 24 * 24 * 112
const MAP2: usize = 11 * 11 * 112
const MAP3: usize = 9 * 9 * 192
const MAP4: usize = 4 * 4 * 192
const MAP5: usize = 576 * 4
const MAP6: usize = 128 * 4

/** Bytes of R-Net's packed weights. */
export function rnetWeights(): usize {
  return WEIGHTS1 + WEIGHTS2 + WEIGHTS3 + WEIGHTS4 + HEAD
}

/** Bytes of work area for batches of up to `count` patches. */
export function rnetWork(count: i32): usize {
  return (
    MAP1 +
    MAP2 +
    MAP3 +
    count * (MAP4 + MAP5 + MAP6) +
    max(
      winogradScratch(6, 6, 6, 16, 112),
      max(winogradScratch(5, 3, 9, 112, 192), winogradScratch(4, 1, count, 192, 256)),
    )
  )
}

/** source: R-Net's tensors as stored, one after another (100,178 f32); out: rnetWeights() bytes. */
export function packRnet(source: usize, out: usize): void {
  out = packConvolution(source, 3, 6, 3, 28, out)
  source += (756 + 56) << 2
  out = packConvolution(source, 3, 5, 28, 48, out)
  source += (12096 + 96) << 2
  out = packConvolution(source, 2, 4, 48, 64, out)
  source += (12288 + 128) << 2
  out = packConnected(source, 576, 128, 3, out)
  source += (73728 + 256) << 2
  packHead(source, 128, 0, 8, out)
}

/** patches: RNET_PATCH bytes each, normalised; out: f32 [count][RNET_ANSWER]. */
export function rnet(patches: usize, count: i32, weights: usize, work: usize, out: usize): void {
  assert(count >= 0 && ((patches | weights | work | out) & 15) == 0)
  const w2 = weights + WEIGHTS1
  const w3 = w2 + WEIGHTS2
  const w4 = w3 + WEIGHTS3
  const w5 = w4 + WEIGHTS4
  const map1 = work
  const map2 = map1 + MAP1
  const map3 = map2 + MAP2
  const map4 = map3 + MAP3
  const map5 = map4 + count * MAP4
  const map6 = map5 + count * MAP5
  const scratch = map6 + count * MAP6
  for (let n = 0; n < count; n++) {
    const patch = patches + n * RNET_PATCH
    for (let y = 0; y < 24; y += 4)
      winograd43(patch, SIDE * 16, y, -1, 16, 12, weights, map1 + y * 24 * 112, 24 * 112, 112, 1, 6, 1, 0, 0, scratch)
    maxPool(map1, 22, 22, 24 * 112, 28, 3, map2, 11, 11, 11 * 112)
    winograd33(map2, 112, w2, map3, 192, 3, 1, scratch)
    maxPool(map3, 9, 9, 9 * 192, 48, 3, map4 + n * MAP4, 4, 4, 4 * 192)
  }
  winograd32(map4, 192, w3, map5, 256, 1, count, scratch)
  dense(map5, count, 576, 128, w4, map6)
  head(map6, count, 128, 8, w5, out)
  for (let n = 0; n < count; n++) {
    store<f32>(out, score(load<f32>(out)), 20)
    out += RNET_ANSWER << 2
  }
}
