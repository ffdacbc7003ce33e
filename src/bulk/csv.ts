import { KEYPOINT_NAMES, type Keypoints } from '../shared/face.ts'
import { isFailed, type Line } from './line.ts'
import { printableJson } from './printable.ts'

/** The columns: one row for each face, one for an image without faces, one for an image that failed. */
const COLUMNS: readonly string[] = [
  ...['file', 'image_width', 'image_height', 'faces', 'face', 'x', 'y', 'width', 'height', 'confidence'],
  ...['left_eye_x', 'left_eye_y', 'right_eye_x', 'right_eye_y', 'nose_x', 'nose_y'],
  ...['mouth_left_x', 'mouth_left_y', 'mouth_right_x', 'mouth_right_y'],
  ...['error_code', 'error_message'],
]

export const CSV_HEADER = /* @__PURE__ */ `${/* @__PURE__ */ COLUMNS.join(',')}\n`

/** The rows of an image. Each is one line of text, whatever the name is. */
export function csvRows(line: Line): string {
  const file = textCell(line.file)
  if (isFailed(line)) return row({ file, error_code: line.error.code, error_message: textCell(line.error.message) })
  const image = { file, image_width: line.width, image_height: line.height, faces: line.faces.length }
  if (line.faces.length === 0) return row(image)
  return line.faces
    .map(({ box, confidence, keypoints }, index) => {
      return row({ ...image, face: index + 1, ...box, confidence, ...(keypoints && places(keypoints)) })
    })
    .join('')
}

/** The columns of landmarks. */
function places(keypoints: Keypoints): Record<string, number> {
  const cells: Record<string, number> = {}
  for (const name of KEYPOINT_NAMES) {
    const column = name.replace(/[A-Z]/, (letter) => `_${letter.toLowerCase()}`)
    cells[`${column}_x`] = keypoints[name].x
    cells[`${column}_y`] = keypoints[name].y
  }
  return cells
}

function row(cells: Record<string, string | number>): string {
  return `${COLUMNS.map((column) => cells[column] ?? '').join(',')}\n`
}

/**
 * Text with which a spreadsheet would calculate (`=1+1`), with line breaks, or that begins like one of these, is written as JSON has
 * it: such a cell begins with a quotation mark.
 */
function textCell(text: string): string {
  const json = printableJson(text)
  const isPlain = !/^[\s=+\-@"']/.test(text) && !/[\p{Cc}\p{Zl}\p{Zp}\p{Cs}\p{Bidi_Control}]/u.test(text)
  return `"${(isPlain ? text : json).replaceAll('"', '""')}"`
}

/** What a row says of its image. */
export interface CsvRow {
  file: string
  failed: boolean
  /** How many rows its image has, and which of them this is, from 1. */
  rows: number
  row: number
}

/** Reads a row; undefined for what is none. */
export function readCsvRow(text: string): CsvRow | undefined {
  const cells = cellsOf(text)
  if (cells?.length !== COLUMNS.length) return undefined
  const cell = (column: string) => cells[COLUMNS.indexOf(column)]!
  const file = nameIn(cell('file'))
  if (file === undefined) return undefined
  const [rows, row] = [Math.max(1, Number(cell('faces'))), Number(cell('face') || 1)]
  return { file, failed: cell('error_code') !== '', rows, row }
}

function nameIn(cell: string): string | undefined {
  if (!cell.startsWith('"')) return cell
  try {
    const name: unknown = JSON.parse(cell)
    return typeof name === 'string' ? name : undefined
  } catch {
    return undefined
  }
}

/** The cells of a line, unquoted; undefined where quotation marks do not match. */
function cellsOf(text: string): string[] | undefined {
  const cells: string[] = []
  for (let at = 0; at <= text.length; ) {
    const quoted = text[at] === '"'
    const found = quoted ? /"((?:[^"]|"")*)"(?=,|$)/y : /([^,"]*)(?=,|$)/y
    found.lastIndex = at
    const match = found.exec(text)
    if (!match) return undefined
    cells.push(quoted ? match[1]!.replaceAll('""', '"') : match[1]!)
    at = found.lastIndex + 1
  }
  return cells
}
