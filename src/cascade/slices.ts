import type { Turn } from '../shared/turn.ts'
import { BAND, NO_ROWS, type Rows } from '../wasm/bands.ts'
import { type Level, WINDOW } from '../wasm/nets.ts'
import { cellsAlong } from './pyramid.ts'

/**
 * The search of a whole frame in slices, one for each frame of a video. A slice is made of bands of P-Net's cells, in the order of
 * the levels and from the top to the bottom. All levels that find faces from 40 pixels on are gone through in one round, and the finer
 * ones, which cost most, in three.
 */

/** A new face from so many pixels on is found in one round. */
const QUICK_FROM = 40
/** Rounds in which the finer levels are gone through. */
export const SLOW_ROUNDS = 3

/** The pyramid of one turn. */
export interface TurnLevels {
  readonly turn: Turn
  readonly levels: readonly Level[]
}

/** What a slice has of the levels of one turn. */
export interface TurnSlice extends TurnLevels {
  /** Of each level. */
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
  const quick = rowsOf(turns, isQuick, slices, index, true)
  const slow = rowsOf(turns, (level) => !isQuick(level), SLOW_ROUNDS * slices, index, false)
  return turns.map(({ turn, levels }, t) => ({
    turn,
    levels,
    cells: levels.map((level, n) => (isQuick(level) ? quick : slow)[t]![n]!),
  }))
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
  index: number,
  overlap: boolean,
): Rows[][] {
  const bandsOf = ({ height }: Level) => Math.ceil(cellsAlong(height) / BAND)
  const workOf = (level: Level) => (wanted(level) ? bandsOf(level) * cellsAlong(level.width) : 0)
  const total = turns.reduce((sum, { levels }) => levels.reduce((all, level) => all + workOf(level), sum), 0)
  const slice = index % slices
  const [from, to] = [(slice * total) / slices, ((slice + 1) * total) / slices]
  let start = 0
  return turns.map(({ levels }) =>
    levels.map((level) => {
      const work = workOf(level)
      if (work === 0) return NO_ROWS
      const each = cellsAlong(level.width)
      const bandAt = (place: number) => Math.min(Math.max(Math.ceil((place - start) / each), 0), bandsOf(level))
      const [first, end] = [bandAt(from), bandAt(to)]
      start += work
      if (first >= end) return NO_ROWS
      return { first: BAND * (overlap ? Math.max(first - 1, 0) : first), end: BAND * end }
    }),
  )
}
