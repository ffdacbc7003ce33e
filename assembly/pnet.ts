// P-Net over one level of the pyramid, streamed: no map is ever stored whole.
//
//   level u8 -> [ring of 8 float rows] -> conv1 + PReLU -> 2x2 max -> [ring of 8 pooled rows] -> conv2 + PReLU
//            -> [ring of 8 rows] -> conv3 + PReLU -> [4 rows of one block] -> logit, and for cells that pass the rest
//
// A level is cut into vertical strips so that the rings stay in the second-level cache whatever its width; a strip is
// walked in bands of four rows of cells. To give one band of n tiles (4 n columns) conv2 makes n + 1 tiles, conv1
// 2 n + 3, from 8 n + 14 level pixels. What lies beyond the level's right and bottom edge counts as 0 in the rings:
// it never reaches a valid output, but Winograd tiles mix it into roundings, so it has to be the same every time.
import { Candidate, CANDIDATE } from './candidate'
import { CLASSES, CONV1, CONV2, CONV3, EXACT_WORK, exactLogit, PNET_STORED, REGRESSION } from './exact-logit'
import { clear, loadPixel, mac, normalised } from './lanes'
import { packConvolution } from './pack'
import { sigmoid } from './sigmoid'
import { winogradScratch } from './winograd'
import { Shape43, winograd43, winograd43Pooled } from './winograd43'

/** Cells in a row of a strip; a multiple of 4. */
const STRIP_CELLS: i32 = 192
const STRIP_TILES: usize = STRIP_CELLS / 4
/** Tiles in one Winograd batch, per layer: their V and M stay in the first-level cache. */
const BATCH1: i32 = 12
const BATCH2: i32 = 12
const BATCH3: i32 = 8

/** Rows that a layer makes at once, the height of a Winograd tile. */
const BAND: i32 = 4
/** Rows of its input under those: a 3x3 convolution sees one more above and below each. */
const FIELD: i32 = BAND + 2
/** Rows of a ring, of which FIELD are in use; a power of two. */
const RING: i32 = 8

const PIXEL0: usize = 16 // R G B and a lane that does not count
const PIXEL1: usize = 48 // 10 channels, padded to 12
const PIXEL2: usize = 64
const PIXEL3: usize = 128

// Packed weights: three layers as pack.ts has them, the head, and the tensors as stored, for cells near a tie.
const WEIGHTS1: usize = 0
const WEIGHTS2: usize = WEIGHTS1 + (36 * 3 * 12 + 28) * 4
const WEIGHTS3: usize = WEIGHTS2 + (36 * 10 * 16 + 36) * 4
const HEAD: usize = WEIGHTS3 + (36 * 16 * 32 + 68) * 4
/** In the head: logit weights [32]; box weights [32][4]; logit bias, four times; box bias [4]. */
const HEAD_BOX: usize = 32 * 4
const HEAD_LOGIT_BIAS: usize = HEAD_BOX + 32 * 4 * 4
const HEAD_BOX_BIAS: usize = HEAD_LOGIT_BIAS + 16
const STORED: usize = HEAD + HEAD_BOX_BIAS + 16
const PACKED: usize = STORED + PNET_STORED

/** A logit this close to the threshold's is computed again: twice the error that `npm run bench:accuracy` allows. */
const TIE: f32 = 2e-4

const ROW0: usize = (8 * STRIP_TILES + 14) * PIXEL0
const ROW1: usize = (4 * STRIP_TILES + 6) * PIXEL1
const ROW2: usize = (4 * STRIP_TILES + 4) * PIXEL2
const BLOCK3: usize = BAND * 4 * BATCH3 * PIXEL3

// As Shape43 has it: channels, pixel, row and mask of the input; pixel and row of the output; bands and maps.
const SHAPE1: usize = memory.data<i32>([3, PIXEL0, ROW0, RING - 1, PIXEL1, ROW1, 1, 0, 0], 16)
const SHAPE2: usize = memory.data<i32>([10, PIXEL1, ROW1, RING - 1, PIXEL2, ROW2, 1, 0, 0], 16)
const SHAPE3: usize = memory.data<i32>([16, PIXEL2, ROW2, RING - 1, PIXEL3, 4 * BATCH3 * PIXEL3, 1, 0, 0], 16)

