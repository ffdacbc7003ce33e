import { framesOf, type StreamFrame, type StreamSource } from '../image/browser/live-source.ts'
import type { ImageInput } from '../image/browser/reader.ts'
import type { DetectOptions } from '../options/options.ts'
import { bound } from '../shared/bound.ts'
import type { FaceOf, Stages } from '../shared/face.ts'
import { Detector } from './detector.ts'
import { stateOf } from './run.ts'
import { type StreamedFaces, streamFaces } from './stream.ts'

/** A detector in a browser: it takes images of the web, and live video. */
export abstract class BrowserDetector<out S extends Stages = 'full'> extends Detector<ImageInput, never, S> {
  /**
   * Finds the faces in live video: always in the newest frame. Frames that pass while it works are dropped.
   *
   * Ends when the video, its track or the stream ends, when the video is taken out of the page or loses its source, with
   * `break`, and when `options.signal` is aborted, which is no error here. Waits while the video is paused, and goes on when
   * its source is replaced.
   *
   * @param source - A video element with a source, a track, or a stream of frames, which are closed. It is opened when the
   * first frame is asked for; a wrong source is a rejection then.
   * @throws MtcnnError UNSUPPORTED_IMAGE for other sources; otherwise as `detectFaces`.
   * @example for await (const { faces, frame } of detector.stream(video)) draw(frame, faces)
   */
  stream<T extends Stages = S>(
    source: StreamSource,
    options?: DetectOptions<T>,
  ): AsyncGenerator<StreamedFaces<StreamFrame, FaceOf<T>>, void, undefined> {
    stateOf(this)
    return bound(
      streamFaces<ImageInput, StreamFrame, DetectOptions<T>, FaceOf<T>>(this, () => framesOf(source), options),
    )
  }
}
