// O-Net over a batch of patches of 48 x 48: score, box and landmarks. The net: Zhang et al. 2016 (MTCNN), trained in
// facenet.
//
//   patch 48 x 48 x 3
//     -> conv1 3x3 + PReLU  46 x 46 x 32  -> max 3x3/2, ceil   23 x 23 x 32
//     -> conv2 3x3 + PReLU  21 x 21 x 64  -> max 3x3/2, floor  10 x 10 x 64   so far patch by patch, then the batch
//     -> conv3 3x3 + PReLU   8 x  8 x 64  -> max 2x2/2          4 x  4 x 64
//     -> conv4 2x2 + PReLU   3 x  3 x 128
//     -> fc1 1152 -> 256 + PReLU -> heads: logit, box regression [4], landmarks [10]
//
// Work area, all f32, one part behind another; those marked with n once for each patch of the batch:
//
//   MAP1     conv1  48 x 48 x 32, whole tiles: 46 x 46 are valid
//   MAP2     pool1  23 x 23 x 32
//   MAP3     conv2  21 x 21 x 64
//   MAP4  n  pool2  10 x 10 x 64
//   MAP5  n  conv3   8 x  8 x 64
//   MAP6  n  pool3   4 x  4 x 64
//   MAP7  n  conv4   3 x  3 x 128, a row of 1152 for fc1
//   MAP8  n  fc1             256
//   scratch, for the largest of the convolutions (winograd.ts)
import { dense, head } from './dense'
import { packConnected, packConvolution, packHead } from './pack'
import { maxPool } from './pool'
import { sigmoid } from './sigmoid'
import { winogradScratch } from './winograd'
import { Shape43, winograd43 } from './winograd43'
import { winograd32, winograd73 } from './winograd-square'

/** Pixels along a side of a patch, and from row to row: two of zeros more, which whole Winograd tiles reach. */
const SIDE: i32 = 48
const PITCH: i32 = 50
/** Bytes of a patch: f32 [50][50][4], the fourth channel and what lies beyond 48 x 48 do not count but are finite. */
export const ONET_PATCH: usize = PITCH * PITCH * 16
/** Floats of an answer: logit, box regression [4], landmarks [10] (five x, five y), score. */
export const ONET_ANSWER: usize = 16
/** Where the score is in an answer, in bytes. */
const SCORE: usize = 15 * 4

// Channels of each layer.
const COLOURS: i32 = 3
const C1: i32 = 32
const C2: i32 = 64
const C3: i32 = 64
const C4: i32 = 128
/** Inputs and outputs of fc1, numbers of the landmarks, and columns of the heads' matrix: 15 in use. */
const FLAT: i32 = 3 * 3 * C4
const FC: i32 = 256
const LANDMARKS: i32 = 10
const HEADS: i32 = 16

// Bytes from pixel to pixel of a map of so many channels.
const PIXEL0: usize = 16
const PIXEL1: usize = C1 * 4
const PIXEL2: usize = C2 * 4
const PIXEL3: usize = C3 * 4
const PIXEL4: usize = C4 * 4

// The tensors as stored, one layer behind another: kernel or matrix, bias and slope; the heads' class, box and
// landmarks.
const STORED1: usize = 0
const STORED2: usize = STORED1 + (3 * 3 * COLOURS + 2) * C1 * 4
const STORED3: usize = STORED2 + (3 * 3 * C1 + 2) * C2 * 4
const STORED4: usize = STORED3 + (3 * 3 * C2 + 2) * C3 * 4
const STORED5: usize = STORED4 + (2 * 2 * C3 + 2) * C4 * 4
const STORED6: usize = STORED5 + (FLAT + 2) * FC * 4
/** How many parameters O-Net has as stored, f32. */
export const ONET_PARAMETERS: usize = STORED6 / 4 + (FC + 1) * (2 + 4 + LANDMARKS)

// The packed weights (pack.ts), one layer behind another: matrices, bias, slope and a flag of 4 words.
const WEIGHTS1: usize = 0
const WEIGHTS2: usize = WEIGHTS1 + ((6 * 6 * COLOURS + 2) * C1 + 4) * 4
const WEIGHTS3: usize = WEIGHTS2 + ((9 * 9 * C1 + 2) * C2 + 4) * 4
const WEIGHTS4: usize = WEIGHTS3 + ((6 * 6 * C2 + 2) * C3 + 4) * 4
const WEIGHTS5: usize = WEIGHTS4 + ((4 * 4 * C3 + 2) * C4 + 4) * 4
const WEIGHTS6: usize = WEIGHTS5 + ((FLAT + 2) * FC + 4) * 4
const PACKED: usize = WEIGHTS6 + (FC + 1) * HEADS * 4

