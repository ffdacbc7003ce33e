/** What the benches print of whole detectors: one row each, speed and, where it was measured, accuracy. */
import type { FaceMeasurement, Measurement } from './eval/measure.ts'
import type { Row } from './eval/report.ts'
import { SETTINGS } from './eval/truth.ts'
import { ms, table } from './report.ts'
import type { WholeDetector, WholeTimes } from './whole.ts'

/**
 * @param times - Of all detectors.
 * @param rows - Accuracy by the names of the detectors; none where it was not measured.
 */
export function wholeLines(
  detectors: readonly WholeDetector[],
  times: readonly WholeTimes[],
  rows: readonly Row[] = [],
): string[] {
  const names = [...new Set(detectors.map(({ name }) => name))]
  const sizes = times.map(({ picture: { name, pixels } }) => `${name}, ${pixels.width}x${pixels.height}`)
  const body = names.map((name) => {
    const speed = times.map(({ results }) => {
      const of = (runtime: WholeDetector['runtime']) => {
        const n = detectors.findIndex((detector) => detector.name === name && detector.runtime === runtime)
        return results[n]
      }
      const native = of('native')
      const { faces, milliseconds } = of('WebAssembly')!
      return `${ms(milliseconds)}${native ? ` (${ms(native.milliseconds)})` : ''}; ${faces}`
    })
    return [name, ...accuracyCells(rows, name), ...speed]
  })
  const head = ['', ...accuracyHead(rows), ...sizes]
  const versions = [...new Set(detectors.flatMap(({ version }) => (version === '' ? [] : [version])))]
  return [
    `Time from pixels to faces in ms: WebAssembly, in brackets native; after it the faces found at confidence 0.7. One thread.${
      versions.length > 0 ? ` Peers in ${versions.join(' and ')}; they find the same faces in both.` : ''
    }`,
    '',
    table(head, body),
  ]
}

function accuracyHead(rows: readonly Row[]): string[] {
  const [first] = rows
  if (!first) return []
  const faces = first.measurement.faces && [
    ...SETTINGS.map((setting) => `AP ${setting}`),
    'false positives',
    'detections',
    `faces found at ${equalPoint(first.measurement.faces, first.measurement.faces).falsePositives} false positives`,
  ]
  return [
    ...(faces ?? []),
    ...(first.measurement.landmarks ? [`landmark error (of ${first.name} on the same faces, how many)`] : []),
  ]
}

function accuracyCells(rows: readonly Row[], name: string): string[] {
  const first = rows[0]?.measurement
  const own = rows.find((row) => row.name === name)?.measurement
  return first && own ? [...faceCells(own, first), ...landmarkCells(own)] : []
}

function faceCells({ faces }: Measurement, first: Measurement): string[] {
  if (!faces) return []
  const { found, threshold } = equalPoint(faces, first.faces!)
  return [
    ...SETTINGS.map((setting) => faces.ap[setting].value.toFixed(3)),
    String(faces.falsePositives),
    String(faces.detections),
    Number.isNaN(threshold) ? '0' : `${found.value} (from ${threshold.toFixed(2)})`,
  ]
}

/** Where a detector has as many false positives as the first has at the usual confidence. */
function equalPoint({ foundAt }: FaceMeasurement, first: FaceMeasurement) {
  return foundAt.find(({ falsePositives }) => falsePositives === first.falsePositives)!
}

function landmarkCells({ landmarks }: Measurement): string[] {
  if (!landmarks) return []
  const { median, medianOfFirst, common } = landmarks
  return [`${median.toFixed(3)} (${medianOfFirst.toFixed(3)}, ${common})`]
}
