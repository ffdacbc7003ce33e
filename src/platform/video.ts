import { MtcnnError } from '../errors.ts'
import type { Pixels } from '../image.ts'
import { checkSize, ownPixels, readNow, unreadable } from './canvas.ts'

/** Newer than the types: how a frame has to be turned to be shown. */
interface Turned {
  readonly rotation?: number
  readonly flip?: boolean
}

/** Four bytes a pixel as they lie in memory; alpha is ignored. */
const PACKED = { RGBA: 'rgb', RGBX: 'rgb', BGRA: 'bgr', BGRX: 'bgr' } as const

/**
 * Reads the picture a video shows now.
 *
 * @throws MtcnnError INVALID_IMAGE where it shows none, or one that may not be read.
 */
export async function readVideo(video: HTMLVideoElement): Promise<Pixels> {
  const size = { width: video.videoWidth, height: video.videoHeight }
  if (video.readyState < 2 || size.width === 0) {
    const why = video.error ? `: ${video.error.message}` : '; wait for its event loadeddata'
    throw new MtcnnError('INVALID_IMAGE', `the video has no frame to show${why}`, { cause: video.error ?? undefined })
  }
  // Frames that do not tell how they are turned would be read lying on their side.
  if (typeof VideoFrame === 'undefined' || !('rotation' in VideoFrame.prototype))
    return readNow(video, size, 'the video')
  let frame: VideoFrame
  try {
    frame = new VideoFrame(video)
  } catch (cause) {
    throw unreadable('the video', size, cause)
  }
  try {
    return await readFrame(frame)
  } finally {
    frame.close()
  }
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
