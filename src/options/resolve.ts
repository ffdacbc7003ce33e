import { describe, MtcnnError, tagOf } from '../shared/errors.ts'
import { farEdge } from '../shared/face.ts'
import { TURNS, type Turn } from '../shared/turn.ts'
import {
  DEFAULT_OPTIONS,
  type DetectAllOptions,
  MAX_POOL_SIZE,
  MAX_THREADS,
  type ModuleSource,
  type NmsThresholds,
  PRESETS,
  type Preset,
  type ResolvedCreateOptions,
  type ResolvedOptions,
  type ResolvedPoolOptions,
  type Roi,
  type Thresholds,
} from './options.ts'
import {
  type CREATE_ONLY,
  flag,
  group,
  isPlainObject,
  merge,
  number,
  oneOf,
  type Rule,
  type Rules,
  reading,
  refuse,
  refuseUnknown,
  whole,
} from './rules.ts'

const count: Rule<number> = (value, name) => {
  const fits = typeof value === 'number' && (Number.isSafeInteger(value) || value === Number.POSITIVE_INFINITY)
  return fits && value >= 1 ? value : refuse(name, 'a whole number of at least 1, or Infinity', value)
}

const NO_ROI: Roi = /* @__PURE__ */ Object.freeze({ x: 0, y: 0, width: 0, height: 0 })

const place: Rule<number> = (value, name) => {
  return typeof value === 'number' && Number.isFinite(value) ? value : refuse(name, 'a finite number', value)
}

const length: Rule<number> = (value, name) => {
  const fits = typeof value === 'number' && value > 0 && value < Number.POSITIVE_INFINITY
  return fits ? value : refuse(name, 'a finite number over 0', value)
}

/** Each once, by ascending angle. */
const rotate: Rule<readonly Turn[]> = (value, name) => {
  const given = typeof value === 'boolean' ? (value ? TURNS : TURNS.slice(0, 1)) : value
  const wanted = `true, false or a list of ${TURNS.join(', ')}`
  if (!Array.isArray(given) || given.length === 0) return refuse(name, wanted, given)
  // Each read once: what was checked is what is used. With an index, since the holes of an array count too.
  const known = new Set<unknown>()
  for (let n = 0; n < given.length; n++) {
    const turn: unknown = given[n]
    known.add(TURNS.find((one) => one === turn) ?? refuse(name, wanted, turn))
  }
  return Object.freeze(TURNS.filter((turn) => known.has(turn)))
}

const ROI_RULES: Rules<Roi> = { x: place, y: place, width: length, height: length }

/**
 * Replaced as a whole: half of one rectangle and half of another mean nothing. A DOMRect is taken too, although it inherits
 * its fields.
 */
const roi: Rule<Readonly<Roi> | null> = (value, name) => {
  if (value === null) return null
  if (typeof value !== 'object' || Array.isArray(value) || ArrayBuffer.isView(value)) {
    return refuse(name, 'null or an object { x, y, width, height }', value)
  }
  if ('box' in value) return refuse(name, "a rectangle, such as the face's property box", value)
  const { x, y, width, height } = value as Record<string, unknown>
  for (const [field, given] of Object.entries({ x, y, width, height })) {
    if (given === undefined) refuse(`${name}.${field}`, 'given (a roi needs x, y, width and height)', given)
  }
  refuseUnknown(Object.keys(value), Object.keys(ROI_RULES), name)
  return merge(ROI_RULES, NO_ROI, { x, y, width, height }, name)
}

const SIGNAL_METHODS = ['addEventListener', 'removeEventListener'] as const

/** By what it can do and not by its class: signals of another realm and of other implementations are as good. */
const signal: Rule<AbortSignal | undefined> = (value, name) => {
  if (value === null) return undefined
  if (typeof value !== 'object') return refuse(name, 'an AbortSignal', value)
  const given = value as Partial<AbortSignal>
  const missing = SIGNAL_METHODS.find((method) => typeof given[method] !== 'function')
  if (typeof given.aborted === 'boolean' && missing === undefined) return value as AbortSignal
  if (typeof (given as { abort?: unknown }).abort === 'function') {
    return refuse(name, 'an AbortSignal, such as controller.signal', value)
  }
  const without =
    typeof given.aborted === 'boolean' ? `a method ${missing}` : 'a property aborted that is true or false'
  throw new MtcnnError(
    'INVALID_OPTION',
    `option '${name}' must be an AbortSignal; got ${describe(value)} without ${without}`,
  )
}

const weights: Rule<ResolvedCreateOptions['weights']> = (value, name) => {
  if (typeof value === 'string' && value !== '') return value
  if (['Uint8Array', 'ArrayBuffer', 'URL'].includes(tagOf(value))) return value as Uint8Array | ArrayBuffer | URL
  return refuse(name, 'a Uint8Array, an ArrayBuffer, a URL or a path', value)
}

