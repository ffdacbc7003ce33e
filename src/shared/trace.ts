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
  /** Those left by suppression within the level. */
  afterNms: number
  /** The score of every cell, row by row; only where it was asked for. */
  scores?: Float32Array
}

/** How much a search is to write down: counts and times, also every candidate, or also the score of every cell. */
export type Detail = 'counts' | 'candidates' | 'scores'

/** Where the time went, in milliseconds. */
export interface StageTimes {
  /** Copying the pixels in. */
  load: number
  /** Making the levels of the pyramid. */
  resize: number
  /** P-Net and the suppression after it. */
  proposal: number
  /** Cutting out and resizing patches, for both nets. */
  patches: number
  /** R-Net and the suppression after it. */
  refine: number
  /** O-Net and the suppression after it. */
  output: number
  /** Writing down what `explain` tells beyond counts. */
  detail: number
  total: number
}

/** What happened on the way to an answer: how many candidates each stage took in and let pass, and how long it took. */
export interface Trace {
  levels: LevelTrace[]
  /** Left by suppression over all levels: what R-Net is asked about. */
  proposals: number
  /**
   * Their boxes, regressed, squared and, unless patches are cut to subpixels, truncated: x1, y1, x2, y2 in pixels of the
   * searched image, by descending score.
   */
  proposalBoxes: [x1: number, y1: number, x2: number, y2: number][]
  /** Their P-Net scores. */
  proposalScores: number[]
  /** Over R-Net's threshold. */
  refinePassed: number
  /** Left by suppression after R-Net: what O-Net is asked about. */
  refined: number
  /** Their boxes, like `proposalBoxes`; not squared where these are the answer (`stages: 'boxes'`). */
  refinedBoxes: [x1: number, y1: number, x2: number, y2: number][]
  /** Their R-Net scores. */
  refinedScores: number[]
  /** Over O-Net's threshold. */
  outputPassed: number
  milliseconds: StageTimes
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
