import { readdirSync } from 'node:fs'
import { mkdir } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'
import { HopelessError } from '../bulk/child.ts'
import { Journal, type LineSink } from '../bulk/journal.ts'
import { jsonLine } from '../bulk/line.ts'
import { LockedError } from '../bulk/lock.ts'
import { NameSet } from '../bulk/name-set.ts'
import { type Names, readNames } from '../bulk/names.ts'
import { finishReplacement } from '../bulk/output.ts'
import type { BulkPool, PoolSettings } from '../bulk/pool.ts'
import { Progress } from '../bulk/progress.ts'
import type { Task } from '../bulk/protocol.ts'
import { runAll } from '../bulk/run.ts'
import { namesIn } from '../bulk/stdin-names.ts'
import { Tally } from '../bulk/tally.ts'
import { UsageError } from '../bulk/usage-error.ts'
import { type BulkCommand, INDEX } from './bulk-command.ts'

/** The world outside, for many images. */
export interface BulkEnvironment {
  stdout(text: string): void
  /** Prints text on standard error as it is. */
  stderr(text: string): void
  /** Prints a message on standard error, made safe. */
  say(message: string): void
  /** Standard error, where it is a terminal. */
  terminal: NodeJS.WritableStream | undefined
  /** Standard input in portions. */
  readStdin(): AsyncIterable<Uint8Array>
  /** Ends the run; its reason may say with which exit code. */
  signal: AbortSignal
  startPool(settings: PoolSettings): Promise<Pick<BulkPool, 'run' | 'size' | 'close'>>
}

/** Why a run was ended from outside, and the exit code that says so. */
export class Interrupted extends Error {
  override readonly name = 'Interrupted'
  readonly exitCode: number

  constructor(signal: 'SIGINT' | 'SIGTERM') {
    super('interrupted')
    this.exitCode = signal === 'SIGINT' ? 130 : 143
  }
}

/**
 * Runs a command for many images.
 *
 * @returns The exit code: 0 all is done, 1 something failed, 130 or 143 interrupted.
 * @throws UsageError, HopelessError, MtcnnError: nothing, or nothing more, is done.
 */
export async function runBulk(command: BulkCommand, environment: BulkEnvironment): Promise<number> {
  const names = readNames(command.files, {
    recursive: command.recursive,
    endings: command.endings,
    skip: [command.folder, command.draw].filter((folder) => folder !== undefined),
    stdin: () => namesIn(environment.readStdin(), { nul: command.nul }),
  })
  if (command.nul && !names.fromStdin)
    throw new UsageError("-0 goes with '-', which stands for names on standard input")
  checkFolders(command)
  const done = new NameSet()
  const tally = new Tally()
  const sink = await openLines(command, done, tally, environment)
  try {
    const pool = await environment.startPool({
      workers: command.workers,
      timeout: command.timeout,
      setup: { options: command.options, task: taskOf(command, names.base) },
    })
    try {
      return await run(command, environment, { names, done, sink, pool, tally })
    } finally {
      pool.close()
    }
  } finally {
    sink.close()
  }
}

async function run(
  command: BulkCommand,
  environment: BulkEnvironment,
  parts: { names: Names; done: NameSet; sink: LineSink; pool: Pick<BulkPool, 'run' | 'size'>; tally: Tally },
): Promise<number> {
  const { signal } = environment
  const { tally } = parts
  const counting = new AbortController()
  const progress = command.quiet
    ? undefined
    : new Progress(tally, { terminal: environment.terminal, print: environment.stderr })
  if (progress && !parts.names.fromStdin) void count(parts.names, tally, counting.signal)
  const tell = (message: string) =>
    progress ? progress.around(() => environment.say(message)) : environment.say(message)
  const again = command.lines && command.lines.path !== '-' ? ' Run the same command again to go on.' : ''
  let complete = false
  let hopeless: HopelessError | undefined
  try {
    complete = await runAll({ ...parts, signal, tell })
  } catch (error) {
    if (!(error instanceof HopelessError)) throw error
    hopeless = error
  } finally {
    counting.abort()
    progress?.end()
    if (progress) environment.stderr(`${tally.summary()}\n`)
  }
  if (hopeless) {
    environment.say(hopeless.message)
    environment.stderr(`The run has ended.${again}\n`)
    return 1
  }
  if (!signal.aborted) return complete && tally.failedBefore === 0 ? 0 : 1
  // Else nobody reads the output, which is told elsewhere.
  if (!(signal.reason instanceof Interrupted)) return 1
  environment.stderr(`Stopped; what was begun is done.${again}\n`)
  return signal.reason.exitCode
}

