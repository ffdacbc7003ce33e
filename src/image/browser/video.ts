import { abortable } from '../../shared/abortable.ts'
import { MtcnnError } from '../../shared/errors.ts'
import type { Size } from '../../shared/face.ts'
import type { Pixels } from '../pixels.ts'
import { checkSize, ownPixels, readNow } from './canvas.ts'

/** How a frame has to be turned to be shown; newer than TypeScript's types. */
interface Turned {
  readonly rotation?: number
  readonly flip?: boolean
}

/** Milliseconds to wait until the first frame of a video, which is decoded already, is shown. */
const FIRST_FRAME_TIMEOUT_MS = 500

/** Four bytes a pixel as they lie in memory; alpha is ignored. */
const PACKED = { RGBA: 'rgb', RGBX: 'rgb', BGRA: 'bgr', BGRX: 'bgr' } as const

/**
 * Reads the picture a video shows now.
 *
 * @throws MtcnnError INVALID_IMAGE where it shows none, or one that may not be read; the reason of the signal.
 */
export async function readVideo(video: HTMLVideoElement, signal?: AbortSignal): Promise<Pixels> {
  const size = { width: video.videoWidth, height: video.videoHeight }
  if (video.readyState < 2 || size.width === 0) {
    const why = video.error ? `: ${video.error.message}` : "; wait for its event 'loadeddata'"
    throw new MtcnnError('INVALID_IMAGE', `the video has no frame to show${why}`, { cause: video.error ?? undefined })
  }
  const frame = await frameOf(video, signal)
  if (!frame) return drawn(video, size)
  try {
    return await readFrame(frame)
  } finally {
    frame.close()
  }
}

/** The frame a video shows, where the browser gives it; what is undefined can be drawn, or will tell why not. */
async function frameOf(video: HTMLVideoElement, signal: AbortSignal | undefined): Promise<VideoFrame | undefined> {
  // Frames that do not tell how they are turned would be read lying on their side.
  if (typeof VideoFrame === 'undefined' || !('rotation' in VideoFrame.prototype)) return undefined
  try {
    return new VideoFrame(video)
  } catch (error) {
    if ((error as Error).name !== 'InvalidStateError') return undefined
  }
  const isShown = await abortable(untilShown(video), signal)
  try {
    return isShown ? new VideoFrame(video) : undefined
  } catch {
    return undefined
  }
}

/** The first frame is decoded a moment before it is shown, and has no pixels until then. */
function untilShown(video: HTMLVideoElement): Promise<boolean> {
  return new Promise((resolve) => {
    if (!video.requestVideoFrameCallback) return resolve(false)
    const timer = setTimeout(() => {
      video.cancelVideoFrameCallback(callback)
      resolve(false)
    }, FIRST_FRAME_TIMEOUT_MS)
    const callback = video.requestVideoFrameCallback(() => {
      clearTimeout(timer)
      resolve(true)
    })
  })
}

function drawn(video: HTMLVideoElement, size: Size): Pixels {
  const pixels = readNow(video, size, 'the video')
  // What is not shown yet is drawn as nothing at all.
  for (let at = 3; at < pixels.data.length; at += 4) if (pixels.data[at] !== 0) return pixels
  throw new MtcnnError('INVALID_IMAGE', 'the video has no frame to show yet')
}

/**
 * Reads a frame as it is to be shown: by copying where it lies in memory as it is shown, else by drawing it. The frame stays open.
 *
 * @throws MtcnnError INVALID_IMAGE for one that is closed.
 */
export async function readFrame(frame: VideoFrame): Promise<Pixels> {
  if (frame.codedWidth === 0) throw new MtcnnError('INVALID_IMAGE', 'the VideoFrame is closed')
  const size = { width: frame.displayWidth, height: frame.displayHeight }
  checkSize(size, 'the VideoFrame')
  return (await copied(frame)) ?? readNow(frame, size, 'the VideoFrame')
}

async function copied(frame: VideoFrame): Promise<Pixels | undefined> {
  const { displayWidth: width, displayHeight: height, visibleRect, format } = frame
  const { rotation = 0, flip = false } = frame as Turned
  if (rotation !== 0 || flip || visibleRect?.width !== width || visibleRect.height !== height) return undefined
  try {
    const packed = format !== null && format in PACKED
    const options = packed ? {} : ({ format: 'RGBA', colorSpace: 'srgb' } as VideoFrameCopyToOptions)
    // Browsers that cannot convert say so here, or name the size of what they would write instead.
    if (frame.allocationSize(options) !== width * height * 4) return undefined
    const data = new Uint8Array(width * height * 4)
    await frame.copyTo(data, options)
    return ownPixels(data, { width, height }, packed ? PACKED[format as keyof typeof PACKED] : 'rgb')
  } catch {
    return undefined
  }
}
