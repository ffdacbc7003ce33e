/** What a choice of threshold gives: faces found at so many false positives, and whether a confidence means what it says. */
import type { Verdict } from './protocol.ts'

/** Lower ends of the classes of the reliability table; the last ends at 1. */
export const CONFIDENCES = [0, 0.1, 0.3, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.99] as const

/** Detections of one class of confidence, those on invalid faces left out. */
export interface ReliabilityClass {
  readonly from: number
  readonly detections: number
  /** Of them, those that are the first on a valid face. */
  readonly right: number
  /** Their mean confidence: what share should be right. */
  readonly said: number
}

/** The error is that of detections from here up: below lie the many that nobody is shown. */
export const RELIABLE_FROM = 0.5

export interface Reliability {
  readonly classes: readonly ReliabilityClass[]
  /** From RELIABLE_FROM up: the mean of the classes' differences between what was said and what is right, weighted by their detections. */
  readonly error: number
}

/** @param verdicts - Of all images, on valid faces. */
export function reliability(verdicts: readonly Verdict[]): Reliability {
  const sums = CONFIDENCES.map(() => ({ detections: 0, right: 0, said: 0 }))
  for (const { confidence, outcome } of verdicts) {
    if (outcome === 'ignored') continue
    let n = CONFIDENCES.length - 1
    while (n > 0 && confidence < CONFIDENCES[n]!) n--
    const sum = sums[n]!
    sum.detections++
    sum.said += confidence
    if (outcome === 'found') sum.right++
  }
  const classes = sums.map(({ detections, right, said }, n) => {
    return { from: CONFIDENCES[n]!, detections, right, said: said / detections }
  })
  const shown = sums.filter((_, n) => CONFIDENCES[n]! >= RELIABLE_FROM)
  const all = shown.reduce((sum, { detections }) => sum + detections, 0)
  const off = shown.reduce((sum, { right, said }) => sum + Math.abs(said - right), 0)
  return { classes, error: off / all }
}

export interface OperatingPoint {
  /** The lowest confidence to which no more than the wanted false positives come; NaN where none will do. */
  readonly threshold: number
  /** Faces found from there up. */
  readonly found: number
}

/** Detections of a set of images by descending confidence, so that thresholds can be tried on any draw of the images. */
export class OperatingCurve {
  readonly #confidence: Float64Array
  readonly #image: Uint32Array
  readonly #found: Uint8Array

  /** @param images - For each image, the verdicts on valid faces. */
  constructor(images: readonly (readonly Verdict[])[]) {
    const all = images
      .flatMap((verdicts, image) => verdicts.map(({ confidence, outcome }) => ({ confidence, outcome, image })))
      .filter(({ outcome }) => outcome !== 'ignored')
      .sort((a, b) => b.confidence - a.confidence)
    this.#confidence = Float64Array.from(all, ({ confidence }) => confidence)
    this.#image = Uint32Array.from(all, ({ image }) => image)
    this.#found = Uint8Array.from(all, ({ outcome }) => (outcome === 'found' ? 1 : 0))
  }

  /**
   * The faces found at no more than so many false positives. Detections of the same confidence come in together.
   *
   * @param weights - How often each image counts; by default once.
   */
  at(falsePositives: number, weights?: ArrayLike<number>): OperatingPoint {
    let threshold = Number.NaN
    let found = 0
    let wrong = 0
    for (let n = 0; n < this.#confidence.length; ) {
      const confidence = this.#confidence[n]!
      let more = 0
      for (; n < this.#confidence.length && this.#confidence[n] === confidence; n++) {
        const weight = weights ? weights[this.#image[n]!]! : 1
        if (this.#found[n]) more += weight
        else wrong += weight
      }
      if (wrong > falsePositives) break
      found += more
      threshold = confidence
    }
    return { threshold, found }
  }
}

/** How often each of so many images was drawn. */
export function weightsOf(drawn: ArrayLike<number>, images: number): Float64Array {
  const weights = new Float64Array(images)
  for (let n = 0; n < drawn.length; n++) weights[drawn[n]!]! += 1
  return weights
}
