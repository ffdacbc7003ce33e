/** One level of the pyramid: the whole image, resized. */
export interface Level {
  /** Level pixels per image pixel. */
  readonly scale: number
  /** Level pixels. */
  readonly width: number
  readonly height: number
}

/** Side of P-Net's window, level pixels. */
export const WINDOW = 12

/** What sets the two refining nets apart. */
export interface PatchNet {
  /** As its kernel is called. */
  readonly name: 'rnet' | 'onet'
  /** The stage it decides; also the sum its time goes to. */
  readonly stage: 'refine' | 'output'
  /** Patch side, pixels. */
  readonly side: 24 | 48
  /** Patches in one call. */
  readonly batch: number
  /** Pixels from row to row of a patch in memory. */
  readonly pitch: number
  /** Floats of an answer: logit, four of box regression, ten of landmarks (five x, five y) or none, score at `scoreAt`. */
  readonly answer: number
  readonly scoreAt: number
  readonly landmarks: boolean
}

export const REFINE_NET: PatchNet = {
  name: 'rnet',
  stage: 'refine',
  side: 24,
  batch: 16,
  pitch: 26,
  answer: 8,
  scoreAt: 5,
  landmarks: false,
}

export const OUTPUT_NET: PatchNet = {
  name: 'onet',
  stage: 'output',
  side: 48,
  batch: 8,
  pitch: 50,
  answer: 16,
  scoreAt: 15,
  landmarks: true,
}

/** Where the logit is in an answer, where the box regression begins, and in O-Net's the landmarks. */
export const LOGIT_AT = 0
export const REGRESSION_AT = 1
export const LANDMARKS_AT = 5
