/** Five-point annotations in a plain CSV, and how far landmarks lie from them. */
import type { AnyFace, Point } from '../../src/shared/face.ts'
import { overlap } from './protocol.ts'
import type { Rectangle } from './truth.ts'

const POINTS = ['left_eye', 'right_eye', 'nose', 'mouth_left', 'mouth_right'] as const
const BOX = ['x', 'y', 'width', 'height'] as const

/** Columns every file has; those of the box are optional. */
export const COLUMNS: readonly string[] = ['image', ...POINTS.flatMap((name) => [`${name}_x`, `${name}_y`])]

/** A face is so many times as tall as its eyes are apart, where the file does not say how tall. */
const HEIGHT_PER_EYES = 2.5

export interface AnnotatedPoints {
  readonly image: string
  /** Left eye, right eye, nose, left and right corner of the mouth; left is the left of the image. */
  readonly points: readonly Point[]
  readonly box: Rectangle | undefined
}

/**
 * Reads a CSV whose first line names the columns: `image`, `left_eye_x`, `left_eye_y`, and so on for right_eye, nose,
 * mouth_left, mouth_right; optionally `x`, `y`, `width`, `height`. One face a line, in pixels of the image.
 *
 * @throws Error naming the missing column or the line that does not fit.
 */
export function parseLandmarks(text: string): AnnotatedPoints[] {
  const [header = '', ...lines] = text.replace(/^\uFEFF/, '').split(/\r?\n/)
  const names = header.split(',').map((name) => name.trim().toLowerCase())
  const missing = COLUMNS.filter((name) => !names.includes(name))
  if (missing.length > 0)
    throw new Error(`the landmark file lacks ${missing.join(', ')}; its first line names the columns`)
  const boxed = BOX.every((name) => names.includes(name))
  return lines.flatMap((line, n) => {
    if (line.trim() === '') return []
    const fields = line.split(',')
    const number = (name: string): number => {
      const field = fields[names.indexOf(name)]?.trim() ?? ''
      const value = field === '' ? Number.NaN : Number(field)
      if (Number.isFinite(value)) return value
      throw new Error(`line ${n + 2} of the landmark file: ${name} is no number: '${field}'`)
    }
    const points = POINTS.map((name) => ({ x: number(`${name}_x`), y: number(`${name}_y`) }))
    const box = boxed ? { x: number('x'), y: number('y'), width: number('width'), height: number('height') } : undefined
    return [{ image: fields[names.indexOf('image')]!.trim(), points, box }]
  })
}

/** Height of an annotated face, pixels of the image. */
export function heightOf({ box, points }: AnnotatedPoints): number {
  return box?.height ?? HEIGHT_PER_EYES * eyes(points)
}

function eyes(points: readonly Point[]): number {
  return Math.hypot(points[0]!.x - points[1]!.x, points[0]!.y - points[1]!.y)
}

/**
 * The mean distance of the five landmarks, in distances of the annotated eyes, for each annotated face of one image;
 * NaN where it was not found. A face is found by the detection that overlaps its box most, by half at least; without a
 * box, by the most confident detection that holds the centre of its points and has its own centre nearer to it than to
 * those of other faces.
 */
export function landmarkErrors(annotated: readonly AnnotatedPoints[], faces: readonly AnyFace[]): number[] {
  const centres = annotated.map(({ points }) => centre(points))
  return annotated.map((truth, n) => {
    const face = truth.box ? bestOverlap(truth.box, faces) : nearest(n, centres, faces)
    if (!face?.keypoints) return Number.NaN
    const { leftEye, rightEye, nose, mouthLeft, mouthRight } = face.keypoints
    const found = [leftEye, rightEye, nose, mouthLeft, mouthRight]
    const distances = found.map((point, k) => Math.hypot(point.x - truth.points[k]!.x, point.y - truth.points[k]!.y))
    return distances.reduce((sum, distance) => sum + distance, 0) / 5 / eyes(truth.points)
  })
}

function centre(points: readonly Point[]): Point {
  const sum = points.reduce((a, b) => ({ x: a.x + b.x, y: a.y + b.y }))
  return { x: sum.x / points.length, y: sum.y / points.length }
}

function bestOverlap(box: Rectangle, faces: readonly AnyFace[]): AnyFace | undefined {
  let most = 0.5
  let best: AnyFace | undefined
  for (const face of faces) {
    const shared = overlap(face.box, box)
    if (shared < most) continue
    most = shared
    best = face
  }
  return best
}

function nearest(n: number, centres: readonly Point[], faces: readonly AnyFace[]): AnyFace | undefined {
  const { x, y } = centres[n]!
  return faces.find(({ box }) => {
    if (x < box.x || x > box.x + box.width || y < box.y || y > box.y + box.height) return false
    const distances = centres.map((c) => Math.hypot(c.x - box.x - box.width / 2, c.y - box.y - box.height / 2))
    return distances[n] === Math.min(...distances)
  })
}
