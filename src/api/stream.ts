import { closeFrame, type FrameSource } from '../image/frame-source.ts'
import { DEFAULT_OPTIONS, type DetectOptions } from '../options/options.ts'
import { resolveOptions } from '../options/resolve.ts'
import type { Faces } from '../shared/face.ts'
import { onAbort } from '../shared/on-abort.ts'

/** One answer of `stream`. */
export interface StreamedFaces<Frame> {
  faces: Faces
  /** What they were found in. It is closed when the next one is asked for: to keep it, clone it. */
  frame: Frame
  /** Size of the frame, pixels. */
  width: number
  height: number
}

interface Finder<Image> {
  detectFaces(image: Image, options?: DetectOptions): Promise<Faces | null>
}

/** Finds the faces in the newest frame, over and over, until the source ends, the signal says so, or nobody asks any more. */
export async function* streamFaces<Image, Frame extends Image>(
  detector: Finder<Image>,
  source: FrameSource<Frame>,
  options?: DetectOptions,
): AsyncGenerator<StreamedFaces<Frame>, void, undefined> {
  let signal: AbortSignal | undefined
  let release: (() => void) | undefined
  try {
    signal = resolveOptions(DEFAULT_OPTIONS, options).signal
    // Closing also wakes one that waits for a frame.
    release = onAbort(signal, () => source.close())
    while (!signal?.aborted) {
      const frame = await source.next()
      if (frame === undefined) return
      try {
        const faces = await detector.detectFaces(frame, options)
        if (faces) yield { faces, frame, width: faces.imageWidth, height: faces.imageHeight }
      } finally {
        closeFrame(frame)
      }
    }
  } catch (error) {
    // Stopping is no failure.
    if (!signal?.aborted) throw error
  } finally {
    release?.()
    source.close()
  }
}
