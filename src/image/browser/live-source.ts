import { describe, MtcnnError, tagOf } from '../../shared/errors.ts'
import { type FrameSource, newestOf } from '../frame-source.ts'
import { shown } from './video.ts'

/** What `stream` takes: a video element, a track of a camera or of a canvas, or a stream of frames, which it closes. */
export type StreamSource = HTMLVideoElement | MediaStreamTrack | MediaStream | ReadableStream<VideoFrame>

/** A frame as `stream` hands it out; where the browser has no VideoFrame, an ImageBitmap. */
export type StreamFrame = VideoFrame | ImageBitmap

interface TrackProcessor {
  readonly readable: ReadableStream<VideoFrame>
}
type TrackProcessorClass = new (settings: { track: MediaStreamTrack; maxBufferSize?: number }) => TrackProcessor

/**
 * The frames of a live source.
 *
 * @throws MtcnnError UNSUPPORTED_IMAGE for what is none.
 */
export function framesOf(source: StreamSource): FrameSource<StreamFrame> {
  const tag = tagOf(source)
  // Those of a canvas or a shared screen are named CanvasCaptureMediaStreamTrack and the like.
  if (tag.endsWith('MediaStreamTrack')) return trackFrames(source as MediaStreamTrack)
  switch (tag) {
    case 'HTMLVideoElement':
      return videoFrames(source as HTMLVideoElement)
    case 'MediaStream': {
      const [track] = (source as MediaStream).getVideoTracks()
      if (track) return trackFrames(track)
      throw new MtcnnError('UNSUPPORTED_IMAGE', 'the MediaStream has no video track')
    }
    case 'ReadableStream':
      return readableFrames(source as ReadableStream<VideoFrame>)
  }
  const wanted = 'a video element, a MediaStreamTrack, a MediaStream or a ReadableStream of VideoFrames'
  throw new MtcnnError('UNSUPPORTED_IMAGE', `stream takes ${wanted}; got ${describe(source)}`)
}

function readableFrames(stream: ReadableStream<VideoFrame>): FrameSource<VideoFrame> {
  const reader = stream.getReader()
  return newestOf<VideoFrame>({
    [Symbol.asyncIterator]: () => ({
      next: () => reader.read() as Promise<IteratorResult<VideoFrame>>,
      // Unlike the stream's own iterator, this does not wait for a frame that may never come.
      return: async () => {
        await reader.cancel()
        return { done: true, value: undefined }
      },
    }),
  })
}

function trackFrames(track: MediaStreamTrack): FrameSource<StreamFrame> {
  if (track.kind !== 'video')
    throw new MtcnnError('UNSUPPORTED_IMAGE', `the track is one of ${track.kind}, not of video`)
  const { MediaStreamTrackProcessor } = globalThis as { MediaStreamTrackProcessor?: TrackProcessorClass }
  if (MediaStreamTrackProcessor) {
    return readableFrames(new MediaStreamTrackProcessor({ track, maxBufferSize: 1 }).readable)
  }
  if (typeof document === 'undefined') {
    throw new MtcnnError('UNSUPPORTED_PLATFORM', 'this browser cannot read tracks in a worker: read them in the page')
  }
  return playedFrames(track)
}

/** Where tracks cannot be read, a video that nobody sees can play them. */
function playedFrames(track: MediaStreamTrack): FrameSource<StreamFrame> {
  const video = document.createElement('video')
  video.muted = true
  video.playsInline = true
  video.srcObject = new MediaStream([track])
  video.play().catch(() => undefined)
  const frames = videoFrames(video)
  const end = () => video.dispatchEvent(new Event('ended'))
  track.addEventListener('ended', end, { once: true })
  return {
    next: () => frames.next(),
    close() {
      track.removeEventListener('ended', end)
      frames.close()
      video.srcObject = null
    },
  }
}

/** The frames a video shows; a paused one is waited for, an ended or emptied one is at its end. */
function videoFrames(video: HTMLVideoElement): FrameSource<StreamFrame> {
  let over = video.ended
  let first = true
  let callback = 0
  let wake: () => void = () => {}
  const end = () => {
    over = true
    wake()
  }
  const endings = ['ended', 'emptied', 'error'] as const
  for (const name of endings) video.addEventListener(name, end)

  return {
    async next() {
      // The frame that is shown already is as good as a new one.
      if (!(first && video.readyState >= 2)) await newFrame()
      first = false
      if (video.error)
        throw new MtcnnError('DECODE_FAILED', `the video failed: ${video.error.message}`, { cause: video.error })
      if (over) return undefined
      return capture(video)
    },
    close() {
      for (const name of endings) video.removeEventListener(name, end)
      video.cancelVideoFrameCallback?.(callback)
      end()
    },
  }

  function newFrame(): Promise<void> {
    return new Promise((resolve) => {
      wake = resolve
      if (over) return resolve()
      // A paused video may have shown its only frame before it says that it has one.
      if (first) video.addEventListener('loadeddata', () => resolve(), { once: true })
      if (video.requestVideoFrameCallback) callback = video.requestVideoFrameCallback(() => resolve())
      else requestAnimationFrame(() => resolve())
    })
  }
}

async function capture(video: HTMLVideoElement): Promise<StreamFrame> {
  try {
    if (typeof VideoFrame === 'undefined') return await createImageBitmap(video)
    try {
      return new VideoFrame(video)
    } catch {
      await shown(video)
      return new VideoFrame(video)
    }
  } catch (cause) {
    throw new MtcnnError('INVALID_IMAGE', 'the frame of the video could not be read: is it of another origin?', {
      cause,
    })
  }
}