const module: Rule<ResolvedCreateOptions['module']> = (value, name) => {
  if (typeof value === 'string' && value !== '') return value
  if (['WebAssembly.Module', 'Uint8Array', 'ArrayBuffer', 'URL'].includes(tagOf(value))) return value as ModuleSource
  return refuse(name, 'a WebAssembly.Module, a Uint8Array, an ArrayBuffer, a URL or a path', value)
}

const worker: Rule<ResolvedCreateOptions['worker']> = (value, name) =>
  typeof value === 'boolean' || value === 'auto' ? value : refuse(name, "true, false or 'auto'", value)

const threadCount = whole(1, MAX_THREADS)
const threads: Rule<number | 'auto'> = (value, name) => {
  if (value === 'auto') return value
  return typeof value === 'number' ? threadCount(value, name) : refuse(name, "a whole number or 'auto'", value)
}

const share = number(0, 1)

export const DETECT_RULES: Rules<ResolvedOptions> = {
  minFaceSize: number(1, Number.POSITIVE_INFINITY),
  scaleFactor: number(0.1, 0.99),
  thresholds: group<Thresholds>({ proposal: share, refine: share, output: share }),
  nms: group<NmsThresholds>({ level: share, pyramid: share, refine: share, output: share }),
  maxFaces: count,
  stages: oneOf('full', 'boxes'),
  patches: oneOf('area', 'bicubic', 'subpixel'),
  flip: flag,
  passes: oneOf(1, 2),
  confidence: oneOf('output', 'consensus'),
  rotate,
  pad: share,
  clip: flag,
  roi,
  signal,
  transfer: flag,
  strict: flag,
  maxPixels: count,
  maxBytes: count,
}

const EXPLAIN_RULES: Rules<ResolvedOptions & { scores: boolean }> = { ...DETECT_RULES, scores: flag }

type OnError = NonNullable<DetectAllOptions['onError']>
const ALL_RULES: Rules<ResolvedOptions & { onError: OnError }> = {
  ...DETECT_RULES,
  onError: oneOf('throw', 'skip', 'return'),
}

type FixedOptions = Pick<ResolvedCreateOptions, (typeof CREATE_ONLY)[number]>
const FIXED_DEFAULTS: FixedOptions = {
  preset: 'classic',
  weights: undefined,
  module: undefined,
  worker: undefined,
  threads: 1,
  precision: 'exact',
  queueLimit: undefined,
}
const FIXED_RULES: Rules<FixedOptions> = {
  preset: oneOf<Preset>('classic', 'accurate', 'balanced', 'fast'),
  weights,
  module,
  worker,
  threads,
  precision: oneOf('exact', 'fast'),
  queueLimit: whole(0),
}

const POOL_DEFAULTS: ResolvedPoolOptions = { size: undefined, policy: 'queue' }
const POOL_RULES: Rules<ResolvedPoolOptions> = {
  size: whole(1, MAX_POOL_SIZE),
  policy: oneOf('queue', 'latest'),
}

/** Options of one call and `more`; those not given have the values of the preset. */
function overPreset<T extends { preset: Preset }>(more: Rules<T>, defaults: T, given: unknown): ResolvedOptions & T {
  const rules = { ...DETECT_RULES, ...more } as unknown as Rules<ResolvedOptions & T>
  // First to read the preset, then to merge with its values; from a copy, since a getter may answer differently the second time.
  const copy = isPlainObject(given) ? { ...given } : given
  const { preset } = merge(rules, { ...DEFAULT_OPTIONS, ...defaults }, copy, '')
  return merge(rules, { ...PRESETS[preset], ...defaults }, copy, '')
}

function checkPrecision(module: ModuleSource | undefined, precision: 'exact' | 'fast'): void {
  if (module === undefined || precision === 'exact') return
  const why = "with option 'module' the kernels given decide: give mtcnn.relaxed.wasm instead"
  throw new MtcnnError('INVALID_OPTION', `option 'precision' must be 'exact' here; ${why}`)
}

/** The signal given to `create` ends the creation; it is no default of later calls. */
function creationSignal({ signal, ...detect }: ResolvedOptions): Pick<ResolvedCreateOptions, 'detect' | 'signal'> {
  return { detect: Object.freeze({ ...detect, signal: undefined }), signal }
}

/**
 * Checks the options of one call and lays them over those of the detector.
 *
 * @param base - Options checked before; they fill in what is not given.
 * @param given - What the caller passed; undefined, as a whole or for a name, means not given.
 * @throws MtcnnError INVALID_OPTION for a wrong type, a value out of range or an unknown name.
 * @example resolveOptions(DEFAULT_OPTIONS, { thresholds: { output: 0.9 } }).thresholds.refine // 0.7
 */
