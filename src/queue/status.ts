import type { OpenQueue } from './open.ts'

/** What a queue is doing. */
export interface Status {
  name: string
  images: { added: number; done: number; left: number; failed: number; removed: number }
  faces: number
  /** Images whose result is an error, by its code. */
  errors: Record<string, number>
  /** Jobs of BullMQ: batches of images. `later` are those that are tried again after a while. */
  batches: { waiting: number; active: number; later: number; failed: number; unsent: number }
  /** Processes that search. */
  workers: number
  /** Images a second, over the last whole minute. */
  rate: number
  /** Seconds until all is done, at this rate; null where nothing moves. */
  secondsLeft: number | null
  redis: { version: string; usedMemory: number; maxMemory: number; appendOnly: boolean }
}

export async function statusOf(name: string, { connection, jobs, store }: OpenQueue): Promise<Status> {
  const [counts, rate, unsent, batches, workers] = await Promise.all([
    store.counts(),
    store.rate(),
    store.outboxLength(),
    jobs.getJobCounts('waiting', 'active', 'delayed', 'failed'),
    jobs.getWorkersCount(),
  ])
  const left = counts.added - counts.done
  const { version, usedMemory, maxMemory, keepsChanges } = connection.server
  return {
    name,
    images: {
      added: counts.added,
      done: counts.done,
      left,
      failed: Object.values(counts.errors).reduce((total, count) => total + count, 0),
      removed: counts.removed,
    },
    faces: counts.faces,
    errors: counts.errors,
    batches: {
      waiting: batches.waiting ?? 0,
      active: batches.active ?? 0,
      later: batches.delayed ?? 0,
      failed: batches.failed ?? 0,
      unsent,
    },
    workers,
    rate,
    secondsLeft: left === 0 ? 0 : rate > 0 ? Math.round(left / rate) : null,
    redis: { version, usedMemory, maxMemory, appendOnly: keepsChanges },
  }
}

/**
 * Removes the queue and all that is kept of it. It may be worked on meanwhile: a result whose job is gone is not stored.
 */
export async function clearQueue({ jobs, store }: OpenQueue): Promise<void> {
  await jobs.obliterate({ force: true })
  await store.clear()
}
