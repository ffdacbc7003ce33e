import type { FrameSource } from '../image/frame-source.ts'
import type { DetectOptions } from '../options/options.ts'
import { resolveTrackOptions, type TrackOptions } from '../options/track.ts'
import type { Stages } from '../shared/face.ts'
import type { TrackedFaceOf } from '../shared/tracked-face.ts'
import type { State } from './run.ts'
import { type StreamedFaces, streamFaces } from './stream.ts'
import { liveTimeOf, Tracker } from './tracker.ts'

/** What `track` does: follows the faces through the frames of a source. */
export async function* trackFaces<Image, Frame extends Image, S extends Stages>(
  detector: State<Image>,
  given: unknown,
  options?: TrackOptions<S>,
): AsyncGenerator<StreamedFaces<Frame, TrackedFaceOf<S>>, void, undefined> {
  const resolved = resolveTrackOptions(detector.defaults, options)
  const tracker = new Tracker<Image, null, S>(detector, resolved)
  const { platform } = detector
  const live = platform.liveFrames(given)
  const source = (live ?? (await platform.tracking()).everyOf(given)) as FrameSource<Frame>
  const finder = {
    detectFaces: (frame: Frame) => tracker.next(frame, live ? liveTimeOf(frame) : undefined),
  }
  const { signal = null } = resolved.detect
  yield* streamFaces<Frame, Frame, DetectOptions, TrackedFaceOf<S>>(finder, () => source, { signal })
}
