/** Annotated faces, and the text form of WIDER FACE in which they come. */

/** A rectangle, pixels of the image. */
export interface Rectangle {
  readonly x: number
  readonly y: number
  readonly width: number
  readonly height: number
}

export const SETTINGS = ['easy', 'medium', 'hard'] as const
export type Setting = (typeof SETTINGS)[number]

/** Lower ends of the classes of height, pixels of the image. */
export const HEIGHTS = [0, 10, 16, 24, 32, 50, 100, 200] as const

/** Class of a height: an index into HEIGHTS. */
export function sizeClass(height: number): number {
  let n = HEIGHTS.length - 1
  while (n > 0 && height < HEIGHTS[n]!) n--
  return n
}

/** What is known of one image. */
export interface AnnotatedImage {
  /** `event/file.jpg`, below the folder of images. */
  readonly file: string
  readonly faces: readonly Rectangle[]
  /** For each face, whether it counts; those that do not are neither to be found nor wrong to find. */
  readonly counts: Readonly<Record<Setting, readonly boolean[]>>
  /** Not marked as invalid; where that is not known, all that have an area. */
  readonly valid: readonly boolean[]
}

export interface Truth {
  readonly images: readonly AnnotatedImage[]
  /** Where easy, medium and hard come from: printed with the results. */
  readonly splits: string
}

/** Faces must be taller than this, in pixels of the image, where the official splits are not given. */
const TALLER_THAN: Readonly<Record<Setting, number>> = { easy: 50, medium: 30, hard: 10 }

const BY_HEIGHT =
  'by height, for want of the official splits: easy over 50 px, medium over 30 px, hard over 10 px, invalid faces ignored; ' +
  'not comparable with published figures'

/** Where `invalid` stands in a line: x y w h blur expression illumination invalid occlusion pose. */
const INVALID = 7

/**
 * Reads `wider_face_val_bbx_gt.txt`: for every image its name, the number of faces, and a line for each face. An image
 * without faces has one line of zeros, or none.
 *
 * @throws Error naming the line that does not fit.
 */
export function parseAnnotations(text: string): Truth {
  const lines = text.split(/\r?\n/)
  const images: AnnotatedImage[] = []
  let at = 0
  const fail = (what: string): never => {
    throw new Error(
      `line ${at + 1} of the annotations: ${what}; got '${(lines[at] ?? 'the end of the file').slice(0, 80)}'`,
    )
  }
  while (at < lines.length) {
    const file = lines[at]!.trim()
    if (file === '') {
      at++
      continue
    }
    if (isNumbers(file)) fail('the name of an image is expected')
    at++
    const count = /^\s*\d+\s*$/.test(lines[at] ?? '') ? Number(lines[at]) : fail('the number of faces is expected')
    at++
    const faces: Rectangle[] = []
    const valid: boolean[] = []
    for (let n = 0; n < count; n++, at++) {
      const line = lines[at] ?? ''
      const values = line.trim().split(/\s+/).map(Number)
      const [x, y, width, height] = values
      if (!isNumbers(line) || height === undefined) fail('x y w h and six marks of a face are expected')
      faces.push({ x: x!, y: y!, width: width!, height: height! })
      valid.push(values[INVALID] !== 1 && width! > 0 && height! > 0)
    }
    if (count === 0 && isNumbers(lines[at] ?? '')) at++
    images.push(byHeight(file, faces, valid))
  }
  return { images, splits: BY_HEIGHT }
}

function isNumbers(line: string): boolean {
  return /^[\s\d.+-]+$/.test(line) && line.trim() !== ''
}

function byHeight(file: string, faces: readonly Rectangle[], valid: readonly boolean[]): AnnotatedImage {
  const over = (least: number) => faces.map(({ height }, n) => valid[n]! && height > least)
  const counts = { easy: over(TALLER_THAN.easy), medium: over(TALLER_THAN.medium), hard: over(TALLER_THAN.hard) }
  return { file, faces, counts, valid }
}
