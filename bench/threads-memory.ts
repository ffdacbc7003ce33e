/** What a process holds, measured in a process of its own. */
import { spawnSync } from 'node:child_process'
import { median } from './timing.ts'

export interface Held {
  /** Bytes of the whole process, as the operating system counts them. */
  readonly process: number
}

const PROCESSES = 3

/** What this process holds now. */
export async function held(): Promise<Held> {
  for (let n = 0; n < 3; n++) {
    await new Promise((resolve) => setImmediate(resolve))
    global.gc?.()
  }
  return { process: process.memoryUsage().rss }
}

/** What this program holds when it runs with these arguments, and prints as JSON: the median of some processes. */
export function memoryIn(args: readonly string[]): Held {
  const runs = Array.from({ length: PROCESSES }, () => {
    const { stdout, stderr, status } = spawnSync(process.execPath, ['--expose-gc', process.argv[1]!, ...args], {
      encoding: 'utf8',
    })
    if (status !== 0) throw new Error(stderr)
    return (JSON.parse(stdout) as Held).process
  })
  return { process: median(runs) }
}
