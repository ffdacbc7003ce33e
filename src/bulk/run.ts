import { abortable } from '../shared/abortable.ts'
import { HopelessError } from './child.ts'
import type { LineSink } from './journal.ts'
import { failedLine, isFailed, type Line } from './line.ts'
import type { NameSet } from './name-set.ts'
import type { Names } from './names.ts'
import { replace } from './output.ts'
import type { BulkPool } from './pool.ts'
import type { Answer } from './protocol.ts'
import type { Tally } from './tally.ts'

/** What a run works with. */
export interface RunParts {
  names: Names
  /** Names that are done, and those that come while it runs. */
  done: NameSet
  sink: LineSink
  pool: Pick<BulkPool, 'run' | 'size'>
  tally: Tally
  /** Ends the run: what is begun is done, nothing more is begun. */
  signal: AbortSignal
  /** Tells of arguments that stand for nothing. */
  tell(message: string): void
}

/** Handed over ahead, so that a worker that is done has the next image at once. */
const AHEAD = 1

/**
 * Does all images: asks for names only as fast as they are done, and writes a line for each as it is done.
 *
 * @returns Whether everything went well.
 * @throws HopelessError where the run cannot go on; what was written before stays.
 */
export async function runAll(parts: RunParts): Promise<boolean> {
  const { names, done, sink, pool, tally, signal } = parts
  const ending = new AbortController()
  const stop = () => ending.abort(STOPPED)
  if (signal.aborted) stop()
  signal.addEventListener('abort', stop, { once: true })
  const inFlight = new Set<Promise<void>>()
  let failure: unknown
  let complete = true
  const write = (line: Line) => {
    // What comes after a line that could not be written is not written either: it is done again by the next run.
    if (failure !== undefined) return false
    sink.add(line)
    tally.add(line)
    if (isFailed(line)) complete = false
    return true
  }
  const finish = async ({ line, replacement }: Answer) => {
    if (write(line) && replacement) await replace(replacement)
  }
  const begin = (name: string) => {
    const job = pool
      .run({ name })
      .then(finish)
      .catch((error) => {
        failure ??= error
        ending.abort(STOPPED)
      })
      .finally(() => inFlight.delete(job))
    inFlight.add(job)
  }
  const found = names.find()
  try {
    for (;;) {
      const { done: end, value } = await abortable(found.next(), ending.signal)
      if (end) break
      const { name, problem } = value
      if (problem !== undefined && value.what === 'argument') {
        complete = false
        parts.tell(`${name}: ${problem}`)
      } else if (!done.add(name)) tally.skipped++
      else if (problem !== undefined) write(failedLine(name, 'UNREADABLE_FOLDER', problem))
      else {
        begin(name)
        while (inFlight.size >= pool.size + AHEAD) await abortable(Promise.race(inFlight), ending.signal)
      }
    }
  } catch (error) {
    if (error !== STOPPED) failure ??= error
  } finally {
    signal.removeEventListener('abort', stop)
    // Not awaited: where it waits for a name that never comes, it never ends.
    found.return().catch(() => undefined)
  }
  if (failure instanceof HopelessError) throw failure
  await Promise.all(inFlight)
  if (failure !== undefined) throw failure
  return complete
}

const STOPPED = /* @__PURE__ */ new Error('stopped')
