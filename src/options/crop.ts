import { describe, MtcnnError } from '../shared/errors.ts'
import { KEYPOINT_NAMES, type Keypoints, type Point, type Size, type Stages } from '../shared/face.ts'
import type { DetectOptions, ResolvedOptions } from './options.ts'
import { type ReadingOptions, readingOf, readingRules } from './reading.ts'
import { DETECT_RULES } from './resolve.ts'
import { flag, isPlainObject, merge, number, oneOf, type Rule, type Rules, reading, refuse, whole } from './rules.ts'

/** What the pixels of a crop are: bytes with alpha (255), bytes, or floats made ready for a net. */
export type CropOutput = 'rgba' | 'rgb' | 'float32'

/**
 * Where the five landmarks shall lie in a crop, as shares of its width and height: 0 is the left or upper edge, 1 the right
 * or lower one. In the order left eye, right eye, nose, left and right corner of the mouth; or by their names.
 */
export type Template = readonly (Point | readonly [x: number, y: number])[] | Keypoints

/** How faces are cut out. */
export interface CropOptions<O extends CropOutput = CropOutput> {
  /**
   * `'arcface'` (default): turned and scaled so that the landmarks come as close as they can (least squares) to those of
   * insightface's ArcFace, as face recognition wants it. `'facenet'`: the box, stretched to a square, as facenet-pytorch cuts it.
   * `'none'`: the box. Or five places of your own, see {@link Template}. All but `'facenet'` and `'none'` need keypoints.
   */
  align?: 'arcface' | 'facenet' | 'none' | Template
  /**
   * Pixels of a crop: one number for a square, or `[width, height]`; whole numbers from 1 to 4096. Default 112, for `'facenet'`
   * 160, for `'none'` the size of the box with its margin, rounded.
   */
  size?: number | readonly [width: number, height: number]
  /**
   * How much more than the face is shown, as a share of the box's width and height, half of it on each side; from -0.9 to 10,
   * default 0. facenet-pytorch's margin of m pixels at a size of s is `m / (s - m)`.
   */
  margin?: number
  /** Widens the shorter side of the box so that it is square; of no effect on aligned crops. Default false. */
  square?: boolean
  /** What lies outside of the image: red, green and blue from 0 to 255, or `'edge'`, its nearest pixels. Default black. */
  fill?: 'edge' | readonly [red: number, green: number, blue: number]
  /** Default `'rgba'`, as `ImageData` takes it. */
  output?: O
  /** For `'float32'`. `'nchw'` (default): all red, then all green, then all blue. `'nhwc'`: pixel by pixel. */
  layout?: 'nchw' | 'nhwc'
  /**
   * For `'float32'`: values are `(pixel - mean) / std`; a number or one for each colour. Default 127.5 and 127.5 (insightface),
   * for `'facenet'` 127.5 and 128, for `'none'` 0 and 1, which leaves 0 to 255.
   */
  mean?: number | readonly [red: number, green: number, blue: number]
  /** See `mean`; not 0. */
  std?: number | readonly [red: number, green: number, blue: number]
}

/** What may be set for one call of `extractFaces`. */
export interface ExtractOptions<S extends Stages = Stages, O extends CropOutput = CropOutput>
  extends DetectOptions<S>,
    CropOptions<O> {}

/** What may be set for one call of `cropFaces`. */
export interface CropFacesOptions<O extends CropOutput = CropOutput>
  extends CropOptions<O>,
    Pick<DetectOptions, 'signal' | 'transfer' | 'strict' | 'maxPixels' | 'maxBytes'> {}

/** Numbers for red, green and blue. */
export type Colour = readonly [red: number, green: number, blue: number]

/** Options of a crop: all of them, and checked. */
export interface ResolvedCropOptions<O extends CropOutput = CropOutput> {
  /** Of the five landmarks, x and y in turn, as shares of the crop; or what stands for them. */
  readonly align: 'arcface' | 'facenet' | 'none' | readonly number[]
  /** Null: that of the box. */
  readonly size: Readonly<Size> | null
  readonly margin: number
  readonly square: boolean
  readonly fill: 'edge' | Colour
  readonly output: O
  readonly layout: 'nchw' | 'nhwc'
  readonly mean: Colour
  readonly std: Colour
}

/** Options of a call that cuts faces out, checked. */
export interface ResolvedExtractOptions<O extends CropOutput> {
  readonly crop: ResolvedCropOptions<O>
  readonly detect: ResolvedOptions
}

/** The longest side of a crop, pixels. */
export const MOST_CROP_SIDE = 4096

/** What lies outside is black. */
const NO_COLOUR: Colour = [0, 0, 0]

const PRESET_ALIGNMENTS = ['arcface', 'facenet', 'none'] as const
const ALIGNMENTS = `'arcface', 'facenet', 'none' or five places { leftEye: { x, y }, ... } in shares of the crop`

const align: Rule<ResolvedCropOptions['align']> = (value, name) => {
  const preset = PRESET_ALIGNMENTS.find((known) => known === value)
  if (preset) return preset
  if (typeof value !== 'object' || value === null) return refuse(name, ALIGNMENTS, value)
  const places = Array.isArray(value) ? value : KEYPOINT_NAMES.map((point) => (value as Record<string, unknown>)[point])
  if (places.length !== 5) return refuse(name, ALIGNMENTS, value)
  const shares = places.flatMap((place: unknown): unknown[] => {
    if (Array.isArray(place)) return place.length === 2 ? place : [undefined]
    const { x, y } = Object(place) as Partial<Point>
    return [x, y]
  })
  if (shares.length !== 10 || !shares.every((share) => Number.isFinite(share))) return refuse(name, ALIGNMENTS, value)
  const numbers = shares as number[]
  if (numbers.every((share, n) => share === numbers[n % 2])) return refuse(name, 'five places that differ', value)
  return Object.freeze(numbers)
}

