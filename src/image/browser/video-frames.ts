import { MtcnnError } from '../../shared/errors.ts'
import type { FrameSource } from '../frame-source.ts'
import type { DrawnFrames, StreamFrame } from './drawn-frames.ts'
import { platformClass } from './genuine.ts'

/**
 * Milliseconds between two looks at a video that waits for a frame. A track that is stopped tells nobody, and the callback
 * for frames is not called where nothing is painted, as in a hidden tab.
 */
const CHECK_INTERVAL_MS = 250

/** The same for a browser without that callback, or once frames came without it. */
const FRAME_INTERVAL_MS = 30

/** Milliseconds in which a video that says it has a frame must give it. */
const CAPTURE_TIMEOUT_MS = 2000

/** Values of `networkState`. */
const NETWORK_EMPTY = 0
const NETWORK_NO_SOURCE = 3

/** The first value of `readyState` with which there is a frame to show. */
const HAVE_CURRENT_DATA = 2

/** What lets a video that waits go on or end. */
const EVENTS = ['ended', 'emptied', 'error', 'pause', 'loadeddata'] as const

/** Why the video is looked at: `next` was called, the browser told of a frame or an event, or the interval is over. */
type Change = 'call' | 'frame' | 'event' | 'timer'

/**
 * The frames a video shows, first the one that is shown already. A paused video is waited for, and one whose source is
 * replaced goes on with the new source. It is at its end where the video has ended, where the tracks it shows have, where it
 * has no source any more, and where it was taken out of the page.
 *
 * `next` throws MtcnnError INVALID_IMAGE for a video without a source or whose frames may not be read, DECODE_FAILED for
 * one that fails.
 */
