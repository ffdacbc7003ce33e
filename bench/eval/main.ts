/** `npm run eval`: how good presets and options are on annotated photographs. */
import { readFile, stat } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { parseArgs } from 'node:util'
import type { AnyFace } from '../../src/shared/face.ts'
import { type AnnotatedPoints, COLUMNS, parseLandmarks } from './landmarks.ts'
import { type Detections, type Measurement, measure } from './measure.ts'
import { readOfficial } from './official.ts'
import { tables } from './report.ts'
import { draws } from './statistics.ts'
import { parseAnnotations, type Truth } from './truth.ts'
import { parseVariant, type Variant } from './variants.ts'

const HELP = `npm run eval -- --images <folder> [--truth <file>] [--landmarks <file>] [options]

  --images <folder>     photographs; the truth names them relative to this folder
  --truth <file>        wider_face_val_bbx_gt.txt, or the folder of the official splits (wider_face_val.mat,
                        wider_easy_val.mat, wider_medium_val.mat, wider_hard_val.mat)
  --landmarks <file>    CSV with five points a face; the first line names the columns:
                        ${COLUMNS.slice(0, 5).join(',')},
                        ${COLUMNS.slice(5).join(',')}
                        and optionally x,y,width,height (the box)
  --preset <a,b,...>    presets to compare (default classic,accurate,fast)
  --variant <text>      a preset with options, as in 'accurate minFaceSize=20 thresholds.refine=0.6'; may be repeated
  --every <n>           only every n-th image
  --output <score>      O-Net's threshold for the curve (default 0: the whole curve)
  --rounds <n>          draws of the bootstrap (default 500); --seed <n> (default 1)
  --json                machine-readable
`

type Library = typeof import('../../src/index.node.ts')

async function readTruth(file: string): Promise<Truth> {
  if ((await stat(file)).isDirectory()) return readOfficial(file)
  return file.endsWith('.mat') ? readOfficial(dirname(file)) : parseAnnotations(await readFile(file, 'utf8'))
}

/** Faces of each file under one variant; an image that cannot be read ends the evaluation, and says which. */
async function detect(
  library: Library,
  variant: Variant,
  output: number,
  folder: string,
  files: readonly string[],
): Promise<Map<string, AnyFace[]>> {
  const thresholds = { ...variant.options.thresholds, output: variant.options.thresholds?.output ?? output }
  const detector = await library.MTCNN.create({ ...variant.options, thresholds })
  const found = new Map<string, AnyFace[]>()
  const start = performance.now()
  try {
    for (const file of files) {
      try {
        found.set(file, await detector.detectFaces(join(folder, file)))
      } catch (cause) {
        throw new Error(`${file}: ${cause instanceof Error ? cause.message : cause}`, { cause })
      }
      if (process.stderr.isTTY) process.stderr.write(`\r${variant.name}: ${found.size} of ${files.length} `)
    }
  } finally {
    detector.dispose()
  }
  const seconds = (performance.now() - start) / 1000
  process.stderr.write(`\r${variant.name}: ${files.length} images in ${seconds.toFixed(1)} s\n`)
  return found
}

function groupPoints(points: readonly AnnotatedPoints[]): Map<string, AnnotatedPoints[]> {
  const groups = new Map<string, AnnotatedPoints[]>()
  for (const point of points) groups.set(point.image, [...(groups.get(point.image) ?? []), point])
  return groups
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      images: { type: 'string' },
      truth: { type: 'string' },
      landmarks: { type: 'string' },
      preset: { type: 'string' },
      variant: { type: 'string', multiple: true, default: [] },
      every: { type: 'string', default: '1' },
      output: { type: 'string', default: '0' },
      rounds: { type: 'string', default: '500' },
      seed: { type: 'string', default: '1' },
      json: { type: 'boolean', default: false },
      help: { type: 'boolean', short: 'h', default: false },
    },
  })
  if (values.help) {
    console.log(HELP)
    return
  }
  const { images: folder, truth: truthFile, landmarks: pointFile } = values
  if (folder === undefined || (truthFile === undefined && pointFile === undefined)) {
    throw new Error('--images and one of --truth and --landmarks are needed; --help says more')
  }
  const number = (name: 'every' | 'output' | 'rounds' | 'seed'): number => {
    const value = Number(values[name])
    if (!Number.isFinite(value) || value < 0) throw new Error(`--${name} must be a number, not '${values[name]}'`)
    return value
  }
  const presets = values.preset ?? (values.variant.length > 0 ? '' : 'classic,accurate,fast')
  const variants = [...presets.split(',').filter((name) => name !== ''), ...values.variant].map(parseVariant)
  const every = Math.max(1, Math.round(number('every')))
  const all: Truth = truthFile === undefined ? { images: [], splits: 'none' } : await readTruth(truthFile)
  const truth = { ...all, images: all.images.filter((_, n) => n % every === 0) }
  const points = groupPoints(pointFile === undefined ? [] : parseLandmarks(await readFile(pointFile, 'utf8')))
  const pointImages = [...points.keys()].filter((_, n) => n % every === 0)
  const files = [...new Set([...truth.images.map(({ file }) => file), ...pointImages])]

  const library: Library = await import(new URL('../../dist/index.node.js', import.meta.url).href)
  const detections: Detections[] = []
  for (const variant of variants) {
    const found = await detect(library, variant, number('output'), folder, files)
    detections.push({
      faces: truth.images.map(({ file }) => found.get(file)!),
      landmarkFaces: pointImages.map((file) => found.get(file)!),
    })
  }
  const rounds = {
    images: draws(truth.images.length, number('rounds'), number('seed')),
    landmarks: draws(pointImages.length, number('rounds'), number('seed')),
  }
  const annotated = pointImages.map((file) => points.get(file)!)
  const rows = measure(truth, annotated, detections, rounds).map((measurement: Measurement, n) => {
    return { name: variants[n]!.name, options: variants[n]!.options, measurement }
  })
  const faces = truth.images.reduce((sum, image) => sum + image.faces.length, 0)
  if (values.json) {
    console.log(JSON.stringify({ splits: truth.splits, images: files.length, faces, variants: rows }, null, 2))
    return
  }
  console.log(`${files.length} images, ${faces} annotated faces; splits ${truth.splits}\n`)
  console.log(tables(rows))
}

main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error)
  process.exitCode = 1
})