// Work area: the rings, one block, and what two others work in.
const RING0: usize = 0
const RING1: usize = RING0 + RING * ROW0
const RING2: usize = RING1 + RING * ROW1
const LAST: usize = RING2 + RING * ROW2
const EXACT: usize = LAST + BLOCK3
const SCRATCH: usize = EXACT + EXACT_WORK

/**
 * A walk over one level, or some of its rows: what is searched and how far it has come. The host writes all but the
 * last six (src/wasm/abi.ts).
 */
@unmanaged
class LevelSearch {
  /** Level pixels per image pixel. */
  scale: f64
  /**
   * u8 [height][width][3], 8 readable bytes behind it. Only the rows have to be there that are looked at: from
   * 2 * first on, two for each row of cells up to a multiple of BAND and 14 more. The pointer may lie before them, even
   * before 0.
   */
  level: usize
  width: i32
  height: i32
  /** A cell passes whose score is at least this. */
  threshold: f32
  /** The logit that decides: one near it is computed again, exactly. */
  tie: f32
  /** No logit under this one can pass. */
  least: f32
  weights: usize
  /** pnetWork() bytes; not to be written to before the walk is over. */
  work: usize
  /** Candidates, at most `capacity`. */
  out: usize
  capacity: i32
  /** The rows of cells that are searched, from `first` to before `end`: multiples of BAND, or the end of the level. */
  first: i32
  end: i32

  /** Cells that have passed, those for which there was no room included. */
  count: i32
  /** First column of cells of the strip under way, and the next row of cells. */
  column: i32
  row: i32
  /** Rows made so far for this strip: of the level, pooled, of conv2. */
  made0: i32
  made1: i32
  made2: i32
}

/** Bytes of a LevelSearch. */
export const LEVEL_SEARCH: usize = offsetof<LevelSearch>()

/** How many parameters P-Net has as stored, f32. */
export const PNET_PARAMETERS: usize = PNET_STORED / 4

/** Bytes of P-Net's packed weights. */
export function pnetWeights(): usize {
  return PACKED
}

/** Bytes of work area for any level. */
export function pnetWork(): usize {
  const first = winogradScratch(6, BATCH1, BATCH1, PIXEL0, PIXEL1)
  const second = winogradScratch(6, BATCH2, BATCH2, PIXEL1, PIXEL2)
  return SCRATCH + max(max(first, second), winogradScratch(6, BATCH3, BATCH3, PIXEL2, PIXEL3))
}

/** source: P-Net's tensors as stored, one after another; out: pnetWeights() bytes. */
export function packPnet(source: usize, out: usize): void {
  memory.copy(out + STORED, source, PNET_STORED)
  packConvolution(source + CONV1, 3, 6, 3, 10, out + WEIGHTS1)
  packConvolution(source + CONV2, 3, 6, 10, 16, out + WEIGHTS2)
  packConvolution(source + CONV3, 3, 6, 16, 32, out + WEIGHTS3)
  const head = out + HEAD
  const classes = source + CLASSES
  for (let k = 0; k <= 32; k++) {
    // row 32 is the bias
    const d = load<f32>(classes + (k << 3), 4) - load<f32>(classes + (k << 3))
    if (k < 32) store<f32>(head + (k << 2), d)
    else v128.store(head, f32x4.splat(d), HEAD_LOGIT_BIAS)
  }
  memory.copy(head + HEAD_BOX, source + REGRESSION, 32 * 4 * 4)
  memory.copy(head + HEAD_BOX_BIAS, source + REGRESSION + 32 * 4 * 4, 4 * 4)
}

