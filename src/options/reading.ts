import type { ResolvedOptions } from './options.ts'
import { DETECT_RULES } from './resolve.ts'
import type { Rules } from './rules.ts'

/** The options that matter where an image is read and nothing is searched. */
export type ReadingOptions = Pick<ResolvedOptions, 'signal' | 'strict' | 'maxPixels' | 'maxBytes'>

/** Those among all. */
export function readingOf<T extends Record<keyof ReadingOptions, unknown>>(all: T): Pick<T, keyof ReadingOptions> {
  const { signal, strict, maxPixels, maxBytes } = all
  return { signal, strict, maxPixels, maxBytes }
}

/** How they are checked. */
export function readingRules(): Rules<ReadingOptions> {
  return readingOf(DETECT_RULES)
}
