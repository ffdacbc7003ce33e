import { unpackResult } from './payload.ts'
import type { Store } from './store.ts'

/** Results of some jobs, as lines. */
export interface Fetched {
  lines: string[]
  /** Frees their memory in Redis. To be called once the lines are safe elsewhere. */
  remove(): Promise<void>
}

/** So many jobs are fetched at once; no more of them are in memory. */
const PORTION = 100

/**
 * Gives the results that are there, in the order in which they came. Those that were removed are left out.
 *
 * @param more - Asked at the end of what is there: whether to look again.
 */
export async function* fetchResults(store: Store, more: () => Promise<boolean>): AsyncGenerator<Fetched> {
  for (let at = 0; ; ) {
    const jobs = await store.finished(at, PORTION)
    at += jobs.length
    if (jobs.length === 0) {
      if (await more()) continue
      return
    }
    const packed = await store.results(jobs)
    const results = await Promise.all(packed.map((bytes) => bytes && unpackResult(bytes)))
    yield {
      lines: results.flatMap((result) => result?.lines ?? []),
      async remove() {
        // A result with images missing tells those who get its job once more which ones.
        const whole = jobs.filter((_, index) => results[index]?.isWhole)
        const images = results.reduce((total, result) => total + (result?.isWhole ? result.lines.length : 0), 0)
        await store.removeResults(whole, images)
      },
    }
  }
}
