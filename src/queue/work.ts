import type { Job, Worker } from 'bullmq'
import { fullMessage, isConnectionLoss, isOutOfMemory, type Place, pause } from './connection.ts'
import type { Crew } from './crew.ts'
import { EndOfWork } from './end-of-work.ts'
import { emptyOutbox } from './intake.ts'
import { type Batch, type OpenQueue, PREFIX } from './open.ts'
import { checkRoot } from './root.ts'
import { searchBatch } from './search-batch.ts'

export interface WorkSettings {
  crew: Crew
  /** Where names are looked for on this machine; undefined: in the folder the process runs in. */
  root: string | undefined
  /** Seconds without a sign from a process, after which its batches are given to others. */
  stallAfter: number
  /** Whether to end once every image that was added has a result. */
  untilDone: boolean
  /** Called after every batch that got its result here. */
  progress(images: number, faces: number, failures: number): void
}

/** How often it is looked whether all is done, in milliseconds. */
const LOOK_MS = 1000

/**
 * Searches batches until the signal is aborted, or until all is done. Batches that were begun are finished first.
 *
 * @throws QueueError where the folder of the images is gone; what the crew throws. The batch goes back into the queue then.
 */
export async function work(place: Place, queue: OpenQueue, settings: WorkSettings): Promise<void> {
  const { crew, root, stallAfter, untilDone, progress } = settings
  await checkRoot(root)
  await emptyOutbox(queue)
  /** What ends this process, and not just a batch. */
  const end = new AbortController()
  const finish = () => end.abort()
  if (place.signal.aborted) finish()
  else place.signal.addEventListener('abort', finish, { once: true })
  let failure: unknown
  const worker: Worker<Batch> = new queue.connection.packages.bullmq.Worker<Batch>(
    place.name,
    async (job, token) => {
      worker.concurrency = batchesAtOnce(crew.size, job.data?.files?.length)
      try {
        const done = await searchBatch(job, queue, crew, root)
        if (done !== undefined) progress(done.images, done.faces, done.failures)
      } catch (error) {
        if (!(error instanceof EndOfWork)) throw error
        failure ??= error.cause
        finish()
        return giveBack(job, token, queue)
      }
    },
    {
      connection: queue.connection.client,
      prefix: PREFIX,
      concurrency: 1,
      lockDuration: stallAfter * 1000,
      stalledInterval: stallAfter * 1000,
      // `searchBatch` decides about images that end processes: they too have a result.
      maxStalledCount: Number.MAX_SAFE_INTEGER,
      runRetryDelay: LOOK_MS,
      autorun: false,
    },
  )
  worker.on('error', (error) => {
    if (isOutOfMemory(error)) place.say(fullMessage(place.redis))
    else if (!isConnectionLoss(error)) place.say(plain(error))
  })
  const running = worker.run()
  try {
    if (!end.signal.aborted) await Promise.race([running, untilDone ? allDone(queue, end.signal) : ended(end.signal)])
  } finally {
    place.signal.removeEventListener('abort', finish)
    const closing = worker.close().then(() => running)
    // What BullMQ still waits for then ends with the process.
    closing.catch(() => undefined)
    const isCutOff = await Promise.race([closing.then(() => false), queue.connection.cutOff.then(() => true)])
    if (isCutOff) place.say('Redis is away: what was begun here is done by others')
  }
  if (failure !== undefined) throw failure
}

/** Enough batches that every process of the crew has an image, and one that is fetched meanwhile. */
function batchesAtOnce(size: number, images = 1): number {
  return Math.ceil(size / Math.max(1, images)) + 1
}

/** The batch is done elsewhere, at once; that it was begun here does not count. */
async function giveBack(job: Job<Batch>, token: string | undefined, queue: OpenQueue): Promise<never> {
  await job.moveToDelayed(Date.now() + LOOK_MS, token)
  throw new queue.connection.packages.bullmq.DelayedError()
}

async function allDone({ store }: OpenQueue, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    const { added, done } = await store.counts()
    if (added === done) return
    await pause(LOOK_MS, signal).catch(() => undefined)
  }
}

function ended(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }))
}

/** BullMQ names jobs by their ids, which say nothing to people. */
function plain({ message }: Error): string {
  if (/Missing key for job/i.test(message))
    return 'a batch that is searched here is not in the queue any more: it was cleared'
  return /could not renew lock|Missing lock|Lock mismatch|not in the active state/i.test(message)
    ? 'this process gave no sign for too long: a batch was given to another one'
    : message
}
