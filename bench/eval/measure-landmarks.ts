/** How far landmarks lie from annotated ones, on faces that the variant and the first variant both found. */
import type { AnyFace } from '../../src/shared/face.ts'
import { type AnnotatedPoints, heightOf, landmarkErrors } from './landmarks.ts'
import { type Estimate, estimates, type Figure, mean, median } from './statistics.ts'
import { HEIGHTS, sizeClass } from './truth.ts'

export interface LandmarkMeasurement {
  readonly faces: number
  readonly found: number
  /** Faces that this variant and the first found: finding more hard ones is no disadvantage. What follows is their mean. */
  readonly common: number
  readonly error: Estimate
  /** The median: one face far off moves the mean of few. */
  readonly median: number
  /** Of the first variant on the same faces. */
  readonly medianOfFirst: number
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

/** Errors by image and face; NaN where a face was not found. */
type Errors = readonly (readonly number[])[]

/**
 * @param variants - For each variant, the faces of each annotated image that are sure enough.
 * @param rounds - Draws of images.
 */
export function measureLandmarks(
  annotated: readonly (readonly AnnotatedPoints[])[],
  variants: readonly (readonly (readonly AnyFace[])[])[],
  rounds: readonly Uint32Array[],
): LandmarkMeasurement[] {
  const errors = variants.map((faces) => annotated.map((points, n) => landmarkErrors(points, faces[n]!)))
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
    const medianOver = (variant: Errors) =>
      median(common.flatMap((faces, image) => faces.map((face) => variant[image]![face]!)))
    const found = own.flat().filter((error) => !Number.isNaN(error)).length
    return {
      faces: annotated.flat().length,
      found,
      common: common.flat().length,
      error: error!,
      median: medianOver(own),
      medianOfFirst: medianOver(first),
      bySize,
    }
  })
}
