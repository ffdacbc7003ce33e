import { describe, MtcnnError, tagOf } from '../../shared/errors.ts'
import { type FrameSource, type LiveSource, newestOf } from '../frame-source.ts'
import type { StreamFrame } from './drawn-frames.ts'
import { platformClass } from './genuine.ts'
import { videoFrames } from './video-frames.ts'

export type { StreamFrame } from './drawn-frames.ts'

/** What `stream` takes: a video element, a track of a camera or of a canvas, or a stream of frames, which it closes. */
export type StreamSource = LiveSource

interface TrackProcessor {
  readonly readable: ReadableStream<VideoFrame>
}
type TrackProcessorClass = new (settings: { track: MediaStreamTrack; maxBufferSize?: number }) => TrackProcessor

/**
 * The frames of a live source.
 *
 * @throws MtcnnError UNSUPPORTED_IMAGE for what is none, INVALID_IMAGE for a stream that is read elsewhere,
 * UNSUPPORTED_PLATFORM where it cannot be read here.
 */
export function framesOf(source: StreamSource): FrameSource<StreamFrame> {
  const frames = liveFramesOf(source)
  if (frames) return frames
  const wanted = 'a video element, a MediaStreamTrack, a MediaStream or a ReadableStream of VideoFrames'
  throw new MtcnnError('UNSUPPORTED_IMAGE', `stream takes ${wanted}; got ${describe(source)}${hintFor(source)}`)
}

/** The same; undefined for what is none. */
export function liveFramesOf(source: unknown): FrameSource<StreamFrame> | undefined {
  switch (platformClass(source)) {
    case 'HTMLVideoElement':
      return videoFrames(source as HTMLVideoElement)
    case 'MediaStreamTrack':
      return trackFrames(source as MediaStreamTrack)
    case 'MediaStream':
      return mediaStreamFrames(source as MediaStream)
    case 'ReadableStream':
      return readableFrames(source as ReadableStream<VideoFrame>)
  }
  return undefined
}

/** The line that makes it work, for what is often given instead. */
function hintFor(source: unknown): string {
  switch (tagOf(source)) {
    case 'Promise':
      return ': await it first'
    case 'HTMLCanvasElement':
      return ': pass canvas.captureStream()'
    case 'HTMLImageElement':
    case 'ImageBitmap':
    case 'ImageData':
    case 'VideoFrame':
    case 'Blob':
    case 'File':
      return ': for a single image call detectFaces(image)'
    case 'Array':
    case 'NodeList':
    case 'FileList':
      return ': for several images call detectAll(images)'
    case 'OffscreenCanvas':
    case 'AsyncGenerator':
      return ': for images that you make call detectFaces(image) in a loop of your own'
    default:
      return ''
  }
}

function readableFrames(stream: ReadableStream<VideoFrame>): FrameSource<VideoFrame> {
  if (stream.locked) throw new MtcnnError('INVALID_IMAGE', 'the ReadableStream is locked: it is read elsewhere already')
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

/** The first live track of video, and where it ends the next: a page may put in another camera. */
function mediaStreamFrames(stream: MediaStream): FrameSource<StreamFrame> {
  if (stream.getVideoTracks().length === 0) {
    throw new MtcnnError('UNSUPPORTED_IMAGE', 'the MediaStream has no video track')
  }
  let current: FrameSource<StreamFrame> | undefined
  let isClosed = false
  return {
    async next() {
      while (!isClosed) {
        const track = current ? undefined : stream.getVideoTracks().find(isLive)
        if (track) current = trackFrames(track)
        if (!current) return undefined
        const frame = await current.next()
        if (frame) return frame
        current.close()
        current = undefined
      }
      return undefined
    },
    close() {
      isClosed = true
      current?.close()
    },
  }
}

function isLive({ readyState }: MediaStreamTrack): boolean {
  return readyState === 'live'
}

function trackFrames(track: MediaStreamTrack): FrameSource<StreamFrame> {
  if (track.kind !== 'video') {
    throw new MtcnnError('UNSUPPORTED_IMAGE', `the track is one of ${track.kind}, not of video`)
  }
  if (!isLive(track)) return { next: async () => undefined, close() {} }
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
  const frames = videoFrames(video)
  let refusal: unknown
  video.play().catch((cause) => {
    refusal = cause
    frames.close()
  })
  return {
    async next() {
      const frame = await frames.next()
      if (frame || refusal === undefined || !isLive(track)) return frame
      const message = 'the browser does not play the track: play it in a video element of the page, and pass that'
      throw new MtcnnError('UNSUPPORTED_PLATFORM', message, { cause: refusal })
    },
    close() {
      frames.close()
      video.srcObject = null
    },
  }
}
