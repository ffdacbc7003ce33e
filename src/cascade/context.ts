import type { ResolvedOptions } from '../options/options.ts'
import type { Detail, StageTimes, Trace } from '../shared/trace.ts'
import type { Turn } from '../shared/turn.ts'
import type { Rows } from '../wasm/bands.ts'
import type { Checkpoint, Core, ProposeOptions } from '../wasm/core.ts'
import type { Level, PatchNet } from '../wasm/nets.ts'

/** A box: columns and rows counted from 1, the first and the last both inside. */
export interface Corners {
  readonly x1: number
  readonly y1: number
  readonly x2: number
  readonly y2: number
}

/** A box that R-Net accepted, regressed but not yet suppressed, and its score: it votes for the face it lies about. */
export interface Vote extends Corners {
  readonly score: number
}

/**
 * A candidate as it leaves the cascade: float64, unclipped, in pixels of the searched image (the roi's corner not yet added).
 * `points` are the x of left eye, right eye, nose, left and right mouth corner, then the five y.
 */
export interface Detection {
  x1: number
  y1: number
  x2: number
  y2: number
  confidence: number
  points?: Float64Array
  /** Which turn of the image it stands upright in. Missing before it is put back into the image. */
  turn?: Turn
  /** The sum of the scores of the boxes that vote for it, where they count. */
  votes?: number
}

type MaybePromise<T> = T | Promise<T>

/**
 * Who evaluates the three nets. The library has one implementation, the core itself; benchmarks put other runtimes
 * under the same cascade.
 */
export interface Nets {
  /** Makes the cells of the level in use whose score is at least `threshold` the core's `levelCandidates`; says how many. */
  propose(level: Level, threshold: number, options: ProposeOptions): MaybePromise<number>
  /** Answers the first `count` patches of a net's batch. */
  run(net: PatchNet, count: number): MaybePromise<void>
}

/** What every stage works with. */
export interface SearchContext {
  readonly core: Core
  readonly nets: Nets
  readonly options: ResolvedOptions
  readonly trace: Trace
  readonly detail: Detail
  /** What R-Net accepted, where it counts for the confidence; else empty. */
  readonly votes: Vote[]
  /** Adds the time since the last call, or since the start, to one of the sums. */
  addTime(sum: Exclude<keyof StageTimes, 'total'>): void
  /** To be called between portions of work of some milliseconds, where there is a signal: throws its reason once it is aborted. */
  readonly checkpoint: Checkpoint | undefined
  /** Brings rows of the frame in before patches are cut out of them. Missing where all are there. */
  readonly loadRows?: (rows: Rows) => Promise<void>
}
