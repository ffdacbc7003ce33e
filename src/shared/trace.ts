import type { Turn } from './turn.ts'

/** One level of the pyramid and what P-Net found in it. */
export interface LevelTrace {
  /** Level pixels per image pixel. */
  scale: number
  /** Level pixels. */
  width: number
  height: number
  /** Columns and rows of P-Net's map. */
  cells: [columns: number, rows: number]
  /** Cells whose score reached the threshold. */
  passed: number
  /** Cells left after non-maximum suppression within the level. */
  afterNms: number
  /** The score of every cell, row by row; only with `explain(image, { scores: true })`. */
  scores?: Float32Array
}

/** What a trace holds: counts and times; also the boxes of candidates; also the score of every cell. */
export type Detail = 'counts' | 'candidates' | 'scores'

/** How long each part of a search took, in milliseconds. */
export interface StageTimes {
  /** Copying the pixels into the memory of the kernels. */
  load: number
  /** Making the levels of the pyramid. */
  resize: number
  /** P-Net and the non-maximum suppression after it. */
  proposal: number
  /** Cutting out and resizing patches, for both nets. */
  patches: number
  /** R-Net and the non-maximum suppression after it. */
  refine: number
  /** O-Net and the non-maximum suppression after it. */
  output: number
  /** Collecting what `explain` gives beyond counts. */
  detail: number
  total: number
}

/** What one of several threads was busy with, in milliseconds: its share of these parts of a search. */
export type ThreadTimes = Pick<StageTimes, 'load' | 'resize' | 'proposal' | 'patches' | 'refine' | 'output'>

/**
 * What happened during a search: how many candidates each stage had and kept, and how long it took. All boxes are in pixels
 * of what was searched: with a `roi`, from the corner of that. With `pad`, they may lie in the border, which is outside.
 */
export interface Trace {
  levels: LevelTrace[]
  /** Proposals left after non-maximum suppression over all levels: the input of R-Net. */
  proposals: number
  /**
   * Boxes of the proposals, by descending score: regressed, made square and, unless `patches` is `'subpixel'`, truncated to
   * whole pixels.
   */
  proposalBoxes: [x1: number, y1: number, x2: number, y2: number][]
  /** P-Net's scores of the proposals, in the same order. */
  proposalScores: number[]
  /** How many proposals reached R-Net's threshold. */
  refinePassed: number
  /** How many of these non-maximum suppression left: the input of O-Net. */
  refined: number
  /** Their boxes, like `proposalBoxes`; with `stages: 'boxes'` they are the answer, and not made square. */
  refinedBoxes: [x1: number, y1: number, x2: number, y2: number][]
  /** R-Net's scores of these, in the same order. */
  refinedScores: number[]
  /** How many of these reached O-Net's threshold. */
  outputPassed: number
  /** With several threads, the sums of the one that leads: what it did itself, and how long it waited for the others. */
  milliseconds: StageTimes
  /** For each thread that took part, the leading one first, what it was busy with; only with option `threads`. */
  threads?: ThreadTimes[]
  /** One for each turn that was searched; only with option `rotate`. What stands above is then of all of them, one after another. */
  turns?: TurnTrace[]
}

/** What happened while the image was searched for faces that are turned by so much. */
export interface TurnTrace extends Trace {
  /** As in option `rotate`, degrees. Levels are those of the turned image; boxes are in pixels of what was searched, not turned. */
  turn: Turn
}

/** A trace with nothing in it yet. */
export function emptyTrace(): Trace {
  const milliseconds = { load: 0, resize: 0, proposal: 0, patches: 0, refine: 0, output: 0, detail: 0, total: 0 }
  return {
    levels: [],
    proposals: 0,
    proposalBoxes: [],
    proposalScores: [],
    refinePassed: 0,
    refined: 0,
    refinedBoxes: [],
    refinedScores: [],
    outputPassed: 0,
    milliseconds,
  }
}

export function emptyThreadTimes(): ThreadTimes {
  return { load: 0, resize: 0, proposal: 0, patches: 0, refine: 0, output: 0 }
}

/** Adds times to sums, name by name. */
export function addTimes<Name extends string>(sums: Record<Name, number>, times: Readonly<Record<Name, number>>): void {
  for (const name of Object.keys(times) as Name[]) sums[name] += times[name]
}

/** A clock: adds the time since the last call, or since it was made, to one of the sums. What has no sum there is not counted. */
export function clockFor(sums: Partial<StageTimes>): (sum: keyof StageTimes) => void {
  let last = performance.now()
  return (sum) => {
    const now = performance.now()
    const before = sums[sum]
    if (before !== undefined) sums[sum] = before + now - last
    last = now
  }
}
