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
  /** Patch side, pixels. */
  readonly side: 24 | 48
  /** Patches in one call. */
  readonly batch: number
  /** Pixels from row to row of a patch in memory. */
  readonly pitch: number
  /** Floats of an answer: logit, four of box regression, ten of landmarks or none, score at `scoreAt`. */
  readonly answer: number
  readonly scoreAt: number
}

export const REFINE_NET: PatchNet = { side: 24, batch: 16, pitch: 26, answer: 8, scoreAt: 5 }
export const OUTPUT_NET: PatchNet = { side: 48, batch: 8, pitch: 50, answer: 16, scoreAt: 15 }
