import type { Level } from './nets.ts'

/** Rows from `first` to before `end`; none where `end` is not beyond `first`. */
export interface Rows {
  readonly first: number
  readonly end: number
}

/** Rows of cells that P-Net makes at once: a search of a part of a level begins at a multiple, and ends at one or at the bottom. */
export const BAND = 4

export const NO_ROWS: Rows = { first: 0, end: 0 }

export function isEmpty({ first, end }: Rows): boolean {
  return !(end > first)
}

/** The rows of a level that P-Net looks at for rows of its cells: those below a cell reach into how a whole tile is rounded. */
export function levelRows({ height }: Pick<Level, 'height'>, cells: Rows): Rows {
  if (isEmpty(cells)) return NO_ROWS
  // Written so that an end beyond the level does no harm.
  return { first: 2 * cells.first, end: Math.min(height, 2 * BAND * Math.ceil(cells.end / BAND) + 14) }
}

/** The rows of a frame that rows of a level are made of, and up to two more on either side. */
export function frameRows(frameHeight: number, level: Pick<Level, 'height'>, rows: Rows): Rows {
  if (isEmpty(rows)) return NO_ROWS
  const step = frameHeight / level.height
  return {
    first: Math.max(0, Math.floor(rows.first * step) - 2),
    end: Math.min(frameHeight, Math.ceil(rows.end * step) + 2),
  }
}

/** The rows of a frame under rows of cells of its levels. */
export function neededRows(
  frameHeight: number,
  levels: readonly Pick<Level, 'height'>[],
  cells: readonly Rows[],
): Rows[] {
  return mergeRows(levels.map((level, n) => frameRows(frameHeight, level, levelRows(level, cells[n]!))))
}

/** The same rows, ascending, apart from one another. */
export function mergeRows(parts: readonly Rows[]): Rows[] {
  const merged: Rows[] = []
  for (const rows of parts.filter((part) => !isEmpty(part)).sort((a, b) => a.first - b.first)) {
    const last = merged.at(-1)
    if (last && rows.first <= last.end)
      merged[merged.length - 1] = { first: last.first, end: Math.max(last.end, rows.end) }
    else merged.push(rows)
  }
  return merged
}

/** From the first of ascending parts to the last. */
export function hullOf(parts: readonly Rows[]): Rows {
  return parts.length > 0 ? { first: parts[0]!.first, end: parts.at(-1)!.end } : NO_ROWS
}