/** P-Net's cells along a side of a level: one for each second place of its window, as ceil pooling rounds. */
// @ts-ignore: decorator
@inline
function cellsAlong(side: i32): i32 {
  return ((side - 1) >> 1) - 4
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

/** A cell over the threshold becomes a candidate; it is counted even where the list is full. cell: f32 [32]. */
function emit(search: LevelSearch, cell: usize, logit: f32, x: i32, y: i32): void {
  const weights = search.weights
  if (abs(logit - search.tie) < TIE)
    logit = <f32>exactLogit(search.level, search.width, search.height, x, y, weights + STORED, search.work + EXACT)
  const s = sigmoid(logit)
  if (!(s >= search.threshold)) return
  if (search.count < search.capacity) {
    const pointer = search.out + search.count * CANDIDATE
    const candidate = changetype<Candidate>(pointer)
    const scale = search.scale
    const order = x * cellsAlong(search.height) + y
    candidate.x1 = trunc(<f64>(2 * x + 1) / scale)
    candidate.y1 = trunc(<f64>(2 * y + 1) / scale)
    candidate.x2 = trunc(<f64>(2 * x + 12) / scale)
    candidate.y2 = trunc(<f64>(2 * y + 12) / scale)
    candidate.score = s
    candidate.order = order
    const head = weights + HEAD
    let box = v128.load(head, HEAD_BOX_BIAS)
    for (let k: usize = 0; k < 32; k++)
      box = mac(box, v128.load32_splat(cell + (k << 2)), v128.load(head + (k << 4), HEAD_BOX))
    v128.store(pointer, box, offsetof<Candidate>('dx1'))
    candidate.logit = logit
    candidate.tag = order
  }
  search.count++
}

/** `count` cells of 32 channels at (x, y): four logits at a time, emit where one is at least `least`. */
// @ts-ignore: decorator
@inline
function scoreRow(search: LevelSearch, source: usize, head: usize, count: i32, x: i32, y: i32, least: v128): void {
  for (let i = 0; i < count; i += 4) {
    let a = f32x4.splat(0)
    let b = a
    let c = a
    let d = a
    for (let k: usize = 0; k < PIXEL3; k += 16) {
      const w = v128.load(head + k)
      const p = source + k
      a = mac(a, v128.load(p), w)
      b = mac(b, v128.load(p, 128), w)
      c = mac(c, v128.load(p, 256), w)
      d = mac(d, v128.load(p, 384), w)
    }
    const ab0 = v128.shuffle<f32>(a, b, 0, 4, 1, 5)
    const ab1 = v128.shuffle<f32>(a, b, 2, 6, 3, 7)
    const cd0 = v128.shuffle<f32>(c, d, 0, 4, 1, 5)
    const cd1 = v128.shuffle<f32>(c, d, 2, 6, 3, 7)
    const s = f32x4.add(ab0, ab1)
    const t = f32x4.add(cd0, cd1)
    const sums = f32x4.add(v128.shuffle<f32>(s, t, 0, 1, 4, 5), v128.shuffle<f32>(s, t, 2, 3, 6, 7))
    const logits = f32x4.add(sums, v128.load(head, HEAD_LOGIT_BIAS))
    let over = i32x4.bitmask(f32x4.ge(logits, least))
    while (over) {
      const lane = ctz(over)
      over &= over - 1
      if (i + lane < count) {
        const logit =
          lane == 0
            ? f32x4.extract_lane(logits, 0)
            : lane == 1
              ? f32x4.extract_lane(logits, 1)
              : lane == 2
                ? f32x4.extract_lane(logits, 2)
                : f32x4.extract_lane(logits, 3)
        emit(search, source + lane * PIXEL3, logit, x + i + lane, y)
      }
    }
    source += 4 * PIXEL3
  }
}

/**
 * Readies a walk. A band's rows of each layer are made tile by tile out of the rows under them, so a walk that begins
 * further down gives the bits of one that begins at the top.
 */
export function beginPnet(search: LevelSearch): void {
  assert(search.scale > 0 && search.least <= search.tie - TIE && search.capacity >= 0)
  assert(((search.weights | search.work | search.out) & 15) == 0)
  assert(search.first >= 0 && search.first % BAND == 0)
  assert(search.end % BAND == 0 || search.end >= cellsAlong(search.height))
  search.count = search.column = 0
  search.row = search.made1 = search.made2 = search.first
  search.made0 = 2 * search.first
}

/**
 * Goes on with a walk: makes up to `bands` bands of a strip, each four rows of up to 192 cells. Returns 1 where more
 * are left; else `count` says how many cells passed. At most `capacity` of them are written, so where more
 * pass the caller has to make room and begin again.
 *
 * Cells: ceil((width - 2) / 2) - 4 columns, rows likewise. Candidates come in no order; their `order` is the cell's
 * place in the reference's order, x * rows + y, and their boxes are the cells' windows in image pixels, truncated,
 * before regression.
 */
export function pnet(search: LevelSearch, bands: i32): i32 {
  const level = search.level
  const width = search.width
  const height = search.height
  const pooledWidth = (width - 1) >> 1
  const columns = cellsAlong(width)
  const rows = min(search.end, cellsAlong(height))
  const weights = search.weights
  const work = search.work
  const head = weights + HEAD
  const ring0 = work + RING0
  const ring1 = work + RING1
  const ring2 = work + RING2
  const block3 = work + LAST
  const scratch = work + SCRATCH
  const shape1 = changetype<Shape43>(SHAPE1)
  const shape2 = changetype<Shape43>(SHAPE2)
  const shape3 = changetype<Shape43>(SHAPE3)
  const least = f32x4.splat(search.least)
  let y = search.row
  let made0 = search.made0
  let made1 = search.made1
  let made2 = search.made2

  for (let x0 = search.column; x0 < columns; x0 += STRIP_CELLS) {
    const cells = min(STRIP_CELLS, columns - x0)
    const tiles3 = (cells + 3) >> 2
    const tiles2 = tiles3 + 1
    const tiles1 = 2 * tiles3 + 3
    const pixels = 4 * tiles1 + 2
    const inside = min(pixels, width - 2 * x0)
    // The column of the strip under which pooling finds one convolution column only (odd width).
    const odd = width & 1 ? pooledWidth - 1 - x0 : -1
    for (; y < rows; y += BAND) {
      if (--bands < 0) {
        search.column = x0
        search.row = y
        search.made0 = made0
        search.made1 = made1
        search.made2 = made2
        return 1
      }
      // Four rows of cells see FIELD rows of conv2; four of those see FIELD pooled rows; two of those are made
      // of four rows of conv1, which see FIELD rows of the level, beginning at twice their number.
      while (made2 < y + FIELD) {
        while (made1 < made2 + FIELD) {
          for (; made0 < 2 * made1 + FIELD; made0++) {
            const o = ring0 + (made0 & (RING - 1)) * ROW0
            if (made0 < height) normaliseRow(level + (made0 * width + 2 * x0) * 3, inside, pixels, o)
            else clear(o, pixels * PIXEL0)
          }
          // Ceil pooling: at the bottom edge of an odd height a pooled row is made of one row of conv1.
          const both = (2 * made1 + 1 < height - 2 ? 1 : 0) | (2 * made1 + 3 < height - 2 ? 2 : 0)
          const upper = ring1 + (made1 & (RING - 1)) * ROW1
          const lower = ring1 + ((made1 + 1) & (RING - 1)) * ROW1
          for (let t = 0; t < tiles1; t += BATCH1) {
            const o: usize = 2 * t * PIXEL1
            winograd43Pooled(
              shape1,
              ring0 + 4 * t * PIXEL0,
              2 * made1,
              weights + WEIGHTS1,
              upper + o,
              lower + o,
              min(BATCH1, tiles1 - t),
              both,
              odd - 2 * t,
              scratch,
            )
          }
          made1 += 2
        }
        for (let t = 0; t < tiles2; t += BATCH2)
          winograd43(
            shape2,
            ring1 + 4 * t * PIXEL1,
            made2,
            weights + WEIGHTS2,
            ring2 + (made2 & (RING - 1)) * ROW2 + 4 * t * PIXEL2,
            min(BATCH2, tiles2 - t),
            1,
            scratch,
          )
        made2 += BAND
      }
      const live = min(BAND, rows - y)
      for (let t = 0; t < tiles3; t += BATCH3) {
        winograd43(shape3, ring2 + 4 * t * PIXEL2, y, weights + WEIGHTS3, block3, min(BATCH3, tiles3 - t), 1, scratch)
        for (let j = 0; j < live; j++)
          scoreRow(
            search,
            block3 + j * 4 * BATCH3 * PIXEL3,
            head,
            min(4 * BATCH3, cells - 4 * t),
            x0 + 4 * t,
            y + j,
            least,
          )
      }
    }
    y = made1 = made2 = search.first
    made0 = 2 * y
  }
  search.column = columns
  return 0
}

/**
 * Gives `count` candidates of one level, whose tags are still their cells, the cells' windows without rounding: from
 * the outer edge of the first pixel, counted from 1, to that of the last.
 */
export function exactWindows(candidates: usize, count: i32, height: i32, scale: f64): void {
  const rows = cellsAlong(height)
  for (const end = candidates + count * CANDIDATE; candidates < end; candidates += CANDIDATE) {
    const candidate = changetype<Candidate>(candidates)
    const order = <i32>candidate.tag
    const left = <f64>(2 * (order / rows))
    const top = <f64>(2 * (order % rows))
    candidate.x1 = left / scale + 1
    candidate.y1 = top / scale + 1
    candidate.x2 = (left + 12) / scale
    candidate.y2 = (top + 12) / scale
  }
}
