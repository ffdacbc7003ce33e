// Levels of the pyramid: the frame (assembly/frame.ts) shrunk by OpenCV's INTER_AREA, to the byte. A level is u8
// [height][width][3], rows tight, with SLACK bytes behind it.
//
// All levels that do not grow are made in one walk down the frame, from an integral image (Crow 1984) of which only two
// rows exist, those above and below the source row at hand: i32 [2 + frameWidth][4], for each pixel the sum of all that
// lies above and left of it, itself included, as a whole number modulo 2^32 (differences come out right as long as they
// fit); the first two are zero. A level's row needs it only at the edges of its pixels, at the source rows in which it
// begins and ends. So the work is one addition per frame pixel, and for each level pixel the same few steps however
// many source pixels lie under it.
//
// Edges come from the host (src/wasm/taps.ts), one axis at a time: for target index d = 0 .. size, 16 bytes
//   i32 pixel[d], f32 before[d], f32 inside[d], f32 after[d]
// and target pixel d is
//   before[d] * source[pixel[d]] + inside[d] * (the source pixels between) + after[d] * source[pixel[d + 1]].
// inside is equal for all d, but for a last bit.
//
// An example: one channel of a frame of 5 x 5, shrunk to 2 x 2. A target pixel is 2.5 source pixels wide, so the edge
// between the two lies in the middle of source pixel 2:
//   d   pixel   before   inside   after
//   0    -1      0        0.4      0.2      (0.4 * s[0] + 0.4 * s[1]) + 0.2 * s[2]
//   1     2      0.2      0.4      0.4      0.2 * s[2] + 0.4 * s[3] + 0.4 * s[4]
//   2     4
// A share of a pixel is its weight over `inside`: 0.2 / 0.4, a half of pixel 2 for either side. Take a frame whose rows
// are all 10 20 30 40 50. Along a row the integral is 10 30 60 100 150; the one above source row y is y times that, and
// the one below it y + 1 times.
//   The first row of the level ends half of the way through source row 2, where the integral is
//     (2 * (10 30 60 100 150) + 3 * (10 30 60 100 150)) / 2 = 25 75 150 250 375            (endRow, within)
//   Left of edge 1 lie 75, and with its pixel 150: that pixel's column sum is 75, half of it 37.5. Up to edge 2
//   lie 375.
//     target 0 = (75 + 37.5) * 0.4 * 0.4 = 18        target 1 = (375 - 75 - 37.5) * 0.4 * 0.4 = 42
//   The same by weights: 0.4 * 10 + 0.4 * 20 + 0.2 * 30 = 18 and 0.2 * 30 + 0.4 * 40 + 0.4 * 50 = 42.
//   The second row ends with the frame, where the integral is 50 150 300 500 750; what is new since the first row ended
//     is the difference, 25 75 150 250 375, and gives 18 and 42 again.
import { Frame } from './frame'
import { clear, loadBytes, loadPixel } from './lanes'

/** Bytes of an edge. */
const EDGE: usize = 16

// What is kept of each edge along x while a level is made, 48 bytes
//   f32 ended, excluded    what share of its pixel belongs to the target pixel before the edge, what not to that behind
//   i32 at                 where in a row of the integral what lies left of that pixel is
//   i32 left[4], right[4]  from byte 16: the integral up to where the row under way begins, without and with that pixel
const STATE: usize = 48
const EXCLUDED: usize = 4
const AT: usize = 8
const LEFT: usize = 16
const RIGHT: usize = 32

/** A level or some of its rows, and what makes them; the host writes all but the last three (src/wasm/abi.ts). */
@unmanaged
class AreaLevel {
  /** Edges along x and along y. */
  columns: usize
  rows: usize
  width: i32
  height: i32
  /** Largest distance between our sums and OpenCV's, beside what `recompute` makes up for. */
  margin: f32
  /** One for each edge along x. */
  state: usize
  /** The level, as if all of it were there; 15 bytes behind the rows that are made are overwritten. */
  out: usize
  /** The rows that are made, from `first` to before `end`. */
  first: i32
  end: i32
  /** The next row. */
  done: i32
  /** A source row in the unit its shares are counted in. */
  whole: i32
  /** The share that the row under way has of the source row in which it begins. */
  share: i32
}

