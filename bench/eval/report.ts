/** Figures as text. */
import type { FaceMeasurement, Measurement } from './measure.ts'
import type { LandmarkMeasurement } from './measure-landmarks.ts'
import { CONFIDENCES, RELIABLE_FROM } from './operating.ts'
import type { Estimate } from './statistics.ts'
import { HEIGHTS, SETTINGS } from './truth.ts'

export interface Row {
  readonly name: string
  readonly measurement: Measurement
  /** Of a photograph, in the mean; undefined where it was not taken. */
  readonly milliseconds?: number
}

type Named<T> = T & { readonly name: string }
/** A title and a table. */
type Part = readonly [title: string, body: string]

/** The tables of a whole evaluation: of faces and of landmarks, where there is truth for them. */
export function tables(rows: readonly Row[], confidence: number): string {
  const faces = rows.flatMap(({ name, measurement }) => (measurement.faces ? [{ name, ...measurement.faces }] : []))
  const landmarks = rows.flatMap(({ name, measurement }) =>
    measurement.landmarks ? [{ name, ...measurement.landmarks }] : [],
  )
  const parts = [
    ...(faces.length > 0 ? faceTables(faces, confidence) : []),
    ...(landmarks.length > 0 ? landmarkTables(landmarks) : []),
    ...(rows.some(({ milliseconds }) => milliseconds !== undefined) ? [timeTable(rows)] : []),
  ]
  return parts.map(([title, body]) => `${title}\n\n${body}\n`).join('\n')
}

function faceTables(rows: readonly Named<FaceMeasurement>[], confidence: number): Part[] {
  const first = rows[0]!
  const alarms = first.foundAt.map(({ falsePositives }) => String(falsePositives))
  const parts: Part[] = [
    [
      'Average precision [95 % of redrawn sets]',
      table(
        ['variant', ...SETTINGS],
        rows.map(({ name, ap }) => [name, ...SETTINGS.map((setting) => shown(ap[setting]))]),
      ),
    ],
    [
      `At confidence ${confidence}`,
      table(
        ['variant', 'detections', 'false positives', 'per image'],
        rows.map(({ name, detections, falsePositives, falsePositivesPerImage }) => {
          return [name, String(detections), String(falsePositives), shown(falsePositivesPerImage)]
        }),
      ),
    ],
    [
      'Faces found at so many false positives (the confidence from which)',
      table(
        ['variant', ...alarms],
        rows.map(({ name, foundAt }) => [
          name,
          ...foundAt.map(({ threshold, found }) => `${found.value} (${decimals(threshold)})`),
        ]),
      ),
    ],
    [
      `Recall at confidence ${confidence}, by height of the face in pixels (valid faces)`,
      table(
        ['variant', ...first.recall.map(({ from, faces }) => `${sizeName(from)} (${faces})`)],
        rows.map(({ name, recall }) => [name, ...recall.map(({ faces, found }) => decimals(found / faces))]),
      ),
    ],
    [
      'Reliability, by confidence: share of detections that are right (what their confidences said; detections)',
      table(
        ['variant', ...CONFIDENCES.map(confidenceName), `error from ${RELIABLE_FROM}`],
        rows.map(({ name, reliability: { classes, error } }) => [
          name,
          ...classes.map(({ detections, right, said }) =>
            detections === 0 ? '-' : `${(right / detections).toFixed(2)} (${said.toFixed(2)}; ${detections})`,
          ),
          decimals(error),
        ]),
      ),
    ],
  ]
  if (rows.length > 1) {
    parts.splice(1, 0, [
      `Average precision, difference to '${first.name}' on the same redrawn sets`,
      table(
        ['variant', ...SETTINGS, 'false positives per image', ...alarms.map((count) => `found at ${count}`)],
        rows.slice(1).map(({ name, ap, falsePositivesPerImage, foundAt }) => {
          const found = foundAt.map((point) => difference(point.found, 0))
          return [name, ...SETTINGS.map((s) => difference(ap[s])), difference(falsePositivesPerImage), ...found]
        }),
      ),
    ])
  }
  return parts
}

function landmarkTables(rows: readonly Named<LandmarkMeasurement>[]): Part[] {
  const first = rows[0]!.name
  const change = (error: number, before: number) => {
    const percent = Math.round(100 * (error / before - 1))
    return `${percent < 0 ? '' : '+'}${percent} %`
  }
  return [
    [
      `Landmark error in distances of the eyes, on the faces that the variant and '${first}' found`,
      table(
        ['variant', 'found', 'in common', 'mean error', 'difference', 'median', `of '${first}'`],
        rows.map(({ name, found, faces, common, error, median, medianOfFirst }) => [
          name,
          `${found} of ${faces}`,
          String(common),
          shown(error),
          difference(error),
          decimals(median),
          decimals(medianOfFirst),
        ]),
      ),
    ],
    [
      `The same by height of the face in pixels: change against '${first}' (faces in common)`,
      table(
        ['variant', ...HEIGHTS.map(sizeName)],
        rows.map(({ name, bySize }) => [
          name,
          ...bySize.map(({ faces, error, errorOfFirst }) =>
            !(errorOfFirst > 0) ? '-' : `${change(error, errorOfFirst)} (${faces})`,
          ),
        ]),
      ),
    ],
  ]
}

function timeTable(rows: readonly Row[]): Part {
  const first = rows[0]!
  return [
    `Time from pixels to faces, mean of a photograph; only --workers 1 on an idle machine gives times to quote`,
    table(
      ['variant', 'ms', `times '${first.name}'`],
      rows.map(({ name, milliseconds = Number.NaN }) => [
        name,
        milliseconds.toFixed(1),
        (milliseconds / first.milliseconds!).toFixed(2),
      ]),
    ),
  ]
}

function sizeName(from: number): string {
  const next = HEIGHTS[HEIGHTS.indexOf(from as (typeof HEIGHTS)[number]) + 1]
  return next === undefined ? `${from}+` : `${from}-${next}`
}

function confidenceName(from: number, n: number): string {
  return `${from}-${CONFIDENCES[n + 1] ?? 1}`
}

function decimals(value: number): string {
  return Number.isNaN(value) ? '-' : value.toFixed(3)
}

function shown({ value, interval: [low, high] }: Estimate): string {
  return `${decimals(value)} [${decimals(low)}, ${decimals(high)}]`
}

function difference({ difference: { value, interval } }: Estimate, digits = 3): string {
  const signed = (number: number) => (Number.isNaN(number) ? '-' : `${number < 0 ? '' : '+'}${number.toFixed(digits)}`)
  return `${signed(value)} [${signed(interval[0])}, ${signed(interval[1])}]`
}

/** Columns padded to their widest cell: a table in Markdown too. */
export function table(head: readonly string[], body: readonly (readonly string[])[]): string {
  const widths = head.map((cell, n) => Math.max(cell.length, ...body.map((row) => row[n]!.length)))
  const line = (cells: readonly string[]) => `| ${cells.map((cell, n) => cell.padEnd(widths[n]!)).join(' | ')} |`
  return [line(head), `|${widths.map((width) => '-'.repeat(width + 2)).join('|')}|`, ...body.map(line)].join('\n')
}
