import type { AnyFace, Box, Point, Size } from '../shared/face.ts'
import type { ResolvedStyle } from './style.ts'

/** A label on a plate. */
export interface Label extends Box {
  readonly text: string
  /** Height of the letters' line, pixels. */
  readonly fontSize: number
  /** Space between the plate's edge and the text. */
  readonly inset: number
}

/** What is drawn of one face. */
export interface FaceShapes {
  readonly box: Box
  readonly points: readonly Point[]
  /** Of the dots. */
  readonly radius: number
  readonly label: Label | undefined
}

export interface Shapes {
  readonly lineWidth: number
  readonly faces: readonly FaceShapes[]
}

/** Letters of one width: what is written has a known size, with a canvas and without one. */
export const FONT = 'ui-monospace, Menlo, Consolas, "DejaVu Sans Mono", monospace'
/** Width of a letter, of the font's size. */
const LETTER = 0.62
const LONGEST_LABEL = 40

/**
 * Says what is drawn where.
 *
 * @param picture - Pixels.
 */
export function shapesOf(faces: readonly AnyFace[], picture: Size, style: ResolvedStyle): Shapes {
  const diagonal = Math.sqrt(picture.width ** 2 + picture.height ** 2)
  const lineWidth = style.lineWidth ?? Math.max(1.5, diagonal / 400)
  const fontSize = Math.max(11, diagonal / 55)
  const plates: Label[] = []
  const shapes = faces.map((face, index): FaceShapes => {
    const { x, y, width, height } = face.box
    const box = { x, y, width: Math.max(0, width), height: Math.max(0, height) }
    const text = style.labelOf(face, index)
    const label = text === undefined ? undefined : placed(text, fontSize, box, picture, lineWidth, plates)
    if (label) plates.push(label)
    return {
      box,
      points: style.points && face.keypoints ? Object.values(face.keypoints) : [],
      // On a small face dots as wide as on a large one would cover the face.
      radius: Math.max(1, Math.min(lineWidth * 1.5, width / 20)),
      label,
    }
  })
  return { lineWidth, faces: shapes }
}

/** Above the box, in it, or below it: the first place that lies in the picture and on no other label. */
function placed(
  text: string,
  wanted: number,
  box: Box,
  picture: Size,
  lineWidth: number,
  others: readonly Label[],
): Label {
  const letters = [...text].slice(0, LONGEST_LABEL)
  // Smaller where the picture is too narrow for it.
  const fontSize = Math.min(wanted, picture.width / (letters.length * LETTER + 0.7), picture.height / 1.4)
  const inset = fontSize * 0.35
  const width = letters.length * LETTER * fontSize + 2 * inset
  const height = fontSize * 1.35
  const within = (value: number, most: number) => Math.min(Math.max(value, 0), Math.max(most, 0))
  const x = within(box.x - lineWidth / 2, picture.width - width)
  const bottom = box.y + box.height
  const rows = [
    box.y - height - lineWidth / 2,
    box.y + lineWidth / 2,
    bottom - height - lineWidth / 2,
    bottom + lineWidth / 2,
  ]
  const plates = rows.map((row) => ({
    text: letters.join(''),
    fontSize,
    inset,
    x,
    y: within(row, picture.height - height),
    width,
    height,
  }))
  const inside = (plate: Label, row: number) => plate.y === rows[row]
  const free = (plate: Label) => !others.some((other) => overlap(plate, other))
  return (
    plates.find((plate, row) => inside(plate, row) && free(plate)) ??
    plates.find(free) ??
    plates.find(inside) ??
    plates[0]!
  )
}

function overlap(a: Box, b: Box): boolean {
  return a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height
}