/** Bytes of an AreaLevel. */
export const AREA_LEVEL: usize = offsetof<AreaLevel>()

/** Bytes of one row of the integral: two zeros, and groups of four pixels. */
export function integralRow(frameWidth: f64): f64 {
  return 16 * (2 + frameWidth + 3)
}

/** Bytes that are kept of the edges along x while a level is made. */
export function levelState(width: f64): f64 {
  return STATE * (width + 1)
}

// What levelRow works in: three vectors of shares, the row's sums with a pixel before the first, room for whole
// vectors; and seven lists of ties.
const SUMS: usize = 64
/** Words before the ties. */
// @ts-ignore: decorator
@inline
function tiesAt(width: i32): usize {
  return (3 * width + 32) << 2
}

/** Bytes of work area for rows of up to `width` pixels: f32 [3 * width + 32] and i32 [7][3 * width / 16 + 2]. */
export function levelWork(width: f64): f64 {
  return ceil(4 * (3 * width + 32 + 7 * ((3 * width) / 16 + 2)))
}

/**
 * Adds a source row to the integral, four pixels at a time, so that only one addition in four waits for another. The
 * first two of `below` are left as they are; up to three behind the last are written.
 */
export function addRow(row: usize, width: i32, above: usize, below: usize): void {
  let total = i32x4.splat(0)
  above += 32
  below += 32
  for (const end = row + 3 * width; row < end; row += 12) {
    // As loadBytes does, but at fixed offsets, which are part of the load instruction.
    const a = loadBytes(row)
    const b = i32x4.add(a, i32x4.extend_low_i16x8_u(v128.load8x8_u(row, 3)))
    const c = i32x4.extend_low_i16x8_u(v128.load8x8_u(row, 6))
    const d = i32x4.add(c, i32x4.extend_low_i16x8_u(v128.load8x8_u(row, 9)))
    const half = i32x4.add(total, b)
    v128.store(below, i32x4.add(v128.load(above), i32x4.add(total, a)))
    v128.store(below, i32x4.add(v128.load(above, 16), half), 16)
    v128.store(below, i32x4.add(v128.load(above, 32), i32x4.add(half, c)), 32)
    total = i32x4.add(total, i32x4.add(b, d))
    v128.store(below, i32x4.add(v128.load(above, 48), total), 48)
    above += 64
    below += 64
  }
}

/** The integral part of the way through a source row. */
// @ts-ignore: decorator
@inline
function within(above: v128, below: v128, rest: v128, part: v128): v128 {
  return i32x4.add(i32x4.mul(above, rest), i32x4.mul(below, part))
}

/**
 * Ends a level row part of the way through a source row and begins the next one there.
 * state: an AreaLevel's. shares, each four times: i32 what is left of the source row, i32 the part, f32 the weight of a
 * source pixel, over the sum of both. In memory: as parameters they would be made anew for each pixel.
 * out: f32 [1 + width][3], the first is no pixel; 4 bytes behind it are overwritten.
 */
function endRow(above: usize, below: usize, state: usize, width: i32, shares: usize, out: usize): void {
  const rest = v128.load(shares)
  const part = v128.load(shares, 16)
  const weight = v128.load(shares, 32)
  let newBefore = i32x4.splat(0)
  let excluded = f32x4.splat(0)
  for (const end = out + 12 * width; out <= end; out += 12) {
    const a = above + load<i32>(state, AT)
    const b = below + load<i32>(state, AT)
    const left = within(v128.load(a), v128.load(b), rest, part)
    const right = within(v128.load(a, 16), v128.load(b, 16), rest, part)
    // What is new since the row began: left of the edge's pixel, and with that pixel.
    const newLeft = i32x4.sub(left, v128.load(state, LEFT))
    const newRight = i32x4.sub(right, v128.load(state, RIGHT))
    v128.store(state, left, LEFT)
    v128.store(state, right, RIGHT)
    const pixel = f32x4.convert_i32x4_s(i32x4.sub(newRight, newLeft))
    const sum = f32x4.add(
      f32x4.convert_i32x4_s(i32x4.sub(newLeft, newBefore)),
      f32x4.mul(pixel, v128.load32_splat(state)),
    )
    v128.store(out, f32x4.mul(f32x4.sub(sum, excluded), weight))
    newBefore = newLeft
    excluded = f32x4.mul(pixel, v128.load32_splat(state, EXCLUDED))
    state += STATE
  }
}

