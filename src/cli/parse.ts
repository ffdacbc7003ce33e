import { parseArgs } from 'node:util'
import { UsageError } from '../bulk/usage-error.ts'
import type { CreateOptions } from '../options/options.ts'
import { resolveCreateOptions } from '../options/resolve.ts'
import { nearestName } from '../options/suggest.ts'
import type { Flag } from './flag.ts'
import { judge, type Values } from './values.ts'

/** What stands on a command line: flags with their values, of which the last counts, and the rest in its order. */
export interface Parsed {
  values: Values
  positionals: string[]
}

/**
 * Tells flags from the rest.
 *
 * @throws UsageError for a flag that is none of these, or that lacks its value.
 */
export function parseFlags(argv: readonly string[], flags: readonly Flag[]): Parsed {
  const options: Record<string, { type: 'string' | 'boolean'; short?: string }> = {}
  for (const { name, short, value, negatable } of flags) {
    options[name] = { type: value === undefined ? 'boolean' : 'string', ...(short === undefined ? {} : { short }) }
    if (negatable) options[`no-${name}`] = { type: 'boolean' }
  }
  try {
    const { tokens, positionals } = parseArgs({
      args: [...argv],
      options,
      allowPositionals: true,
      strict: true,
      tokens: true,
    })
    const values: Values = new Map()
    for (const token of tokens) {
      if (token.kind !== 'option') continue
      const contrary = flags.find(({ name, negatable }) => negatable && token.name === `no-${name}`)
      if (token.value === '') throw new UsageError(`--${token.name} needs a value`)
      values.set(contrary?.name ?? token.name, token.value ?? contrary === undefined)
    }
    return { values, positionals }
  } catch (error) {
    throw error instanceof UsageError ? error : usageError(error as NodeJS.ErrnoException, flags, Object.keys(options))
  }
}

/** Says what Node's parser refused, in one sentence. */
function usageError(
  { code, message }: NodeJS.ErrnoException,
  flags: readonly Flag[],
  known: readonly string[],
): UsageError {
  const quoted = /'-{0,2}([^'=\s]*)/.exec(message)?.[1] ?? ''
  const flag = `${quoted.length > 1 ? '--' : '-'}${quoted}`
  if (code === 'ERR_PARSE_ARGS_UNKNOWN_OPTION') {
    const nearest = nearestName(quoted, known)
    const hint =
      nearest === undefined ? ". A file name that begins with '-' goes after '--'" : `: did you mean '--${nearest}'?`
    return new UsageError(`unknown option '${flag}'${hint}`)
  }
  if (code !== 'ERR_PARSE_ARGS_INVALID_OPTION_VALUE') return new UsageError(message)
  const name = /--([a-z-]+)/.exec(message)?.[1] ?? quoted
  const wanted = flags.find((other) => other.name === name)?.value
  return new UsageError(
    wanted === undefined
      ? `--${name} takes no value`
      : `--${name} needs a value: --${name} <${wanted}>. One that begins with '-' is written --${name}=<${wanted}>`,
  )
}

/**
 * The options of the library among the flags.
 *
 * @throws UsageError for what the library refuses.
 */
export function libraryOptions(values: Values, flags: readonly Flag[]): CreateOptions {
  const options: CreateOptions = {}
  for (const { name, option, read } of flags) {
    const value = values.get(name)
    if (value === undefined || option === undefined) continue
    judge(`--${name}: `, () => {
      const given = { [option]: read === undefined ? value : read(String(value)) }
      resolveCreateOptions(given)
      Object.assign(options, given)
    })
  }
  // Each is right by itself; some exclude one another.
  judge('', () => resolveCreateOptions(options))
  return options
}
