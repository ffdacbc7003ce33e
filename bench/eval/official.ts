/** The official splits of WIDER FACE: four MATLAB files that lie in one folder. */
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type MatlabValue, readMatlab } from './matlab.ts'
import { type AnnotatedImage, type Rectangle, SETTINGS, type Setting, type Truth } from './truth.ts'

const ALL = 'wider_face_val.mat'
const SPLITS: Readonly<Record<Setting, string>> = {
  easy: 'wider_easy_val.mat',
  medium: 'wider_medium_val.mat',
  hard: 'wider_hard_val.mat',
}

type Files = Readonly<Record<'all' | Setting, Uint8Array>>

/** Reads the four files of a folder. */
export async function readOfficial(folder: string): Promise<Truth> {
  const read = (name: string) => readFile(join(folder, name))
  const [all, easy, medium, hard] = await Promise.all([ALL, ...SETTINGS.map((name) => SPLITS[name])].map(read))
  return parseOfficial({ all: all!, easy: easy!, medium: medium!, hard: hard! })
}

/**
 * The same from the files' bytes: events, their files, the boxes of each file; and for each split, which boxes count.
 *
 * @throws Error where a variable is missing or the files do not belong together.
 */
export function parseOfficial(files: Files): Truth {
  const all = readMatlab(files.all)
  const lists = Object.fromEntries(
    SETTINGS.map((name) => [name, cells(readMatlab(files[name]).get('gt_list'), `gt_list of ${SPLITS[name]}`)]),
  ) as Record<Setting, readonly MatlabValue[]>
  const events = cells(all.get('event_list'), 'event_list')
  const names = cells(all.get('file_list'), 'file_list')
  const boxes = cells(all.get('face_bbx_list'), 'face_bbx_list')
  const invalid = all.has('invalid_label_list') ? cells(all.get('invalid_label_list'), 'invalid_label_list') : undefined
  const images = events.flatMap((event, e) => {
    const folder = text(event, 'event_list')
    const bounds = cells(boxes[e], `face_bbx_list of ${folder}`)
    const marks = invalid && cells(invalid[e], `invalid_label_list of ${folder}`)
    return cells(names[e], `file_list of ${folder}`).map((name, n): AnnotatedImage => {
      const file = `${folder}/${text(name, 'file_list')}.jpg`
      const faces = rectangles(bounds[n], file)
      const counts = Object.fromEntries(
        SETTINGS.map((setting) => {
          const listed = cells(lists[setting][e], `gt_list of ${folder}`)[n]
          return [setting, marked(listed, faces.length, file)]
        }),
      ) as Record<Setting, boolean[]>
      const isInvalid = marks ? invalidMarks(marks[n], faces.length, file) : []
      const valid = faces.map(({ width, height }, f) => width > 0 && height > 0 && !isInvalid[f])
      return { file, faces, counts, valid }
    })
  })
  return { images, splits: `official: ${ALL}, ${SETTINGS.map((name) => SPLITS[name]).join(', ')}` }
}

function cells(value: MatlabValue | undefined, what: string): readonly MatlabValue[] {
  if (value?.kind === 'cells') return value.values
  throw new Error(`the MATLAB files lack ${what}, a cell array`)
}

function text(value: MatlabValue, what: string): string {
  // Names come wrapped in a cell of their own.
  const inner = value.kind === 'cells' && value.values.length === 1 ? value.values[0]! : value
  if (inner.kind === 'text') return inner.text
  throw new Error(`the MATLAB files hold no text in ${what}`)
}

function rectangles(value: MatlabValue | undefined, file: string): Rectangle[] {
  if (value?.kind !== 'numbers') throw new Error(`the MATLAB files lack the boxes of ${file}`)
  const [rows = 0, columns = 0] = value.sides
  if (rows > 0 && columns !== 4) throw new Error(`the boxes of ${file} have ${columns} numbers, not 4`)
  const at = (row: number, column: number) => value.values[column * rows + row]!
  return Array.from({ length: rows }, (_, row) => {
    return { x: at(row, 0), y: at(row, 1), width: at(row, 2), height: at(row, 3) }
  })
}

/** A mark for each face: whether it is marked as invalid. */
function invalidMarks(value: MatlabValue | undefined, count: number, file: string): boolean[] {
  if (value?.kind !== 'numbers' || value.values.length !== count) {
    throw new Error(`the MATLAB files do not say which of the ${count} faces of ${file} are invalid`)
  }
  return value.values.map((mark) => mark !== 0)
}

/** Places counted from 1 -> a mark for each face. */
function marked(value: MatlabValue | undefined, count: number, file: string): boolean[] {
  if (value?.kind !== 'numbers') throw new Error(`the MATLAB files do not list which faces of ${file} count`)
  const marks = new Array<boolean>(count).fill(false)
  for (const place of value.values) {
    if (!(place >= 1 && place <= count))
      throw new Error(`${file} has ${count} faces; the MATLAB files list one numbered ${place}`)
    marks[place - 1] = true
  }
  return marks
}
