import { describe, MtcnnError } from '../shared/errors.ts'
import type { Box, Size } from '../shared/face.ts'

/** Widths of the four sides; one number stands for all four. */
export type Sides = number | { top?: number; right?: number; bottom?: number; left?: number }

/** The place where a picture is shown. */
export interface Display {
  /** What the answer is measured in: its top left corner is (0, 0). Of an element, its border box. */
  readonly outer: Size
  /** The part of it that the picture is fitted into. Of an element, its content box. */
  readonly area: Box
  /** The size of the picture, where the element knows it. */
  readonly natural?: Size
  /** The element's `object-fit` and `object-position`, where it has a style. */
  readonly fit?: unknown
  readonly position?: unknown
}

/** What the caller says about the place. */
export interface DisplayOptions {
  readonly padding?: Sides
  readonly border?: Sides
  readonly units?: 'css' | 'backing'
}

type Fields = Readonly<Record<string, unknown>>
type Names = readonly [across: string, down: string]
type Side = 'top' | 'right' | 'bottom' | 'left'
type Edges = Readonly<Record<Side, number>>

const SIDES: readonly Side[] = ['top', 'right', 'bottom', 'left']
const CLIENT: Names = ['clientWidth', 'clientHeight']
const PLAIN: Names = ['width', 'height']
const NATURAL: readonly Names[] = [
  ['naturalWidth', 'naturalHeight'],
  ['videoWidth', 'videoHeight'],
]
/** An image or video element has a `width` too, but that is how large it is shown, or 0. */
const SOURCE: readonly Names[] = [...NATURAL, ['displayWidth', 'displayHeight'], ['imageWidth', 'imageHeight'], PLAIN]

/**
 * The size of an image, video, frame, canvas or list of faces, in its own pixels.
 *
 * @throws MtcnnError INVALID_OPTION
 */
export function sourceSize(from: unknown): Size {
  const fields = fieldsOf(from)
  const names = SOURCE.find(([across]) => across in fields)
  if (!names) return refuse('from', `must be an image, a video, faces or { width, height }; got ${describe(from)}`)
  return sizeIn(fields, names) ?? refuse('from', `must have a size; ${sizeText(fields, names)}`)
}

/**
 * Where a picture is shown: an element as it is laid out, or a plain size.
 *
 * @throws MtcnnError INVALID_OPTION
 */
export function displayOf(to: unknown, options: DisplayOptions): Display {
  const fields = fieldsOf(to)
  const isElement = CLIENT[0] in fields
  const isCanvas = typeof fields.getContext === 'function'
  if (options.units === 'backing' && isElement && !isCanvas) {
    throw new MtcnnError('INVALID_OPTION', "option 'units' can be 'backing' only where 'to' is a canvas")
  }
  // On a canvas one draws, in its own pixels, however large it is shown.
  const isLaidOut = isElement && !(isCanvas && options.units !== 'css')
  const client = isLaidOut ? sizeIn(fields, CLIENT) : undefined
  if (client) return elementDisplay(fields, client, options)
  const outer = sizeIn(fields, PLAIN)
  if (outer) return { outer, area: areaIn(outer, sidesOf('border', options), sidesOf('padding', options)) }
  if (isElement) return refuse('to', `must be shown on the page, or be { width, height }; ${sizeText(fields, CLIENT)}`)
  if ('width' in fields || 'height' in fields) return refuse('to', `must have a size; ${sizeText(fields, PLAIN)}`)
  return refuse('to', `must be an element or { width, height }; got ${describe(to)}`)
}