/** Moves where the row under way begins by `part` of a source row. */
function moveBegin(above: usize, below: usize, state: usize, width: i32, part: i32): void {
  const p = i32x4.splat(part)
  for (let d = 0; d <= width; d++) {
    const at = load<i32>(state, AT)
    for (let side: usize = 0; side < 32; side += 16)
      v128.store(
        state + side,
        i32x4.add(
          v128.load(state + side, LEFT),
          i32x4.mul(i32x4.sub(v128.load(below + at + side), v128.load(above + at + side)), p),
        ),
        LEFT,
      )
    state += STATE
  }
}

/**
 * 1.5 * 2 ** 23, four times: added to a float under 2 ** 22 it leaves the nearest whole number, halves to even, in the
 * low bits.
 */
const ROUNDER: usize = memory.data<f32>([12582912, 12582912, 12582912, 12582912], 16)

/** Four sums with the rounder added, as 32-bit whole numbers. */
// @ts-ignore: decorator
@inline
function whole(added: v128): v128 {
  return i32x4.sub(added, v128.load(ROUNDER))
}

/** By how much four sums exceed the nearest whole numbers. */
// @ts-ignore: decorator
@inline
function surplus(sums: v128, added: v128): v128 {
  return f32x4.sub(sums, f32x4.sub(added, v128.load(ROUNDER)))
}

/** Which of three sums lie farther from a whole number than `limit`, as bits. */
// @ts-ignore: decorator
@inline
function nearTie(sums: v128, limit: v128): i32 {
  return i32x4.bitmask(f32x4.ge(f32x4.abs(surplus(sums, f32x4.add(sums, v128.load(ROUNDER)))), limit)) & 7
}

/**
 * A target pixel's sum along one source row, exactly as OpenCV 4 computes it: taps ascending, every product and sum
 * rounded.
 */
function exactRow(row: usize, edge: usize): v128 {
  let ptr = row + 3 * load<i32>(edge)
  let sum = f32x4.mul(loadPixel(ptr), v128.load32_splat(edge, 4))
  const inside = v128.load32_splat(edge, 8)
  const last = row + 3 * load<i32>(edge, EDGE)
  for (ptr += 3; ptr < last; ptr += 3) sum = f32x4.add(sum, f32x4.mul(loadPixel(ptr), inside))
  return f32x4.add(sum, f32x4.mul(loadPixel(last), v128.load32_splat(edge, 12)))
}

/** The whole pixel likewise: the sums of its source rows, each times the row's weight, in order. */
function exactPixel(frame: usize, rowBytes: usize, column: usize, row: usize): v128 {
  let y = frame + load<i32>(row) * rowBytes
  const bottom = frame + load<i32>(row, EDGE) * rowBytes
  const inside = v128.load32_splat(row, 8)
  let total = f32x4.splat(0)
  // The frame's first edge lies above it, with a weight of 0.
  if (load<f32>(row, 4) != 0) total = f32x4.mul(exactRow(y, column), v128.load32_splat(row, 4))
  for (y += rowBytes; y < bottom; y += rowBytes) total = f32x4.add(total, f32x4.mul(exactRow(y, column), inside))
  return f32x4.add(total, f32x4.mul(exactRow(bottom, column), v128.load32_splat(row, 12)))
}

