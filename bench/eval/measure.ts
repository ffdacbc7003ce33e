/** From detections to figures. */
import type { AnyFace } from '../../src/shared/face.ts'
import type { AnnotatedPoints } from './landmarks.ts'
import { type LandmarkMeasurement, measureLandmarks } from './measure-landmarks.ts'
import { OperatingCurve, type OperatingPoint, type Reliability, reliability, weightsOf } from './operating.ts'
import { averagePrecision, type ImageSteps, judge, normaliser, stepsOf, type Verdict } from './protocol.ts'
import { draws, type Estimate, estimates, mean } from './statistics.ts'
import { HEIGHTS, SETTINGS, type Setting, sizeClass, type Truth } from './truth.ts'

export interface MeasureOptions {
  /** Where false positives, detections, recall and landmarks are taken. */
  readonly confidence: number
  /** At how many false positives the faces found are compared; undefined: as the first variant does, and 0.1, 0.3, 1 an image. */
  readonly falsePositives: readonly number[] | undefined
  /** Draws of the bootstrap. */
  readonly rounds: number
  readonly seed: number
}

export interface SizeClass {
  /** Pixels of the image. */
  readonly from: number
  readonly faces: number
  readonly found: number
}

/** Faces found by the threshold at which there are so many false positives. */
export interface FoundAt {
  readonly falsePositives: number
  readonly threshold: number
  readonly found: Estimate
}

export interface FaceMeasurement {
  readonly ap: Readonly<Record<Setting, Estimate>>
  readonly falsePositives: number
  readonly detections: number
  readonly falsePositivesPerImage: Estimate
  readonly recall: readonly SizeClass[]
  readonly foundAt: readonly FoundAt[]
  readonly reliability: Reliability
}

export interface Measurement {
  /** Undefined where no truth was given. */
  readonly faces: FaceMeasurement | undefined
  /** Undefined where no landmarks were given. */
  readonly landmarks: LandmarkMeasurement | undefined
}

/** What one variant found in each image, in the order of the truth; and in each image with landmarks. */
export interface Detections {
  readonly faces: readonly (readonly AnyFace[])[]
  readonly landmarkFaces: readonly (readonly AnyFace[])[]
}

/** All variants together, so that each can be paired with the first. */
export function measure(
  truth: Truth,
  annotated: readonly (readonly AnnotatedPoints[])[],
  variants: readonly Detections[],
  options: MeasureOptions,
): Measurement[] {
  const { confidence, rounds, seed } = options
  const found = variants.map(({ faces }) => faces)
  const faces = truth.images.length > 0 ? measureFaces(truth, found, options) : []
  const sure = variants.map(({ landmarkFaces }) =>
    landmarkFaces.map((faces) => faces.filter((face) => face.confidence >= confidence)),
  )
  const landmarks = annotated.length > 0 ? measureLandmarks(annotated, sure, draws(annotated.length, rounds, seed)) : []
  return variants.map((_, v) => ({ faces: faces[v], landmarks: landmarks[v] }))
}

/** What is computed once for each variant. */
interface Judged {
  readonly steps: Readonly<Record<Setting, ImageSteps[]>>
  /** By image, on valid faces. */
  readonly verdicts: readonly (readonly Verdict[])[]
  /** By image, at the confidence of the figures. */
  readonly falsePositives: readonly number[]
  readonly detections: number
  readonly curve: OperatingCurve
}

function measureFaces(
  truth: Truth,
  variants: readonly (readonly (readonly AnyFace[])[])[],
  { confidence, falsePositives, rounds, seed }: MeasureOptions,
): FaceMeasurement[] {
  const drawn = draws(truth.images.length, rounds, seed)
  const judged = variants.map((faces) => judgeAll(truth, faces, confidence))
  const over = (figure: (variant: Judged, chosen?: ArrayLike<number>) => number) =>
    estimates(
      judged.map((variant) => (chosen?: ArrayLike<number>) => figure(variant, chosen)),
      drawn,
    )
  const [easy, medium, hard] = SETTINGS.map((setting) =>
    over(({ steps }, chosen) => averagePrecision(steps[setting], chosen)),
  )
  const perImage = over((variant, chosen) => meanOf(variant.falsePositives, chosen))
  const alarms = falsePositives ?? usualFalsePositives(judged[0]!, truth.images.length)
  const weights = drawn.map((chosen) => weightsOf(chosen, truth.images.length))
  const weightsOfDraw = new Map(drawn.map((chosen, round) => [chosen as ArrayLike<number>, weights[round]!]))
  const foundAt = alarms.map((count) => ({
    count,
    points: judged.map(({ curve }): OperatingPoint => curve.at(count)),
    found: over(({ curve }, chosen) => curve.at(count, chosen && weightsOfDraw.get(chosen)).found),
  }))
  return judged.map((variant, v) => ({
    ap: { easy: easy![v]!, medium: medium![v]!, hard: hard![v]! },
    falsePositives: variant.falsePositives.reduce((a, b) => a + b, 0),
    detections: variant.detections,
    falsePositivesPerImage: perImage[v]!,
    recall: recallBySize(truth, variant, confidence),
    foundAt: foundAt.map(({ count, points, found }) => {
      return { falsePositives: count, threshold: points[v]!.threshold, found: found[v]! }
    }),
    reliability: reliability(variant.verdicts.flat()),
  }))
}

function judgeAll(truth: Truth, faces: readonly (readonly AnyFace[])[], confidence: number): Judged {
  const normalise = normaliser(faces)
  const steps = Object.fromEntries(
    SETTINGS.map((setting) => [
      setting,
      truth.images.map((image, n) => stepsOf(faces[n]!, image.faces, image.counts[setting], normalise)),
    ]),
  ) as Record<Setting, ImageSteps[]>
  const verdicts = truth.images.map((image, n) => judge(faces[n]!, image.faces, image.valid))
  const falsePositives = verdicts.map(
    (image) => image.filter((verdict) => verdict.outcome === 'false' && verdict.confidence >= confidence).length,
  )
  const detections = faces.flat().filter((face) => face.confidence >= confidence).length
  return { steps, verdicts, falsePositives, detections, curve: new OperatingCurve(verdicts) }
}

/** As many as the first variant has at the confidence of the figures; one in ten images, three in ten, one in each. */
function usualFalsePositives({ falsePositives }: Judged, images: number): number[] {
  const ofFirst = falsePositives.reduce((a, b) => a + b, 0)
  return [...new Set([0.1, 0.3, 1].map((share) => Math.round(share * images)).concat(ofFirst))].sort((a, b) => a - b)
}

function recallBySize(truth: Truth, { verdicts }: Judged, confidence: number): SizeClass[] {
  const classes = HEIGHTS.map((from) => ({ from, faces: 0, found: 0 }))
  truth.images.forEach((image, n) => {
    image.faces.forEach(({ height }, f) => {
      if (image.valid[f]) classes[sizeClass(height)]!.faces++
    })
    for (const verdict of verdicts[n]!) {
      if (verdict.outcome !== 'found' || verdict.confidence < confidence) continue
      classes[sizeClass(image.faces[verdict.face]!.height)]!.found++
    }
  })
  return classes
}

function meanOf(values: readonly number[], chosen?: ArrayLike<number>): number {
  if (!chosen) return mean(values)
  let sum = 0
  for (let n = 0; n < chosen.length; n++) sum += values[chosen[n]!]!
  return sum / chosen.length
}
