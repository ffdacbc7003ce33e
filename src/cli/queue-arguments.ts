import { availableParallelism } from 'node:os'
import { extname, resolve } from 'node:path'
import { UsageError } from '../bulk/usage-error.ts'
import { nearestName } from '../options/suggest.ts'
import { checkQueueName, checkRedisUrl, DEFAULT_REDIS } from '../queue/address.ts'
import type { QueueOptions } from '../queue/identity.ts'
import { readEndings } from './bulk-command.ts'
import { number } from './flag.ts'
import { libraryOptions, parseFlags } from './parse.ts'
import { DEFAULT_BATCH, QUEUE_FLAGS, QUEUE_TASKS, type QueueTask, searchFlags } from './queue-flags.ts'
import { judge, type Values } from './values.ts'

/** Which queue, and how much is told. */
interface Shared {
  redis: string
  name: string
  quiet: boolean
}

export interface AddCommand extends Shared {
  task: 'add'
  /** Files, folders, patterns, addresses and `-`, as typed. */
  files: string[]
  options: QueueOptions
  /** Absolute. */
  root: string | undefined
  batch: number
  recursive: boolean
  endings: readonly string[]
  nul: boolean
}

export interface WorkCommand extends Shared {
  task: 'work'
  root: string | undefined
  concurrency: number
  /** Milliseconds. */
  timeout: number
  /** Seconds. */
  stallAfter: number
  untilDone: boolean
}

export interface StatusCommand extends Shared {
  task: 'status'
  json: boolean
}

export interface ResultsCommand extends Shared {
  task: 'results'
  /** A file; undefined: standard output. */
  out: { path: string; format: 'jsonl' | 'csv' } | undefined
  follow: boolean
  remove: boolean
}

export interface ClearCommand extends Shared {
  task: 'clear'
}

export type QueueCommand = AddCommand | WorkCommand | StatusCommand | ResultsCommand | ClearCommand

/**
 * Reads the arguments behind `queue`.
 *
 * @param environment - The variables of the process, of which `REDIS_URL` counts.
 * @throws UsageError
 */
export function parseQueueArguments(
  argv: readonly string[],
  environment: Readonly<Record<string, string | undefined>>,
): QueueCommand | { task: 'help' } {
  const { values, positionals } = parseFlags(argv, [...QUEUE_FLAGS, ...searchFlags()])
  const [given, ...files] = positionals
  if (values.has('help') || given === 'help') return { task: 'help' }
  const task = QUEUE_TASKS.find((one) => one === given)
  if (task === undefined) throw new UsageError(unknownTask(given))
  checkFlags(task, values)
  if (task !== 'add' && files.length > 0) throw new UsageError(`queue ${task} takes no '${files[0]}'`)
  const shared = { redis: readRedis(values, environment), name: readName(values), quiet: values.has('quiet') }
  const root = values.has('root') ? resolve(String(values.get('root'))) : undefined
  switch (task) {
    case 'add':
      return { task, ...shared, root, ...readAdd(files, values) }
    case 'work':
      return {
        task,
        ...shared,
        root,
        concurrency: readCount('concurrency', values, availableParallelism(), 1024),
        timeout: readSeconds('timeout', values, 60) * 1000,
        stallAfter: readSeconds('stall-after', values, 30),
        untilDone: values.has('until-done'),
      }
    case 'status':
      return { task, ...shared, json: values.has('json') }
    case 'results':
      return { task, ...shared, ...readResults(values) }
    case 'clear':
      if (!values.has('yes')) {
        const what = `removes all images and results of the queue '${shared.name}'`
        throw new UsageError(`queue clear ${what}: give --yes if that is meant`)
      }
      return { task, ...shared }
  }
}

function unknownTask(given: string | undefined): string {
  if (given === undefined) return `no command given behind 'queue'; the commands are: ${QUEUE_TASKS.join(', ')}`
  const nearest = nearestName(given, QUEUE_TASKS)
  const hint = nearest === undefined ? `the commands are: ${QUEUE_TASKS.join(', ')}` : `did you mean '${nearest}'?`
  return `unknown command 'queue ${given}': ${hint}`
}

function checkFlags(task: QueueTask, values: Values): void {
  for (const name of values.keys()) {
    const flag = QUEUE_FLAGS.find((other) => other.name === name)
    const tasks = flag?.tasks ?? ['add']
    if (tasks.includes(task)) continue
    const goes = `--${name} goes with queue ${tasks.join(', ')}`
    throw new UsageError(flag ? goes : `${goes}: how images are searched is said where they are added`)
  }
}

function readRedis(values: Values, { REDIS_URL }: Readonly<Record<string, string | undefined>>): string {
  const given = values.get('redis')
  let url = ''
  judge(given === undefined && REDIS_URL ? 'REDIS_URL: ' : '--redis: ', () => {
    url = checkRedisUrl(given === undefined ? REDIS_URL || DEFAULT_REDIS : String(given))
  })
  return url
}

function readName(values: Values): string {
  let name = ''
  judge('--name: ', () => {
    name = checkQueueName(String(values.get('name') ?? 'faces'))
  })
  return name
}

function readAdd(files: string[], values: Values) {
  if (files.length === 0) throw new UsageError('no file given')
  const options = libraryOptions(values, searchFlags())
  if (options.weights !== undefined && options.weights !== 'f32' && options.weights !== 'f16') {
    throw new UsageError('--weights: for a queue these are f32 or f16, which every machine has')
  }
  return {
    files,
    options: options as QueueOptions,
    batch: readCount('batch', values, DEFAULT_BATCH, 1000),
    recursive: values.get('recursive') !== false,
    endings: readEndings(values.has('ext') ? String(values.get('ext')) : undefined),
    nul: values.has('null'),
  }
}

function readResults(values: Values) {
  const out = String(values.get('out') ?? '-')
  const remove = values.has('remove')
  if (remove && out === '-')
    throw new UsageError('--remove goes with --out and a file: what is removed is nowhere else')
  const format = ({ '.jsonl': 'jsonl', '.ndjson': 'jsonl', '.csv': 'csv' } as const)[extname(out).toLowerCase()]
  if (out !== '-' && format === undefined) {
    throw new UsageError(`--out: a name that ends in .jsonl or .csv is wanted, or -; got '${out}'`)
  }
  return {
    out: format === undefined ? undefined : { path: out, format },
    follow: values.has('follow'),
    remove,
  }
}

function readCount(name: string, values: Values, preset: number, most: number): number {
  const text = values.get(name)
  if (text === undefined) return preset
  const count = Number(text)
  if (Number.isInteger(count) && count >= 1 && count <= most) return count
  throw new UsageError(`--${name}: a whole number from 1 to ${most} is wanted; got '${text}'`)
}

function readSeconds(name: string, values: Values, preset: number): number {
  const text = values.get(name)
  if (text === undefined) return preset
  let seconds = 0
  judge(`--${name}: `, () => {
    seconds = number(String(text))
  })
  if (seconds >= 0.1 && seconds <= 86_400) return seconds
  throw new UsageError(`--${name}: 0.1 to 86400 seconds are wanted; got '${text}'`)
}
