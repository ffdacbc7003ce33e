import type { Job } from 'bullmq'
import { failedLine, isFailed, jsonLine, type Line } from '../bulk/line.ts'
import type { Crew } from './crew.ts'
import { EndOfWork } from './end-of-work.ts'
import { isAddress } from './identity.ts'
import { addJobs } from './intake.ts'
import { ATTEMPTS, type Batch, type OpenQueue } from './open.ts'
import { placeOf } from './paths.ts'
import { packResult, unpackResult } from './payload.ts'
import { QueueError } from './queue-error.ts'
import { checkRoot } from './root.ts'
import { ERROR_PREFIX } from './store.ts'

/** What became of the images of a batch. */
export interface Searched {
  images: number
  faces: number
  failures: number
}

/** A batch that ended so many processes is divided; an image alone that does is given up. */
const MOST_STALLS = 2

/**
 * Does one job. Afterwards each of its images has a result, or a job of its own.
 *
 * The result is stored first, and only whoever stored it makes jobs of the images that it leaves out; whoever gets the job once more
 * makes those that are missing. So an image has one result, whoever ends in between or does the same at the same time.
 *
 * @returns What was stored; undefined where the job has its result from elsewhere.
 * @throws EndOfWork; an error for BullMQ, which tries the job again later, where the reason may pass.
 */
export async function searchBatch(
  job: Job<Batch>,
  { jobs, store }: Pick<OpenQueue, 'jobs' | 'store'>,
  crew: Crew,
  root: string | undefined,
): Promise<Searched | undefined> {
  const id = job.id!
  const { files, options } = readBatch(job.data)
  const [earlier] = await store.results([id])
  if (earlier !== undefined) {
    const { lines, isWhole } = await unpackResult(earlier)
    if (!isWhole) await addSingles(new Set(lines.map((line) => (JSON.parse(line) as Line).file)))
    return undefined
  }
  // It was fetched and removed.
  if (await store.hasResult(id)) return undefined
  if (job.stalledCounter < MOST_STALLS) {
    const found = await searchAll(files, crew, options, root)
    const [failed] = found
    if (files.length > 1) return save(found.filter((line) => !mayPass(line)))
    // BullMQ tries it again, but for the last time.
    if (isFailed(failed!) && mayPass(failed) && job.attemptsMade + 1 < ATTEMPTS) throw new Error(failed.error.message)
    return save(found)
  }
  if (files.length > 1) return save([])
  return save([failedLine(files[0]!, 'WORKER_FAILED', `${job.stalledCounter} processes ended while they searched it`)])

  /** @param lines - The images among them are done; all others get jobs of their own. */
  async function save(lines: readonly Line[]): Promise<Searched | undefined> {
    const searched = count(lines)
    const isWhole = lines.length === files.length
    const bytes = await packResult({ lines: lines.map((line) => jsonLine(line).trimEnd()), isWhole })
    if (!(await store.saveResult(id, jobs.toKey(id), bytes, countsOf(lines, searched)))) return undefined
    if (!isWhole) await addSingles(new Set(lines.map(({ file }) => file)))
    return searched
  }

  async function addSingles(done: ReadonlySet<string>): Promise<void> {
    const rest = files.filter((file) => !done.has(file)).map((file) => [file])
    await addJobs(jobs, rest, options)
  }
}

/** @throws EndOfWork */
async function searchAll(
  files: readonly string[],
  crew: Crew,
  options: Batch['options'],
  root: string | undefined,
): Promise<Line[]> {
  const placed = files.map((name) => ({ name, place: placeOf(name, root) }))
  const sources = placed.flatMap(({ name, place }) => ('source' in place ? [{ name, source: place.source }] : []))
  try {
    const found = await crew.search(sources, options)
    // A folder that is not there any more, and not the image.
    if (found.some((line) => isFailed(line) && !isAddress(line.file))) await checkRoot(root)
    const lines = found.values()
    return placed.map(({ name, place }) => {
      return 'problem' in place
        ? failedLine(name, 'DECODE_FAILED', `could not read '${name}': ${place.problem}`)
        : lines.next().value!
    })
  } catch (cause) {
    throw new EndOfWork(cause)
  }
}

/**
 * Whether another try may help: a server may answer later, and what ended a process of the crew may have been another image.
 * What a file is does not change.
 */
function mayPass(line: Line): boolean {
  if (!isFailed(line)) return false
  const { code } = line.error
  if (code === 'WORKER_FAILED' || code === 'OUT_OF_MEMORY') return true
  return isAddress(line.file) && (code === 'DECODE_FAILED' || code === 'TIMEOUT')
}

function count(lines: readonly Line[]): Searched {
  const faces = lines.reduce((total, line) => total + (isFailed(line) ? 0 : line.faces.length), 0)
  return { images: lines.length, faces, failures: lines.filter(isFailed).length }
}

/** The images come first: the rate counts them (`STORE`). */
function countsOf(lines: readonly Line[], { images, faces }: Searched): Record<string, number> {
  const counts: Record<string, number> = { done: images, faces }
  for (const line of lines) {
    if (!isFailed(line)) continue
    const name = ERROR_PREFIX + line.error.code
    counts[name] = (counts[name] ?? 0) + 1
  }
  return counts
}

/** Others may write into a Redis, too. */
function readBatch(data: unknown): Batch {
  const { files, options } = (data ?? {}) as Partial<Batch>
  const isList = Array.isArray(files) && files.length > 0 && files.every((name) => typeof name === 'string')
  if (!isList || typeof options !== 'object' || options === null) {
    throw new QueueError('a job in this queue is none of mtcnn-wasm: is the name of the queue used for something else?')
  }
  return { files, options }
}
