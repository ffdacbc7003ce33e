/**
 * Frames for browsers without frames that tell how they are turned: a video that was taken upright would lie on its side.
 * Loaded where `stream` needs it.
 */
import type { LiveFrame } from '../frame-source.ts'
import { contextOf } from './canvas.ts'

/** A frame as `stream` hands it out; where the browser has no VideoFrame, an ImageBitmap. */
export type StreamFrame = LiveFrame

type Context = ReturnType<typeof contextOf>

/** A frame that was drawn, and how many the video had shown then; 0 where the browser does not count them. */
interface Drawn {
  readonly context: Context
  readonly count: number
}

export interface DrawnFrames {
  /** Throws where the video has no frame to show, or one that may not be read. */
  capture(): Promise<StreamFrame>
  /** Whether the frame captured last is the one captured before it. */
  isRepeat(): boolean
  /** The next frame is a new one: the video has another source. */
  forget(): void
}

/** Frames of a video as it shows them. Their timestamps are those of the video, in microseconds. */
export function drawnFrames(video: HTMLVideoElement): DrawnFrames {
  let last: Drawn | undefined
  let before: Drawn | undefined
  return {
    async capture(): Promise<StreamFrame> {
      const { videoWidth: width, videoHeight: height } = video
      // This one throws where there is none; a canvas would stay empty.
      if (typeof VideoFrame !== 'undefined') new VideoFrame(video).close()
      const isFree = before?.context.canvas.width === width && before.context.canvas.height === height
      const context = isFree ? before!.context : contextOf(width, height)
      context.drawImage(video, 0, 0, width, height)
      before = last
      last = { context, count: video.getVideoPlaybackQuality?.().totalVideoFrames ?? 0 }
      return typeof VideoFrame === 'undefined'
        ? createImageBitmap(context.canvas)
        : new VideoFrame(context.canvas, { timestamp: Math.round(video.currentTime * 1e6) })
    },

    isRepeat(): boolean {
      if (!last || !before) return false
      if (last.count > 0 && before.count > 0) return last.count === before.count
      const [one, other] = [pixelsOf(last.context), pixelsOf(before.context)]
      return one.length === other.length && one.every((pixel, n) => pixel === other[n])
    },

    forget(): void {
      last = undefined
    },
  }
}

function pixelsOf(context: Context): Uint32Array {
  const { width, height } = context.canvas
  return new Uint32Array(context.getImageData(0, 0, width, height).data.buffer)
}