export function resolveOptions(base: ResolvedOptions, given?: unknown): ResolvedOptions {
  return given === undefined ? base : reading(() => merge(DETECT_RULES, base, given, ''))
}

/**
 * Checks the options of one call of `explain`.
 *
 * @throws MtcnnError INVALID_OPTION for a wrong type, a value out of range or an unknown name.
 * @example resolveExplainOptions(DEFAULT_OPTIONS, { scores: true }).scores // true
 */
export function resolveExplainOptions(base: ResolvedOptions, given: unknown = {}) {
  const { scores, ...detect } = reading(() => merge(EXPLAIN_RULES, { ...base, scores: false }, given, ''))
  return { detect, scores }
}

/**
 * Checks the options of one call of `detectAll`.
 *
 * @throws MtcnnError INVALID_OPTION for a wrong type, a value out of range or an unknown name.
 * @example resolveDetectAllOptions(DEFAULT_OPTIONS, { onError: 'skip' }).onError // 'skip'
 */
export function resolveDetectAllOptions(base: ResolvedOptions, given: unknown = {}) {
  const { onError, ...detect } = reading(() => merge(ALL_RULES, { ...base, onError: 'throw' as OnError }, given, ''))
  return { detect, onError }
}

/**
 * Checks the options of `MTCNN.create`.
 *
 * @throws MtcnnError INVALID_OPTION for a wrong type, a value out of range or an unknown name.
 * @example resolveCreateOptions({ minFaceSize: 40 }).detect.minFaceSize // 40
 */
export function resolveCreateOptions(given?: unknown): ResolvedCreateOptions {
  if (given === undefined) return { detect: DEFAULT_OPTIONS, signal: undefined, ...FIXED_DEFAULTS }
  return reading(() => {
    const merged = overPreset(FIXED_RULES, FIXED_DEFAULTS, given)
    const { preset, weights, module, worker, threads, precision, queueLimit, ...detect } = merged
    checkPrecision(module, precision)
    if (worker === false && threads !== 1)
      refuse('worker', "true or 'auto' with option 'threads', which are workers", false)
    return { ...creationSignal(detect), preset, weights, module, worker, threads, precision, queueLimit }
  })
}

/**
 * Checks the options of `MTCNNPool.create`.
 *
 * @throws MtcnnError INVALID_OPTION for a wrong type, a value out of range or an unknown name.
 * @example resolvePoolOptions({ size: 2, minFaceSize: 40 }).pool.size // 2
 */
export function resolvePoolOptions(given?: unknown): { pool: ResolvedPoolOptions; create: ResolvedCreateOptions } {
  if (given === undefined) return { pool: POOL_DEFAULTS, create: resolveCreateOptions() }
  return reading(() => {
    const { worker: _, ...fixedRules } = FIXED_RULES
    const { worker: __, ...fixedDefaults } = FIXED_DEFAULTS
    const rules = { ...fixedRules, ...POOL_RULES }
    const merged = overPreset(rules, { ...fixedDefaults, ...POOL_DEFAULTS }, given)
    const { size, policy, preset, weights, module, threads, precision, queueLimit, ...detect } = merged
    checkPrecision(module, precision)
    const create = { ...creationSignal(detect), preset, weights, module, worker: true, threads, precision, queueLimit }
    return { pool: { size, policy }, create }
  })
}

/**
 * The whole pixels of the image that a roi touches, even in part.
 *
 * @throws MtcnnError INVALID_OPTION where it touches none.
 * @example roiIn({ x: -3.5, y: 2.2, width: 10, height: 5 }, 640, 480) // { x: 0, y: 2, width: 7, height: 6 }
 */
export function roiIn(roi: Readonly<Roi> | null, width: number, height: number): Readonly<Roi> | null {
  if (roi === null) return null
  const [x, right] = pixelsOf(roi.x, roi.width, width)
  const [y, bottom] = pixelsOf(roi.y, roi.height, height)
  if (x < right && y < bottom) return { x, y, width: right - x, height: bottom - y }
  throw new MtcnnError(
    'INVALID_OPTION',
    `option 'roi' must overlap the image of ${width} x ${height}; got ${roi.width} x ${roi.height} at (${roi.x}, ${roi.y})`,
  )
}

/** First pixel and the one after the last, in one direction. */
function pixelsOf(from: number, size: number, length: number): [first: number, end: number] {
  const first = Math.floor(from)
  // One pixel at least, however thin it is.
  const end = Math.max(Math.ceil(farEdge(from, size)), first + 1)
  // + 0: no negative zero.
  return [Math.max(first, 0) + 0, Math.min(end, length)]
}
