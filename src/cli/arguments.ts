import { parseArgs } from 'node:util'
import { UsageError } from '../bulk/usage-error.ts'
import type { CreateOptions } from '../options/options.ts'
import { resolveCreateOptions, resolvePoolOptions } from '../options/resolve.ts'
import { nearestName } from '../options/suggest.ts'
import { type BulkCommand, readBulkCommand, readEndings } from './bulk-command.ts'
import { number, type Use } from './flag.ts'
import { FLAGS } from './flags.ts'
import { judge, type Values } from './values.ts'

export interface DetectCommand {
  kind: 'detect'
  /** Files, folders, patterns, addresses and `-`, as typed. */
  files: string[]
  /** Weights and kernels among them are as typed: names of files, which are not read yet. */
  options: CreateOptions
  json: boolean
  explain: boolean
  scores: boolean
  /** How many worker threads; undefined: none. */
  workers: number | undefined
  draw: string | undefined
  force: boolean
  /** Whether folders below a folder are searched. */
  recursive: boolean
  /** Endings that folders are searched for, without their dots. */
  endings: readonly string[]
}

export type Command = { kind: 'help' } | { kind: 'version' } | DetectCommand | BulkCommand

const COMMANDS = ['detect', 'crop', 'blur'] as const

/**
 * Reads the arguments after the program's name. Of a flag given twice, the last counts.
 *
 * @throws UsageError
 */
export function parseArguments(argv: readonly string[]): Command {
  const { values, positionals } = parsed(argv)
  if (values.has('help') || positionals[0] === 'help') return { kind: 'help' }
  if (values.has('version')) return { kind: 'version' }
  const [command, ...files] = positionals
  if (command === undefined) throw new UsageError(`no command given; the commands are: ${COMMANDS.join(', ')}`)
  const task = COMMANDS.find((name) => name === command)
  if (task === undefined) {
    const nearest = nearestName(command, COMMANDS)
    const hint = nearest === undefined ? `detect ${command}` : nearest
    throw new UsageError(`unknown command '${command}': did you mean 'mtcnn-wasm ${hint}'?`)
  }
  if (files.length === 0) throw new UsageError('no file given')
  const use: Use = task === 'detect' && !values.has('out') ? 'print' : task
  checkUses(values, use)
  const shared = { options: libraryOptions(values), workers: workerCount(values) }
  return use === 'print' ? readDetectCommand(files, values, shared) : readBulkCommand(task, files, values, shared)
}

function readDetectCommand(
  files: string[],
  values: Values,
  shared: Pick<DetectCommand, 'options' | 'workers'>,
): DetectCommand {
  const draw = values.get('draw')
  const force = values.has('force')
  if (force && draw === undefined) throw new UsageError('--force goes with --draw')
  const [json, explain, scores] = [values.has('json'), values.has('explain'), values.has('scores')]
  if (scores && !(json && explain)) throw new UsageError('--scores goes with --explain and --json')
  return {
    kind: 'detect',
    files,
    ...shared,
    json,
    explain,
    scores,
    draw: draw === undefined ? undefined : String(draw),
    force,
    recursive: values.get('recursive') !== false,
    endings: readEndings(values.has('ext') ? String(values.get('ext')) : undefined),
  }
}

/** How the commands are called in messages. */
const USES: Readonly<Record<Use, string>> = {
  print: 'detect without --out',
  detect: 'detect --out',
  crop: 'crop',
  blur: 'blur',
}

function checkUses(values: Values, use: Use): void {
  for (const name of values.keys()) {
    const uses = FLAGS.filter((flag) => flag.name === name).flatMap((flag) => flag.uses ?? [use])
    if (!uses.includes(use)) throw new UsageError(`--${name} goes with ${uses.map((one) => USES[one]).join(', ')}`)
  }
}

function parsed(argv: readonly string[]): { values: Values; positionals: string[] } {
  const options: Record<string, { type: 'string' | 'boolean'; short?: string }> = {}
  for (const { name, short, value, negatable } of FLAGS) {
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
      const contrary = FLAGS.find(({ name, negatable }) => negatable && token.name === `no-${name}`)
      if (token.value === '') throw new UsageError(`--${token.name} needs a value`)
      values.set(contrary?.name ?? token.name, token.value ?? contrary === undefined)
    }
    return { values, positionals }
  } catch (error) {
    throw error instanceof UsageError ? error : usageError(error as NodeJS.ErrnoException, Object.keys(options))
  }
}

/** Says what Node's parser refused, in one sentence. */
function usageError({ code, message }: NodeJS.ErrnoException, known: readonly string[]): UsageError {
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
  const wanted = FLAGS.find((other) => other.name === name)?.value
  return new UsageError(
    wanted === undefined
      ? `--${name} takes no value`
      : `--${name} needs a value: --${name} <${wanted}>. One that begins with '-' is written --${name}=<${wanted}>`,
  )
}

function workerCount(values: Values): number | undefined {
  const text = values.get('workers')
  if (text === undefined) return undefined
  if (values.has('worker')) throw new UsageError('--worker and --workers exclude one another')
  let count: number | undefined
  judge('--workers: ', () => {
    count = resolvePoolOptions({ size: number(String(text)) }).pool.size
  })
  return count
}

function libraryOptions(values: Values): CreateOptions {
  const options: CreateOptions = {}
  for (const { name, option, read } of FLAGS) {
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
