// P-Net over one level of the pyramid, streamed: no map is ever stored whole.
//
//   level u8 -> [ring of 8 float rows] -> conv1 + PReLU -> 2x2 max -> [ring of 8 pooled rows] -> conv2 + PReLU
//            -> [ring of 8 rows] -> conv3 + PReLU -> [4 rows of one block] -> logit, and for cells over the threshold the rest
//
// A level is cut into vertical strips so that the rings stay in the second-level cache whatever its width; a strip is
// walked in bands of four rows of cells. To give one band of n tiles (4 n columns) conv2 makes n + 1 tiles, conv1
// 2 n + 3, from 8 n + 14 level pixels. What lies beyond the level's right and bottom edge counts as 0 in the rings:
// it never reaches a valid output, but Winograd tiles mix it into roundings, so it has to be the same every time.
import { cellLogit, DOUBT_WORK } from './doubt'
import { clear, loadPixel, mac, normalised } from './lanes'
import { packConvolution } from './pack'
import { score } from './softmax'
import { winograd43, winograd43Pooled, winogradScratch } from './winograd'

/** Cells in a row of a strip; a multiple of 4. */
const STRIP: i32 = 192
const STRIP_TILES: usize = STRIP / 4
/** Tiles in one Winograd batch, per layer: their V and M stay in the first-level cache. */
const BATCH1: i32 = 12
const BATCH2: i32 = 12
const BATCH3: i32 = 8

const PIXEL0: usize = 16 // R G B and a lane that does not count
const PIXEL1: usize = 48 // 10 channels, padded to 12
const PIXEL2: usize = 64
const PIXEL3: usize = 128

const WEIGHTS1: usize = (36 * 3 * 12 + 28) * 4
const WEIGHTS2: usize = (36 * 10 * 16 + 36) * 4
const WEIGHTS3: usize = (36 * 16 * 32 + 68) * 4
/** Head: logit weights [32], box weights [32][4], logit bias in four lanes, box bias [4]. */
const HEAD: usize = (32 + 32 * 4 + 4 + 4) * 4
/** The tensors as stored, for cells in doubt. */
const STORED: usize = 6632 * 4
/** A logit this close to the threshold's is computed again: twice the largest error the fast kernels may have. */
const DOUBT: f32 = 2e-4

const ROW0: usize = (8 * STRIP_TILES + 14) * PIXEL0
const ROW1: usize = (4 * STRIP_TILES + 6) * PIXEL1
const ROW2: usize = (4 * STRIP_TILES + 4) * PIXEL2
const RINGS: usize = 8 * (ROW0 + ROW1 + ROW2)
const BLOCK3: usize = 4 * 4 * BATCH3 * PIXEL3

/** Bytes of a candidate: box f64 x1 y1 x2 y2, score f32, order u32, regression f32 [4], logit f32, four bytes for the host. */
export const CANDIDATE: usize = 64

/** Bytes of P-Net's packed weights. */
export function pnetWeights(): usize {
  return WEIGHTS1 + WEIGHTS2 + WEIGHTS3 + HEAD + STORED
}

/** Bytes of work area for any level. */
export function pnetWork(): usize {
  return RINGS + BLOCK3 + DOUBT_WORK + max(max(winogradScratch(6, BATCH1, BATCH1, PIXEL0, PIXEL1), winogradScratch(6, BATCH2, BATCH2, PIXEL1, PIXEL2)), winogradScratch(6, BATCH3, BATCH3, PIXEL2, PIXEL3))
}

/** source: P-Net's tensors as stored, one after another (6,632 f32); out: pnetWeights() bytes. */
export function packPnet(source: usize, out: usize): void {
  memory.copy(out + pnetWeights() - STORED, source, STORED)
  out = packConvolution(source, 3, 6, 3, 10, out); source += (270 + 20) << 2
  out = packConvolution(source, 3, 6, 10, 16, out); source += (1440 + 32) << 2
  out = packConvolution(source, 3, 6, 16, 32, out); source += (4608 + 64) << 2
  for (let k = 0; k <= 32; k++) { // row 32 is the bias
    const d = load<f32>(source + (k << 3), 4) - load<f32>(source + (k << 3))
    if (k < 32) store<f32>(out + (k << 2), d)
    else v128.store(out, f32x4.splat(d), 160 * 4)
  }
  memory.copy(out + (32 << 2), source + (66 << 2), 128 << 2)
  memory.copy(out + (164 << 2), source + ((66 + 128) << 2), 4 << 2)
}

