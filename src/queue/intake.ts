import type { Queue } from 'bullmq'
import { canonical, jobIdOf, type QueueOptions } from './identity.ts'
import type { Batch, OpenQueue } from './open.ts'
import { QueueError } from './queue-error.ts'
import type { Claimed, Store } from './store.ts'

/** What became of the names that were given. */
export interface Taken {
  /** Images that are new in the queue. */
  added: number
  batches: number
  /** Names that the queue had already, or that were given twice. */
  known: number
}

export interface IntakeSettings {
  options: QueueOptions
  version: string
  /** Images a batch. */
  batch: number
  signal: AbortSignal
  /** Called after every portion. */
  progress(taken: Taken): void
}

/** So many names are asked for at once; no more of them are in memory. */
const PORTION = 1000

/**
 * Puts images into the queue: those that it does not have, cut into batches. Whoever dies in the middle: nothing is lost and nothing is
 * there twice. A name is taken into Redis and laid into the outbox in one step; then the batches there become jobs, whose ids are
 * their contents, so that this may happen twice; then they leave the outbox.
 *
 * @throws QueueError where the queue was filled with other options; the reason of the signal.
 */
export async function addImages(
  { jobs, store }: Pick<OpenQueue, 'jobs' | 'store'>,
  names: AsyncIterable<string>,
  { options, version, batch, signal, progress }: IntakeSettings,
): Promise<Taken> {
  checkOptions((await store.settle({ options, version })).options, options)
  await emptyOutbox({ jobs, store })
  const taken: Taken = { added: 0, batches: 0, known: 0 }
  /** Names to be asked for, and names that are new: batches are cut of whole portions, so that nearly all are full. */
  let asked: string[] = []
  const fresh: string[] = []
  const claimSize = batch * Math.max(1, Math.floor(PORTION / batch))
  const ask = async () => {
    const unknown = await store.unknown(asked)
    taken.known += asked.length - unknown.length
    fresh.push(...unknown)
    asked = []
  }
  const claim = async (count: number) => {
    const part = fresh.splice(0, count)
    const batches = await store.claim(part, batch)
    await makeJobs({ jobs, store }, batches, options)
    const added = batches.reduce((total, { names }) => total + names.length, 0)
    taken.added += added
    taken.known += part.length - added
    taken.batches += batches.length
    progress(taken)
  }
  for await (const name of names) {
    signal.throwIfAborted()
    if (asked.push(name) < PORTION) continue
    await ask()
    while (fresh.length >= claimSize) await claim(claimSize)
  }
  signal.throwIfAborted()
  await ask()
  while (fresh.length > 0) await claim(claimSize)
  // What a lost answer of Redis left there.
  await emptyOutbox({ jobs, store })
  return taken
}

/** Makes jobs of what others left in the outbox. */
export async function emptyOutbox({ jobs, store }: Pick<OpenQueue, 'jobs' | 'store'>): Promise<void> {
  if ((await store.outboxLength()) === 0) return
  const options = (await store.settings())?.options ?? {}
  for await (const batches of store.outbox()) await makeJobs({ jobs, store }, batches, options)
}

async function makeJobs(
  { jobs, store }: { jobs: Queue<Batch>; store: Store },
  batches: readonly Claimed[],
  options: QueueOptions,
): Promise<void> {
  if (batches.length === 0) return
  await addJobs(
    jobs,
    batches.map(({ names }) => names),
    options,
  )
  await store.takenFromOutbox(batches)
}

/** A job that is there already stays as it is. */
export async function addJobs(
  jobs: Queue<Batch>,
  batches: readonly (readonly string[])[],
  options: QueueOptions,
): Promise<void> {
  if (batches.length === 0) return
  await jobs.addBulk(
    batches.map((files) => ({
      name: 'search',
      data: { files: [...files], options },
      opts: { jobId: jobIdOf(files, options) },
    })),
  )
}

/** One queue, one set of options: else an image would have two results. */
function checkOptions(there: QueueOptions, wanted: QueueOptions): void {
  if (canonical(there) === canonical(wanted)) return
  throw new QueueError(
    `this queue was filled with the options ${canonical(there)}, and here they are ${canonical(wanted)}: ` +
      'give the same ones, or another --name, or clear the queue',
  )
}
