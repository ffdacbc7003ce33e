import { readNames } from '../bulk/names.ts'
import { namesIn } from '../bulk/stdin-names.ts'
import { duration } from '../bulk/tally.ts'
import { UsageError } from '../bulk/usage-error.ts'
import { loadSharp } from '../image/node/decode.ts'
import { redisLabel } from '../queue/address.ts'
import { fullMessage, isConnectionLoss, isOutOfMemory, type Place } from '../queue/connection.ts'
import { PoolCrew } from '../queue/crew.ts'
import { addImages } from '../queue/intake.ts'
import { type OpenQueue, openQueue } from '../queue/open.ts'
import { queuedName } from '../queue/paths.ts'
import { QueueError } from '../queue/queue-error.ts'
import { checkRoot } from '../queue/root.ts'
import { clearQueue, statusOf } from '../queue/status.ts'
import { work } from '../queue/work.ts'
import { type BulkEnvironment, Interrupted } from './bulk.ts'
import {
  type AddCommand,
  parseQueueArguments,
  type QueueCommand,
  type StatusCommand,
  type WorkCommand,
} from './queue-arguments.ts'
import { queueHelpText } from './queue-help.ts'
import { count, statusText } from './queue-report.ts'
import { writeResults } from './queue-results.ts'

/** The world outside, for queues. */
export interface QueueEnvironment extends Omit<BulkEnvironment, 'terminal'> {
  variables: Readonly<Record<string, string | undefined>>
  version(): Promise<string>
}

/** How often it is told how far something is, in milliseconds. */
const TELL_MS = 30_000

/**
 * Runs `mtcnn-wasm queue ...`.
 *
 * @returns The exit code: 0 done, 1 something failed or is not done, 130 or 143 interrupted.
 * @throws UsageError, QueueError, MtcnnError, HopelessError
 */
export async function runQueue(argv: readonly string[], environment: QueueEnvironment): Promise<number> {
  const command = parseQueueArguments(argv, environment.variables)
  if (command.task === 'help') {
    environment.stdout(queueHelpText())
    return 0
  }
  const { signal, say } = environment
  try {
    const place: Place = { redis: command.redis, name: command.name, say, signal }
    if (command.task === 'work') await ready(command)
    // What works waits for a Redis that starts later; whoever types a command wants to know at once.
    const queue = await openQueue(place, command.task === 'work')
    try {
      // A command that waits for Redis may wait for ever: whoever is to end does not.
      const { cutOff } = queue.connection
      return await Promise.race([
        perform(command, place, queue, environment),
        cutOff.then(() => new Promise((resolve) => setImmediate(resolve))).then(() => Promise.reject(signal.reason)),
      ])
    } finally {
      await queue.close()
    }
  } catch (error) {
    if (isOutOfMemory(error)) {
      throw new QueueError(`${fullMessage(command.redis)}. Then run the same command again`, { cause: error })
    }
    // A Redis that was away when the signal came, too.
    if (!signal.aborted || (error !== signal.reason && !isConnectionLoss(error))) throw error
  }
  environment.stderr('Stopped. Run the same command again to go on.\n')
  return signal.reason instanceof Interrupted ? signal.reason.exitCode : 1
}

/** What would fail for every image is known before the first one is taken. */
async function ready({ root }: WorkCommand): Promise<void> {
  await loadSharp()
  await checkRoot(root)
}

async function perform(
  command: QueueCommand,
  place: Place,
  queue: OpenQueue,
  environment: QueueEnvironment,
): Promise<number> {
  switch (command.task) {
    case 'add':
      return add(command, queue, environment)
    case 'work':
      return workOn(command, place, queue, environment)
    case 'status':
      return status(command, queue, environment)
    case 'results':
      return writeResults(command, queue, environment)
    case 'clear':
      await clearQueue(queue)
      environment.stderr(`The queue '${command.name}' at ${redisLabel(command.redis)} is empty.\n`)
      return 0
  }
}

