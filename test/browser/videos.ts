/**
 * Live pictures: canvases that are drawn again and again, as tracks and as recorded clips.
 */
import { onTestFinished } from 'vitest'

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
  const timer = setInterval(() => context.drawImage(picture, 0, 0), 20)
  const [track] = live.captureStream(30).getVideoTracks()
  onTestFinished(() => {
    clearInterval(timer)
    track!.stop()
  })
  context.drawImage(picture, 0, 0)
  return track!
}

/** A muted video that shows a stream; it plays. */
export async function showing(stream: MediaStream): Promise<HTMLVideoElement> {
  const video = Object.assign(document.createElement('video'), { muted: true, srcObject: stream })
  await video.play()
  return video
}

/** The file of a clip of the canvas, recorded while it is drawn so many times. */
export async function clipOf(canvas: HTMLCanvasElement, frames = 30): Promise<Blob> {
  const stream = canvas.captureStream(30)
  const recorder = new MediaRecorder(stream, { mimeType: 'video/webm;codecs=vp8', videoBitsPerSecond: 8e6 })
  const parts: Blob[] = []
  recorder.ondataavailable = ({ data }) => parts.push(data)
  const stopped = new Promise((resolve) => {
    recorder.onstop = resolve
  })
  recorder.start()
  const context = canvas.getContext('2d')!
  for (let n = 0; n < frames; n++) {
    context.drawImage(canvas, 0, 0)
    await animationFrames(2)
  }
  recorder.stop()
  await stopped
  for (const track of stream.getTracks()) track.stop()
  return new Blob(parts, { type: 'video/webm' })
}

/** A short clip of the canvas in a muted element that shows its first frame. */
export async function videoOf(canvas: HTMLCanvasElement, frames = 30): Promise<HTMLVideoElement> {
  const video = document.createElement('video')
  video.muted = true
  video.src = URL.createObjectURL(await clipOf(canvas, frames))
  const shown = new Promise((resolve) => video.requestVideoFrameCallback(resolve))
  await new Promise((resolve, reject) => {
    video.onloadeddata = resolve
    video.onerror = reject
  })
  await shown
  return video
}
