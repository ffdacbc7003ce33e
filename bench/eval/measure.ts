/** From detections to figures. */
import type { AnyFace } from '../../src/shared/face.ts'
import { type AnnotatedPoints, heightOf, landmarkErrors } from './landmarks.ts'
import { averagePrecision, type ImageSteps, judge, normaliser, stepsOf } from './protocol.ts'
import { interval, mean } from './statistics.ts'
import { SETTINGS, type Setting, type Truth } from './truth.ts'

/** Lower ends of the height classes of the recall curve, pixels of the image. */
export const HEIGHTS = [0, 12, 16, 20, 30, 50, 100, 200] as const
/** Confidence at which false positives, detections, recall and landmarks are taken. */
export const CONFIDENCE = 0.7

/** A figure, where 95 of 100 redrawn sets have it, and the same of its difference to the first variant's. */
export interface Estimate {
  readonly value: number
  readonly interval: readonly [low: number, high: number]
  readonly difference: { readonly value: number; readonly interval: readonly [low: number, high: number] }
}

export interface SizeClass {
  /** Pixels of the image. */
  readonly from: number
  readonly faces: number
  readonly found: number
}

export interface Measurement {
  readonly ap: Readonly<Record<Setting, Estimate>>
  readonly falsePositives: number
  readonly detections: number
  readonly falsePositivesPerImage: Estimate
  readonly recall: readonly SizeClass[]
  readonly landmarks: LandmarkMeasurement | undefined
}

export interface LandmarkMeasurement {
  readonly faces: number
  readonly found: number
  /** Faces that this variant and the first found: finding more hard ones is no disadvantage. What follows is their mean. */
  readonly common: number
  readonly error: Estimate
  readonly bySize: readonly LandmarkClass[]
}

export interface LandmarkClass {
  /** Pixels of the image. */
  readonly from: number
  readonly faces: number
  readonly error: number
  /** Of the first variant on the same faces. */
  readonly errorOfFirst: number
}

/** What one variant found in each image, in the order of the truth; and in each image with landmarks. */
export interface Detections {
  readonly faces: readonly (readonly AnyFace[])[]
  readonly landmarkFaces: readonly (readonly AnyFace[])[]
}

/** Class of a height: an index into HEIGHTS. */
export function sizeClass(height: number): number {
  let n = HEIGHTS.length - 1
  while (n > 0 && height < HEIGHTS[n]!) n--
  return n
}

interface Sums {
  readonly steps: Readonly<Record<Setting, ImageSteps[]>>
  readonly falsePositives: number[]
  readonly detections: number[]
}

/** All variants, so that each can be paired with the first. `rounds` are the draws of the bootstrap. */
export function measure(
  truth: Truth,
  annotated: readonly (readonly AnnotatedPoints[])[],
  variants: readonly Detections[],
  rounds: { readonly images: readonly Uint32Array[]; readonly landmarks: readonly Uint32Array[] },
): Measurement[] {
  const sums = variants.map(({ faces }) => sumsOf(truth, faces))
  const errors = variants.map(({ landmarkFaces }) =>
    annotated.map((points, n) => landmarkErrors(points, confident(landmarkFaces[n]!))),
  )
  const ap = (setting: Setting) =>
    estimates(
      sums.map(
        ({ steps }) =>
          (chosen?: ArrayLike<number>) =>
            averagePrecision(steps[setting], chosen),
      ),
      rounds.images,
    )
  const bySetting = SETTINGS.map(ap)
  const falsePositives = estimates(
    sums.map((sum) => (chosen?: ArrayLike<number>) => meanOf(sum.falsePositives, chosen)),
    rounds.images,
  )
  const landmarks = annotated.length > 0 ? landmarkMeasurements(annotated, errors, rounds.landmarks) : []
  return variants.map(({ faces }, v) => {
    const total = (values: readonly number[]) => values.reduce((a, b) => a + b, 0)
    return {
      ap: { easy: bySetting[0]![v]!, medium: bySetting[1]![v]!, hard: bySetting[2]![v]! },
      falsePositives: total(sums[v]!.falsePositives),
      detections: total(sums[v]!.detections),
      falsePositivesPerImage: falsePositives[v]!,
      recall: recallBySize(truth, faces),
      landmarks: landmarks[v],
    }
  })
}

