import type { Detection } from '../cascade/context.ts'
import { checkFaces } from '../faces/check-faces.ts'
import type { ResolvedOptions } from '../options/options.ts'
import { direction } from '../shared/angle.ts'
import {
  type AnyFace,
  type Box,
  type Face,
  type Faces,
  farEdge,
  measuredIn,
  type Point,
  type Size,
} from '../shared/face.ts'

/** A face as the Python package `mtcnn` 0.1.1 gives it; `JSON.stringify` makes its JSON. */
export interface ReferenceFace {
  box: [x: number, y: number, width: number, height: number]
  confidence: number
  /** Missing with `stages: 'boxes'`. */
  keypoints?: Record<'left_eye' | 'right_eye' | 'nose' | 'mouth_left' | 'mouth_right', [x: number, y: number]>
}

/**
 * Turns the cascade's answer into faces: the first `maxFaces`, moved by the corner of the roi, then cut to the whole image
 * if `clip` is set.
 *
 * @param detections - By descending confidence.
 * @param image - Size of the image that was given, in pixels.
 */
export function toFaces(
  detections: readonly Detection[],
  image: Size,
  options: Pick<ResolvedOptions, 'clip' | 'maxFaces' | 'roi'>,
): Faces<AnyFace> {
  const left = options.roi?.x ?? 0
  const top = options.roi?.y ?? 0
  const faces = detections.slice(0, options.maxFaces).map((found) => {
    const [x1, y1, x2, y2] = [found.x1 + left, found.y1 + top, found.x2 + left, found.y2 + top] as const
    const whole = between(x1, y1, x2, y2)
    const { confidence, points } = found
    const face: AnyFace = points
      ? { box: whole, confidence, ...landmarks(points, left, top) }
      : { box: whole, confidence }
    if (options.clip) {
      const { width, height } = image
      face.box = between(within(x1, width), within(y1, height), within(x2, width), within(y2, height))
      if (isCut(whole, face.box)) face.unclipped = whole
    }
    return face
  })
  return measuredIn(faces, image)
}

function between(x1: number, y1: number, x2: number, y2: number): Box {
  return { x: x1, y: y1, width: x2 - x1, height: y2 - y1 }
}

function within(value: number, most: number): number {
  return Math.min(Math.max(value, 0), most)
}

function isCut(whole: Box, part: Box): boolean {
  return part.x !== whole.x || part.y !== whole.y || part.width !== whole.width || part.height !== whole.height
}

function landmarks(points: Float64Array, left: number, top: number): Pick<Face, 'keypoints' | 'roll'> {
  const point = (index: number): Point => ({ x: points[index]! + left, y: points[index + 5]! + top })
  const [leftEye, rightEye] = [point(0), point(1)]
  return {
    keypoints: { leftEye, rightEye, nose: point(2), mouthLeft: point(3), mouthRight: point(4) },
    roll: direction(rightEye.x - leftEye.x, rightEye.y - leftEye.y),
  }
}

/**
 * Gives faces in the form, and with the rounding, of the Python package `mtcnn` 0.1.1.
 *
 * It measures a box before it was cut at the edges of the image: `face.unclipped`, where there is one, or else `face.box`.
 * So faces give the same integers whether option `clip` is on or off, and so do copies of them.
 *
 * @throws MtcnnError INVALID_OPTION for what is not an array of faces.
 * @example console.log(JSON.stringify(toReference(await detector.detectFaces(image))))
 */
export function toReference(faces: readonly AnyFace[]): ReferenceFace[] {
  checkFaces(faces, 'toReference')
  return faces.map((face) => {
    const { x: left, y: top, width, height } = face.unclipped ?? face.box
    const x = Math.max(0, Math.trunc(left))
    const y = Math.max(0, Math.trunc(top))
    const box: ReferenceFace['box'] = [x, y, whole(farEdge(left, width) - x), whole(farEdge(top, height) - y)]
    const reference: ReferenceFace = { box, confidence: face.confidence }
    if (face.keypoints !== undefined) {
      const { leftEye, rightEye, nose, mouthLeft, mouthRight } = face.keypoints
      reference.keypoints = {
        left_eye: wholePoint(leftEye),
        right_eye: wholePoint(rightEye),
        nose: wholePoint(nose),
        mouth_left: wholePoint(mouthLeft),
        mouth_right: wholePoint(mouthRight),
      }
    }
    return reference
  })
}

/** Python's `int()`: toward zero, and without a negative zero. */
function whole(value: number): number {
  return Math.trunc(value) + 0
}

function wholePoint({ x, y }: Point): [number, number] {
  return [whole(x), whole(y)]
}