// Bytes of the maps of one patch.
const MAP1: usize = 48 * 48 * PIXEL1
const MAP2: usize = 23 * 23 * PIXEL1
const MAP3: usize = 21 * 21 * PIXEL2
const MAP4: usize = 10 * 10 * PIXEL2
const MAP5: usize = 8 * 8 * PIXEL3
const MAP6: usize = 4 * 4 * PIXEL3
const MAP7: usize = FLAT * 4
const MAP8: usize = FC * 4

// As Shape43 has it: channels, pixel, row and mask of the input; pixel and row of the output; bands; map in and out.
const CONV1: usize = memory.data<i32>([COLOURS, PIXEL0, PITCH * PIXEL0, -1, PIXEL1, 48 * PIXEL1, 1, 0, 0], 16)
const CONV3: usize = memory.data<i32>([C2, PIXEL2, 10 * PIXEL2, -1, PIXEL3, 8 * PIXEL3, 2, MAP4, MAP5], 16)

/** Bytes of O-Net's packed weights. */
export function onetWeights(): usize {
  return PACKED
}

/** Bytes of work area for batches of up to `count` patches. */
export function onetWork(count: i32): usize {
  const conv1 = winogradScratch(6, 6, 6, PIXEL0, PIXEL1)
  const conv2 = winogradScratch(9, 3, 9, PIXEL1, PIXEL2)
  const conv3 = winogradScratch(6, 2, 4 * count, PIXEL2, PIXEL3)
  const conv4 = winogradScratch(4, 1, count, PIXEL3, PIXEL4)
  const perPatch = MAP4 + MAP5 + MAP6 + MAP7 + MAP8
  return MAP1 + MAP2 + MAP3 + count * perPatch + max(max(conv1, conv2), max(conv3, conv4))
}

/** source: O-Net's tensors as stored, ONET_PARAMETERS f32; out: onetWeights() bytes. */
export function packOnet(source: usize, out: usize): void {
  packConvolution(source + STORED1, 3, 6, COLOURS, C1, out + WEIGHTS1)
  packConvolution(source + STORED2, 3, 9, C1, C2, out + WEIGHTS2)
  packConvolution(source + STORED3, 3, 6, C2, C3, out + WEIGHTS3)
  packConvolution(source + STORED4, 2, 4, C3, C4, out + WEIGHTS4)
  packConnected(source + STORED5, FLAT, FC, 3, out + WEIGHTS5)
  packHead(source + STORED6, FC, LANDMARKS, HEADS, out + WEIGHTS6)
}

/**
 * patches: ONET_PATCH bytes each, normalised; weights: packOnet; work: onetWork(count) bytes; out: f32
 * [count][ONET_ANSWER]. All multiples of 16. A patch's answer has the same bits in any batch and at any place of it.
 */
export function onet(patches: usize, count: i32, weights: usize, work: usize, out: usize): void {
  assert(count >= 0 && ((patches | weights | work | out) & 15) == 0)
  const map1 = work
  const map2 = map1 + MAP1
  const map3 = map2 + MAP2
  const map4 = map3 + MAP3
  const map5 = map4 + count * MAP4
  const map6 = map5 + count * MAP5
  const map7 = map6 + count * MAP6
  const map8 = map7 + count * MAP7
  const scratch = map8 + count * MAP8
  const conv1 = changetype<Shape43>(CONV1)
  const conv3 = changetype<Shape43>(CONV3)
  for (let n = 0; n < count; n++) {
    const patch = patches + n * ONET_PATCH
    // Four rows of half a patch at a time: T, V and M, some 35 kB, stay in the first-level cache.
    for (let y = 0; y < SIDE; y += 4) {
      const o = map1 + y * 48 * PIXEL1
      winograd43(conv1, patch, y, weights + WEIGHTS1, o, 6, 1, scratch)
      winograd43(conv1, patch + 24 * PIXEL0, y, weights + WEIGHTS1, o + 24 * PIXEL1, 6, 1, scratch)
    }
    maxPool(map1, 46, 46, 48 * PIXEL1, C1, 3, map2, 23, 23, 23 * PIXEL1)
    winograd73(map2, C1, weights + WEIGHTS2, map3, C2, 3, 1, scratch)
    maxPool(map3, 21, 21, 21 * PIXEL2, C2, 3, map4 + n * MAP4, 10, 10, 10 * PIXEL2)
  }
  winograd43(conv3, map4, 0, weights + WEIGHTS3, map5, 2, count, scratch)
  for (let n = 0; n < count; n++) maxPool(map5 + n * MAP5, 8, 8, 8 * PIXEL3, C3, 2, map6 + n * MAP6, 4, 4, 4 * PIXEL3)
  winograd32(map6, C3, weights + WEIGHTS4, map7, C4, 1, count, scratch)
  dense(map7, count, FLAT, FC, weights + WEIGHTS5, map8)
  head(map8, count, FC, HEADS, weights + WEIGHTS6, out)
  for (let n = 0; n < count; n++) {
    store<f32>(out + SCORE, sigmoid(load<f32>(out)))
    out += ONET_ANSWER << 2
  }
}
