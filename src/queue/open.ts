import type { Queue } from 'bullmq'
import { type Connection, connect, isConnectionLoss, type Place } from './connection.ts'
import type { QueueOptions } from './identity.ts'
import { Store } from './store.ts'

/** What BullMQ keeps of a job: a batch of images. */
export interface Batch {
  files: string[]
  options: QueueOptions
}

/** A queue that is open: BullMQ's side of it and ours. */
export interface OpenQueue {
  connection: Connection
  jobs: Queue<Batch>
  store: Store
  close(): Promise<void>
}

/** The first part of the names of BullMQ's keys. */
export const PREFIX = 'mtcnn-wasm-jobs'

/** How often a job is tried that fails for a reason that may pass. */
export const ATTEMPTS = 4

/** The time before the second try; it doubles with each. */
const RETRY_MS = 2000

/** BullMQ writes each event with its contents into a stream that nobody reads here; it is kept short. */
const EVENTS_KEPT = 100

/**
 * @param waits - Whether to wait for a Redis that cannot be reached yet.
 * @throws what `connect` throws
 */
export async function openQueue(place: Place, waits: boolean, retryMs = RETRY_MS): Promise<OpenQueue> {
  const connection = await connect(place, waits)
  const jobs: Queue<Batch> = new connection.packages.bullmq.Queue(place.name, {
    connection: connection.client,
    prefix: PREFIX,
    streams: { events: { maxLen: EVENTS_KEPT } },
    defaultJobOptions: {
      attempts: ATTEMPTS,
      backoff: { type: 'exponential', delay: retryMs },
      // The results lie in the store, and the names stay known there.
      removeOnComplete: true,
    },
  })
  // Those of the connection are told by `connect`; calls that fail reject.
  jobs.on('error', (error) => {
    if (!isConnectionLoss(error)) place.say(error.message)
  })
  await jobs.waitUntilReady()
  return {
    connection,
    jobs,
    store: new Store(connection.client, place.name),
    async close() {
      // It would wait for a Redis that is away.
      if (connection.client.status === 'ready') await jobs.close()
      else jobs.close().catch(() => undefined)
      connection.close()
    },
  }
}
