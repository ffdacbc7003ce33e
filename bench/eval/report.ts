/** Figures as text. */
import { CONFIDENCE, type Estimate, HEIGHTS, type Measurement } from './measure.ts'
import { SETTINGS } from './truth.ts'

export interface Row {
  readonly name: string
  readonly measurement: Measurement
}

/** The tables of a whole evaluation. */
export function tables(rows: readonly Row[]): string {
  const first = rows[0]?.name ?? ''
  const parts = [
    ['Average precision [95 % of redrawn sets]', table(['variant', ...SETTINGS], rows.map(apRow))],
    [
      `At confidence ${CONFIDENCE}`,
      table(
        ['variant', 'detections', 'false positives', 'per image'],
        rows.map(({ name, measurement: m }) => [
          name,
          String(m.detections),
          String(m.falsePositives),
          shown(m.falsePositivesPerImage),
        ]),
      ),
    ],
    [
      `Recall at confidence ${CONFIDENCE}, by height of the face in pixels (faces)`,
      table(
        ['variant', ...(rows[0]?.measurement.recall ?? []).map(({ from, faces }) => `${sizeName(from)} (${faces})`)],
        rows.map(({ name, measurement }) => [
          name,
          ...measurement.recall.map(({ faces, found }) => decimals(found / faces)),
        ]),
      ),
    ],
  ]
  if (rows.length > 1) {
    const body = rows.slice(1).map(({ name, measurement: { ap, falsePositivesPerImage } }) => {
      return [name, ...SETTINGS.map((s) => difference(ap[s])), difference(falsePositivesPerImage)]
    })
    const head = ['variant', ...SETTINGS, 'false positives per image']
    parts.splice(1, 0, [`Average precision, difference to '${first}' on the same redrawn sets`, table(head, body)])
  }
  if (rows.some(({ measurement }) => measurement.landmarks)) parts.push(...landmarkTables(rows))
  return parts.map(([title, body]) => `${title}\n\n${body}\n`).join('\n')
}

function landmarkTables(rows: readonly Row[]): string[][] {
  const first = rows[0]!.name
  const measured = rows.flatMap(({ name, measurement: { landmarks } }) => (landmarks ? [{ name, landmarks }] : []))
  const body = measured.map(({ name, landmarks: { found, faces, common, error } }) => [
    name,
    `${found} of ${faces}`,
    String(common),
    shown(error),
    difference(error),
  ])
  const change = (error: number, before: number) => {
    const percent = Math.round(100 * (error / before - 1))
    return `${percent < 0 ? '' : '+'}${percent} %`
  }
  return [
    [
      `Landmark error in distances of the eyes, on the faces that the variant and '${first}' found`,
      table(['variant', 'found', 'in common', 'mean error', 'difference'], body),
    ],
    [
      `The same by height of the face in pixels: change against '${first}' (faces in common)`,
      table(
        ['variant', ...HEIGHTS.map(sizeName)],
        measured.map(({ name, landmarks }) => [
          name,
          ...landmarks.bySize.map(({ faces, error, errorOfFirst }) =>
            !(errorOfFirst > 0) ? '-' : `${change(error, errorOfFirst)} (${faces})`,
          ),
        ]),
      ),
    ],
  ]
}

function apRow({ name, measurement: { ap } }: Row): string[] {
  return [name, ...SETTINGS.map((setting) => shown(ap[setting]))]
}

function sizeName(from: number): string {
  const next = HEIGHTS[HEIGHTS.indexOf(from as (typeof HEIGHTS)[number]) + 1]
  return next === undefined ? `${from}+` : `${from}-${next}`
}

function decimals(value: number): string {
  return Number.isNaN(value) ? '-' : value.toFixed(3)
}

function shown({ value, interval: [low, high] }: Estimate): string {
  return `${decimals(value)} [${decimals(low)}, ${decimals(high)}]`
}

function difference({ difference: { value, interval } }: Estimate): string {
  const signed = (number: number) => (Number.isNaN(number) ? '-' : `${number < 0 ? '' : '+'}${number.toFixed(3)}`)
  return `${signed(value)} [${signed(interval[0])}, ${signed(interval[1])}]`
}

/** Columns padded to their widest cell: a table in Markdown too. */
export function table(head: readonly string[], body: readonly (readonly string[])[]): string {
  const widths = head.map((cell, n) => Math.max(cell.length, ...body.map((row) => row[n]!.length)))
  const line = (cells: readonly string[]) => `| ${cells.map((cell, n) => cell.padEnd(widths[n]!)).join(' | ')} |`
  return [line(head), `|${widths.map((width) => '-'.repeat(width + 2)).join('|')}|`, ...body.map(line)].join('\n')
}
