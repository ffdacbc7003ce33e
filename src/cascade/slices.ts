import type { Turn } from '../shared/turn.ts'
import { BAND, isEmpty, NO_ROWS, type Rows } from '../wasm/bands.ts'
import { type Level, WINDOW } from '../wasm/nets.ts'
import { cellsAlong } from './pyramid.ts'

/**
 * The search of a whole frame in slices, one for each frame of a video. A slice is made of bands of P-Net's cells, in the order of
 * the levels and from the top to the bottom. All levels that find faces from 40 pixels on are gone through in one round, and the finer
 * ones, which cost most, in eight. A slice is of the ones or of the others: few large parts take less than many small ones.
 */

/** A new face from so many pixels on is found in one round. */
const QUICK_FROM = 40
/** Rounds in which the finer levels are gone through. */
export const SLOW_ROUNDS = 8

/** The pyramid of one turn. */
export interface TurnLevels {
  readonly turn: Turn
  readonly levels: readonly Level[]
}

/** What a slice has of the levels of one turn: those that it has nothing of are missing. */
export interface TurnSlice extends TurnLevels {
  /** Of each level, not empty. */
  readonly cells: readonly Rows[]
}

/**
 * The slice of one frame.
 *
 * @param slices - In one round: over so many frames the search is spread.
 * @param index - Counts the frames.
 */
export function sliceOf(
  turns: readonly TurnLevels[],
  scaleFactor: number,
  slices: number,
  index: number,
): readonly TurnSlice[] {
  // The nearest level under 40 pixels still finds faces of 40.
  const isQuick = ({ scale }: Level) => WINDOW / scale > QUICK_FROM * scaleFactor
  const isSlow = (level: Level) => !isQuick(level)
  const quick = quickSlices(workOf(turns, isQuick), workOf(turns, isSlow) / SLOW_ROUNDS, slices)
  const position = index % slices
  const before = Math.floor((position * quick) / slices)
  const isQuickTurn = Math.floor(((position + 1) * quick) / slices) > before
  const rows =
    slices === 1
      ? rowsOf(turns, () => true, 1, 0, false)
      : isQuickTurn
        ? rowsOf(turns, isQuick, quick, before, true)
        : rowsOf(turns, isSlow, SLOW_ROUNDS * (slices - quick), slowIndex(index, slices, quick, before), false)
  return turns.flatMap(({ turn, levels }, t) => {
    const cells = rows[t]!
    const isWanted = (_: unknown, n: number) => !isEmpty(cells[n]!)
    return cells.every(isEmpty) ? [] : [{ turn, levels: levels.filter(isWanted), cells: cells.filter(isWanted) }]
  })
}

/** How many slices of a round go to the levels that one round goes through: as much as their share of the work is. */
function quickSlices(quick: number, slow: number, slices: number): number {
  if (slow === 0) return slices
  if (quick === 0) return 0
  return Math.min(Math.max(Math.round((slices * quick) / (quick + slow)), 1), slices - 1)
}

/** Counts the slices of the finer levels, through all their rounds. */
function slowIndex(index: number, slices: number, quick: number, before: number): number {
  const round = Math.floor(index / slices) % SLOW_ROUNDS
  return round * (slices - quick) + (index % slices) - before
}

const bandsOf = ({ height }: Level) => Math.ceil(cellsAlong(height) / BAND)

/** The work for all levels that are `wanted`, in bands times columns. */
function workOf(turns: readonly TurnLevels[], wanted: (level: Level) => boolean): number {
  const work = (level: Level) => (wanted(level) ? bandsOf(level) * cellsAlong(level.width) : 0)
  return turns.reduce((sum, { levels }) => levels.reduce((all, level) => all + work(level), sum), 0)
}

/**
 * Which rows of cells are those of one slice, among the levels that are `wanted`. A band belongs to the slice in which its share of
 * all the work begins.
 *
 * @param overlap - Whether a slice reaches a band into the one before: a face that moves up is then missed by neither.
 */
function rowsOf(
  turns: readonly TurnLevels[],
  wanted: (level: Level) => boolean,
  slices: number,
  slice: number,
  overlap: boolean,
): Rows[][] {
  const total = workOf(turns, wanted)
  const [from, to] = [(slice * total) / slices, ((slice + 1) * total) / slices]
  let start = 0
  return turns.map(({ levels }) =>
    levels.map((level) => {
      const each = cellsAlong(level.width)
      const bands = bandsOf(level)
      if (!wanted(level) || each * bands === 0) return NO_ROWS
      const bandAt = (place: number) => Math.min(Math.max(Math.ceil((place - start) / each), 0), bands)
      const [first, end] = [bandAt(from), bandAt(to)]
      start += bands * each
      if (first >= end) return NO_ROWS
      return { first: BAND * (overlap ? Math.max(first - 1, 0) : first), end: BAND * end }
    }),
  )
}
