import { closeFrame, type FrameSource } from '../image/frame-source.ts'
import { DEFAULT_OPTIONS, type DetectOptions } from '../options/options.ts'
import { resolveOptions } from '../options/resolve.ts'
import type { AnyFace, Face, Faces } from '../shared/face.ts'
import { onAbort } from '../shared/on-abort.ts'

/** One answer of `stream` or `track`. */
export interface StreamedFaces<Frame, F extends AnyFace = Face> {
  faces: Faces<F>
  /** What they were found in. It is closed when the next one is asked for: to keep it, clone it. */
  frame: Frame
  /** Size of the frame, pixels. */
  width: number
  height: number
  /** From the moment the frame was there until its faces were known; without the wait for the frame. */
  milliseconds: number
}

interface Finder<Image, Options, F extends AnyFace> {
  detectFaces(image: Image, options?: Options): Promise<Faces<F> | null>
}

/**
 * Finds the faces in the newest frame, over and over, until the source ends, the signal is aborted, or nobody asks any more.
 *
 * @param open - Opens the source; called with the first frame that is asked for, so that what it throws comes as a rejection.
 */
export async function* streamFaces<Image, Frame extends Image, Options extends DetectOptions, F extends AnyFace>(
  detector: Finder<Image, Options, F>,
  open: () => FrameSource<Frame>,
  options?: Options,
): AsyncGenerator<StreamedFaces<Frame, F>, void, undefined> {
  const source = open()
  let signal: AbortSignal | undefined
  let release: (() => void) | undefined
  try {
    signal = resolveOptions(DEFAULT_OPTIONS, options).signal
    // Closing also ends a wait for a frame.
    release = onAbort(signal, () => source.close())
    while (!signal?.aborted) {
      const frame = await source.next()
      if (frame === undefined) return
      try {
        const start = performance.now()
        const faces = await detector.detectFaces(frame, options)
        const milliseconds = performance.now() - start
        if (faces) yield { faces, frame, width: faces.imageWidth, height: faces.imageHeight, milliseconds }
      } finally {
        if (!source.borrowed) closeFrame(frame)
      }
    }
  } catch (error) {
    // An abort is an end like any other.
    if (!signal?.aborted) throw error
  } finally {
    release?.()
    source.close()
  }
}