/** Share of a whole source row, in units of 1 / whole. */
// @ts-ignore: decorator
@inline
function shareOf(weight: f32, inside: f32, whole: i32): i32 {
  return <i32>nearest((<f64>weight / <f64>inside) * <f64>whole)
}

/** What a weight exceeds the share that stands for it by. */
// @ts-ignore: decorator
@inline
function excess(weight: f32, inside: f32, share: i32, whole: i32): f32 {
  return <f32>(<f64>weight - (<f64>inside * <f64>share) / <f64>whole)
}

/**
 * A level pixel whose sum lies so close to a half that its rounding is uncertain. On coarse levels that is mostly due
 * to the rounded shares of the first and the last source row; where it is not, the pixel is computed again as OpenCV
 * does. sum: f32 [3]; row: its edge along y; first, last: what these rows' weights exceed their shares by; out: u8 [3].
 */
function recompute(
  sum: usize,
  frame: usize,
  rowBytes: usize,
  column: usize,
  row: usize,
  first: f32,
  last: f32,
  margin: f32,
  out: usize,
): void {
  let better = v128.load(sum)
  if (first != 0)
    better = f32x4.add(better, f32x4.mul(exactRow(frame + load<i32>(row) * rowBytes, column), f32x4.splat(first)))
  if (last != 0)
    better = f32x4.add(better, f32x4.mul(exactRow(frame + load<i32>(row, EDGE) * rowBytes, column), f32x4.splat(last)))
  if (nearTie(better, f32x4.splat(0.5 - margin))) better = exactPixel(frame, rowBytes, column, row)
  const bytes = whole(f32x4.add(better, v128.load(ROUNDER)))
  store<u8>(out, i32x4.extract_lane(bytes, 0))
  store<u8>(out, i32x4.extract_lane(bytes, 1), 1)
  store<u8>(out, i32x4.extract_lane(bytes, 2), 2)
}

/**
 * Rounds the sums of a level's row (f32 [width * 3 + 16]) to its bytes. part: its share of the source row in which it
 * ends. ties: i32 [7][width * 3 / 16 + 2], room for lists of what has to be computed again, which is done when the
 * whole row is there.
 */
function roundRow(level: AreaLevel, part: i32, sums: usize, ties: usize, frame: usize, rowBytes: usize): void {
  const row = level.rows + level.done * EDGE
  const inside = load<f32>(row, 8)
  const bytes = 3 * level.width
  let first = excess(load<f32>(row, 4), inside, level.share, level.whole)
  let last = excess(load<f32>(row, 12), inside, part, level.whole)
  let margin = level.margin
  const shares: f32 = 256 * (abs(first) + abs(last))
  const limit = f32x4.splat(0.5 - margin - shares)
  if (shares < margin) {
    // Not worth making up for.
    first = last = 0
    margin += shares
  }
  const out = level.out + level.done * bytes
  let pixels = ties
  for (let i = 0; i < bytes; i += 16) {
    const p = sums + (i << 2)
    const a = v128.load(p)
    const b = v128.load(p, 16)
    const c = v128.load(p, 32)
    const d = v128.load(p, 48)
    const a1 = f32x4.add(a, v128.load(ROUNDER))
    const b1 = f32x4.add(b, v128.load(ROUNDER))
    const c1 = f32x4.add(c, v128.load(ROUNDER))
    const d1 = f32x4.add(d, v128.load(ROUNDER))
    const low = i16x8.narrow_i32x4_s(whole(a1), whole(b1))
    const high = i16x8.narrow_i32x4_s(whole(c1), whole(d1))
    v128.store(out + i, i8x16.narrow_i16x8_u(low, high))
    // Without absolute values, which are three instructions each.
    const e = surplus(a, a1)
    const f = surplus(b, b1)
    const g = surplus(c, c1)
    const h = surplus(d, d1)
    const most = f32x4.pmax(f32x4.pmax(e, f), f32x4.pmax(g, h))
    const least = f32x4.pmin(f32x4.pmin(e, f), f32x4.pmin(g, h))
    store<i32>(pixels, i)
    pixels += (<usize>v128.any_true(f32x4.ge(f32x4.pmax(most, f32x4.sub(f32x4.splat(0), least)), limit))) << 2
  }
  // Of each 16 bytes the six pixels that have some of them, or more: listed, too, without a branch, which would be a
  // guess.
  let end = pixels
  for (let groups = ties; groups < pixels; groups += 4) {
    for (let x = load<i32>(groups) / 3, last = x + 5; x <= last; x++) {
      store<i32>(end, x)
      end += (<usize>(nearTie(v128.load(sums + 12 * x), limit) != 0)) << 2
    }
  }
  for (; pixels < end; pixels += 4) {
    const x = load<i32>(pixels)
    if (x < level.width)
      recompute(sums + 12 * x, frame, rowBytes, level.columns + x * EDGE, row, first, last, margin, out + 3 * x)
  }
}

