import { newestOf } from '../image/frame-source.ts'
import type { DetectOptions } from '../options/options.ts'
import { bound } from '../shared/bound.ts'
import type { FaceOf, Stages } from '../shared/face.ts'
import { Detector } from './detector.ts'
import type { ImageInput } from './platform.node.ts'
import { stateOf } from './run.ts'
import { type StreamedFaces, streamFaces } from './stream.ts'

/** What `stream` takes: live images, such as those of a camera or of a video decoder. */
export type StreamSource<Frame extends ImageInput = ImageInput> = AsyncIterable<Frame>

/** A detector in Node: it takes raw pixels, image files, and live images. */
export abstract class NodeDetector<out S extends Stages = 'full'> extends Detector<ImageInput, never, S> {
  /**
   * Finds the faces in live images: always in the newest one. Images that arrive while it works are dropped.
   *
   * Ends when the source ends, with `break`, and when `options.signal` is aborted, which is no error here.
   *
   * @param source - Anything that can be iterated with `for await`, such as the frames of a camera.
   * @throws MtcnnError UNSUPPORTED_IMAGE for other sources; otherwise as `detectFaces`.
   * @example for await (const { faces, frame } of detector.stream(camera)) draw(frame, faces)
   */
  stream<Frame extends ImageInput, T extends Stages = S>(
    source: StreamSource<Frame>,
    options?: DetectOptions<T>,
  ): AsyncGenerator<StreamedFaces<Frame, FaceOf<T>>, void, undefined> {
    stateOf(this)
    return bound(streamFaces<ImageInput, Frame, DetectOptions<T>, FaceOf<T>>(this, () => newestOf(source), options))
  }
}
