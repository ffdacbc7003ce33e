// R-Net over a batch of patches of 24 x 24: score and box. The net: Zhang et al. 2016 (MTCNN), trained in facenet.
//
//   patch 24 x 24 x 3
//     -> conv1 3x3 + PReLU  22 x 22 x 28 -> max 3x3/2, ceil   11 x 11 x 28
//     -> conv2 3x3 + PReLU   9 x  9 x 48 -> max 3x3/2, floor   4 x  4 x 48   so far patch by patch, then the batch
//     -> conv3 2x2 + PReLU   3 x  3 x 64
//     -> fc1 576 -> 128 + PReLU -> heads: logit, box regression [4]
//
// Work area, all f32, one part behind another; those marked with n once for each patch of the batch:
//
//   MAP1     conv1  24 x 24 x 28, whole tiles: 22 x 22 are valid
//   MAP2     pool1  11 x 11 x 28
//   MAP3     conv2   9 x  9 x 48
//   MAP4  n  pool2   4 x  4 x 48
//   MAP5  n  conv3   3 x  3 x 64, a row of 576 for fc1
//   MAP6  n  fc1             128
//   scratch, for the largest of the convolutions (winograd.ts)
import { dense, head } from './dense'
import { packConnected, packConvolution, packHead } from './pack'
import { maxPool } from './pool'
import { sigmoid } from './sigmoid'
import { winogradScratch } from './winograd'
import { Shape43, winograd43 } from './winograd43'
import { winograd32, winograd33 } from './winograd-square'

/** Pixels along a side of a patch, and from row to row: two of zeros more, which whole Winograd tiles reach. */
const SIDE: i32 = 24
const PITCH: i32 = 26
/** Bytes of a patch: f32 [26][26][4], the fourth channel and what lies beyond 24 x 24 do not count but are finite. */
export const RNET_PATCH: usize = PITCH * PITCH * 16
/** Floats of an answer: logit, box regression [4], score, two unused. */
export const RNET_ANSWER: usize = 8
/** Where the score is in an answer, in bytes. */
const SCORE: usize = 5 * 4

// Channels of each layer.
const COLOURS: i32 = 3
const C1: i32 = 28
const C2: i32 = 48
const C3: i32 = 64
/** Inputs and outputs of fc1, and columns of the heads' matrix: 5 in use. */
const FLAT: i32 = 3 * 3 * C3
const FC: i32 = 128
const HEADS: i32 = 8

// Bytes from pixel to pixel of a map of so many channels.
const PIXEL0: usize = 16
const PIXEL1: usize = C1 * 4
const PIXEL2: usize = C2 * 4
const PIXEL3: usize = C3 * 4

// The tensors as stored, one layer behind another: kernel or matrix, bias and slope; the heads' class and box.
const STORED1: usize = 0
const STORED2: usize = STORED1 + (3 * 3 * COLOURS + 2) * C1 * 4
const STORED3: usize = STORED2 + (3 * 3 * C1 + 2) * C2 * 4
const STORED4: usize = STORED3 + (2 * 2 * C2 + 2) * C3 * 4
const STORED5: usize = STORED4 + (FLAT + 2) * FC * 4
/** How many parameters R-Net has as stored, f32. */
export const RNET_PARAMETERS: usize = STORED5 / 4 + (FC + 1) * (2 + 4)

// The packed weights (pack.ts), one layer behind another: matrices, bias, slope and a flag of 4 words.
const WEIGHTS1: usize = 0
const WEIGHTS2: usize = WEIGHTS1 + ((6 * 6 * COLOURS + 2) * C1 + 4) * 4
const WEIGHTS3: usize = WEIGHTS2 + ((5 * 5 * C1 + 2) * C2 + 4) * 4
const WEIGHTS4: usize = WEIGHTS3 + ((4 * 4 * C2 + 2) * C3 + 4) * 4
const WEIGHTS5: usize = WEIGHTS4 + ((FLAT + 2) * FC + 4) * 4
const PACKED: usize = WEIGHTS5 + (FC + 1) * HEADS * 4