export function videoFrames(video: HTMLVideoElement): FrameSource<StreamFrame> {
  let isClosed = false
  let isFirst = true
  let wasInPage = video.isConnected
  let wake: (change: Change) => void = () => {}
  let interval = typeof video.requestVideoFrameCallback === 'function' ? CHECK_INTERVAL_MS : FRAME_INTERVAL_MS
  let checksWithoutSource = 0
  /** Draws the frames where the browser's own do not tell how they are turned. */
  let drawing: DrawnFrames | undefined
  /** Of the last frame: the video's time, its own, and whether the browser told of it. */
  let shownTime = Number.NaN
  let shownTimestamp: number | undefined
  let wasTold = false
  /** When the browser first refused to give the frame that is due. */
  let refusedSince: number | undefined
  const onEvent = ({ type }: Event) => {
    if (type === 'emptied') forgetFrame()
    wake('event')
  }
  for (const name of EVENTS) video.addEventListener(name, onEvent)

  return {
    async next() {
      for (let change: Change = 'call'; !isClosed; change = await nextChange()) {
        checkState(change)
        if (isAtEnd()) return undefined
        const frame = isNew(change) ? await capture() : undefined
        if (!frame) continue
        if (isClosed || isRepeat(frame, change)) {
          frame.close()
          continue
        }
        isFirst = false
        shownTime = video.currentTime
        return frame
      }
      return undefined
    },
    close() {
      isClosed = true
      for (const name of EVENTS) video.removeEventListener(name, onEvent)
      wake('event')
    },
  }

  /** Waits for a frame, an event or the time of the next look. */
  function nextChange(): Promise<Change> {
    return new Promise((resolve) => {
      if (isClosed) return resolve('event')
      const timer = setTimeout(() => wake('timer'), refusedSince === undefined ? interval : FRAME_INTERVAL_MS)
      const callback = video.requestVideoFrameCallback?.(() => wake('frame'))
      wake = (change) => {
        clearTimeout(timer)
        if (callback !== undefined) video.cancelVideoFrameCallback(callback)
        resolve(change)
      }
    })
  }

  function checkState(change: Change): void {
    wasInPage ||= video.isConnected
    // A video whose frame was removed was stopped, and has not failed.
    if (video.error && !isGone(video)) {
      const message = `the video failed: ${video.error.message || `its error has the code ${video.error.code}`}`
      throw new MtcnnError('DECODE_FAILED', message, { cause: video.error })
    }
    const fault = isFirst && change === 'call' ? sourceFault(video) : undefined
    if (fault) throw new MtcnnError('INVALID_IMAGE', `the video ${fault}`)
    // For a moment every video is in this state while its source is chosen; one that stays so found none that it can play.
    const isWithout = video.networkState === NETWORK_NO_SOURCE && !isGone(video)
    checksWithoutSource = isWithout ? checksWithoutSource + Number(change === 'timer') : 0
    if (checksWithoutSource > 2) throw new MtcnnError('DECODE_FAILED', 'the video can play none of its sources')
  }

  function isAtEnd(): boolean {
    return (
      video.ended ||
      isGone(video) ||
      // A video that leaves the page is paused. One that never was in it is a source like any other.
      (wasInPage && !video.isConnected && video.paused) ||
      video.networkState === NETWORK_EMPTY ||
      tracksOf(video)?.every(({ readyState }) => readyState === 'ended') === true
    )
  }

  function isNew(change: Change): boolean {
    if (video.readyState < HAVE_CURRENT_DATA) return false
    return change === 'frame' || isFirst || refusedSince !== undefined || video.currentTime !== shownTime
  }

  /** Time goes on without new frames too, and the browser may tell of a frame that was found before. */
  function isRepeat(frame: StreamFrame, change: Change): boolean {
    const isTold = change === 'frame'
    const isSame = () => (drawing ? drawing.isRepeat() : (frame as VideoFrame).timestamp === shownTimestamp)
    const repeats = !(isTold && wasTold) && isSame()
    if (isTold) interval = CHECK_INTERVAL_MS
    else if (change === 'timer' && !repeats && !isFirst) interval = FRAME_INTERVAL_MS
    if ('timestamp' in frame) shownTimestamp = frame.timestamp
    wasTold = isTold
    return repeats
  }

  function forgetFrame(): void {
    shownTime = Number.NaN
    shownTimestamp = undefined
    drawing?.forget()
    refusedSince = undefined
  }

  /** The frame shown now; undefined where it is not there yet. */
  async function capture(): Promise<StreamFrame | undefined> {
    try {
      const isTurnKnown = typeof VideoFrame !== 'undefined' && 'rotation' in VideoFrame.prototype
      if (!isTurnKnown) drawing ??= (await import('./drawn-frames.ts')).drawnFrames(video)
      const frame = drawing ? await drawing.capture() : new VideoFrame(video)
      refusedSince = undefined
      return frame
    } catch (cause) {
      if ((cause as Error).name === 'SecurityError') {
        const hint = "set crossOrigin = 'anonymous' before its src, and have its server send CORS headers"
        const message = `the video is of another origin, so its frames may not be read: ${hint}`
        throw new MtcnnError('INVALID_IMAGE', message, { cause })
      }
      // The first frame is decoded a moment before it is shown; and the source may have been replaced just now.
      refusedSince ??= performance.now()
      if (video.readyState < HAVE_CURRENT_DATA || performance.now() - refusedSince < CAPTURE_TIMEOUT_MS)
        return undefined
      throw new MtcnnError('INVALID_IMAGE', 'the frames of the video cannot be read: has it a picture?', { cause })
    }
  }
}

/** What is wrong with a video that has nothing to show from the start. */
function sourceFault(video: HTMLVideoElement): string | undefined {
  const { srcObject, networkState } = video
  if (tracksOf(video)?.length === 0) return 'shows a MediaStream without a video track'
  const isEmpty = networkState === NETWORK_EMPTY && !srcObject && !video.hasAttribute('src')
  return isEmpty && !video.querySelector('source') ? 'has no source: set its src or srcObject first' : undefined
}

/** The tracks of video it shows, where it shows a MediaStream. */
function tracksOf({ srcObject }: HTMLVideoElement): MediaStreamTrack[] | undefined {
  return platformClass(srcObject) === 'MediaStream' ? (srcObject as MediaStream).getVideoTracks() : undefined
}

/** The document of a frame that was removed plays nothing. */
function isGone({ ownerDocument }: HTMLVideoElement): boolean {
  return ownerDocument.defaultView === null
}
