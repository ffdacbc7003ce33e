/** `npm run eval`: how good presets and options are on annotated photographs. */
import { readFile, stat } from 'node:fs/promises'
import { dirname } from 'node:path'
import { type EvalOptions, HELP, parseArguments } from './arguments.ts'
import { type Answer, searchAll } from './crew.ts'
import { type AnnotatedPoints, parseLandmarks } from './landmarks.ts'
import { type Measurement, measure } from './measure.ts'
import { readOfficial } from './official.ts'
import { type Half, halfOf, lookFor } from './photographs.ts'
import { type Row, tables } from './report.ts'
import { saveDetections } from './save.ts'
import { parseAnnotations, type Truth } from './truth.ts'

async function readTruth(file: string): Promise<Truth> {
  if ((await stat(file)).isDirectory()) return readOfficial(file)
  return file.endsWith('.mat') ? readOfficial(dirname(file)) : parseAnnotations(await readFile(file, 'utf8'))
}

function groupPoints(points: readonly AnnotatedPoints[]): Map<string, AnnotatedPoints[]> {
  const groups = new Map<string, AnnotatedPoints[]>()
  for (const point of points) groups.set(point.image, [...(groups.get(point.image) ?? []), point])
  return groups
}

/** The photographs that take part, and what is known of them. */
interface PhotographSet {
  readonly truth: Truth
  readonly points: ReadonlyMap<string, AnnotatedPoints[]>
}

const filesOf = ({ truth, points }: PhotographSet): string[] => [
  ...new Set([...truth.images.map(({ file }) => file), ...points.keys()]),
]

function partOf({ truth, points }: PhotographSet, keep: (file: string) => boolean): PhotographSet {
  const images = truth.images.filter(({ file }) => keep(file))
  return { truth: { ...truth, images }, points: new Map([...points].filter(([file]) => keep(file))) }
}

async function readSet({ truth, landmarks }: EvalOptions): Promise<PhotographSet> {
  return {
    truth: truth === undefined ? { images: [], splits: 'none' } : await readTruth(truth),
    points: groupPoints(landmarks === undefined ? [] : parseLandmarks(await readFile(landmarks, 'utf8'))),
  }
}

/** The figures of each variant on a set, from what was found in it. */
function rowsOf(set: PhotographSet, found: ReadonlyMap<string, readonly Answer[]>, options: EvalOptions): Row[] {
  const { truth, points } = set
  const files = filesOf(set)
  const detections = options.variants.map((_, v) => ({
    faces: truth.images.map(({ file }) => found.get(file)![v]!.faces),
    landmarkFaces: [...points.keys()].map((file) => found.get(file)![v]!.faces),
  }))
  return measure(truth, [...points.values()], detections, options).map((measurement: Measurement, v) => {
    const milliseconds = files.reduce((sum, file) => sum + found.get(file)![v]!.milliseconds, 0) / files.length
    return { ...options.variants[v]!, measurement, milliseconds }
  })
}

function headline({ truth, points }: PhotographSet, missing: number): string {
  const parts = [`${filesOf({ truth, points }).length} photographs`]
  if (missing > 0) parts.push(`${missing} more that are named are missing from the folder`)
  const faces = truth.images.reduce((sum, image) => sum + image.faces.length, 0)
  const invalid = truth.images.reduce((sum, { valid }) => sum + valid.filter((mark) => !mark).length, 0)
  if (truth.images.length > 0) parts.push(`${faces} annotated faces, ${invalid} of them invalid`)
  if (points.size > 0) parts.push(`landmarks of ${[...points.values()].flat().length} faces`)
  if (truth.images.length > 0) parts.push(`splits ${truth.splits}`)
  return parts.join('; ')
}

async function main(): Promise<void> {
  const options = parseArguments(process.argv.slice(2))
  if (!options) {
    console.log(HELP)
    return
  }
  const { folder, variants, every, workers, confidence } = options
  const named = await readSet(options)
  const { there, missing } = await lookFor(folder, filesOf(named))
  if (there.length === 0) {
    throw new Error(`none of the ${missing.length} photographs is in ${folder}; the first would be ${missing[0]}`)
  }
  const chosen = new Set(there.filter((_, n) => n % every === 0))
  const set = partOf(named, (file) => chosen.has(file))
  const start = performance.now()
  const progress = (done: number) => {
    if (process.stderr.isTTY) process.stderr.write(`\r${done} of ${chosen.size} `)
  }
  const found = await searchAll({ folder, variants, output: options.output }, [...chosen], workers, progress)
  const seconds = ((performance.now() - start) / 1000).toFixed(1)
  process.stderr.write(`\r${chosen.size} photographs in ${seconds} s\n`)
  if (options.save !== undefined) await saveDetections(options.save, variants, found)

  const rows = rowsOf(set, found, options)
  const halves = (options.halves ? (['A', 'B'] as const) : []).flatMap((half: Half) => {
    const part = partOf(set, (file) => halfOf(file) === half)
    const share = part.truth.images.length / set.truth.images.length
    const falsePositives = options.falsePositives?.map((count) => Math.round(count * share))
    return filesOf(part).length > 0 ? [{ half, part, rows: rowsOf(part, found, { ...options, falsePositives }) }] : []
  })
  if (options.json) {
    const { splits, images } = set.truth
    const faces = images.reduce((sum, image) => sum + image.faces.length, 0)
    const parts = Object.fromEntries(halves.map(({ half, rows }) => [half, rows]))
    const figures = { variants: rows, ...(options.halves ? { halves: parts } : {}) }
    console.log(JSON.stringify({ splits, images: chosen.size, missing: missing.length, faces, ...figures }, null, 2))
    return
  }
  console.log(`${headline(set, missing.length)}\n\n${tables(rows, confidence)}`)
  for (const { half, part, rows } of halves) {
    console.log(`# Half ${half}: ${headline(part, 0)}\n\n${tables(rows, confidence)}`)
  }
}

main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error)
  process.exitCode = 1
})
