import type { Core } from '../core.ts'
import type { ResolvedOptions } from '../options.ts'
import type { PatchNet } from '../patch-nets.ts'
import type { Level } from '../pyramid.ts'
import type { Detail, StageTimes, Trace } from '../trace.ts'

type MaybePromise<T> = T | Promise<T>

/**
 * Who evaluates the three nets. The library has one implementation, the core itself; benchmarks put other runtimes in
 * its place under the same cascade.
 */
export interface Nets {
  /** Writes the cells of the level in use whose score is at least `threshold` to list 0; says how many. */
  propose(level: Level, threshold: number, held: number): MaybePromise<number>
  /** Answers the first `count` patches of a net's batch. */
  run(net: PatchNet, count: number): MaybePromise<void>
}

/** What every stage works with. */
export interface Run {
  readonly core: Core
  readonly nets: Nets
  readonly options: ResolvedOptions
  readonly trace: Trace
  readonly detail: Detail
  /** Adds the time since the last call, or since the start, to one of the sums. */
  lap(sum: Exclude<keyof StageTimes, 'total'>): void
  /** Between levels and batches: throws the signal's reason where it has been aborted. */
  checkpoint(): MaybePromise<void>
}