const side = whole(1, MOST_CROP_SIDE)

const size: Rule<ResolvedCropOptions['size']> = (value, name) => {
  if (!Array.isArray(value)) {
    const length = side(value, name)
    return { width: length, height: length }
  }
  if (value.length !== 2) return refuse(name, 'a whole number or [width, height]', value)
  return { width: side(value[0], `${name}[0]`), height: side(value[1], `${name}[1]`) }
}

/** Three numbers; or one for all three, where `single` says so. */
export function colour(wanted: string, single: boolean, fits: (value: number) => boolean): Rule<Colour> {
  return (value, name) => {
    const given: unknown[] = Array.isArray(value) ? value : single ? [value, value, value] : []
    const numbers = given.filter((one): one is number => typeof one === 'number' && Number.isFinite(one) && fits(one))
    return numbers.length === 3 && given.length === 3 ? (numbers as unknown as Colour) : refuse(name, wanted, value)
  }
}

const fillColour = colour("'edge' or [red, green, blue] from 0 to 255", false, (value) => value >= 0 && value <= 255)
const fill: Rule<ResolvedCropOptions['fill']> = (value, name) =>
  value === 'edge' ? value : fillColour(value, name, NO_COLOUR)

const CROP_RULES: Rules<ResolvedCropOptions> = {
  align,
  size,
  margin: number(-0.9, 10),
  square: flag,
  fill,
  output: oneOf<CropOutput>('rgba', 'rgb', 'float32'),
  layout: oneOf('nchw', 'nhwc'),
  mean: colour('a finite number, or three for red, green and blue', true, () => true),
  std: colour('a finite number other than 0, or three for red, green and blue', true, (value) => value !== 0),
}

const SAME = (value: number): Colour => [value, value, value]

/** The values of options that are not given; some depend on how faces are aligned. */
function defaultsFor(given: unknown): ResolvedCropOptions {
  const wanted = isPlainObject(given) ? given.align : undefined
  const size = wanted === 'none' ? 0 : wanted === 'facenet' ? 160 : 112
  return {
    align: 'arcface',
    size: size === 0 ? null : { width: size, height: size },
    margin: 0,
    square: false,
    fill: NO_COLOUR,
    output: 'rgba',
    layout: 'nchw',
    mean: SAME(wanted === 'none' ? 0 : 127.5),
    std: SAME(wanted === 'none' ? 1 : wanted === 'facenet' ? 128 : 127.5),
  }
}

function splitCrop<T extends object>(merged: T & ResolvedCropOptions) {
  const { align, size, margin, square, fill, output, layout, mean, std, ...others } = merged
  return { crop: Object.freeze({ align, size, margin, square, fill, output, layout, mean, std }), others }
}

type CroppingOptions = ResolvedCropOptions & ReadingOptions & Pick<ResolvedOptions, 'transfer'>

function checkLandmarks({ align }: ResolvedCropOptions, stages: Stages): void {
  if (stages === 'full' || align === 'none' || align === 'facenet') return
  const message = "option 'align' must be 'none' or 'facenet' with stages: 'boxes', which finds no landmarks"
  throw new MtcnnError('INVALID_OPTION', `${message}; got ${describe(align)}`)
}

/**
 * Checks the options of one call of `extractFaces`.
 *
 * @throws MtcnnError INVALID_OPTION for a wrong type, a value out of range or an unknown name.
 * @example resolveExtractOptions(DEFAULT_OPTIONS, { size: 160 }).crop.size // { width: 160, height: 160 }
 */
export function resolveExtractOptions<O extends CropOutput>(
  base: ResolvedOptions,
  given: ExtractOptions<Stages, O> = {},
): ResolvedExtractOptions<O> {
  return reading(() => {
    const copy = isPlainObject(given) ? { ...given } : given
    const rules: Rules<ResolvedOptions & ResolvedCropOptions> = { ...DETECT_RULES, ...CROP_RULES }
    const { crop, others } = splitCrop(merge(rules, { ...base, ...defaultsFor(copy) }, copy, ''))
    const detect: ResolvedOptions = others
    checkLandmarks(crop, detect.stages)
    return { crop: crop as ResolvedCropOptions<O>, detect }
  })
}

/**
 * Checks the options of one call of `cropFaces`.
 *
 * @throws MtcnnError INVALID_OPTION for a wrong type, a value out of range or an unknown name.
 * @example resolveCropFacesOptions(DEFAULT_OPTIONS, { align: 'facenet' }).crop.size // { width: 160, height: 160 }
 */
export function resolveCropFacesOptions<O extends CropOutput>(
  base: ResolvedOptions,
  given: CropFacesOptions<O> = {},
): ResolvedExtractOptions<O> {
  return reading(() => {
    const copy = isPlainObject(given) ? { ...given } : given
    const rules: Rules<CroppingOptions> = { ...CROP_RULES, ...readingRules(), transfer: DETECT_RULES.transfer }
    const defaults = { ...readingOf(base), ...defaultsFor(copy), transfer: base.transfer }
    const { crop, others } = splitCrop(merge(rules, defaults, copy, ''))
    // The detector's roi is where it searches: faces to be cut out may lie anywhere.
    const detect: ResolvedOptions = { ...base, ...others, roi: null }
    return { crop: crop as ResolvedCropOptions<O>, detect }
  })
}