/** One row of `count` level pixels (u8 RGB, `valid` of them inside the level), normalised, then zeros. */
// @ts-ignore: decorator
@inline
function normaliseRow(source: usize, valid: i32, count: i32, out: usize): void {
  let o = out
  for (let x = 0; x < valid; x++) {
    v128.store(o, normalised(loadPixel(source)))
    source += 3
    o += PIXEL0
  }
  clear(o, (count - valid) * PIXEL0)
}

// What emit needs; set once a level.
let levelPtr: usize = 0
let levelWidth: i32 = 0
let levelHeight: i32 = 0
let levelRows: i32 = 0
let levelScale: f64 = 1
let scoreMin: f32 = 0
let scoreLogit: f32 = 0
let headPtr: usize = 0
let doubtPtr: usize = 0
let outPtr: usize = 0
let outCapacity: i32 = 0
let outCount: i32 = 0

/** A cell over the threshold becomes a candidate; it is counted even where the list is full. cell: f32 [32]. */
function emit(cell: usize, logit: f32, x: i32, y: i32): void {
  const head = headPtr
  if (abs(logit - scoreLogit) < DOUBT) logit = <f32>cellLogit(levelPtr, levelWidth, levelHeight, x, y, head + HEAD, doubtPtr)
  const s = score(logit)
  if (!(s >= scoreMin)) return
  if (outCount < outCapacity) {
    const o = outPtr + outCount * CANDIDATE
    store<f64>(o, trunc(<f64>(2 * x + 1) / levelScale))
    store<f64>(o, trunc(<f64>(2 * y + 1) / levelScale), 8)
    store<f64>(o, trunc(<f64>(2 * x + 12) / levelScale), 16)
    store<f64>(o, trunc(<f64>(2 * y + 12) / levelScale), 24)
    store<f32>(o, s, 32)
    store<u32>(o, x * levelRows + y, 36)
    let box = v128.load(head, 164 * 4)
    for (let k: usize = 0; k < 32; k++) box = mac(box, v128.load32_splat(cell + (k << 2)), v128.load(head + 128 + (k << 4)))
    v128.store(o, box, 40)
    store<f32>(o, logit, 56)
  }
  outCount++
}

/** `count` cells of 32 channels at (x, y): four logits at a time, emit where one is over logitMin. */
// @ts-ignore: decorator
@inline
function scoreRow(source: usize, head: usize, count: i32, x: i32, y: i32, logitMin: v128): void {
  for (let i = 0; i < count; i += 4) {
    let a = f32x4.splat(0), b = a, c = a, d = a
    for (let k: usize = 0; k < PIXEL3; k += 16) {
      const w = v128.load(head + k), p = source + k
      a = mac(a, v128.load(p), w); b = mac(b, v128.load(p, 128), w); c = mac(c, v128.load(p, 256), w); d = mac(d, v128.load(p, 384), w)
    }
    const ab0 = v128.shuffle<f32>(a, b, 0, 4, 1, 5), ab1 = v128.shuffle<f32>(a, b, 2, 6, 3, 7)
    const cd0 = v128.shuffle<f32>(c, d, 0, 4, 1, 5), cd1 = v128.shuffle<f32>(c, d, 2, 6, 3, 7)
    const s = f32x4.add(ab0, ab1), t = f32x4.add(cd0, cd1)
    const sums = f32x4.add(v128.shuffle<f32>(s, t, 0, 1, 4, 5), v128.shuffle<f32>(s, t, 2, 3, 6, 7))
    const logits = f32x4.add(sums, v128.load(head, 160 * 4))
    let over = i32x4.bitmask(f32x4.ge(logits, logitMin))
    while (over) {
      const lane = ctz(over)
      over &= over - 1
      if (i + lane < count) {
        const logit = lane == 0 ? f32x4.extract_lane(logits, 0) : lane == 1 ? f32x4.extract_lane(logits, 1) : lane == 2 ? f32x4.extract_lane(logits, 2) : f32x4.extract_lane(logits, 3)
        emit(source + lane * PIXEL3, logit, x + i + lane, y)
      }
    }
    source += 4 * PIXEL3
  }
}

