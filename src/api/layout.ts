import { describe, MtcnnError, shortened } from '../shared/errors.ts'
import type { Point, Size } from '../shared/face.ts'

/** How a picture fills an area: the values of CSS `object-fit`. */
export type Fit = 'fill' | 'contain' | 'cover' | 'none' | 'scale-down'

/**
 * How large a picture is shown in an area.
 *
 * @param natural - The picture's own size. `'none'` shows it as it is; the other values need only its shape.
 */
export function fittedSize(natural: Size, area: Size, fit: Fit): Size {
  const x = area.width / natural.width
  const y = area.height / natural.height
  const times = (scale: number): Size => ({ width: natural.width * scale, height: natural.height * scale })
  switch (fit) {
    case 'fill':
      return area
    case 'contain':
      return times(Math.min(x, y))
    case 'cover':
      return times(Math.max(x, y))
    case 'none':
      return natural
    case 'scale-down':
      return times(Math.min(x, y, 1))
  }
}

/** A distance from the left or upper edge: a share of the free space, and pixels. */
interface Distance {
  percent: number
  px: number
}

const CENTRE: Distance = { percent: 50, px: 0 }
const KEYWORD_PERCENT: ReadonlyMap<string, number> = /* @__PURE__ */ new Map([
  ['left', 0],
  ['top', 0],
  ['center', 50],
  ['right', 100],
  ['bottom', 100],
])
const HORIZONTAL = ['left', 'right']
const VERTICAL = ['top', 'bottom']

/**
 * Where a picture lies in an area, from the area's top left corner.
 *
 * @param position - As CSS `object-position`, in `px` and `%`: `'50% 50%'`, `'right 10px top'`, `'calc(100% - 5px) 0px'`.
 * @param free - Width and height of the area less those of the picture; negative where the picture is larger.
 * @throws MtcnnError INVALID_OPTION
 */
export function offsetIn(free: Size, position: unknown): Point {
  const distances = typeof position === 'string' && position.length <= 200 ? parsed(position) : undefined
  if (!distances) {
    const got = typeof position === 'string' ? `'${shortened(position, 60)}'` : describe(position)
    const wanted = "an object-position in px and %, such as '50% 50%' or 'right 10px top 0px'"
    throw new MtcnnError('INVALID_OPTION', `option 'position' must be ${wanted}; got ${got}`)
  }
  const along = ({ percent, px }: Distance, length: number) => (percent / 100) * length + px
  return { x: along(distances[0], free.width), y: along(distances[1], free.height) }
}

function parsed(position: string): readonly [x: Distance, y: Distance] | undefined {
  // A calc() is one word, with the spaces in it.
  const words = position.toLowerCase().match(/calc\([^()]*\)|\S+/g) ?? []
  if (words.length > 2) return withEdges(words)
  const [first, second = 'center'] = words
  if (first === undefined) return undefined
  // Keywords may come in either order, lengths only with the horizontal one first.
  const swapped = VERTICAL.includes(first) || HORIZONTAL.includes(second)
  if (swapped && !(KEYWORD_PERCENT.has(first) && KEYWORD_PERCENT.has(second))) return undefined
  const [across, down] = swapped ? [second, first] : [first, second]
  if (VERTICAL.includes(across) || HORIZONTAL.includes(down)) return undefined
  return both(distance(across), distance(down))
}

/** Three or four words: an edge and how far from it, for either direction. */
function withEdges(words: readonly string[]): readonly [x: Distance, y: Distance] | undefined {
  let x: Distance | undefined
  let y: Distance | undefined
  let centres = 0
  for (let n = 0; n < words.length; n++) {
    const edge = words[n]!
    if (!KEYWORD_PERCENT.has(edge)) return undefined
    const next = words[n + 1]
    const offset = next === undefined || KEYWORD_PERCENT.has(next) ? undefined : distance(words[++n]!)
    if (next !== undefined && !KEYWORD_PERCENT.has(next) && !offset) return undefined
    if (edge === 'center') {
      if (offset) return undefined
      centres++
      continue
    }
    const found = fromEdge(edge, offset ?? { percent: 0, px: 0 })
    if (HORIZONTAL.includes(edge)) {
      if (x) return undefined
      x = found
    } else {
      if (y) return undefined
      y = found
    }
  }
  return (x ? 1 : 0) + (y ? 1 : 0) + centres === 2 ? [x ?? CENTRE, y ?? CENTRE] : undefined
}

function fromEdge(edge: string, { percent, px }: Distance): Distance {
  return edge === 'right' || edge === 'bottom' ? { percent: 100 - percent, px: -px } : { percent, px }
}

function both(x: Distance | undefined, y: Distance | undefined): readonly [Distance, Distance] | undefined {
  return x && y ? [x, y] : undefined
}

const TERM = /^(?:([+-])\s+)?([+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?)(px|%|)$/

/** A keyword, a length, a percentage, or a calc() that adds such. */
function distance(word: string): Distance | undefined {
  const keyword = KEYWORD_PERCENT.get(word)
  if (keyword !== undefined) return { percent: keyword, px: 0 }
  const sum: Distance = { percent: 0, px: 0 }
  for (const term of (/^calc\((.*)\)$/.exec(word)?.[1] ?? word).trim().split(/\s+(?=[+-]\s)/)) {
    const [, sign, digits, unit] = TERM.exec(term) ?? []
    const value = Number(digits) * (sign === '-' ? -1 : 1)
    // Only 0 needs no unit.
    if (!Number.isFinite(value) || (unit === '' && value !== 0)) return undefined
    if (unit === '%') sum.percent += value
    else sum.px += value
  }
  return sum
}