// Bytes of the maps of one patch.
const MAP1: usize = 24 * 24 * PIXEL1
const MAP2: usize = 11 * 11 * PIXEL1
const MAP3: usize = 9 * 9 * PIXEL2
const MAP4: usize = 4 * 4 * PIXEL2
const MAP5: usize = FLAT * 4
const MAP6: usize = FC * 4

/** conv1 as Shape43 has it: channels, pixel, row and mask of the input; pixel and row of the output; bands and maps. */
const CONV1: usize = memory.data<i32>([COLOURS, PIXEL0, PITCH * PIXEL0, -1, PIXEL1, 24 * PIXEL1, 1, 0, 0], 16)

/** Bytes of R-Net's packed weights. */
export function rnetWeights(): usize {
  return PACKED
}

/** Bytes of work area for batches of up to `count` patches. */
export function rnetWork(count: i32): usize {
  const conv1 = winogradScratch(6, 6, 6, PIXEL0, PIXEL1)
  const conv2 = winogradScratch(5, 3, 9, PIXEL1, PIXEL2)
  const conv3 = winogradScratch(4, 1, count, PIXEL2, PIXEL3)
  return MAP1 + MAP2 + MAP3 + count * (MAP4 + MAP5 + MAP6) + max(conv1, max(conv2, conv3))
}

/** source: R-Net's tensors as stored, RNET_PARAMETERS f32; out: rnetWeights() bytes. */
export function packRnet(source: usize, out: usize): void {
  packConvolution(source + STORED1, 3, 6, COLOURS, C1, out + WEIGHTS1)
  packConvolution(source + STORED2, 3, 5, C1, C2, out + WEIGHTS2)
  packConvolution(source + STORED3, 2, 4, C2, C3, out + WEIGHTS3)
  packConnected(source + STORED4, FLAT, FC, 3, out + WEIGHTS4)
  packHead(source + STORED5, FC, 0, HEADS, out + WEIGHTS5)
}

/**
 * patches: RNET_PATCH bytes each, normalised; weights: packRnet; work: rnetWork(count) bytes; out: f32
 * [count][RNET_ANSWER]. All multiples of 16. A patch's answer has the same bits in any batch and at any place of it.
 */
export function rnet(patches: usize, count: i32, weights: usize, work: usize, out: usize): void {
  assert(count >= 0 && ((patches | weights | work | out) & 15) == 0)
  const map1 = work
  const map2 = map1 + MAP1
  const map3 = map2 + MAP2
  const map4 = map3 + MAP3
  const map5 = map4 + count * MAP4
  const map6 = map5 + count * MAP5
  const scratch = map6 + count * MAP6
  const conv1 = changetype<Shape43>(CONV1)
  for (let n = 0; n < count; n++) {
    const patch = patches + n * RNET_PATCH
    // Four rows at a time: T, V and M, some 30 kB, stay in the first-level cache.
    for (let y = 0; y < SIDE; y += 4)
      winograd43(conv1, patch, y, weights + WEIGHTS1, map1 + y * 24 * PIXEL1, 6, 1, scratch)
    maxPool(map1, 22, 22, 24 * PIXEL1, C1, 3, map2, 11, 11, 11 * PIXEL1)
    winograd33(map2, C1, weights + WEIGHTS2, map3, C2, 3, 1, scratch)
    maxPool(map3, 9, 9, 9 * PIXEL2, C2, 3, map4 + n * MAP4, 4, 4, 4 * PIXEL2)
  }
  winograd32(map4, C2, weights + WEIGHTS3, map5, C3, 1, count, scratch)
  dense(map5, count, FLAT, FC, weights + WEIGHTS4, map6)
  head(map6, count, FC, HEADS, weights + WEIGHTS5, out)
  for (let n = 0; n < count; n++) {
    store<f32>(out + SCORE, sigmoid(load<f32>(out)))
    out += RNET_ANSWER << 2
  }
}
