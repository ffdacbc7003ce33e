import type { Size } from '../shared/face.ts'
import { BAND, frameRows, levelRows, NO_ROWS, type Rows } from '../wasm/bands.ts'
import type { Level, PatchNet } from '../wasm/nets.ts'
import { cellsAlong } from './pyramid.ts'

// What the parts of a search cost, in nanoseconds, rounded: `npm run bench:kernels`. Only their ratios matter, and they
// hardly differ between machines.
const CELL = 170
const LEVEL_PIXEL = 3.5
const FRAME_PIXEL = 0.9
/** A patch, from the cut to the answer. */
const PATCH = { rnet: 50_000, onet: 250_000 } as const
/** A message to a thread, its answer, and putting that together with the others. */
const MESSAGE = 150_000

/** Rows of cells whose layers below are made by two threads, where a level is cut. */
const CUT_ROWS = 2.5

/** Rounds in which the largest share is narrowed down. */
const ROUNDS = 7
/** Levels, from the largest on, that may be cut: what comes after is a small part of all work. */
const MOST_CUT = 6

/** What a thread does of P-Net: for each level, rows of cells. */
export type Share = readonly Rows[]

/**
 * Shares P-Net and all that comes before it. The largest levels are cut into as many bands as there are threads, the same part of the
 * frame for each, so that a thread resizes that part alone; the small ones, which are hardly worth cutting, all go to the
 * first thread, whose bands are the narrower for it.
 *
 * @param most - Threads there are; fewer are used where more would not pay.
 * @returns One share for each thread that is used, at least one.
 */
export function planShares(frame: Size, levels: readonly Level[], most: number): Share[] {
  const alone = costOf(frame, levels, levels.map(allCells))
  const threads = howMany(alone, most)
  let best = { cost: alone, shares: [levels.map(allCells)] as Share[] }
  if (threads < 2) return best.shares
  for (let cut = 1; cut <= Math.min(levels.length, MOST_CUT); cut++) {
    const shares = balanced(frame, levels, cut, threads)
    const cost = Math.max(...shares.map((share) => costOf(frame, levels, share)))
    if (cost < best.cost) best = { cost, shares }
  }
  return best.shares
}

/** How many threads do work of so many nanoseconds in the shortest time. */
function howMany(work: number, most: number): number {
  return Math.max(1, Math.min(most, Math.round(Math.sqrt(work / MESSAGE))))
}

function allCells({ height }: Level): Rows {
  return { first: 0, end: cellsAlong(height) }
}

/** Nanoseconds. */
function costOf({ width, height }: Size, levels: readonly Level[], share: Share): number {
  let cost = 0
  let top = height
  let bottom = 0
  for (let n = 0; n < levels.length; n++) {
    const level = levels[n]!
    const { first, end } = share[n]!
    if (end <= first) continue
    const made = levelRows(level, share[n]!)
    cost += CELL * cellsAlong(level.width) * (end - first + CUT_ROWS)
    cost += LEVEL_PIXEL * level.width * (made.end - made.first)
    const rows = frameRows(height, level, made)
    if (rows.first < top) top = rows.first
    if (rows.end > bottom) bottom = rows.end
  }
  return cost + FRAME_PIXEL * width * Math.max(0, bottom - top)
}

/** Shares in which `cut` levels are cut, about as large as each other. */
function balanced(frame: Size, levels: readonly Level[], cut: number, threads: number): Share[] {
  const rows = levels.map(({ height }) => cellsAlong(height))
  /** Places where a level may be cut: its bands, of the largest. */
  const places = Math.ceil(rows[0]! / BAND)
  const rowAt = (level: number, place: number) => {
    const bands = Math.ceil(rows[level]! / BAND)
    return place === places ? rows[level]! : Math.min(rows[level]!, BAND * Math.round((place / places) * bands))
  }
  const shareOf = (first: boolean, from: number, to: number): Share =>
    levels.map((level, n) => {
      if (n >= cut) return first ? allCells(level) : NO_ROWS
      return { first: rowAt(n, from), end: rowAt(n, to) }
    })
  /** Shares of at most that cost, from the top down; the last takes what is left. */
  const sharesWithin = (most: number): Share[] => {
    const shares: Share[] = []
    let from = 0
    for (let n = 0; n < threads && (n === 0 || from < places); n++) {
      let to = from
      let above = places
      if (n === threads - 1) to = places
      while (to < above) {
        const middle = Math.ceil((to + above) / 2)
        if (costOf(frame, levels, shareOf(n === 0, from, middle)) <= most) to = middle
        else above = middle - 1
      }
      shares.push(shareOf(n === 0, from, to))
      from = to
    }
    return shares
  }
  // Not under an equal part each; and where twice that is not enough, more threads do not pay.
  let low = costOf(frame, levels, levels.map(allCells)) / threads
  let high = 2 * low
  for (let round = 0; round < ROUNDS; round++) {
    const middle = (low + high) / 2
    const last = sharesWithin(middle).at(-1)!
    if (costOf(frame, levels, last) <= middle) high = middle
    else low = middle
  }
  return sharesWithin(high)
}

/** How many threads answer so many patches. */
export function threadsForPatches({ name }: PatchNet, patches: number, most: number): number {
  return Math.min(howMany(patches * PATCH[name], most), Math.max(patches, 1))
}

/** The rows of a frame that the patches of boxes are cut out of; x1, y1, x2, y2 of each. */
export function rowsOfBoxes(boxes: Float64Array, { side }: PatchNet, frameHeight: number): Rows {
  let first = frameHeight
  let end = 0
  for (let n = 0; n < boxes.length; n += 4) {
    const [top, bottom] = [boxes[n + 1]!, boxes[n + 3]!]
    // Taps reach a patch pixel beyond the box, or two image pixels.
    const reach = Math.max(2, (bottom - top + 1) / side) + 2
    if (top - reach < first) first = top - reach
    if (bottom + reach > end) end = bottom + reach
  }
  return end > first ? { first: Math.max(0, Math.floor(first)), end: Math.min(frameHeight, Math.ceil(end)) } : NO_ROWS
}

/** Whether rows lie within one of ascending parts. */
export function within(rows: Rows, parts: readonly Rows[]): boolean {
  return rows.end <= rows.first || parts.some(({ first, end }) => first <= rows.first && rows.end <= end)
}