/**
 * Readies a level for its first row. Where that is not the top one, the row before it is gone through without being
 * made: it leaves the state in which the next begins. Returns the source row in which the first or that one ends: the
 * integral may begin there, since only differences count.
 */
export function beginLevel(level: AreaLevel, frame: Frame): i32 {
  const frameWidth = frame.width
  const frameHeight = frame.height
  assert(
    level.width > 0 &&
      level.width <= frameWidth &&
      level.height > 0 &&
      level.height <= frameHeight &&
      level.margin >= 0 &&
      level.first >= 0 &&
      level.first < level.end &&
      level.end <= level.height,
  )
  clear(level.state, (level.width + 1) * STATE)
  let ended: f32 = 0
  for (let d = 0, state = level.state, edge = level.columns; d <= level.width; d++, state += STATE, edge += EDGE) {
    store<i32>(state, (load<i32>(edge) + 1) << 4, AT)
    store<f32>(state, ended)
    if (d == level.width) break
    const inside = load<f32>(edge, 8)
    store<f32>(state, 1 - load<f32>(edge, 4) / inside, EXCLUDED)
    ended = load<f32>(edge, 12) / inside
  }
  level.done = max(level.first - 1, 0)
  level.share = 0
  // As fine a unit as the sum of the bytes under a pixel leaves room for in 31 bits.
  const area = ((frameWidth + level.width - 1) / level.width) * ((frameHeight + level.height - 1) / level.height)
  if (area < 1 << 23) level.whole = 1 << (clz(255 * area) - 1)
  else {
    // Not even whole rows fit: every pixel is computed again.
    level.whole = 1
    level.margin = 0.5
  }
  return load<i32>(level.rows + level.done * EDGE, EDGE)
}

/**
 * Makes the next row of a level: rounds halves to even. To be called at the source row in which it ends, with the
 * integral above and below that. Sums must lie between 0 and 255.5. work: levelWork(width) bytes. Bytes are OpenCV's,
 * always: where a sum lies so close to a half that the order of additions decides, see recompute. Returns the source
 * row in which the row after it ends, -1 if it was the last.
 */
export function levelRow(level: AreaLevel, above: usize, below: usize, frame: Frame, work: usize): i32 {
  assert(level.done < level.end)
  const edge = level.rows + level.done * EDGE
  const whole = level.whole
  const inside = load<f32>(edge, 8)
  const part = shareOf(load<f32>(edge, 12), inside, whole)
  v128.store(work, i32x4.splat(whole - part))
  v128.store(work, i32x4.splat(part), 16)
  v128.store(work, f32x4.splat((inside / <f32>whole) * load<f32>(level.columns, 8)), 32)
  endRow(above, below, level.state, level.width, work, work + SUMS - 12)
  if (level.done >= level.first)
    roundRow(level, part, work + SUMS, work + tiesAt(level.width), frame.pixels, 3 * frame.width)
  if (++level.done == level.end) return -1
  level.share = whole - part
  const gap = level.share - shareOf(load<f32>(edge, EDGE + 4), load<f32>(edge, EDGE + 8), whole)
  // More than by rounding: a sliver of the row is left out on one side.
  if (abs(gap) > 1) {
    moveBegin(above, below, level.state, level.width, gap)
    level.share -= gap
  }
  return load<i32>(edge, 2 * EDGE)
}

