import type { ResolvedAnonymiseOptions } from '../options/anonymise.ts'
import type { AnyFace } from '../shared/face.ts'
import type { ClampedBytes } from '../shared/global.ts'

/** Pixels of an image: red, green, blue and alpha, rows tight. */
export interface RgbaImage {
  data: ClampedBytes
  /** Pixels. */
  width: number
  /** Pixels. */
  height: number
  channels: 4
}

/** Whole pixels of the image from `left`, `top` to before `right`, `bottom`. */
interface Area {
  left: number
  top: number
  right: number
  bottom: number
}

/** An area of the picture that is hidden. */
interface Hidden {
  /** Its middle and half its sides, pixels. */
  x: number
  y: number
  halfWidth: number
  halfHeight: number
}

/** Makes the faces of an image unrecognisable, in the image itself. */
export function hideFaces(image: RgbaImage, faces: readonly AnyFace[], options: ResolvedAnonymiseOptions): void {
  for (const { box, unclipped = box } of faces) {
    const halfWidth = (unclipped.width / 2) * (1 + options.margin)
    const halfHeight = (unclipped.height / 2) * (1 + options.margin)
    const hidden = {
      x: unclipped.x + unclipped.width / 2,
      y: unclipped.y + unclipped.height / 2,
      halfWidth,
      halfHeight,
    }
    const area = areaOf(hidden, image)
    if (area.left >= area.right || area.top >= area.bottom) continue
    const inside = options.shape === 'ellipse' ? insideEllipse(hidden) : () => true
    METHODS[options.method](image, area, hidden, inside, options)
  }
}

type Inside = (x: number, y: number) => boolean
type Method = (image: RgbaImage, area: Area, hidden: Hidden, inside: Inside, options: ResolvedAnonymiseOptions) => void

const METHODS: Readonly<Record<ResolvedAnonymiseOptions['method'], Method>> = { blur, pixelate, fill }

function areaOf({ x, y, halfWidth, halfHeight }: Hidden, { width, height }: RgbaImage): Area {
  const within = (value: number, most: number) => Math.min(Math.max(value, 0), most)
  return {
    left: within(Math.floor(x - halfWidth), width),
    top: within(Math.floor(y - halfHeight), height),
    right: within(Math.ceil(x + halfWidth), width),
    bottom: within(Math.ceil(y + halfHeight), height),
  }
}

/** Whether the middle of a pixel lies in the ellipse. */
function insideEllipse({ x, y, halfWidth, halfHeight }: Hidden): Inside {
  return (column, row) => {
    const [u, v] = [(column + 0.5 - x) / halfWidth, (row + 0.5 - y) / halfHeight]
    return u * u + v * v <= 1
  }
}

/** Writes a colour for every pixel of the area that is hidden. */
function paint(
  { data, width }: RgbaImage,
  area: Area,
  inside: Inside,
  colourAt: (x: number, y: number, c: number) => number,
) {
  for (let y = area.top; y < area.bottom; y++) {
    for (let x = area.left; x < area.right; x++) {
      if (!inside(x, y)) continue
      for (let c = 0; c < 3; c++) data[4 * (y * width + x) + c] = colourAt(x, y, c)
    }
  }
}

function fill(image: RgbaImage, area: Area, _: Hidden, inside: Inside, { colour }: ResolvedAnonymiseOptions): void {
  paint(image, area, inside, (_, __, c) => colour[c]!)
}

/** Tiles along the longer side of a hidden area, at a strength of 1. */
const TILES = 5

/** The mean of each tile. */
function pixelate(
  image: RgbaImage,
  area: Area,
  { halfWidth, halfHeight }: Hidden,
  inside: Inside,
  { strength }: ResolvedAnonymiseOptions,
): void {
  const side = Math.max(1, Math.ceil((2 * Math.max(halfWidth, halfHeight) * strength) / TILES))
  const columns = Math.ceil((area.right - area.left) / side)
  const rows = Math.ceil((area.bottom - area.top) / side)
  const sums = new Float64Array(4 * columns * rows)
  const tileOf = (x: number, y: number) =>
    4 * (Math.floor((y - area.top) / side) * columns + Math.floor((x - area.left) / side))
  for (let y = area.top; y < area.bottom; y++) {
    for (let x = area.left; x < area.right; x++) {
      const tile = tileOf(x, y)
      const from = 4 * (y * image.width + x)
      for (let c = 0; c < 3; c++) sums[tile + c]! += image.data[from + c]!
      sums[tile + 3]!++
    }
  }
  paint(image, area, inside, (x, y, c) => sums[tileOf(x, y) + c]! / sums[tileOf(x, y) + 3]!)
}

/** Of the longer side of a hidden area, at a strength of 1: the standard deviation of the blur. */
const BLUR = 0.16

/** Three means over a square, one after the other, come close to a Gaussian. */
function blur(
  image: RgbaImage,
  area: Area,
  { halfWidth, halfHeight }: Hidden,
  inside: Inside,
  { strength }: ResolvedAnonymiseOptions,
): void {
  const sigma = 2 * Math.max(halfWidth, halfHeight) * BLUR * strength
  const width = area.right - area.left
  const height = area.bottom - area.top
  // The variance of a mean over 2 r + 1 numbers is r (r + 1) / 3. More than all there is changes nothing.
  const wanted = Math.round((Math.sqrt(1 + 4 * sigma * sigma) - 1) / 2)
  const radius = Math.min(Math.max(1, wanted), Math.max(width, height))
  let values = new Float32Array(3 * width * height)
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const from = 4 * ((y + area.top) * image.width + x + area.left)
      for (let c = 0; c < 3; c++) values[3 * (y * width + x) + c] = image.data[from + c]!
    }
  }
  for (let pass = 0; pass < 3; pass++) {
    values = means(values, radius, { count: width, step: 3, lines: height, line: 3 * width })
    values = means(values, radius, { count: height, step: 3 * width, lines: width, line: 3 })
  }
  paint(image, area, inside, (x, y, c) => values[3 * ((y - area.top) * width + x - area.left) + c]!)
}

/** The mean of `radius` values before and after each, along lines of `count` values; the outermost ones go on beyond the ends. */
function means(
  values: Float32Array<ArrayBuffer>,
  radius: number,
  { count, step, lines, line }: { count: number; step: number; lines: number; line: number },
): Float32Array<ArrayBuffer> {
  const out = new Float32Array(values.length)
  for (let n = 0; n < lines; n++) {
    for (let c = 0; c < 3; c++) {
      const start = n * line + c
      const at = (index: number) => values[start + step * Math.min(Math.max(index, 0), count - 1)]!
      let sum = 0
      for (let k = -radius; k <= radius; k++) sum += at(k)
      for (let index = 0; index < count; index++) {
        out[start + step * index] = sum / (2 * radius + 1)
        sum += at(index + radius + 1) - at(index - radius)
      }
    }
  }
  return out
}