function confident(faces: readonly AnyFace[]): AnyFace[] {
  return faces.filter(({ confidence }) => confidence >= CONFIDENCE)
}

function sumsOf(truth: Truth, faces: readonly (readonly AnyFace[])[]): Sums {
  const normalise = normaliser(faces)
  const steps = Object.fromEntries(
    SETTINGS.map((setting) => [
      setting,
      truth.images.map((image, n) => stepsOf(faces[n]!, image.faces, image.counts[setting], normalise)),
    ]),
  ) as Record<Setting, ImageSteps[]>
  const sure = faces.map(confident)
  const falsePositives = truth.images.map(({ faces, valid }, n) => {
    return judge(sure[n]!, faces, valid).filter(({ outcome }) => outcome === 'false').length
  })
  return { steps, falsePositives, detections: sure.map(({ length }) => length) }
}

function recallBySize(truth: Truth, faces: readonly (readonly AnyFace[])[]): SizeClass[] {
  const classes = HEIGHTS.map((from) => ({ from, faces: 0, found: 0 }))
  truth.images.forEach((image, n) => {
    image.faces.forEach(({ height }, f) => {
      if (image.valid[f]) classes[sizeClass(height)]!.faces++
    })
    for (const { outcome, face } of judge(confident(faces[n]!), image.faces, image.valid)) {
      if (outcome === 'found') classes[sizeClass(image.faces[face]!.height)]!.found++
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

type Figure = (chosen?: ArrayLike<number>) => number

function estimates(figures: readonly Figure[], rounds: readonly Uint32Array[]): Estimate[] {
  const values = figures.map((figure) => figure())
  const drawn = figures.map((figure) => rounds.map((chosen) => figure(chosen)))
  return figures.map((_, v) => ({
    value: values[v]!,
    interval: interval(drawn[v]!),
    difference: {
      value: values[v]! - values[0]!,
      interval: interval(drawn[v]!.map((value, round) => value - drawn[0]![round]!)),
    },
  }))
}

/** Errors by image and face; NaN where a face was not found. */
type Errors = readonly (readonly number[])[]

function landmarkMeasurements(
  annotated: readonly (readonly AnnotatedPoints[])[],
  errors: readonly Errors[],
  rounds: readonly Uint32Array[],
): LandmarkMeasurement[] {
  const first = errors[0]!
  return errors.map((own) => {
    /** Per image, the faces that both found. */
    const common = annotated.map((points, image) =>
      [...points.keys()].filter((face) => !Number.isNaN(own[image]![face]! + first[image]![face]!)),
    )
    const meanError =
      (variant: Errors): Figure =>
      (chosen = [...common.keys()]) => {
        let sum = 0
        let count = 0
        for (let n = 0; n < chosen.length; n++) {
          const image = chosen[n]!
          for (const face of common[image]!) sum += variant[image]![face]!
          count += common[image]!.length
        }
        return sum / count
      }
    const [, error] = estimates([meanError(first), meanError(own)], rounds)
    const bySize = HEIGHTS.map((from, size): LandmarkClass => {
      const faces = common.flatMap((faces, image) =>
        faces
          .filter((face) => sizeClass(heightOf(annotated[image]![face]!)) === size)
          .map((face) => [image, face] as const),
      )
      const meanOver = (variant: Errors) => mean(faces.map(([image, face]) => variant[image]![face]!))
      return { from, faces: faces.length, error: meanOver(own), errorOfFirst: meanOver(first) }
    })
    const found = own.flat().filter((error) => !Number.isNaN(error)).length
    return { faces: annotated.flat().length, found, common: common.flat().length, error: error!, bySize }
  })
}