async function add(command: AddCommand, queue: OpenQueue, environment: QueueEnvironment): Promise<number> {
  const { files, options, root, batch, recursive, endings, nul, quiet } = command
  const { say, stderr, signal } = environment
  const typed = files.filter((file) => file !== '-')
  const fromStdin = files.length - typed.length
  if (fromStdin > 1) throw new UsageError("'-' can be given once only")
  if (nul && fromStdin === 0) throw new UsageError("-0 goes with '-', which stands for names on standard input")
  async function* none() {}
  const names = readNames(typed, { recursive, endings, skip: [], stdin: none })
  if (!queue.connection.server.keepsChanges) {
    say(`${redisLabel(command.redis)} has appendonly no: a restart of Redis loses the queue. Set appendonly to yes`)
  }
  let problems = 0
  const tell = (name: string, problem: string) => {
    problems++
    say(`${name}: ${problem}`)
  }
  async function* queued() {
    for await (const found of names.find()) {
      const named = found.problem === undefined ? queuedName(found.name, root) : { problem: found.problem }
      if ('name' in named) yield named.name
      else tell(found.name, named.problem)
    }
    if (fromStdin === 0) return
    for await (const name of namesIn(environment.readStdin(), { nul })) {
      // Such lists are made of results, whose names are those below the root.
      const named = queuedName(name, root, root)
      if ('name' in named) yield named.name
      else tell(name, named.problem)
    }
  }
  let told = Date.now()
  const taken = await addImages(queue, queued(), {
    options,
    version: await environment.version(),
    batch,
    signal,
    progress: ({ added }) => {
      if (quiet || Date.now() - told < TELL_MS) return
      told = Date.now()
      stderr(`${count(added, 'image')} added\n`)
    },
  })
  if (!quiet) {
    const before = taken.known === 0 ? '' : `; ${count(taken.known, 'name')} known already`
    stderr(`${count(taken.added, 'image')} added in ${count(taken.batches, 'batch')}${before}\n`)
  }
  return problems === 0 ? 0 : 1
}

async function workOn(
  command: WorkCommand,
  place: Place,
  queue: OpenQueue,
  environment: QueueEnvironment,
): Promise<number> {
  const { root, concurrency, timeout, stallAfter, untilDone, quiet } = command
  const { stderr, signal, startPool } = environment
  const settings = await queue.store.settings()
  const filledBy = settings?.version
  const version = await environment.version()
  if (filledBy !== undefined && filledBy !== version) {
    environment.say(`this is version ${version}, and the queue was filled by ${filledBy}: results may differ in digits`)
  }
  const crew = new PoolCrew({ workers: concurrency, timeout, startPool })
  const done = { images: 0, faces: 0, failures: 0 }
  const start = Date.now()
  const tell = () => {
    const seconds = (Date.now() - start) / 1000
    const rate = (done.images / Math.max(seconds, 1e-3)).toFixed(1)
    const failed = done.failures === 0 ? '' : `, ${done.failures} failed`
    stderr(
      `${count(done.images, 'image')} here in ${duration(seconds)} (${rate}/s), ${count(done.faces, 'face')}${failed}\n`,
    )
  }
  if (!quiet)
    stderr(`Working on '${command.name}' at ${redisLabel(command.redis)}, ${count(concurrency, 'image')} at a time\n`)
  const timer = quiet ? undefined : setInterval(tell, TELL_MS)
  try {
    await crew.start(settings?.options ?? {})
    await work(place, queue, {
      crew,
      root,
      stallAfter,
      untilDone,
      progress: (images, faces, failures) => {
        done.images += images
        done.faces += faces
        done.failures += failures
      },
    })
  } finally {
    clearInterval(timer)
    crew.close()
    if (!quiet) tell()
  }
  if (!signal.aborted) return 0
  if (!quiet) stderr('Stopped; what was begun is done.\n')
  return signal.reason instanceof Interrupted ? signal.reason.exitCode : 1
}

async function status({ name, json }: StatusCommand, queue: OpenQueue, { stdout }: QueueEnvironment): Promise<number> {
  const found = await statusOf(name, queue)
  stdout(json ? `${JSON.stringify(found)}\n` : statusText(found))
  return 0
}
