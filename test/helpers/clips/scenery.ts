/**
 * What moves behind the faces: parts of photographs in which nobody's face is.
 */
import sharp from 'sharp'
import { type Photograph, photographFile } from '../photographs.ts'

/** A part of a photograph: left, top, width, height. */
const PLACES: Record<string, [packageName: string, path: string, ...part: [number, number, number, number]]> = {
  dresses: ['@vladmandic/face-api', 'demo/sample6.jpg', 120, 900, 1130, 636],
  sofa: ['@vladmandic/face-api', 'demo/sample2.jpg', 500, 700, 1180, 664],
  bar: ['@vladmandic/face-api', 'demo/sample3.jpg', 100, 700, 1100, 619],
  jeans: ['@vladmandic/face-api', 'demo/sample4.jpg', 0, 480, 700, 394],
  stairs: ['@vladmandic/face-api', 'demo/sample5.jpg', 700, 720, 1200, 675],
  street: ['tracking', 'examples/assets/fish_tank/nz.png', 0, 60, 256, 144],
}

export const SCENERIES: readonly string[] = Object.keys(PLACES)

/** How much wider and higher than a frame the picture is, so that there is room to pan. */
const ROOM = 1.25

const loaded = new Map<string, Promise<Photograph>>()

/**
 * A picture to pan over with frames of this size.
 */
export function scenery(name: string, width: number, height: number): Promise<Photograph> {
  const key = `${name} ${width} ${height}`
  const known = loaded.get(key) ?? load(name, Math.ceil(ROOM * width), Math.ceil(ROOM * height))
  loaded.set(key, known)
  return known
}

async function load(name: string, width: number, height: number): Promise<Photograph> {
  const place = PLACES[name]
  if (!place) throw new Error(`no scenery '${name}'`)
  const [packageName, path, left, top, partWidth, partHeight] = place
  const { data, info } = await sharp(photographFile(packageName, path))
    .extract({ left, top, width: partWidth, height: partHeight })
    .resize(width, height, { fit: 'cover', kernel: 'cubic' })
    .removeAlpha()
    .raw()
    .toBuffer({ resolveWithObject: true })
  if (info.channels !== 3) throw new Error(`${packageName}/${path} has ${info.channels} channels, not 3`)
  return { data: Uint8Array.from(data), width, height }
}

/**
 * Copies the part of a picture that lies at (x, y), which need not be whole pixels, into a frame.
 */
export function pan(picture: Photograph, x: number, y: number, frame: Photograph): void {
  const [right, bottom] = [picture.width - frame.width - 1, picture.height - frame.height - 1]
  if (!(x >= 0 && y >= 0 && x <= right && y <= bottom)) throw new RangeError(`no place (${x}, ${y}) in the scenery`)
  const [column, row] = [Math.floor(x), Math.floor(y)]
  const [fx, fy] = [x - column, y - row]
  const [a, b, c, d] = [(1 - fx) * (1 - fy), fx * (1 - fy), (1 - fx) * fy, fx * fy]
  const { data } = picture
  const stride = 3 * picture.width
  for (let line = 0, to = 0; line < frame.height; line++) {
    let from = (row + line) * stride + 3 * column
    for (const end = to + 3 * frame.width; to < end; to++, from++) {
      frame.data[to] =
        a * data[from]! + b * data[from + 3]! + c * data[from + stride]! + d * data[from + stride + 3]! + 0.5
    }
  }
}
