import { describe, MtcnnError } from '../shared/errors.ts'
import { type AnyFace, type Faces, type Keypoints, measuredIn, type Point, type Size } from '../shared/face.ts'

/** What a size can be read from: an image, video, canvas, bitmap, frame or element, the faces themselves, or a plain size. */
export type SizeSource = object

/** How a picture is fitted into the element that shows it. */
export interface ScaleOptions {
  /** The element's `object-fit`: stretched (`'fill'`, default), whole with margins (`'contain'`), cropped (`'cover'`); centred. */
  fit?: 'fill' | 'contain' | 'cover'
  /** The picture is shown mirrored left to right, as cameras often are; default false. */
  mirror?: boolean
}

/**
 * Maps faces from the pixels of their image to an element as shown on the page, for overlays.
 *
 * Confidences stay; every landmark keeps its name, also when mirrored. With `'cover'` parts may lie outside of the element.
 *
 * @param from - What the faces were found in (an image, video, frame... its own pixels count, not how large it is shown),
 * `{ width, height }`, or the faces as `detectFaces` returned them, which know.
 * @param to - The element that shows it (its client size in CSS pixels counts), or `{ width, height }`.
 * @returns New faces; those given are left unchanged.
 * @throws MtcnnError INVALID_OPTION for sizes that are not positive numbers and for unknown values of the options.
 * @example
 * const faces = await detector.detectFaces(video)
 * const shown = scaleFaces(faces, faces, video, { fit: 'cover', mirror: true })
 */
export function scaleFaces<F extends AnyFace>(
  faces: readonly F[],
  from: SizeSource,
  to: SizeSource,
  { fit = 'fill', mirror = false }: ScaleOptions = {},
): Faces<F> {
  const source = sizeOf('from', from, SOURCE_NAMES)
  const target = sizeOf('to', to, TARGET_NAMES)
  const { x: scaleX, y: scaleY } = scales(source, target, fit)
  const left = (target.width - source.width * scaleX) / 2
  const top = (target.height - source.height * scaleY) / 2
  const across = (x: number) => (mirror ? target.width - (x * scaleX + left) : x * scaleX + left)
  const point = ({ x, y }: Point): Point => ({ x: across(x), y: y * scaleY + top })

  const mapped = faces.map(({ box, confidence, keypoints }) => {
    const corner = { x: across(mirror ? box.x + box.width : box.x), y: box.y * scaleY + top }
    const face: Omit<AnyFace, 'keypoints'> & { keypoints?: Keypoints } = {
      box: { ...corner, width: box.width * scaleX, height: box.height * scaleY },
      confidence,
    }
    if (keypoints) {
      face.keypoints = {
        leftEye: point(keypoints.leftEye),
        rightEye: point(keypoints.rightEye),
        nose: point(keypoints.nose),
        mouthLeft: point(keypoints.mouthLeft),
        mouthRight: point(keypoints.mouthRight),
      }
    }
    return face as F
  })
  return measuredIn(mapped, target)
}

function scales(from: Size, to: Size, fit: unknown): Point {
  const x = to.width / from.width
  const y = to.height / from.height
  switch (fit) {
    case 'fill':
      return { x, y }
    case 'contain':
      return { x: Math.min(x, y), y: Math.min(x, y) }
    case 'cover':
      return { x: Math.max(x, y), y: Math.max(x, y) }
    default:
      throw new MtcnnError('INVALID_OPTION', `option 'fit' must be 'fill', 'contain' or 'cover'; got ${describe(fit)}`)
  }
}

/** An image or video element has a `width` too, but that is how large it is shown, or 0. */
const SOURCE_NAMES = [
  ['naturalWidth', 'naturalHeight'],
  ['videoWidth', 'videoHeight'],
  ['displayWidth', 'displayHeight'],
  ['imageWidth', 'imageHeight'],
  ['width', 'height'],
] as const

const TARGET_NAMES = [
  ['clientWidth', 'clientHeight'],
  ['width', 'height'],
] as const

function sizeOf(name: string, given: SizeSource, names: readonly (readonly [string, string])[]): Size {
  const fields = (typeof given === 'object' && given !== null ? given : {}) as Record<string, unknown>
  for (const [across, down] of names) {
    if (!(across in fields)) continue
    const width = fields[across]
    const height = fields[down]
    if (isLength(width) && isLength(height)) return { width, height }
    const got = `${describe(width)} x ${describe(height)}`
    throw new MtcnnError('INVALID_OPTION', `'${name}' must have a size; its ${across} x ${down} is ${got}`)
  }
  throw new MtcnnError('INVALID_OPTION', `'${name}' must be an element or { width, height }; got ${describe(given)}`)
}

function isLength(value: unknown): value is number {
  return typeof value === 'number' && value > 0 && value < Number.POSITIVE_INFINITY
}
