// O-Net over a batch of 48 x 48 patches.
//
//   patch -> conv1 3x3, 32 -> max 3x3/2 (46 -> 23) -> conv2 3x3, 64 -> max 3x3/2 (21 -> 10)                    patch by patch
//         -> conv3 3x3, 64 -> max 2x2/2 (8 -> 4) -> conv4 2x2, 128 (4 -> 3) -> fully connected 1152 -> 256 -> heads   the batch at once
import { dense, head } from './dense'
import { packConnected, packConvolution, packHead } from './pack'
import { maxPool } from './pool'
import { score } from './softmax'
import { winograd32, winograd43, winograd73, winogradScratch } from './winograd'

/** Pixels from row to row of a patch: 48, and two of zeros that whole Winograd tiles reach. */
const SIDE: usize = 50
/** Bytes of a patch: f32 [50][50][4], the fourth channel and what lies beyond 48 x 48 do not count but are finite. */
export const ONET_PATCH: usize = SIDE * SIDE * 16
/** Floats of an answer: logit, box regression [4], landmarks [10] (five x, five y), score. */
export const ONET_ANSWER: usize = 16
/** How many parameters O-Net has as stored, f32. */
export const ONET_PARAMETERS: usize = 389040

const WEIGHTS1: usize = (36 * 3 * 32 + 68) * 4
const WEIGHTS2: usize = (81 * 32 * 64 + 132) * 4
const WEIGHTS3: usize = (36 * 64 * 64 + 132) * 4
const WEIGHTS4: usize = (16 * 64 * 128 + 260) * 4
const WEIGHTS5: usize = (1152 * 256 + 516) * 4
const HEAD: usize = (256 * 16 + 16) * 4

const MAP1: usize = 48 * 48 * 128
const MAP2: usize = 23 * 23 * 128
const MAP3: usize = 21 * 21 * 256
const MAP4: usize = 10 * 10 * 256
const MAP5: usize = 8 * 8 * 256
const MAP6: usize = 4 * 4 * 256
const MAP7: usize = 1152 * 4
const MAP8: usize = 256 * 4

/** Bytes of O-Net's packed weights. */
export function onetWeights(): usize {
  return WEIGHTS1 + WEIGHTS2 + WEIGHTS3 + WEIGHTS4 + WEIGHTS5 + HEAD
}

/** Bytes of work area for batches of up to `count` patches. */
export function onetWork(count: i32): usize {
  const scratch1 = max(winogradScratch(6, 6, 6, 16, 128), winogradScratch(9, 3, 9, 128, 256))
  const scratch2 = max(winogradScratch(6, 2, 4 * count, 256, 256), winogradScratch(4, 1, count, 256, 512))
  return MAP1 + MAP2 + MAP3 + count * (MAP4 + MAP5 + MAP6 + MAP7 + MAP8) + max(scratch1, scratch2)
}

/** source: O-Net's tensors as stored, one after another (389,040 f32); out: onetWeights() bytes. */
export function packOnet(source: usize, out: usize): void {
  out = packConvolution(source, 3, 6, 3, 32, out)
  source += (864 + 64) << 2
  out = packConvolution(source, 3, 9, 32, 64, out)
  source += (18432 + 128) << 2
  out = packConvolution(source, 3, 6, 64, 64, out)
  source += (36864 + 128) << 2
  out = packConvolution(source, 2, 4, 64, 128, out)
  source += (32768 + 256) << 2
  out = packConnected(source, 1152, 256, 3, out)
  source += (294912 + 512) << 2
  packHead(source, 256, 10, 16, out)
}

/** patches: ONET_PATCH bytes each, normalised; out: f32 [count][ONET_ANSWER]. */
export function onet(patches: usize, count: i32, weights: usize, work: usize, out: usize): void {
  assert(count >= 0 && ((patches | weights | work | out) & 15) == 0)
  const w2 = weights + WEIGHTS1
  const w3 = w2 + WEIGHTS2
  const w4 = w3 + WEIGHTS3
  const w5 = w4 + WEIGHTS4
  const w6 = w5 + WEIGHTS5
  const map1 = work
  const map2 = map1 + MAP1
  const map3 = map2 + MAP2
  const map4 = map3 + MAP3
  const map5 = map4 + count * MAP4
  const map6 = map5 + count * MAP5
  const map7 = map6 + count * MAP6
  const map8 = map7 + count * MAP7
  const scratch = map8 + count * MAP8
  for (let n = 0; n < count; n++) {
    const patch = patches + n * ONET_PATCH
    for (let y = 0; y < 48; y += 4) {
      const o = map1 + y * 48 * 128
      winograd43(patch, SIDE * 16, y, -1, 16, 12, weights, o, 48 * 128, 128, 1, 6, 1, 0, 0, scratch)
      winograd43(
        patch + 24 * 16,
        SIDE * 16,
        y,
        -1,
        16,
        12,
        weights,
        o + 24 * 128,
        48 * 128,
        128,
        1,
        6,
        1,
        0,
        0,
        scratch,
      )
    }
    maxPool(map1, 46, 46, 48 * 128, 32, 3, map2, 23, 23, 23 * 128)
    winograd73(map2, 128, w2, map3, 256, 3, 1, scratch)
    maxPool(map3, 21, 21, 21 * 256, 64, 3, map4 + n * MAP4, 10, 10, 10 * 256)
  }
  winograd43(map4, 10 * 256, 0, -1, 256, 256, w3, map5, 8 * 256, 256, 2, 2, count, MAP4, MAP5, scratch)
  for (let n = 0; n < count; n++) maxPool(map5 + n * MAP5, 8, 8, 8 * 256, 64, 2, map6 + n * MAP6, 4, 4, 4 * 256)
  winograd32(map6, 256, w4, map7, 512, 1, count, scratch)
  dense(map7, count, 1152, 256, w5, map8)
  head(map8, count, 256, 16, w6, out)
  for (let n = 0; n < count; n++) {
    store<f32>(out, score(load<f32>(out)), 60)
    out += ONET_ANSWER << 2
  }
}
