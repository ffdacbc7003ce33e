import { MOST_CROP_SIDE, type ResolvedCropOptions } from '../options/crop.ts'
import type { Affine } from '../shared/affine.ts'
import { MtcnnError } from '../shared/errors.ts'
import type { Box, Size } from '../shared/face.ts'

/** What is known of a face that is cut out. */
export interface CropSubject {
  /** Pixels of the image, edge to edge. */
  readonly box: Readonly<Box>
  /** Left eye, right eye, nose, left and right corner of the mouth: x and y in turn, pixels of the image. */
  readonly points: readonly number[] | undefined
}

/** ArcFace's reference points in a crop of 112 x 112, as insightface has them: x and y in turn, pixel centres are whole. */
const ARCFACE = [38.2946, 51.6963, 73.5318, 51.5014, 56.0252, 71.7366, 41.5493, 92.3655, 70.7299, 92.2041] as const
const ARCFACE_SIDE = 112

/** Where the landmarks shall lie, pixels of the crop: the template around the middle of the crop, smaller with a margin. */
function placesIn({ width, height }: Size, { align, margin }: ResolvedCropOptions): number[] {
  if (align === 'arcface') {
    const scale = Math.min(width, height) / ARCFACE_SIDE / (1 + margin)
    return ARCFACE.map((place, n) => {
      return (place + 0.5 - ARCFACE_SIDE / 2) * scale + (n % 2 === 0 ? width : height) / 2 - 0.5
    })
  }
  const shares = align as readonly number[]
  return shares.map((share, n) => ((share - 0.5) / (1 + margin) + 0.5) * (n % 2 === 0 ? width : height) - 0.5)
}

/**
 * The similarity (turn, one scale, shift) that brings points closest to places, by least squares (Umeyama 1991; in the plane
 * the solution is a quotient of sums).
 *
 * @param points, places - x and y in turn, as many of each.
 * @returns undefined where the points lie in one place, or turn against each other, so that none is best.
 */
export function similarity(points: readonly number[], places: readonly number[]): Affine | undefined {
  const count = points.length / 2
  const mean = (values: readonly number[], axis: 0 | 1) => {
    let sum = 0
    for (let n = axis; n < values.length; n += 2) sum += values[n]!
    return sum / count
  }
  const [px, py, qx, qy] = [mean(points, 0), mean(points, 1), mean(places, 0), mean(places, 1)]
  let dot = 0
  let cross = 0
  let spread = 0
  for (let n = 0; n < points.length; n += 2) {
    const [x, y, u, v] = [points[n]! - px, points[n + 1]! - py, places[n]! - qx, places[n + 1]! - qy]
    dot += x * u + y * v
    cross += x * v - y * u
    spread += x * x + y * y
  }
  const a = dot / spread
  const b = cross / spread
  const matrix: Affine = [a, -b, qx - a * px + b * py, b, a, qy - b * px - a * py]
  return (a !== 0 || b !== 0) && matrix.every(Number.isFinite) ? matrix : undefined
}

/** The box with its margin, as wide and high as is wanted of it. */
function framed(box: Readonly<Box>, { margin, square, align, size }: ResolvedCropOptions): Box {
  let width = box.width * (1 + margin)
  let height = box.height * (1 + margin)
  // 'facenet' stretches; otherwise the shorter side grows until a face keeps its proportions.
  const ratio = square ? 1 : size && align === 'none' ? size.width / size.height : width / height
  if (width / height < ratio) width = height * ratio
  else height = width / ratio
  return { x: box.x + (box.width - width) / 2, y: box.y + (box.height - height) / 2, width, height }
}

/** How a face is cut out: pixels of the image to pixels of the crop, and the crop's size. */
export interface Alignment extends Size {
  readonly matrix: Affine
}

/**
 * Says how a face is cut out.
 *
 * @param name - Of the face, for messages.
 * @throws MtcnnError INVALID_OPTION where it cannot be: no keypoints, all in one place, no width or height, too large.
 */
export function alignmentOf(subject: CropSubject, options: ResolvedCropOptions, name: string): Alignment {
  const { align, size } = options
  if (align !== 'none' && align !== 'facenet') {
    if (!subject.points)
      throw refused(name, "has no keypoints, which option 'align' needs: give align: 'none' or 'facenet'")
    const wanted = size!
    const matrix = similarity(subject.points, placesIn(wanted, options))
    if (!matrix) throw refused(name, 'has keypoints that cannot be aligned: they lie in one place')
    return { matrix, ...wanted }
  }
  if (!(subject.box.width > 0 && subject.box.height > 0)) throw refused(name, 'has a box without width or height')
  const box = framed(subject.box, options)
  const { width, height } = size ?? { width: whole(box.width), height: whole(box.height) }
  if (Math.max(width, height) > MOST_CROP_SIDE) {
    throw refused(
      name,
      `has a box of ${width} x ${height}; a crop may have ${MOST_CROP_SIDE} pixels a side: give option 'size'`,
    )
  }
  const [scaleX, scaleY] = [width / box.width, height / box.height]
  const matrix: Affine = [scaleX, 0, (0.5 - box.x) * scaleX - 0.5, 0, scaleY, (0.5 - box.y) * scaleY - 0.5]
  if (!matrix.every(Number.isFinite)) throw refused(name, 'has a box that is out of range')
  return { matrix, width, height }
}

function whole(side: number): number {
  return Math.max(1, Math.round(side))
}

function refused(name: string, fault: string): MtcnnError {
  return new MtcnnError('INVALID_OPTION', `${name} ${fault}`)
}