/** Goes through all names once more, only to know how many there are. */
async function count(names: Names, tally: Tally, signal: AbortSignal): Promise<void> {
  let total = 0
  try {
    for await (const { problem } of names.find()) {
      if (signal.aborted) return
      if (problem === undefined) total++
    }
    tally.total = total
  } catch {
    // The run itself meets the same, and tells.
  }
}

function taskOf({ task, crop, hide, folder, ending, draw }: BulkCommand, base: string): Task {
  const drawing = draw === undefined ? {} : { draw: { folder: draw, base, ending: undefined } }
  const out = folder === undefined ? undefined : { folder, base, ending }
  switch (task) {
    case 'detect':
      return { kind: 'detect', ...drawing }
    case 'crop':
      return { kind: 'crop', crop, out: out!, ...drawing }
    case 'blur':
      return { kind: 'blur', hide, out, ...drawing }
  }
}

/** Pictures go to folders that are new, empty, or of an earlier run: so nothing is overwritten that is not ours. */
function checkFolders({ folder, draw, lines, force }: BulkCommand): void {
  if (force) return
  if (folder !== undefined && !isEmpty(folder) && !contains(folder, INDEX)) {
    throw new UsageError(
      `--out: '${folder}' has files in it, but none of an earlier run; with --force they may be overwritten`,
    )
  }
  const isFirstRun = lines === undefined || lines.path === '-' || !contains(dirname(lines.path), basenameOf(lines.path))
  if (draw !== undefined && isFirstRun && !isEmpty(draw)) {
    throw new UsageError(`--draw: '${draw}' has files in it; with --force they may be overwritten`)
  }
}

function basenameOf(path: string): string {
  return resolve(path)
    .slice(resolve(dirname(path)).length)
    .replace(/^[/\\]/, '')
}

function contains(folder: string, name: string): boolean {
  return namesOf(folder).includes(name)
}

function isEmpty(folder: string): boolean {
  return namesOf(folder).length === 0
}

function namesOf(folder: string): string[] {
  try {
    return readdirSync(folder)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return []
    throw new UsageError(`'${folder}' is no folder that can be used: ${(error as Error).message}`)
  }
}

async function openLines(
  { lines, retryFailed, task, folder }: BulkCommand,
  done: NameSet,
  tally: Tally,
  { stdout }: BulkEnvironment,
): Promise<LineSink> {
  if (lines === undefined) return { add: () => {}, close: () => {} }
  if (lines.path === '-') return { add: (line) => stdout(jsonLine(line)), close: () => {} }
  const isInPlace = task === 'blur' && folder === undefined
  try {
    await mkdir(dirname(lines.path), { recursive: true })
    return await Journal.open(lines.path, {
      format: lines.format,
      retryFailed,
      take: (file, failed) => {
        if (done.add(file) && failed) tally.failedBefore++
        return isInPlace && !failed ? finishReplacement(file) : undefined
      },
    })
  } catch (error) {
    if (error instanceof LockedError || (error as NodeJS.ErrnoException).code !== undefined) {
      throw new UsageError(`--out: '${lines.path}' cannot be used: ${(error as Error).message}`)
    }
    throw error
  }
}
