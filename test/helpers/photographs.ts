/**
 * The pixels the fixtures speak of: photographs out of npm packages, decoded with sharp, and images derived from them.
 */
import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import sharp from 'sharp'
import { congruentialBytes } from './random.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))

/** RGB, `height x width x 3` bytes without padding. */
export interface Photograph {
  data: Uint8Array
  width: number
  height: number
}

export interface FixtureImage {
  package?: string
  version?: string
  path?: string
  /** how to make the pixels, where they are not a photograph's */
  derived?: string
  width: number
  height: number
  sha256OfRgb: string
}

export interface Fixture {
  image: FixtureImage
  options: { minFaceSize: number; scaleFactor: number; thresholds: [number, number, number] }
  faces: {
    rect: [number, number, number, number]
    confidence: number
    points: [number, number][]
    box: [number, number, number, number]
  }[]
  trace: {
    levels: { scale: number; cells: [number, number]; passed: number; afterNms: number }[]
    scales: number[]
    proposals: number
    proposalBoxes: [number, number, number, number][]
    refineInput: number
    refinePassed: number
    refined: number
    outputPassed: number
  }
}

export const fixtures: Fixture[] = JSON.parse(readFileSync(join(root, 'test/fixtures/classic.json'), 'utf8'))

/**
 * What a test of this fixture is called: the image and the options.
 */
export function fixtureName({ image, options }: Fixture): string {
  const { minFaceSize, scaleFactor, thresholds } = options
  const what = image.derived ?? `${image.package} ${image.path}`
  return `${what}, from ${minFaceSize} px, factor ${scaleFactor}, thresholds ${thresholds.join(' ')}`
}

/**
 * Where a file of an installed package lies.
 */
export function photographFile(packageName: string, path: string): string {
  return join(root, 'node_modules', packageName, path)
}

/**
 * Decodes a photograph of an installed package.
 */
export async function photograph(packageName: string, path: string): Promise<Photograph> {
  const { data, info } = await sharp(photographFile(packageName, path))
    .removeAlpha()
    .raw()
    .toBuffer({ resolveWithObject: true })
  if (info.channels !== 3) throw new Error(`${packageName}/${path} has ${info.channels} channels, not 3`)
  return { data: Uint8Array.from(data), width: info.width, height: info.height }
}

/**
 * The part of a photograph that starts at (left, top).
 */
export function cut(image: Photograph, left: number, top: number, width: number, height: number): Photograph {
  const data = new Uint8Array(width * height * 3)
  for (let y = 0; y < height; y++) {
    const from = ((top + y) * image.width + left) * 3
    data.set(image.data.subarray(from, from + width * 3), y * width * 3)
  }
  return { data, width, height }
}

/**
 * Red and blue exchanged.
 */
export function swapped(image: Photograph): Photograph {
  const data = image.data.map((_, n) => image.data[n - (n % 3) + (2 - (n % 3))]!)
  return { ...image, data }
}

/**
 * Noise, the same for the same size.
 */
export function noise(width: number, height: number): Photograph {
  return { data: new Uint8Array(width * height * 3).map(congruentialBytes(1)), width, height }
}

async function derive({ derived = '', width, height }: FixtureImage): Promise<Photograph> {
  if (derived.startsWith('black ')) return { data: new Uint8Array(width * height * 3), width, height }
  if (derived.startsWith('noise ')) return noise(width, height)
  const faces = await photograph('tracking', 'examples/assets/faces.jpg')
  if (derived === 'tracking faces.jpg in BGR order') return swapped(faces)
  const corner =
    /^tracking faces\.jpg, columns (\d+)\.\.\d+, rows (\d+)\.\.\d+$/.exec(derived) ??
    /^\d+x\d+ crop of tracking faces\.jpg at \((\d+),(\d+)\)$/.exec(derived)
  if (!corner) throw new Error(`no way known to make '${derived}'`)
  return cut(faces, Number(corner[1]), Number(corner[2]), width, height)
}

/**
 * The pixels of a fixture, checked against its size and SHA-256.
 */
export async function fixtureImage({ image }: { image: FixtureImage }): Promise<Photograph> {
  const made =
    image.derived === undefined ? await photograph(image.package ?? '', image.path ?? '') : await derive(image)
  const digest = createHash('sha256').update(made.data).digest('hex')
  if (made.width !== image.width || made.height !== image.height || digest !== image.sha256OfRgb) {
    throw new Error(
      `${image.derived ?? image.path}: ${made.width} x ${made.height}, ${digest} is not the fixture's image`,
    )
  }
  return made
}