function elementDisplay(element: Fields, client: Size, options: DisplayOptions): Display {
  const style = styleOf(element)
  const ownBorder = edges((side) => pixelsOf(style[`border${capital(side)}Width`]))
  const ownPadding = edges((side) => pixelsOf(style[`padding${capital(side)}`]))
  const border = options.border === undefined ? ownBorder : sidesOf('border', options)
  const padding = options.padding === undefined ? ownPadding : sidesOf('padding', options)
  const width = withinBorders(style, style.width, client.width, ['left', 'right'])
  const height = withinBorders(style, style.height, client.height, ['top', 'bottom'])
  const outer = { width: width + border.left + border.right, height: height + border.top + border.bottom }
  const natural = [...NATURAL, ...(typeof element.getContext === 'function' ? [PLAIN] : [])]
    .map((names) => sizeIn(element, names))
    .find((size) => size !== undefined)
  return {
    outer,
    area: areaIn(outer, border, padding),
    ...(natural && { natural }),
    fit: style.objectFit,
    position: style.objectPosition,
  }

  /** clientWidth and clientHeight are rounded to whole pixels; the style has the fraction too. */
  function withinBorders(style: Fields, length: unknown, rounded: number, [near, far]: readonly [Side, Side]): number {
    const given = Number.parseFloat(String(length))
    const exact =
      style.boxSizing === 'border-box'
        ? given - ownBorder[near] - ownBorder[far]
        : given + ownPadding[near] + ownPadding[far]
    // They differ by more where there are scrollbars, and where the style is not in pixels.
    return Math.abs(exact - rounded) < 1 ? exact : rounded
  }
}

/** The computed style; of an element without a window, as in a document that is not shown, there is none. */
function styleOf(element: Fields): Fields {
  const view = fieldsOf(fieldsOf(element.ownerDocument).defaultView)
  return typeof view.getComputedStyle === 'function' ? (view.getComputedStyle(element) as Fields) : {}
}

function capital(side: Side): string {
  return side.charAt(0).toUpperCase() + side.slice(1)
}

function pixelsOf(length: unknown): number {
  return typeof length === 'string' && length.endsWith('px') ? Number.parseFloat(length) : 0
}

function edges(widthOf: (side: Side) => number): Edges {
  return { top: widthOf('top'), right: widthOf('right'), bottom: widthOf('bottom'), left: widthOf('left') }
}

function sidesOf(name: 'padding' | 'border', options: DisplayOptions): Edges {
  const given: unknown = options[name] === undefined ? 0 : options[name]
  if (isWidth(given)) return edges(() => given)
  const fields = fieldsOf(given)
  const known = Object.keys(fields).every((side) => SIDES.includes(side as Side))
  if (given !== fields || Array.isArray(given) || !known) {
    const wanted = 'a number of pixels or { top, right, bottom, left }'
    throw new MtcnnError('INVALID_OPTION', `option '${name}' must be ${wanted}; got ${describe(given)}`)
  }
  return edges((side) => {
    const width = fields[side] ?? 0
    if (isWidth(width)) return width
    const message = `option '${name}.${side}' must be a number of at least 0; got ${describe(width)}`
    throw new MtcnnError('INVALID_OPTION', message)
  })
}

function isWidth(value: unknown): value is number {
  return typeof value === 'number' && value >= 0 && value < Number.POSITIVE_INFINITY
}

function areaIn(outer: Size, border: Edges, padding: Edges): Box {
  const x = border.left + padding.left
  const y = border.top + padding.top
  const width = outer.width - x - border.right - padding.right
  const height = outer.height - y - border.bottom - padding.bottom
  if (width > 0 && height > 0) return { x, y, width, height }
  return refuse('to', `leaves no room for the picture: ${outer.width} x ${outer.height} less border and padding`)
}

function sizeIn(fields: Fields, [across, down]: Names): Size | undefined {
  const width = fields[across]
  const height = fields[down]
  return isWidth(width) && isWidth(height) && width > 0 && height > 0 ? { width, height } : undefined
}

function sizeText(fields: Fields, [across, down]: Names): string {
  return `its ${across} x ${down} is ${describe(fields[across])} x ${describe(fields[down])}`
}

/** What a value says under any name; nothing, where it is no object. */
function fieldsOf(value: unknown): Fields {
  return typeof value === 'object' && value !== null ? (value as Fields) : {}
}

function refuse(name: 'from' | 'to', message: string): never {
  throw new MtcnnError('INVALID_OPTION', `scaleFaces: '${name}' ${message}`)
}
