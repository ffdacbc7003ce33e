/** Taking times so that they can be compared. */

/** One run: what it took, milliseconds by name. */
export type Laps = Record<string, number>

export interface Budget {
  /** Rounds at least, and at most. */
  readonly rounds: readonly [least: number, most: number]
  /** Seconds for all rounds together, once there have been enough of them. */
  readonly seconds: number
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b)
  const middle = sorted.length >> 1
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2
}

/** The median of each lap. */
export function medians(runs: readonly Laps[]): Laps {
  const names = Object.keys(runs[0] ?? {})
  return Object.fromEntries(names.map((name) => [name, median(runs.map((run) => run[name] ?? 0))]))
}

/**
 * Times several runners in turns, in another order each round, so that whatever else the machine does, and what the one before
 * left in the caches, meets all alike. Each is warmed up first: engines compile twice, the second time when code has shown that
 * it matters.
 *
 * @returns The median of each lap, for each runner.
 */
export async function inTurns(runners: readonly (() => Promise<Laps>)[], budget: Budget): Promise<Laps[]> {
  for (const run of runners) {
    const start = performance.now()
    for (let n = 0; n < 3 || (n < 50 && performance.now() - start < 400); n++) {
      await run()
      if (performance.now() - start > 4000) break
    }
  }
  const runs: Laps[][] = runners.map(() => [])
  const [least, most] = budget.rounds
  const start = performance.now()
  for (let round = 0; round < most; round++) {
    if (round >= least && performance.now() - start > budget.seconds * 1000) break
    for (const n of shuffled(runners.length)) runs[n]!.push(await runners[n]!())
  }
  return runs.map(medians)
}

/** The numbers from 0 up to `count`, in an order of chance. */
function shuffled(count: number): number[] {
  return Array.from({ length: count }, (_, n) => ({ n, at: Math.random() }))
    .sort((a, b) => a.at - b.at)
    .map(({ n }) => n)
}
