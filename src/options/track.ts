import type { Stages } from '../shared/face.ts'
import type { Global } from '../shared/global.ts'
import type { DetectOptions, ResolvedOptions } from './options.ts'
import { DETECT_RULES, resolveOptions } from './resolve.ts'
import { flag, merge, type Rule, type Rules, reading, refuse, whole } from './rules.ts'

/** What may be set for `track` and `tracker`. */
export interface TrackOptions<S extends Stages = Stages> extends DetectOptions<S> {
  /**
   * Over how many frames the search for new faces is spread while faces are followed; a whole number from 1 to 1000, default 10.
   * A new face of 40 pixels or more is found within so many frames, a smaller one within eight times as many. 1 searches every
   * frame whole. Where no face is followed, and after a cut, a frame is searched whole.
   */
  searchEvery?: number
  /**
   * For how many frames a face that is not seen any more is kept, at the place where it should be; a whole number from 0 to 1000,
   * default 5. Where it comes back in that time, it keeps its `id`.
   */
  keep?: number
  /** Take the trembling out of boxes and keypoints, by a 1-euro filter; default true. */
  smooth?: boolean
}

/** What may be set for one call of `Tracker.next`. */
export interface NextOptions {
  /**
   * When the frame was taken, in milliseconds on any clock, such as `performance.now()`. Default: the `timestamp` of a VideoFrame,
   * the `currentTime` of a video element; any other image counts as taken 1/30 s after the one before.
   */
  timestamp?: number
  /** Aborts the call: it rejects with the signal's reason. The tracker goes on with the next frame. Null is the same as none. */
  signal?: Global<'AbortSignal'> | null
}

/** What a tracker does beside finding faces. */
export interface ResolvedTracking {
  readonly searchEvery: number
  readonly keep: number
  readonly smooth: boolean
}

/** Options of a tracker, checked. */
export interface ResolvedTrackOptions {
  readonly detect: ResolvedOptions
  readonly tracking: ResolvedTracking
}

/** Options of one call of `Tracker.next`, checked. */
export interface ResolvedNextOptions {
  readonly timestamp: number | undefined
  readonly signal: AbortSignal | undefined
}

const TRACKING_DEFAULTS: ResolvedTracking = { searchEvery: 10, keep: 5, smooth: true }

const timestamp: Rule<number | undefined> = (value, name) => {
  return typeof value === 'number' && Number.isFinite(value)
    ? value
    : refuse(name, 'a finite number of milliseconds', value)
}

/**
 * Checks the options of a tracker.
 *
 * @throws MtcnnError INVALID_OPTION for a wrong type, a value out of range or an unknown name.
 * @example resolveTrackOptions(DEFAULT_OPTIONS, { keep: 3 }).tracking.searchEvery // 10
 */
export function resolveTrackOptions(base: ResolvedOptions, given?: unknown): ResolvedTrackOptions {
  if (given === undefined) return { detect: resolveOptions(base), tracking: TRACKING_DEFAULTS }
  return reading(() => {
    const rules: Rules<ResolvedOptions & ResolvedTracking> = {
      ...DETECT_RULES,
      searchEvery: whole(1, 1000),
      keep: whole(0, 1000),
      smooth: flag,
    }
    const { searchEvery, keep, smooth, ...detect } = merge(rules, { ...base, ...TRACKING_DEFAULTS }, given, '')
    return { detect, tracking: { searchEvery, keep, smooth } }
  })
}

/**
 * Checks the options of one call of `Tracker.next`.
 *
 * @throws MtcnnError INVALID_OPTION for a wrong type, a value out of range or an unknown name.
 * @example resolveNextOptions({ timestamp: 40 }).timestamp // 40
 */
export function resolveNextOptions(given: unknown = {}): ResolvedNextOptions {
  return reading(() => {
    const rules: Rules<ResolvedNextOptions> = { timestamp, signal: DETECT_RULES.signal }
    return merge<ResolvedNextOptions>(rules, { timestamp: undefined, signal: undefined }, given, '')
  })
}
