import { UsageError } from '../bulk/usage-error.ts'
import type { CreateOptions } from '../options/options.ts'

/** What the command does: print what it finds, write it to a file, or write pictures. */
export type Use = 'print' | 'detect' | 'crop' | 'blur'

/** What of the command line is an option of the library. */
export type LibraryOptions = Omit<CreateOptions, 'signal' | 'transfer'>

export interface Flag {
  name: string
  short?: string
  /** What stands behind the flag in --help; flags without one are switches. */
  value?: string
  /** A switch that has its contrary: `--no-<name>`. */
  negatable?: true
  help: string[]
  /** Where it means something; missing: everywhere. */
  uses?: readonly Use[]
  /** For flags that are options of the library: which one, and its value. */
  option?: keyof LibraryOptions
  read?: (text: string) => unknown
}

export function number(text: string): number {
  const value = text.trim() === '' ? Number.NaN : Number(text)
  if (Number.isNaN(value)) throw new UsageError(`a number is wanted; got '${text}'`)
  return value
}

export function numbers(text: string, names: readonly string[]): number[] {
  const parts = text.split(',')
  if (parts.length !== names.length) {
    throw new UsageError(`${names.length} numbers are wanted (${names.join(',')}); got '${text}'`)
  }
  return parts.map(number)
}