/**
 * A pixel of whole numbers in four lanes -> its bytes at out; the byte behind it is overwritten, so write left to
 * right.
 */
// @ts-ignore: decorator
@inline
function storePixel(pixel: v128, out: usize): void {
  const words = i16x8.narrow_i32x4_s(i32x4.trunc_sat_f32x4_s(pixel), pixel)
  v128.store32_lane(out, i8x16.narrow_i16x8_u(words, words), 0)
}

/**
 * A row of a level whose pixels are the means of blocks of whole pixels: (sum + 2) >> 2 for 2 x 2, else float32(sum) *
 * float32(1 / area), halves to even. To be called at the last source row of the blocks, with the integral below that.
 * state: i32 [width][4], the integral below the row of blocks before, at the right end of each; 0 at first. out: u8
 * [width][3], a byte behind it is overwritten.
 */
export function blockRow(below: usize, factorX: i32, factorY: i32, width: i32, state: usize, out: usize): void {
  const area = factorX * factorY
  const square = factorX == 2 && factorY == 2
  const step: usize = factorX << 4
  assert(factorX > 0 && factorY > 0 && area < 1 << 24)
  const share = f32x4.splat(<f32>1 / <f32>area)
  const half = i32x4.splat(2)
  // Two zeros come before the first pixel; nothing lies left of the first block.
  let from = i32x4.splat(0)
  below += 16
  for (const end = out + 3 * width; out < end; out += 3) {
    below += step
    const sum = v128.load(below)
    const to = i32x4.sub(sum, v128.load(state))
    const block = i32x4.sub(to, from)
    v128.store(state, sum)
    state += 16
    from = to
    storePixel(
      square
        ? f32x4.convert_i32x4_s(i32x4.shr_s(i32x4.add(block, half), 2))
        : f32x4.nearest(f32x4.mul(f32x4.convert_i32x4_u(block), share)),
      out,
    )
  }
}

/** Two neighbouring pixels of a row mixed in 11-bit fixed point, and the sum without its last four bits. */
// @ts-ignore: decorator
@inline
function blend(left: usize, right: usize, w0: v128, w1: v128): v128 {
  return i32x4.shr_s(i32x4.add(i32x4.mul(loadBytes(left), w0), i32x4.mul(loadBytes(right), w1)), 4)
}

/**
 * Frame -> level where an axis is enlarged: bilinear in OpenCV's fixed point. Taps here: for each target index i32
 * first source index, i32 second, i32 weights of both in 1/2048. out as an AreaLevel's. A level may be made in parts:
 * rows from tapsY on, to where they lie in it.
 */
export function blendLevel(frame: Frame, tapsX: usize, tapsY: usize, width: i32, height: i32, out: usize): void {
  const pixels = frame.pixels
  const rowBytes: usize = 3 * frame.width
  for (let y = 0; y < height; y++) {
    const upper = pixels + load<i32>(tapsY) * rowBytes
    const lower = pixels + load<i32>(tapsY, 4) * rowBytes
    const d0 = v128.load32_splat(tapsY, 8)
    const d1 = v128.load32_splat(tapsY, 12)
    tapsY += 16
    for (let x = 0, taps = tapsX; x < width; x++) {
      const left: usize = 3 * load<i32>(taps)
      const right: usize = 3 * load<i32>(taps, 4)
      const w0 = v128.load32_splat(taps, 8)
      const w1 = v128.load32_splat(taps, 12)
      taps += 16
      const a = i32x4.shr_s(i32x4.mul(blend(upper + left, upper + right, w0, w1), d0), 16)
      const b = i32x4.shr_s(i32x4.mul(blend(lower + left, lower + right, w0, w1), d1), 16)
      storePixel(f32x4.convert_i32x4_s(i32x4.shr_s(i32x4.add(i32x4.add(a, b), i32x4.splat(2)), 2)), out)
      out += 3
    }
  }
}
