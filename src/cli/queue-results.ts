import { open } from 'node:fs/promises'
import { Journal } from '../bulk/journal.ts'
import { jsonLine, type Line } from '../bulk/line.ts'
import { LockedError } from '../bulk/lock.ts'
import { NameSet } from '../bulk/name-set.ts'
import { UsageError } from '../bulk/usage-error.ts'
import { pause } from '../queue/connection.ts'
import { fetchResults } from '../queue/fetch-results.ts'
import type { OpenQueue } from '../queue/open.ts'
import type { ResultsCommand } from './queue-arguments.ts'
import { count } from './queue-report.ts'

/** How often it is looked whether there are more results, in milliseconds. */
const LOOK_MS = 1000

interface ResultsEnvironment {
  stdout(text: string): void
  stderr(text: string): void
  signal: AbortSignal
}

/**
 * Writes the results that are there, each image once: what the file has already is left out.
 *
 * @returns The exit code: 0 where every image has a result, else 1.
 */
export async function writeResults(
  { out, follow, remove, quiet }: ResultsCommand,
  { store }: Pick<OpenQueue, 'store'>,
  { stdout, stderr, signal }: ResultsEnvironment,
): Promise<number> {
  const written = new NameSet()
  const journal = out && (await openJournal(out, written))
  const earlier = written.size
  const left = async () => {
    const { added, done } = await store.counts()
    return added - done
  }
  let isComplete = false
  const more = async () => {
    if (!follow || isComplete) return false
    // Results that came until now are fetched after that.
    isComplete = (await left()) === 0
    if (!isComplete) await pause(LOOK_MS, signal)
    return true
  }
  try {
    for await (const { lines, remove: free } of fetchResults(store, more)) {
      signal.throwIfAborted()
      for (const text of lines) {
        const line = JSON.parse(text) as Line
        if (!written.add(line.file)) continue
        if (journal) journal.add(line)
        else stdout(jsonLine(line))
      }
      if (!remove || !out) continue
      await syncFile(out.path)
      await free()
    }
  } finally {
    journal?.close()
  }
  const missing = await left()
  if (!quiet) {
    const rest = missing === 0 ? 'every image has a result' : `${count(missing, 'image')} without a result yet`
    stderr(`${count(written.size - earlier, 'result')} written; ${rest}\n`)
    const { removed } = await store.counts()
    if (!remove && removed > 0) {
      stderr(`${count(removed, 'result')} not there any more: removed when they were written earlier (--remove)\n`)
    }
  }
  return missing === 0 ? 0 : 1
}

async function openJournal(out: NonNullable<ResultsCommand['out']>, written: NameSet): Promise<Journal> {
  try {
    return await Journal.open(out.path, {
      format: out.format,
      retryFailed: false,
      take: (file) => {
        written.add(file)
      },
    })
  } catch (error) {
    if (error instanceof LockedError || (error as NodeJS.ErrnoException).code !== undefined) {
      throw new UsageError(`--out: '${out.path}' cannot be used: ${(error as Error).message}`)
    }
    throw error
  }
}

/** Returns once the contents of a file are on its disk. */
async function syncFile(path: string): Promise<void> {
  const file = await open(path, 'r+')
  try {
    await file.sync()
  } finally {
    await file.close()
  }
}
