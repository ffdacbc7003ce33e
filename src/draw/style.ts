import { isPlainObject, refuse, refuseUnknown } from '../options/rules.ts'
import { describe, MtcnnError } from '../shared/errors.ts'
import type { AnyFace } from '../shared/face.ts'

/** How faces are drawn. */
export interface DrawStyle<F extends AnyFace = AnyFace> {
  /** Of the boxes, as CSS writes colours; default `'#3dff7c'`. */
  colour?: string
  /** Of the landmarks; default `'#ffd23d'`. */
  pointColour?: string
  /** Width of the lines, pixels; over 0. Default a 400th of the picture's diagonal, at least 1.5. */
  lineWidth?: number
  /** Whether the landmarks are drawn; default true. */
  points?: boolean
  /**
   * What is written to a face: `true` (default) its `id`, where it has one, and its confidence; `false` nothing; or what this
   * function returns for it, where that is not empty.
   */
  labels?: boolean | ((face: F, index: number) => string | undefined)
}

/** A style: all of it, and checked. */
export interface ResolvedStyle {
  readonly colour: string
  readonly pointColour: string
  readonly lineWidth: number | undefined
  readonly points: boolean
  readonly labelOf: (face: AnyFace, index: number) => string | undefined
}

const NAMES = ['colour', 'pointColour', 'lineWidth', 'points', 'labels']

/**
 * Checks a style.
 *
 * @throws MtcnnError INVALID_OPTION for a wrong type, a value out of range or an unknown name.
 */
export function resolveStyle<F extends AnyFace>(given: DrawStyle<F> = {}): ResolvedStyle {
  if (!isPlainObject(given)) {
    throw new MtcnnError('INVALID_OPTION', `a style must be a plain object; got ${describe(given)}`)
  }
  refuseUnknown(Object.keys(given), NAMES)
  const { colour = '#3dff7c', pointColour = '#ffd23d', lineWidth, points = true, labels = true } = given as DrawStyle<F>
  for (const [name, value] of Object.entries({ colour, pointColour })) {
    if (typeof value !== 'string' || value === '') refuse(name, 'a CSS colour, as a string', value)
  }
  if (lineWidth !== undefined && !(Number.isFinite(lineWidth) && lineWidth > 0)) {
    refuse('lineWidth', 'a finite number over 0', lineWidth)
  }
  if (typeof points !== 'boolean') refuse('points', 'true or false', points)
  if (typeof labels !== 'boolean' && typeof labels !== 'function') refuse('labels', 'true, false or a function', labels)
  return { colour, pointColour, lineWidth, points, labelOf: labelsBy(labels as DrawStyle['labels']) }
}

function labelsBy(labels: DrawStyle['labels']): ResolvedStyle['labelOf'] {
  if (labels === true) return usualLabel
  if (typeof labels !== 'function') return () => undefined
  return (face, index) => {
    const label: unknown = labels(face, index)
    if (label === undefined || label === null || label === '') return undefined
    return String(label)
  }
}

/** Such as `#3 98 %`. Rounded down: 100 % is only what is 1. */
function usualLabel(face: AnyFace & { id?: unknown }): string {
  const { id, confidence } = face
  const name = typeof id === 'number' || typeof id === 'string' ? `#${id} ` : ''
  return `${name}${Math.floor(confidence * 100)} %`
}
