import type { Detection } from '../cascade/context.ts'
import type { ResolvedOptions } from '../options/options.ts'
import { type Face, type Faces, type Keypoints, measuredIn, type Point, type Size } from '../shared/face.ts'

/** A face as the Python package `mtcnn` 0.1.1 gives it; `JSON.stringify` makes its JSON. */
export interface ReferenceFace {
  box: [x: number, y: number, width: number, height: number]
  confidence: number
  /** Missing with `stages: 'boxes'`. */
  keypoints?: Record<'left_eye' | 'right_eye' | 'nose' | 'mouth_left' | 'mouth_right', [x: number, y: number]>
}

interface Corners {
  x1: number
  y1: number
  x2: number
  y2: number
}

/** What a face's box was before clipping, and the box as it was handed out, to notice when the caller has changed it. */
interface Origin {
  corners: Corners
  issued: Readonly<Face['box']>
}

/** The reference measures widths on unclipped boxes. Kept aside so that a Face stays the plain data it looks like. */
const origins = /* @__PURE__ */ new WeakMap<Face, Origin>()

/**
 * Turns the cascade's answer into faces: the `maxFaces` first, moved by the roi's corner, then cut to the whole image if `clip`.
 *
 * @param detections - By descending confidence.
 * @param image - Size of the image that was given, in pixels.
 */
export function toFaces(
  detections: readonly Detection[],
  image: Size,
  options: Pick<ResolvedOptions, 'clip' | 'maxFaces' | 'roi'>,
): Faces {
  const left = options.roi?.x ?? 0
  const top = options.roi?.y ?? 0
  const faces = detections.slice(0, options.maxFaces).map((found) => {
    const corners = { x1: found.x1 + left, y1: found.y1 + top, x2: found.x2 + left, y2: found.y2 + top }
    const shown = options.clip ? clipped(corners, image.width, image.height) : corners
    const box = { x: shown.x1, y: shown.y1, width: shown.x2 - shown.x1, height: shown.y2 - shown.y1 }
    const face: Face = { box, confidence: found.confidence }
    if (found.points !== undefined) face.keypoints = keypoints(found.points, left, top)
    origins.set(face, { corners, issued: { ...box } })
    return face
  })
  return measuredIn(faces, image)
}

function clipped({ x1, y1, x2, y2 }: Corners, width: number, height: number): Corners {
  const within = (value: number, most: number) => Math.min(Math.max(value, 0), most)
  return { x1: within(x1, width), y1: within(y1, height), x2: within(x2, width), y2: within(y2, height) }
}

function keypoints(points: Float64Array, left: number, top: number): Keypoints {
  const point = (index: number): Point => ({ x: points[index]! + left, y: points[index + 5]! + top })
  return { leftEye: point(0), rightEye: point(1), nose: point(2), mouthLeft: point(3), mouthRight: point(4) }
}

/**
 * Gives faces in the form, and with the rounding, of the Python package `mtcnn` 0.1.1.
 *
 * Faces as `detectFaces` returned them give its integers exactly, clipped or not. Faces that were copied, stored or changed since are
 * answered from their box, which differs only where clipping cut the right or lower edge off.
 *
 * @example console.log(JSON.stringify(toReference(await detector.detectFaces(image))))
 */
export function toReference(faces: readonly Face[]): ReferenceFace[] {
  return faces.map((face) => {
    const { x1, y1, x2, y2 } = cornersOf(face)
    const x = Math.max(0, Math.trunc(x1))
    const y = Math.max(0, Math.trunc(y1))
    const reference: ReferenceFace = { box: [x, y, whole(x2 - x), whole(y2 - y)], confidence: face.confidence }
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

function cornersOf(face: Face): Corners {
  const { x, y, width, height } = face.box
  const origin = origins.get(face)
  if (origin !== undefined) {
    const { issued, corners } = origin
    if (issued.x === x && issued.y === y && issued.width === width && issued.height === height) return corners
  }
  return { x1: x, y1: y, x2: x + width, y2: y + height }
}

/** Python's `int()`: toward zero, and without a negative zero. */
function whole(value: number): number {
  return Math.trunc(value) + 0
}

function wholePoint({ x, y }: Point): [number, number] {
  return [whole(x), whole(y)]
}
