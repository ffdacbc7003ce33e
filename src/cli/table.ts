import Table from 'cli-table3'
import { printable } from '../bulk/printable.ts'
import type { AnyFace, Point } from '../shared/face.ts'

/** What `detector.explain` tells of a search; the names are those of the fixtures. */
export interface Trace {
  levels: readonly {
    scale: number
    width: number
    height: number
    cells: readonly number[]
    passed: number
    afterNms: number
  }[]
  proposals: number
  refinePassed: number
  refined: number
  outputPassed: number
  /** Name of a stage to its time, `total` among them. */
  milliseconds: object
  /** With `--rotate`: each turn by itself. */
  turns?: readonly (Trace & { turn: number })[]
}

const NO_BORDERS = {
  ...{ top: '', 'top-mid': '', 'top-left': '', 'top-right': '', bottom: '', 'bottom-mid': '', 'bottom-left': '' },
  ...{ 'bottom-right': '', left: '', 'left-mid': '', mid: '', 'mid-mid': '', right: '', 'right-mid': '', middle: '  ' },
}

/** Lines up columns: numbers to the right, the columns named to the left. Ends without a line break. */
export function align(rows: readonly (readonly string[])[], textColumns: readonly number[] = []): string {
  const table = new Table({
    chars: NO_BORDERS,
    style: { 'padding-left': 0, 'padding-right': 0, head: [], border: [], compact: true },
    colAligns: (rows[0] ?? []).map((_, column) => (textColumns.includes(column) ? 'left' : 'right')),
  })
  table.push(...rows.map((row) => [...row]))
  return table
    .toString()
    .split('\n')
    .map((line) => `  ${line}`.trimEnd())
    .join('\n')
}

const pixels = (value: number) => value.toFixed(1)
const place = ({ x, y }: Point) => `${pixels(x)},${pixels(y)}`

/** The faces of one file for people to read. Ends without a line break. */
export function facesTable(file: string, image: { width: number; height: number }, faces: readonly AnyFace[]): string {
  const many = faces.length === 1 ? '1 face' : `${faces.length === 0 ? 'no' : faces.length} faces`
  const heading = `${printable(file)}: ${many} (${image.width} x ${image.height})`
  if (faces.length === 0) return heading
  const withKeypoints = faces.some((face) => face.keypoints !== undefined)
  const head = ['#', 'x', 'y', 'width', 'height', 'confidence']
  if (withKeypoints) head.push('left eye', 'right eye', 'nose', 'mouth left', 'mouth right')
  const rows = faces.map(({ box, confidence, keypoints }, index) => {
    const row = [String(index + 1), ...[box.x, box.y, box.width, box.height].map(pixels), confidence.toFixed(5)]
    if (!withKeypoints) return row
    if (keypoints === undefined) return [...row, '', '', '', '', '']
    const { leftEye, rightEye, nose, mouthLeft, mouthRight } = keypoints
    return [...row, ...[leftEye, rightEye, nose, mouthLeft, mouthRight].map(place)]
  })
  return `${heading}\n${align([head, ...rows])}`
}

/** What the stages did, for people to read. Ends without a line break. */
export function traceTable(trace: Trace): string {
  if (trace.turns)
    return trace.turns.map((turn) => `  turned by ${turn.turn} degrees\n${stagesTable(turn)}`).join('\n\n')
  return stagesTable(trace)
}

function stagesTable(trace: Trace): string {
  const head = ['level', 'scale', 'size', 'cells', 'passed', 'after NMS']
  const rows = trace.levels.map((level, index) => [
    String(index + 1),
    level.scale.toFixed(4),
    `${level.width} x ${level.height}`,
    level.cells.join(' x '),
    String(level.passed),
    String(level.afterNms),
  ])
  const times = Object.entries(trace.milliseconds).filter(
    (entry): entry is [string, number] => typeof entry[1] === 'number',
  )
  const counts = [
    ['proposals', String(trace.proposals)],
    ['passed by R-Net', `${trace.refinePassed}, after NMS ${trace.refined}`],
    ['passed by O-Net', String(trace.outputPassed)],
    ['milliseconds', times.map(([stage, time]) => `${stage} ${time.toFixed(1)}`).join(', ')],
  ]
  return `${align([head, ...rows])}\n${align(counts, [0, 1])}`
}
