/**
 * Average precision as the evaluation of WIDER FACE defines it: scores brought to 0..1 over the whole set, a curve over
 * 1000 thresholds, IoU 0.5, faces outside a split ignored.
 */
import type { Rectangle } from './truth.ts'

/** What a detector says of one image. */
export interface Found {
  readonly box: Rectangle
  readonly confidence: number
}

export const THRESHOLDS = 1000
const IOU = 0.5

/** Intersection over union, both edges counted (+1), as the evaluation has it. */
export function overlap(a: Rectangle, b: Rectangle): number {
  const width = Math.min(a.x + a.width, b.x + b.width) - Math.max(a.x, b.x) + 1
  const height = Math.min(a.y + a.height, b.y + b.height) - Math.max(a.y, b.y) + 1
  if (width <= 0 || height <= 0) return 0
  const area = (box: Rectangle) => (box.width + 1) * (box.height + 1)
  return (width * height) / (area(a) + area(b) - width * height)
}

/** The fate of one detection. */
export interface Verdict {
  readonly confidence: number
  /** 'found': the first on a face that counts; 'ignored': on a face that does not; else 'false'. */
  readonly outcome: 'found' | 'false' | 'ignored'
  /** The face it lies on, or -1. */
  readonly face: number
}

/**
 * Assigns detections to faces: each, by descending confidence, to the face it overlaps most. A second one on the same face is false.
 */
export function judge(found: readonly Found[], faces: readonly Rectangle[], counts: readonly boolean[]): Verdict[] {
  const taken = new Set<number>()
  return [...found]
    .sort((a, b) => b.confidence - a.confidence)
    .map(({ box, confidence }) => {
      let face = -1
      let most = 0
      for (let n = 0; n < faces.length; n++) {
        const shared = overlap(box, faces[n]!)
        if (shared > most) {
          most = shared
          face = n
        }
      }
      if (most < IOU) return { confidence, outcome: 'false', face: -1 }
      if (!counts[face]) return { confidence, outcome: 'ignored', face }
      const again = taken.has(face)
      taken.add(face)
      return { confidence, outcome: again ? 'false' : 'found', face }
    })
}

/** What an image adds to the curve: at which thresholds its detections come in. */
export interface ImageSteps {
  /** Faces that count. */
  readonly faces: number
  /** Of each detection that is not ignored, the first threshold it reaches. */
  readonly at: Uint16Array
  /** Whether it finds a face: 1 or 0. */
  readonly found: Uint8Array
}

/** Brings scores to 0..1 by the smallest and largest of the whole set. */
export function normaliser(all: readonly (readonly Found[])[]): (confidence: number) => number {
  let least = Number.POSITIVE_INFINITY
  let most = Number.NEGATIVE_INFINITY
  for (const image of all) {
    for (const { confidence } of image) {
      least = Math.min(least, confidence)
      most = Math.max(most, confidence)
    }
  }
  // One score only: all reach the first threshold.
  return most > least ? (confidence) => (confidence - least) / (most - least) : () => 1
}

/** Threshold t is 1 - (t + 1) / 1000: the first that a score reaches, or 1000 for none. */
function firstThreshold(score: number): number {
  let t = Math.max(0, Math.floor((1 - score) * THRESHOLDS) - 2)
  while (t < THRESHOLDS && !(score >= 1 - (t + 1) / THRESHOLDS)) t++
  return t
}

/** The steps of one image. Images without any annotated face take no part, as in the evaluation. */
export function stepsOf(
  found: readonly Found[],
  faces: readonly Rectangle[],
  counts: readonly boolean[],
  normalise: (confidence: number) => number,
): ImageSteps {
  const verdicts = faces.length === 0 ? [] : judge(found, faces, counts).filter(({ outcome }) => outcome !== 'ignored')
  return {
    faces: counts.filter(Boolean).length,
    at: Uint16Array.from(verdicts, ({ confidence }) => firstThreshold(normalise(confidence))),
    found: Uint8Array.from(verdicts, ({ outcome }) => (outcome === 'found' ? 1 : 0)),
  }
}

/**
 * Average precision of a set of images: area under the precision-recall curve, precision made to fall only.
 *
 * @param chosen - Indices into `images`, repeats allowed: what the bootstrap draws. By default each once.
 */
export function averagePrecision(
  images: readonly ImageSteps[],
  chosen: ArrayLike<number> = [...images.keys()],
): number {
  const proposals = new Float64Array(THRESHOLDS + 1)
  const hits = new Float64Array(THRESHOLDS + 1)
  let faces = 0
  for (let n = 0; n < chosen.length; n++) {
    const image = images[chosen[n]!]!
    faces += image.faces
    for (let d = 0; d < image.at.length; d++) {
      const t = image.at[d]!
      proposals[t]! += 1
      hits[t]! += image.found[d]!
    }
  }
  if (faces === 0) return Number.NaN
  const precision = new Float64Array(THRESHOLDS)
  const recall = new Float64Array(THRESHOLDS)
  let given = 0
  let right = 0
  for (let t = 0; t < THRESHOLDS; t++) {
    given += proposals[t]!
    right += hits[t]!
    precision[t] = given > 0 ? right / given : 0
    recall[t] = right / faces
  }
  let area = 0
  let best = 0
  for (let t = THRESHOLDS - 1; t >= 0; t--) {
    best = Math.max(best, precision[t]!)
    area += best * (recall[t]! - (t > 0 ? recall[t - 1]! : 0))
  }
  return area
}
