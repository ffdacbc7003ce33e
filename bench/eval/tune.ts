/** `npm run tune`: what each ingredient of the presets does, on pseudo-truth. Arguments: variants, as for `npm run eval`. */
import { parseArgs } from 'node:util'
import type { AnyFace } from '../../src/shared/face.ts'
import type { AnnotatedPoints } from './landmarks.ts'
import { type Detections, measure } from './measure.ts'
import { pseudoSet } from './pseudo.ts'
import { tables } from './report.ts'
import { parseVariant } from './variants.ts'

/** One step after another from classic to accurate, accurate without each of its parts, and the fast preset. */
const STEPS = [
  'classic',
  'classic minFaceSize=10',
  'classic minFaceSize=10 patches=bicubic',
  'classic minFaceSize=10 patches=subpixel',
  'classic minFaceSize=10 patches=subpixel flip=true',
  'classic minFaceSize=10 patches=subpixel passes=2',
  'classic minFaceSize=10 patches=subpixel flip=true passes=2',
  'accurate',
  'accurate patches=area',
  'accurate patches=bicubic',
  'accurate flip=false',
  'accurate passes=1',
  'accurate thresholds.refine=0.7',
  'accurate nms.level=0.5',
  'accurate minFaceSize=20',
  'accurate scaleFactor=0.79',
  'accurate thresholds.refine=0.4',
  'accurate thresholds.proposal=0.5',
  'classic minFaceSize=40',
  'fast',
  'fast patches=area',
  'fast scaleFactor=0.709',
  'fast scaleFactor=0.5',
]

/** Where false positives, detections and landmarks are taken. */
const CONFIDENCE = 0.7

type Library = typeof import('../../src/index.node.ts')

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { every: { type: 'string', default: '1' }, rounds: { type: 'string', default: '300' } },
})
const library: Library = await import(new URL('../../dist/index.node.js', import.meta.url).href)
const classic = await library.MTCNN.create({ clip: false })
const every = Math.max(1, Number(values.every))
const { truth, pixels, points } = await pseudoSet(
  (image, minFaceSize) => classic.detectFaces(image, { minFaceSize }),
  every,
)
classic.dispose()

const groups = new Map<string, AnnotatedPoints[]>()
for (const point of points) groups.set(point.image, [...(groups.get(point.image) ?? []), point])
const pointImages = [...groups.keys()]
const variants = (positionals.length > 0 ? positionals : STEPS).map(parseVariant)
const detections: Detections[] = []
for (const { name, options } of variants) {
  const detector = await library.MTCNN.create({
    ...options,
    clip: false,
    thresholds: { ...options.thresholds, output: 0 },
  })
  const found = new Map<string, AnyFace[]>()
  const start = performance.now()
  for (const { file } of truth.images) found.set(file, await detector.detectFaces(pixels.get(file)!))
  process.stderr.write(`${name}: ${((performance.now() - start) / 1000).toFixed(1)} s\n`)
  detector.dispose()
  detections.push({
    faces: truth.images.map(({ file }) => found.get(file)!),
    landmarkFaces: pointImages.map((file) => found.get(file)!),
  })
}
const rounds = Number(values.rounds)
const results = measure(
  truth,
  pointImages.map((file) => groups.get(file)!),
  detections,
  { confidence: CONFIDENCE, falsePositives: undefined, rounds, seed: 1 },
)
console.log(`${truth.images.length} images made of photographs; ${truth.splits}\n`)
console.log(
  tables(
    results.map((measurement, n) => ({ name: variants[n]!.name, measurement })),
    CONFIDENCE,
  ),
)
