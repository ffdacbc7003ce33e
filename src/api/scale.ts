import { checkFaces } from '../faces/check-faces.ts'
import { isPlainObject, refuseUnknown } from '../options/rules.ts'
import { direction } from '../shared/angle.ts'
import { describe, MtcnnError } from '../shared/errors.ts'
import {
  type AnyFace,
  type Box,
  type Faces,
  type Keypoints,
  measuredIn,
  type Point,
  type Size,
} from '../shared/face.ts'
import { type Display, displayOf, type Sides, sourceSize } from './display.ts'
import { type Fit, fittedSize, offsetIn } from './layout.ts'

/**
 * What a size can be read from: an image, video, canvas, bitmap, frame or element, faces as `detectFaces` gave them, or a
 * plain `{ width, height }`.
 */
export type SizeSource = object

/** How a picture is shown. What is not given is read from the style of the element; for all else it is as said here. */
export interface ScaleOptions {
  /** How the picture fills the element, as CSS `object-fit`; default `'fill'`, stretched. */
  fit?: Fit
  /** Where the picture lies in the element, as CSS `object-position` in `px` and `%`; default `'50% 50%'`. */
  position?: string
  /** Space between the border and the picture; one number or `{ top, right, bottom, left }`; default 0. */
  padding?: Sides
  /** Width of the border; one number or `{ top, right, bottom, left }`; default 0. */
  border?: Sides
  /** The picture is shown mirrored left to right, as cameras often are; default false. */
  mirror?: boolean
  /**
   * For a canvas: `'backing'` (default) answers in the pixels of the canvas (`canvas.width` x `canvas.height`), to draw
   * with; `'css'` in the pixels of the page, to lay elements over it. All other elements are answered in `'css'`.
   */
  units?: 'css' | 'backing'
}

const OPTION_NAMES = ['fit', 'position', 'padding', 'border', 'mirror', 'units']
const FITS: readonly Fit[] = ['fill', 'contain', 'cover', 'none', 'scale-down']

/**
 * Maps faces from the pixels of their image to the element that shows the image, or to the canvas that is drawn on.
 *
 * An element is answered in CSS pixels from the top left corner of its border box, which is what `getBoundingClientRect()`
 * gives: `object-fit`, `object-position`, padding and border are read from its style, CSS transforms are not. A canvas is
 * answered in its own pixels, ready to draw. Confidences stay; every landmark keeps its name, also when mirrored; `roll`
 * becomes that of the face as it is shown. With `'cover'` and `'none'` parts may lie outside of the element.
 *
 * @param faces - As `detectFaces` gave them: they know the size of their image. Copies do not, and need `from`.
 * @param to - The element or canvas, or `{ width, height }`.
 * @returns New faces, the array with the size of `to`; those given are left unchanged.
 * @throws MtcnnError INVALID_OPTION for what is not an array of faces, for sizes that are missing or not positive, and for
 * options that are not known.
 * @example
 * const faces = await detector.detectFaces(video)
 * const shown = scaleFaces(faces, video, { mirror: true })
 */
export function scaleFaces<F extends AnyFace>(faces: readonly F[], to: SizeSource, options?: ScaleOptions): Faces<F>
/**
 * The same for faces that do not know the size of their image: copies, filtered or stored ones.
 *
 * @param from - What the faces were found in, or its size as `{ width, height }`. Of an image or video element its own
 * pixels count, not how large it is shown.
 * @example const shown = scaleFaces(faces.filter(({ confidence }) => confidence > 0.9), video, canvas, { fit: 'cover' })
 */
export function scaleFaces<F extends AnyFace>(
  faces: readonly F[],
  from: SizeSource,
  to: SizeSource,
  options?: ScaleOptions,
): Faces<F>
export function scaleFaces<F extends AnyFace>(
  faces: readonly F[],
  first: SizeSource,
  second?: SizeSource | ScaleOptions,
  third?: ScaleOptions,
): Faces<F> {
  checkFaces(faces, 'scaleFaces')
  try {
    return scaled(faces, first, second, third)
  } catch (cause) {
    // Elements and sizes may be proxies, or have getters that throw.
    if (cause instanceof MtcnnError) throw cause
    throw new MtcnnError('INVALID_OPTION', 'what scaleFaces was given could not be read', { cause })
  }
}

