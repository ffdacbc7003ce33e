import { roiIn } from '../options/resolve.ts'
import { type NextOptions, type ResolvedTrackOptions, resolveNextOptions } from '../options/track.ts'
import { abortable } from '../shared/abortable.ts'
import { MtcnnError, tagOf } from '../shared/errors.ts'
import { type Faces, measuredIn, type Stages } from '../shared/face.ts'
import { abortWith } from '../shared/on-abort.ts'
import type { TrackedFaceOf } from '../shared/tracked-face.ts'
import type { Tracks } from '../tracking/tracks.ts'
import { toFaces } from './format.ts'
import { checkAlive, perform, type State } from './run.ts'
import { Using } from './using.ts'

/** Milliseconds between two frames that do not say when they were taken. */
const FRAME_MS = 1000 / 30
/**
 * Clocks of videos are not those of their frames: a step may be far shorter than the time between two frames, and speeds would
 * be endless.
 */
const LEAST_STEP_MS = 1000 / 120

/** What a tracker works with, and how far it has come. */
interface TrackerState<Image> {
  readonly detector: State<Image>
  readonly options: ResolvedTrackOptions
  tracks: Promise<Tracks> | undefined
  /** Settled when all calls made so far are over. */
  queue: Promise<unknown>
  /** How many calls of `next` were made, and how many of them are over. */
  calls: number
  over: number
  /** When the last frame was taken: in seconds that always go on; and what the caller or the frame said. */
  time: number
  timestamp: number | undefined
  disposed: boolean
}

/**
 * Follows faces from frame to frame. Made by `detector.tracker(options)`.
 *
 * Each tracker follows the faces of one video; a detector may have several. Calls of `next` may overlap: they are done in the order in
 * which they were made.
 */
export class Tracker<Image, Skipped extends null = never, out S extends Stages = 'full'> extends Using {
  /**
   * Not in private fields, and behind a function, as that of a detector.
   *
   * @internal
   */
  readonly state: () => TrackerState<Image>

  /** @internal */
  constructor(detector: State<Image>, options: ResolvedTrackOptions) {
    super()
    const state: TrackerState<Image> = {
      detector,
      options,
      tracks: undefined,
      queue: Promise.resolve(),
      calls: 0,
      over: 0,
      time: 0,
      timestamp: undefined,
      disposed: false,
    }
    this.state = () => state
  }

  /** As objects of the platform have one: what has a tag of its own, Vue leaves as it is. */
  get [Symbol.toStringTag](): string {
    return 'Tracker'
  }

  /**
   * Finds the faces in the next frame, and says which they are.
   *
   * @param image - As `detectFaces` takes it; left unchanged; do not write to it before the answer.
   * @returns Faces by descending confidence, in pixels of the image. Those with a `seen` over 0 are not seen in this frame. With a pool of
   * policy `'latest'`, null for a frame that was skipped.
   * @throws As `detectFaces`; DISPOSED also once the tracker is disposed of. The tracker goes on as if the frame had not been.
   * @example for (const { id, box } of await tracker.next(frame)) draw(box, `face ${id}`)
   */
  async next(image: Image, options?: NextOptions): Promise<Faces<TrackedFaceOf<S>> | Skipped> {
    const state = this.state()
    const { timestamp, signal } = resolveNextOptions(options)
    const { schedule } = state.detector
    checkAlive(state.detector)
    if (state.disposed) throw new MtcnnError('DISPOSED', 'this tracker was disposed of: make another one')
    const release = schedule.hold()
    const waits = state.over < state.calls
    const call = ++state.calls
    const given = [signal, state.options.detect.signal].filter((one) => one !== undefined)
    const controller = given.length > 0 ? new AbortController() : undefined
    const disconnects = given.map((one) => abortWith(controller!, one))
    const before = state.queue
    let over = () => {}
    const done = new Promise<void>((resolve) => {
      over = resolve
    })
    state.queue = before.then(() => done)
    try {
      await abortable(before, controller?.signal)
      // A newer frame waits.
      if (waits && schedule.dropsStale && call < state.calls) return null as Skipped
      return await followFaces<Image, Skipped, S>(state, image, timestamp, controller?.signal)
    } finally {
      over()
      state.over++
      release()
      for (const disconnect of disconnects) disconnect()
    }
  }

  /** Forgets all faces, once the calls made before are answered: what comes next is another video. Numbers are still not used again. */
  reset(): void {
    const state = this.state()
    state.queue = state.queue.then(async () => {
      const tracks = await state.tracks
      tracks?.reset()
      state.timestamp = undefined
    })
  }

  /** Later calls of `next` are refused. The detector stays. */
  dispose(): void {
    this.state().disposed = true
  }
}

async function followFaces<Image, Skipped extends null, S extends Stages>(
  state: TrackerState<Image>,
  image: Image,
  given: number | undefined,
  signal: AbortSignal | undefined,
): Promise<Faces<TrackedFaceOf<S>> | Skipped> {
  const { detector, options } = state
  const detect = { ...options.detect, signal }
  const tracks = await tracksOf(state)
  const timestamp = given ?? timestampOf(image)
  const step = (timestamp ?? Number.NaN) - (state.timestamp ?? Number.NaN)
  // A clock that stands or goes back says nothing.
  const time = state.time + (step > 0 ? Math.max(step, LEAST_STEP_MS) : FRAME_MS) / 1000
  const answer = await perform(detector, image, detect, async (engine, pixels, wanted) => {
    const { width, height } = pixels
    const frame = { width, height, time }
    const inside = { ...detect, signal: wanted, roi: roiIn(detect.roi, width, height) }
    return { frame, outcome: await engine.follow(pixels, inside, tracks.plan(frame)) }
  })
  if (answer === null) return null as Skipped
  const { frame, outcome } = answer
  state.time = time
  state.timestamp = timestamp
  const followed = tracks.update(frame, outcome).sort((a, b) => b.confidence - a.confidence)
  const detections = followed.map(({ shape, confidence }) => ({ ...shape, confidence }))
  const faces = toFaces(detections, frame, { ...detect, roi: null, maxFaces: Number.POSITIVE_INFINITY })
  const tracked = faces.map((face, n) => {
    const { id, age, seen } = followed[n]!
    return { ...face, id, age, seen } as TrackedFaceOf<S>
  })
  return measuredIn(tracked, frame)
}

/** What follows the faces: loaded with the first frame, and once more where that has failed. */
function tracksOf(state: TrackerState<unknown>): Promise<Tracks> {
  const { detector, options } = state
  state.tracks ??= detector.platform.tracking().then(
    ({ Tracks }) => new Tracks(options.tracking, options.detect.maxFaces),
    (error) => {
      state.tracks = undefined
      throw error
    },
  )
  return state.tracks
}

/** When a frame of the web was taken, milliseconds. */
function timestampOf(image: unknown): number | undefined {
  const { timestamp, currentTime } = Object(image) as { timestamp?: unknown; currentTime?: unknown }
  switch (tagOf(image)) {
    case 'VideoFrame':
      return typeof timestamp === 'number' ? timestamp / 1000 : undefined
    case 'HTMLVideoElement':
      return typeof currentTime === 'number' ? 1000 * currentTime : undefined
  }
  return undefined
}

/** When a frame of live video was taken; now, where it does not say so. */
export function liveTimeOf(frame: unknown): NextOptions {
  return { timestamp: timestampOf(frame) ?? performance.now() }
}
