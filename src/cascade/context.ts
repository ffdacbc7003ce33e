import type { Pixels } from '../image/pixels.ts'
import type { ResolvedOptions } from '../options/options.ts'
import type { Box } from '../shared/face.ts'
import type { Edges } from '../shared/overlap.ts'
import type { Detail, StageTimes, Trace } from '../shared/trace.ts'
import type { Turn } from '../shared/turn.ts'
import type { Rows } from '../wasm/bands.ts'
import type { Checkpoint, Core, ProposeOptions } from '../wasm/core.ts'
import type { Framing } from '../wasm/frame-writer.ts'
import type { Level, PatchNet } from '../wasm/nets.ts'

/** A box: columns and rows counted from 1, the first and the last both inside. */
export type Corners = Edges

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

/** What is searched: the frame that shows a region of the caller's pixels. */
export interface Source extends Required<Framing> {
  readonly pixels: Pixels
  readonly region: Readonly<Box>
}

/** What a net is asked. */
export interface Asked {
  readonly net: PatchNet
  /** Of the frame: x1, y1, x2, y2 of each, columns and rows counted from 1, both edges inside; NaN: no box. */
  readonly boxes: Float64Array
  /** The net sees each patch flipped, too, and the mean of both answers is taken. */
  readonly flip: boolean
  /** See PatchOptions. */
  readonly interpolated: boolean
}

/** What a net says of boxes, by their index. */
export interface Answers {
  /** The net's answer to each; undefined for a box without a pixel, which has no patch. */
  of(index: number): Float32Array | undefined
}

/** How the heavy work of a search is shared by several threads. What comes together has the bits of one thread's work. */
export interface WorkSharing {
  /** Brings the frame in, resizes it, and runs P-Net on all levels. */
  load(context: SearchContext, source: Source, levels: readonly Level[]): Promise<void>
  /** Makes what P-Net found in a level the core's `levelCandidates`; says how many. */
  propose(core: Core, level: number): number
  /** Asks a net about boxes of the frame. */
  answer(context: SearchContext, asked: Asked): Promise<Answers>
}

/** What every stage works with. */
export interface SearchContext {
  readonly core: Core
  readonly nets: Nets
  /** Missing: this thread does all the work. */
  readonly sharing?: WorkSharing | undefined
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
