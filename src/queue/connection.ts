import type { Redis, RedisOptions } from 'ioredis'
import { reasonOf } from '../image/node/decode.ts'
import { shortened } from '../shared/errors.ts'
import { redisLabel } from './address.ts'
import { type IORedis, loadPackages, type Packages } from './packages.ts'
import { QueueError } from './queue-error.ts'
import { checkServer, type ServerFacts } from './server.ts'

/** Where a queue is, and who is told what happens to the connection. */
export interface Place {
  /** `redis://` or `rediss://`, checked. */
  redis: string
  /** The name of the queue, checked. */
  name: string
  /** Told once when Redis cannot be reached, once when it is back. */
  say(message: string): void
  signal: AbortSignal
}

/** A connection to a Redis that is as a queue needs it. */
export interface Connection {
  packages: Packages
  client: Redis
  server: ServerFacts
  /** Resolves when the signal was aborted and Redis stayed away after that: what waits for it has been given up. */
  cutOff: Promise<void>
  close(): void
}

/** Between two tries to reach Redis, in milliseconds. */
const RETRY_MS = 1000

/** So long who is to end waits for a Redis that is away, in milliseconds. */
const MOST_AWAY_MS = 5000

/** A server that takes no connection at all within this time cannot be reached. */
const CONNECT_TIMEOUT_MS = 10_000

/**
 * Connects to Redis. A connection that is lost later is made again, however long that takes; commands wait meanwhile.
 *
 * @param waits - Whether to wait for a Redis that cannot be reached yet; without, that is an error.
 * @throws MtcnnError MISSING_DEPENDENCY; QueueError where Redis cannot be reached, refuses the password, is too old, or may throw
 * away what is in it; the reason of the signal.
 */
export async function connect(place: Place, waits: boolean): Promise<Connection> {
  const packages = await loadPackages()
  const server = await probe(place, packages.ioredis, waits)
  const client = new packages.ioredis.Redis(place.redis, {
    ...SETTINGS,
    connectionName: `mtcnn-wasm ${place.name}`,
    retryStrategy: (times) => Math.min(times * 100, RETRY_MS),
  })
  const close = watch(client, place)
  const { promise: cutOff, end } = giveUpWhenAway(client, place.signal, close)
  return {
    packages,
    client,
    server,
    cutOff,
    close: () => {
      end()
      close()
    },
  }
}

/**
 * Who is to end does not wait for a Redis that stays away, without which nothing can be stored: the connection is closed, and every
 * command that waits for it rejects.
 */
function giveUpWhenAway(
  client: Redis,
  signal: AbortSignal,
  close: () => void,
): { promise: Promise<void>; end(): void } {
  let timer: NodeJS.Timeout | undefined
  let begin = () => {}
  const promise = new Promise<void>((resolve) => {
    begin = () => {
      let away = 0
      timer = setInterval(() => {
        away = client.status === 'ready' ? 0 : away + RETRY_MS
        if (away < MOST_AWAY_MS) return
        clearInterval(timer)
        close()
        resolve()
      }, RETRY_MS)
    }
  })
  if (signal.aborted) begin()
  else signal.addEventListener('abort', begin, { once: true })
  return {
    promise,
    end() {
      clearInterval(timer)
      signal.removeEventListener('abort', begin)
    },
  }
}

/** BullMQ asks for the first: its workers wait for as long as Redis is away. */
const SETTINGS = { maxRetriesPerRequest: null, connectTimeout: CONNECT_TIMEOUT_MS } satisfies RedisOptions

/** Asks the server what it is, over a connection that is not made again: so that the reason of a failure is told and not waited out. */
async function probe(place: Place, ioredis: IORedis, waits: boolean): Promise<ServerFacts> {
  for (let told = false; ; ) {
    place.signal.throwIfAborted()
    const client = new ioredis.Redis(place.redis, { ...SETTINGS, lazyConnect: true, retryStrategy: () => null })
    let reason: unknown
    client.on('error', (error) => {
      reason ??= error
    })
    try {
      await client.connect()
      return checkServer(await client.info(), redisLabel(place.redis))
    } catch (error) {
      const cause = reason ?? error
      if (cause instanceof QueueError) throw cause
      if (!waits || !isConnectionLoss(cause)) throw unreachable(place.redis, cause)
      if (!told) place.say(`${whyNot(place.redis, cause)}: waiting for it`)
      told = true
      await pause(RETRY_MS, place.signal)
    } finally {
      client.disconnect()
    }
  }
}

/**
 * Tells of a connection that is lost and of one that is back: once each, however many tries lie between them.
 *
 * @returns what closes it, of which nothing is told.
 */
function watch(client: Redis, { redis, say }: Pick<Place, 'redis' | 'say'>): () => void {
  let lost = false
  let closing = false
  client.on('error', (error: Error) => {
    if (!lost) say(`${whyNot(redis, error)}: waiting for it`)
    lost = true
  })
  client.on('close', () => {
    if (!lost && !closing) say(`the connection to ${redisLabel(redis)} was lost: waiting for it`)
    lost = true
  })
  client.on('ready', () => {
    if (lost) say(`${redisLabel(redis)} is back`)
    lost = false
  })
  return () => {
    closing = true
    client.disconnect()
  }
}

function unreachable(redis: string, cause: unknown): QueueError {
  const hint = /NOAUTH|WRONGPASS|NOPERM/.test(reasonOf(cause))
    ? '; user and password go into the URL: redis://user:password@host:6379'
    : ''
  return new QueueError(`${whyNot(redis, cause)}${hint}`, { cause })
}

function whyNot(redis: string, cause: unknown): string {
  return `could not use ${redisLabel(redis)} (${shortened(connectionReason(cause), 200)})`
}

/** A failure with several addresses says the reasons of each, and nothing itself. */
function connectionReason(error: unknown): string {
  if (error instanceof AggregateError && error.errors.length > 0) return reasonOf(error.errors[0])
  return reasonOf(error)
}

const LOSSES = [
  'ECONNREFUSED',
  'ECONNRESET',
  'ENOTFOUND',
  'EAI_AGAIN',
  'ETIMEDOUT',
  'EPIPE',
  'EHOSTUNREACH',
  'ENETUNREACH',
]

/** Whether an error says that Redis cannot be reached now, and not that it refuses. */
export function isConnectionLoss(error: unknown): boolean {
  if (!(error instanceof Error)) return false
  const code = (error as NodeJS.ErrnoException).code
  if (code !== undefined && LOSSES.includes(code)) return true
  return /^Connection is closed|^Stream isn't writeable|^LOADING |^connect ETIMEDOUT/.test(error.message)
}

/** Whether an error says that Redis has no more memory; the command was not done then. */
export function isOutOfMemory(error: unknown): boolean {
  return error instanceof Error && /\bOOM command not allowed/.test(error.message)
}

/** What to do about a Redis that has no more memory. */
export function fullMessage(redis: string): string {
  return (
    `the memory of ${redisLabel(redis)} is full (its setting maxmemory): give it more, or free what is fetched with ` +
    `'queue results --out file --remove'`
  )
}

/** @throws the reason of the signal */
export async function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  signal.throwIfAborted()
  await new Promise<void>((resolve, reject) => {
    const stop = () => {
      clearTimeout(timer)
      reject(signal.reason as Error)
    }
    const timer = setTimeout(() => {
      signal.removeEventListener('abort', stop)
      resolve()
    }, milliseconds)
    signal.addEventListener('abort', stop, { once: true })
  })
}
