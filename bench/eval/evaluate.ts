/** A set of photographs with what is known of them, searched and measured. */
import { readFile, stat } from 'node:fs/promises'
import { dirname } from 'node:path'
import { type Answer, searchAll } from './crew.ts'
import { type AnnotatedPoints, parseLandmarks } from './landmarks.ts'
import { type MeasureOptions, measure } from './measure.ts'
import { readOfficial } from './official.ts'
import { lookFor } from './photographs.ts'
import type { Row } from './report.ts'
import { parseAnnotations, type Truth } from './truth.ts'
import type { Variant } from './variants.ts'

/** Where the set lies, and which of it is wanted. */
export interface SetOptions {
  readonly folder: string
  readonly truth: string | undefined
  readonly landmarks: string | undefined
  /** Only every n-th of the photographs that are there. */
  readonly every: number
}

export interface SearchOptions {
  readonly folder: string
  readonly variants: readonly Variant[]
  readonly output: number
  readonly workers: number
}

export type Found = ReadonlyMap<string, readonly Answer[]>

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
export interface PhotographSet {
  readonly truth: Truth
  readonly points: ReadonlyMap<string, AnnotatedPoints[]>
}

/** Each once, the truth's first. */
export const filesOf = ({ truth, points }: PhotographSet): string[] => [
  ...new Set([...truth.images.map(({ file }) => file), ...points.keys()]),
]

/** The part of a set whose photographs are to be kept. */
export function partOf({ truth, points }: PhotographSet, keep: (file: string) => boolean): PhotographSet {
  const images = truth.images.filter(({ file }) => keep(file))
  return { truth: { ...truth, images }, points: new Map([...points].filter(([file]) => keep(file))) }
}

/**
 * The photographs of a set that lie in its folder, and how many are named and do not.
 *
 * @throws Error where none does, or truth or landmarks are not as they should be.
 */
export async function readSet(options: SetOptions): Promise<{ set: PhotographSet; missing: number }> {
  const { folder, truth, landmarks, every } = options
  const named: PhotographSet = {
    truth: truth === undefined ? { images: [], splits: 'none' } : await readTruth(truth),
    points: groupPoints(landmarks === undefined ? [] : parseLandmarks(await readFile(landmarks, 'utf8'))),
  }
  const { there, missing } = await lookFor(folder, filesOf(named))
  if (there.length === 0) {
    throw new Error(`none of the ${missing.length} photographs is in ${folder}; the first would be ${missing[0]}`)
  }
  const chosen = new Set(there.filter((_, n) => n % every === 0))
  return { set: partOf(named, (file) => chosen.has(file)), missing: missing.length }
}

/** What each variant finds in each photograph; says on the terminal how far it is. */
export async function searchSet(set: PhotographSet, options: SearchOptions): Promise<Found> {
  const { folder, variants, output, workers } = options
  const files = filesOf(set)
  const start = performance.now()
  const found = await searchAll({ folder, variants, output }, files, workers, (done) => {
    if (process.stderr.isTTY) process.stderr.write(`\r${done} of ${files.length} `)
  })
  const seconds = ((performance.now() - start) / 1000).toFixed(1)
  process.stderr.write(`\r${files.length} photographs in ${seconds} s\n`)
  return found
}

/** The figures of each variant on a set, from what was found in it. */
export function rowsOf(
  { truth, points }: PhotographSet,
  found: Found,
  variants: readonly Variant[],
  options: MeasureOptions,
): (Row & Variant)[] {
  const files = filesOf({ truth, points })
  const detections = variants.map((_, v) => ({
    faces: truth.images.map(({ file }) => found.get(file)![v]!.faces),
    landmarkFaces: [...points.keys()].map((file) => found.get(file)![v]!.faces),
  }))
  return measure(truth, [...points.values()], detections, options).map((measurement, v) => {
    const milliseconds = files.reduce((sum, file) => sum + found.get(file)![v]!.milliseconds, 0) / files.length
    return { ...variants[v]!, measurement, milliseconds }
  })
}
