import { describe, MtcnnError, shortened } from '../shared/errors.ts'
import { nearestName } from './suggest.ts'

/** Checks one value and returns what is stored. `base` is the value it replaces, for options that merge with it. */
export type Rule<T> = (value: unknown, name: string, base: T) => T
export type Rules<T> = { readonly [Name in keyof T]-?: Rule<T[Name]> }

export function refuse(name: string, wanted: string, value: unknown): never {
  throw new MtcnnError('INVALID_OPTION', `option '${name}' must be ${wanted}; got ${describe(value)}`)
}

export function number(least: number, most: number): Rule<number> {
  const wanted =
    most === Number.POSITIVE_INFINITY ? `a finite number of at least ${least}` : `a number from ${least} to ${most}`
  return (value, name) => {
    const fits = typeof value === 'number' && Number.isFinite(value) && value >= least && value <= most
    return fits ? value : refuse(name, wanted, value)
  }
}

export function whole(least: number, most = Number.POSITIVE_INFINITY): (value: unknown, name: string) => number {
  const wanted =
    most === Number.POSITIVE_INFINITY
      ? `a whole number of at least ${least}`
      : `a whole number from ${least} to ${most}`
  return (value, name) => {
    const fits = typeof value === 'number' && Number.isSafeInteger(value) && value >= least && value <= most
    return fits ? value : refuse(name, wanted, value)
  }
}

export const flag: Rule<boolean> = (value, name) =>
  typeof value === 'boolean' ? value : refuse(name, 'true or false', value)

export function oneOf<T extends string | number>(...choices: T[]): Rule<T> {
  const wanted = choices.map((choice) => (typeof choice === 'string' ? `'${choice}'` : choice)).join(' or ')
  return (value, name) => choices.find((choice) => choice === value) ?? refuse(name, wanted, value)
}

/** An object of options: those that are not given keep their value. */
export function group<T extends object>(rules: Rules<T>): Rule<T> {
  return (value, name, base) => merge(rules, base, value, name)
}

/** Set by `create` for all calls of a detector. */
export const CREATE_ONLY = ['preset', 'weights', 'module', 'worker', 'threads', 'precision', 'queueLimit'] as const

/**
 * Refuses names that are not options, with the known name that is most like them.
 *
 * @param parent - The option that holds these, such as `'thresholds'`; empty for the options themselves.
 * @throws MtcnnError INVALID_OPTION
 */
export function refuseUnknown(given: readonly string[], known: readonly string[], parent = ''): void {
  for (const name of given) {
    if (known.includes(name)) continue
    const path = parent === '' ? '' : `${parent}.`
    if (parent === '' && !known.includes('preset') && CREATE_ONLY.some((fixed) => fixed === name)) {
      throw new MtcnnError('INVALID_OPTION', `option '${name}' is set once, in MTCNN.create, not per call`)
    }
    const nearest = nearestName(name, known)
    const hint = nearest === undefined ? `known here are ${known.join(', ')}` : `did you mean '${path}${nearest}'?`
    throw new MtcnnError('INVALID_OPTION', `unknown option '${path}${shortened(name, 64)}': ${hint}`)
  }
}

/** Instances of classes are none: a Map, for example, has no own names, so its entries would be ignored without a word. */
export function isPlainObject(value: unknown): value is Record<string, unknown> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false
  const prototype: unknown = Object.getPrototypeOf(value)
  return prototype === null || Object.getPrototypeOf(prototype) === null
}

/** Checks what is given name by name and lays it over `base`; what is undefined keeps its value. */
export function merge<T extends object>(rules: Rules<T>, base: T, given: unknown, parent: string): T {
  const names = Object.keys(rules) as (keyof T & string)[]
  if (!isPlainObject(given)) {
    if (parent !== '') return refuse(parent, `an object { ${names.join(', ')} }`, given)
    throw new MtcnnError('INVALID_OPTION', `options must be a plain object; got ${describe(given)}`)
  }
  refuseUnknown(Object.keys(given), names, parent)
  const merged = { ...base }
  for (const name of names) {
    const value = Object.hasOwn(given, name) ? given[name] : undefined
    if (value !== undefined) merged[name] = rules[name](value, parent === '' ? name : `${parent}.${name}`, base[name])
  }
  return Object.freeze(merged)
}

/** Options with getters or behind a proxy may throw anything when they are read. */
export function reading<T>(read: () => T): T {
  try {
    return read()
  } catch (error) {
    if (error instanceof MtcnnError) throw error
    throw new MtcnnError('INVALID_OPTION', 'the options could not be read', { cause: error })
  }
}
