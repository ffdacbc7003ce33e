import { UsageError } from '../bulk/usage-error.ts'
import type { CreateOptions } from '../options/options.ts'
import { resolvePoolOptions } from '../options/resolve.ts'
import { nearestName } from '../options/suggest.ts'
import { type BulkCommand, readBulkCommand, readEndings } from './bulk-command.ts'
import { number, type Use } from './flag.ts'
import { FLAGS } from './flags.ts'
import type { HelpTopic } from './help.ts'
import { libraryOptions, parseFlags } from './parse.ts'
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

export type Command = { kind: 'help'; topic: HelpTopic | undefined } | { kind: 'version' } | DetectCommand | BulkCommand

const COMMANDS = ['detect', 'crop', 'blur'] as const

/**
 * Reads the arguments after the program's name. Of a flag given twice, the last counts.
 *
 * @throws UsageError
 */
export function parseArguments(argv: readonly string[]): Command {
  const { values, positionals } = parseFlags(argv, FLAGS)
  if (values.has('help') || positionals[0] === 'help') {
    return { kind: 'help', topic: COMMANDS.find((name) => positionals.slice(0, 2).includes(name)) }
  }
  if (values.has('version')) return { kind: 'version' }
  const [command, ...files] = positionals
  if (command === undefined) throw new UsageError(`no command given; the commands are: ${COMMANDS.join(', ')}, queue`)
  const task = COMMANDS.find((name) => name === command)
  if (task === undefined) {
    const nearest = nearestName(command, [...COMMANDS, 'queue'])
    const hint = nearest === undefined ? `detect ${command}` : nearest
    throw new UsageError(`unknown command '${command}': did you mean 'mtcnn-wasm ${hint}'?`)
  }
  if (files.length === 0) throw new UsageError('no file given')
  const use: Use = task === 'detect' && !values.has('out') ? 'print' : task
  checkUses(values, use)
  const shared = { options: libraryOptions(values, FLAGS), workers: workerCount(values) }
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
