import { isPlainObject, refuse, refuseUnknown, whole } from '../options/rules.ts'
import { describe, MtcnnError } from '../shared/errors.ts'
import { type AnyFace, type Faces, measuredIn, type Size } from '../shared/face.ts'
import { checkFaces } from './check-faces.ts'

/** What the best face is; see {@link selectFaces}. */
export type Selection = 'largest' | 'confident' | 'central' | 'central-and-large'

/** What {@link selectFaces} takes beside the faces. */
export interface SelectOptions {
  /** How many; a whole number from 1, default 1. */
  count?: number
  /** The size of the image, where the faces are a copy, which does not know it. Needed for `'central'` and `'central-and-large'`. */
  image?: Size
}

const SELECTIONS: readonly Selection[] = ['largest', 'confident', 'central', 'central-and-large']

/**
 * Picks the best faces of an image.
 *
 * - `'largest'`: by the area of the box.
 * - `'confident'`: by confidence.
 * - `'central'`: by the distance of the box's middle from the middle of the image.
 * - `'central-and-large'`: by the area of the box less twice the square of that distance.
 *
 * Of faces that are equal in that, the more confident one comes first, then the one that came first.
 *
 * @param faces - As `detectFaces` gives them.
 * @returns The best face first; fewer than `count` where there are fewer, and `[]` of none. Always a new array.
 * @throws MtcnnError INVALID_OPTION for what is not an array of faces, an unknown way or option, and an image size that is needed
 * and not known.
 * @example const [speaker] = selectFaces(await detector.detectFaces(video), 'largest')
 */
export function selectFaces<F extends AnyFace>(
  faces: readonly F[],
  by: Selection,
  options: SelectOptions = {},
): F[] & Partial<Pick<Faces<F>, 'imageWidth' | 'imageHeight'>> {
  checkFaces(faces, 'selectFaces')
  const { count, image } = checked(options)
  const size = sizeKnownOf(faces)
  const rank = rankOf(by, image ?? size)
  const ranked = faces.map((face, index) => ({ face, index, rank: rank(face) }))
  ranked.sort((a, b) => b.rank - a.rank || b.face.confidence - a.face.confidence || a.index - b.index)
  const best = ranked.slice(0, count).map(({ face }) => face)
  return size ? measuredIn(best, size) : best
}

/** The higher, the better. */
function rankOf(by: Selection, image: Size | undefined): (face: AnyFace) => number {
  const area = ({ box }: AnyFace) => box.width * box.height
  const offset = ({ box }: AnyFace) => {
    const [x, y] = [box.x + box.width / 2 - image!.width / 2, box.y + box.height / 2 - image!.height / 2]
    return x * x + y * y
  }
  if (by === 'largest') return area
  if (by === 'confident') return ({ confidence }) => confidence
  if (!SELECTIONS.includes(by)) {
    const wanted = SELECTIONS.map((name) => `'${name}'`).join(' or ')
    throw new MtcnnError('INVALID_OPTION', `faces are selected by ${wanted}; got ${describe(by)}`)
  }
  if (!image) {
    const message = `these faces do not know the size of their image, which '${by}' needs: give option image: { width, height }`
    throw new MtcnnError('INVALID_OPTION', message)
  }
  return by === 'central' ? (face) => -offset(face) : (face) => area(face) - 2 * offset(face)
}

function sizeKnownOf(faces: readonly AnyFace[] & { imageWidth?: number; imageHeight?: number }): Size | undefined {
  const { imageWidth: width, imageHeight: height } = faces
  return width !== undefined && height !== undefined ? { width, height } : undefined
}

function checked(options: SelectOptions): { count: number; image: Size | undefined } {
  if (!isPlainObject(options)) {
    throw new MtcnnError('INVALID_OPTION', `options must be a plain object; got ${describe(options)}`)
  }
  refuseUnknown(Object.keys(options), ['count', 'image'])
  const { count = 1, image } = options as SelectOptions
  if (image !== undefined && !(image?.width > 0 && image?.height > 0)) {
    return refuse('image', 'an object { width, height } of numbers over 0', image)
  }
  return { count: count === Number.POSITIVE_INFINITY ? count : whole(1)(count, 'count'), image }
}
