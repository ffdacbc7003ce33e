import { type Colour, colour } from './crop.ts'
import { DEFAULT_OPTIONS, type DetectOptions } from './options.ts'
import { type ReadingOptions, readingOf, readingRules } from './reading.ts'
import { merge, number, oneOf, type Rules, reading } from './rules.ts'

/** How faces are made unrecognisable. */
export interface AnonymiseOptions extends Pick<DetectOptions, 'signal' | 'strict' | 'maxPixels' | 'maxBytes'> {
  /** `'blur'` (default), `'pixelate'`: large tiles of one colour, or `'fill'`: one colour, of which nothing can be regained. */
  method?: 'blur' | 'pixelate' | 'fill'
  /**
   * How coarse `'blur'` and `'pixelate'` are, from 0.1 to 10; default 1, at which neither this detector nor face recognition finds
   * the face again. Under 1 people may be recognised.
   */
  strength?: number
  /** How much more than the box is hidden, as a share of its sides, half of it on each side; from 0 to 2, default 0.3. */
  margin?: number
  /** `'ellipse'` (default) in the box and its margin, or all of `'box'`. */
  shape?: 'ellipse' | 'box'
  /** For `'fill'`: red, green and blue from 0 to 255; default black. */
  colour?: Colour
}

/** Options of `anonymiseFaces`: all of them, and checked. */
export interface ResolvedAnonymiseOptions {
  readonly method: 'blur' | 'pixelate' | 'fill'
  readonly strength: number
  readonly margin: number
  readonly shape: 'ellipse' | 'box'
  readonly colour: Colour
}

const HIDE_RULES: Rules<ResolvedAnonymiseOptions> = {
  method: oneOf('blur', 'pixelate', 'fill'),
  strength: number(0.1, 10),
  margin: number(0, 2),
  shape: oneOf('ellipse', 'box'),
  colour: colour('[red, green, blue] from 0 to 255', false, (value) => value >= 0 && value <= 255),
}

const HIDE_DEFAULTS: ResolvedAnonymiseOptions = {
  method: 'blur',
  strength: 1,
  margin: 0.3,
  shape: 'ellipse',
  colour: [0, 0, 0],
}

/**
 * Checks the options of one call of `anonymiseFaces`.
 *
 * @throws MtcnnError INVALID_OPTION for a wrong type, a value out of range or an unknown name.
 * @example resolveAnonymiseOptions({ method: 'fill' }).hide.colour // [0, 0, 0]
 */
export function resolveAnonymiseOptions(given: AnonymiseOptions = {}) {
  return reading(() => {
    const rules: Rules<ResolvedAnonymiseOptions & ReadingOptions> = { ...HIDE_RULES, ...readingRules() }
    const merged = merge(rules, { ...HIDE_DEFAULTS, ...readingOf(DEFAULT_OPTIONS) }, given, '')
    const { method, strength, margin, shape, colour } = merged
    return { hide: { method, strength, margin, shape, colour }, reading: readingOf(merged) }
  })
}