function scaled<F extends AnyFace>(
  faces: readonly F[],
  first: SizeSource,
  second: SizeSource | ScaleOptions | undefined,
  third: ScaleOptions | undefined,
): Faces<F> {
  const short = third === undefined && (second === undefined || isOptions(second))
  const source = short ? ownSize(faces) : sourceSize(first)
  const { mirror, ...options } = checked(short ? second : third)
  const display = displayOf(short ? first : second, options)
  const { x: left, y: top, width, height } = pictureIn(display, source, options)
  const scaleX = width / source.width
  const scaleY = height / source.height
  const stretch = scaleY / scaleX
  const across = (x: number) => (mirror ? display.outer.width - (x * scaleX + left) : x * scaleX + left)
  const point = ({ x, y }: Point): Point => ({ x: across(x), y: y * scaleY + top })
  const box = ({ x, y, width, height }: Box): Box => {
    return { ...point({ x: mirror ? x + width : x, y }), width: width * scaleX, height: height * scaleY }
  }
  const mapped = faces.map((face): F => {
    // Spread, so that what a caller has added stays.
    const shown = { ...face, box: box(face.box) }
    if (face.unclipped) shown.unclipped = box(face.unclipped)
    if (!face.keypoints) return shown
    const { leftEye, rightEye } = face.keypoints
    if (face.roll !== undefined) {
      shown.roll = direction(rightEye.x - leftEye.x, (rightEye.y - leftEye.y) * (mirror ? -stretch : stretch))
    }
    return { ...shown, keypoints: eachPoint(face.keypoints, point) }
  })
  return measuredIn(mapped, display.outer)
}

/** Where the picture lies in what the answer is measured in. */
function pictureIn({ area, natural, ...display }: Display, source: Size, options: ScaleOptions): Box {
  const fit = checkedFit(options.fit === undefined ? display.fit || 'fill' : options.fit)
  const { width, height } = fittedSize(natural ?? source, area, fit)
  const free = { width: area.width - width, height: area.height - height }
  const position = options.position === undefined ? display.position || '50% 50%' : options.position
  const offset = offsetIn(free, position)
  return { x: area.x + offset.x, y: area.y + offset.y, width, height }
}

function eachPoint({ leftEye, rightEye, nose, mouthLeft, mouthRight }: Keypoints, map: (point: Point) => Point) {
  return {
    leftEye: map(leftEye),
    rightEye: map(rightEye),
    nose: map(nose),
    mouthLeft: map(mouthLeft),
    mouthRight: map(mouthRight),
  }
}

function ownSize(faces: object): Size {
  if ('imageWidth' in faces) return sourceSize(faces)
  const why = 'these faces do not say the size of their image, which a copy, filter() and JSON lose'
  throw new MtcnnError('INVALID_OPTION', `${why}: scaleFaces(faces, { width, height }, to)`)
}

const SIZES = ['width', 'height', 'clientWidth', 'naturalWidth', 'videoWidth', 'displayWidth', 'imageWidth']

/** What says a size is no options, and neither is an element. */
function isOptions(value: unknown): boolean {
  return isPlainObject(value) && !SIZES.some((name) => name in value)
}

function checked(given: unknown): ScaleOptions {
  if (given === undefined) return {}
  if (!isOptions(given)) {
    throw new MtcnnError('INVALID_OPTION', `the options of scaleFaces must be a plain object; got ${describe(given)}`)
  }
  const options = given as ScaleOptions
  refuseUnknown(Object.keys(options), OPTION_NAMES)
  const { mirror = false, units } = options
  if (typeof mirror !== 'boolean') {
    throw new MtcnnError('INVALID_OPTION', `option 'mirror' must be true or false; got ${describe(mirror)}`)
  }
  if (units !== undefined && units !== 'css' && units !== 'backing') {
    throw new MtcnnError('INVALID_OPTION', `option 'units' must be 'css' or 'backing'; got ${describe(units)}`)
  }
  return options
}

function checkedFit(given: unknown): Fit {
  const fit = FITS.find((known) => known === given)
  if (fit !== undefined) return fit
  const wanted = FITS.map((known) => `'${known}'`).join(', ')
  throw new MtcnnError('INVALID_OPTION', `option 'fit' must be one of ${wanted}; got ${describe(given)}`)
}