/**
 * Proposals of one level. Returns how many cells pass (score >= threshold); at most `capacity` of them are written, so
 * where more pass the caller has to make room and call again.
 * level: u8 [height][width][3], 8 readable bytes behind it; scale: level pixels per image pixel.
 * logit: that of the threshold; slack: how far below it a score may still round up to the threshold, DOUBT at least. out: candidates of 64 bytes, unordered;
 * `order` is the cell's place in the reference's order, x * rows + y.
 * Cells: ceil((width - 2) / 2) - 4 columns, rows likewise; boxes are the cells' windows in image pixels, truncated,
 * before regression.
 */
export function pnet(level: usize, width: i32, height: i32, scale: f64, threshold: f32, logit: f32, slack: f32, weights: usize, work: usize, out: usize, capacity: i32): i32 {
  assert(scale > 0 && slack >= DOUBT && capacity >= 0 && ((weights | work | out) & 15) == 0)
  const pooledWidth = (width - 1) >> 1, pooledHeight = (height - 1) >> 1
  const columns = pooledWidth - 4, rows = pooledHeight - 4
  levelPtr = level
  levelWidth = width
  levelHeight = height
  levelRows = rows
  levelScale = scale
  scoreMin = threshold
  scoreLogit = logit
  outPtr = out
  outCapacity = capacity
  outCount = 0
  const w2 = weights + WEIGHTS1, w3 = w2 + WEIGHTS2, head = w3 + WEIGHTS3
  const ring0 = work, ring1 = ring0 + 8 * ROW0, ring2 = ring1 + 8 * ROW1
  const block3 = ring2 + 8 * ROW2, doubt = block3 + BLOCK3, scratch = doubt + DOUBT_WORK
  headPtr = head
  doubtPtr = doubt
  const logitMin = f32x4.splat(logit - slack)

  for (let x0 = 0; x0 < columns; x0 += STRIP) {
    const cells = min(STRIP, columns - x0)
    const tiles3 = (cells + 3) >> 2, tiles2 = tiles3 + 1, tiles1 = 2 * tiles3 + 3
    const pixels = 4 * tiles1 + 2, inside = min(pixels, width - 2 * x0)
    // The column of the strip under which pooling finds one convolution column only (odd width).
    const odd = width & 1 ? pooledWidth - 1 - x0 : -1
    let y0 = 0, y1 = 0, y2 = 0 // rows made so far: level, pooled, conv2
    for (let y = 0; y < rows; y += 4) {
      while (y2 < y + 6) {
        while (y1 < y2 + 6) {
          for (; y0 < 2 * y1 + 6; y0++) {
            const o = ring0 + (y0 & 7) * ROW0
            if (y0 < height) normaliseRow(level + (y0 * width + 2 * x0) * 3, inside, pixels, o)
            else clear(o, pixels * PIXEL0)
          }
          const both = (2 * y1 + 1 < height - 2 ? 1 : 0) | (2 * y1 + 3 < height - 2 ? 2 : 0)
          const upper = ring1 + (y1 & 7) * ROW1, lower = ring1 + (y1 + 1 & 7) * ROW1
          for (let t = 0; t < tiles1; t += BATCH1) {
            const o: usize = 2 * t * PIXEL1
            winograd43Pooled(ring0 + 4 * t * PIXEL0, ROW0, 2 * y1, 7, PIXEL0, 12, weights, upper + o, lower + o, PIXEL1, min(BATCH1, tiles1 - t), both, odd - 2 * t, scratch)
          }
          y1 += 2
        }
        for (let t = 0; t < tiles2; t += BATCH2)
          winograd43(ring1 + 4 * t * PIXEL1, ROW1, y2, 7, PIXEL1, 40, w2, ring2 + (y2 & 7) * ROW2 + 4 * t * PIXEL2, ROW2, PIXEL2, 1, min(BATCH2, tiles2 - t), 1, 0, 0, scratch)
        y2 += 4
      }
      const live = min(4, rows - y)
      for (let t = 0; t < tiles3; t += BATCH3) {
        winograd43(ring2 + 4 * t * PIXEL2, ROW2, y, 7, PIXEL2, 64, w3, block3, 4 * BATCH3 * PIXEL3, PIXEL3, 1, min(BATCH3, tiles3 - t), 1, 0, 0, scratch)
        for (let j = 0; j < live; j++)
          scoreRow(block3 + j * 4 * BATCH3 * PIXEL3, head, min(4 * BATCH3, cells - 4 * t), x0 + 4 * t, y + j, logitMin)
      }
    }
  }
  return outCount
}
