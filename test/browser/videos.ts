/**
 * Pictures that move: canvases that are drawn again and again, as tracks, and video files.
 */
import { onTestFinished } from 'vitest'
import { blobOf } from './pixels.ts'

/** Waits until something is so; the time of the test is its limit. */
export async function until(isSo: () => boolean): Promise<void> {
  while (!isSo()) await animationFrames(1)
}

/** Lets the browser paint so many times. */
export async function animationFrames(count: number): Promise<void> {
  for (let n = 0; n < count; n++) await new Promise(requestAnimationFrame)
}

/** A canvas with a picture that is drawn anew every 20 ms, as a track; ends with the test. */
export function liveTrack(picture: HTMLCanvasElement): MediaStreamTrack {
  const { width, height } = picture
  const live = Object.assign(document.createElement('canvas'), { width, height })
  const context = live.getContext('2d')!
  let count = 0
  const draw = () => {
    context.drawImage(picture, 0, 0)
    // In a corner something moves: a browser may tell new frames by their pixels.
    context.fillStyle = count++ % 2 ? 'black' : 'white'
    context.fillRect(count % width, 0, 2, 2)
  }
  const timer = setInterval(draw, 20)
  const [track] = live.captureStream(30).getVideoTracks()
  onTestFinished(() => {
    clearInterval(timer)
    track!.stop()
  })
  draw()
  return track!
}

/** A muted video that shows a stream; it plays. */
export async function showing(stream: MediaStream): Promise<HTMLVideoElement> {
  const video = Object.assign(document.createElement('video'), { muted: true, srcObject: stream })
  await video.play()
  return video
}

/** A video file of the photograph. */
export const clipOf = (frames = 30): Promise<Blob> => blobOf(`clip-${frames}.webm`)

/** A short video in a muted element that shows its first frame. */
export async function videoOf(frames = 30): Promise<HTMLVideoElement> {
  const video = document.createElement('video')
  video.muted = true
  video.src = URL.createObjectURL(await clipOf(frames))
  const shown = new Promise((resolve) => video.requestVideoFrameCallback(resolve))
  await new Promise((resolve, reject) => {
    video.onloadeddata = resolve
    video.onerror = reject
  })
  await shown
  return video
}
