import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { MTCNN, type StreamFrame, type StreamSource } from '../../src/index.ts'
import { canvasWith, HEIGHT, videoOf, WIDTH } from './pixels.ts'

let detector: MTCNN
let canvas: HTMLCanvasElement
beforeAll(async () => {
  detector = await MTCNN.create()
  canvas = await canvasWith('faces.png')
})
afterAll(() => detector.dispose())

const pause = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds))

/** A canvas that is drawn anew again and again, as a track. */
function liveTrack(): MediaStreamTrack {
  const live = Object.assign(document.createElement('canvas'), { width: WIDTH, height: HEIGHT })
  const context = live.getContext('2d')!
  const timer = setInterval(() => context.drawImage(canvas, 0, 0), 20)
  const [track] = live.captureStream(30).getVideoTracks()
  onTestFinished(() => {
    clearInterval(timer)
    track!.stop()
  })
  context.drawImage(canvas, 0, 0)
  return track!
}

async function playing(): Promise<HTMLVideoElement> {
  const video = await videoOf(canvas, 1)
  await video.play()
  return video
}

/** Frames as a decoder would give them: many more than can be worked at. */
function frames(count: number, every = 5) {
  const made: VideoFrame[] = []
  let cancelled = false
  const stream = new ReadableStream<VideoFrame>({
    async pull(controller) {
      await pause(every)
      if (made.length === count) return controller.close()
      const frame = new VideoFrame(canvas, { timestamp: made.length })
      made.push(frame)
      controller.enqueue(frame)
    },
    cancel() {
      cancelled = true
    },
  })
  return { stream, made, cancelled: () => cancelled }
}

const isClosed = (frame: VideoFrame) => frame.codedWidth === 0

const SOURCES: [string, () => StreamSource | Promise<StreamSource>][] = [
  ['a video element', playing],
  ['a track', liveTrack],
  ['a MediaStream', () => new MediaStream([liveTrack()])],
  ['a stream of frames', () => frames(1000).stream],
]

describe('stream', () => {
  it.each(SOURCES)('%s: faces of frame after frame, until break', async (_, make) => {
    const source = await make()
    const seen: StreamFrame[] = []
    const times: number[] = []
    for await (const { faces, frame, width, height } of detector.stream(source)) {
      expect([width, height]).toEqual([WIDTH, HEIGHT])
      expect(faces).toHaveLength(3)
      expect(frame).toBeInstanceOf(VideoFrame)
      seen.push(frame)
      times.push((frame as VideoFrame).timestamp)
      if (seen.length === 4) break
    }
    expect(seen.every((frame) => isClosed(frame as VideoFrame))).toBe(true)
    expect(times).toEqual([...new Set(times)].sort((a, b) => a - b))
  })

  it.each(SOURCES)('%s: an abort ends it without an error', async (_, make) => {
    const source = await make()
    const controller = new AbortController()
    let count = 0
    for await (const { faces } of detector.stream(source, { signal: controller.signal })) {
      expect(faces).toHaveLength(3)
      // While the second is waited for or worked at.
      if (count++ === 0) setTimeout(() => controller.abort(), 20)
    }
    expect(controller.signal.aborted).toBe(true)
    expect(count).toBeGreaterThan(0)
  })

  it('ends with the video', async () => {
    const video = await playing()
    let count = 0
    for await (const _ of detector.stream(video)) count++
    expect(video.ended).toBe(true)
    expect(count).toBeGreaterThan(1)
  })

  it('ends with the track, which stays the caller’s', async () => {
    const track = liveTrack()
    let count = 0
    for await (const _ of detector.stream(track)) if (++count === 2) track.stop()
    expect(count).toBeGreaterThanOrEqual(2)
    const other = liveTrack()
    for await (const _ of detector.stream(other)) break
    expect(other.readyState).toBe('live')
  })

  it('ends with the stream, after its last frame; closes every frame; skips those it has no time for', async () => {
    const { stream, made } = frames(40)
    const timestamps: number[] = []
    for await (const { frame } of detector.stream(stream)) {
      timestamps.push((frame as VideoFrame).timestamp)
      await pause(30)
    }
    expect(timestamps.at(-1)).toBe(39)
    expect(timestamps.length).toBeLessThan(30)
    expect(made.every(isClosed)).toBe(true)
  })

  it('break cancels the stream and closes what is on its way', async () => {
    const { stream, made, cancelled } = frames(1000, 1)
    for await (const _ of detector.stream(stream)) {
      await pause(30)
      break
    }
    await pause(20)
    expect(cancelled()).toBe(true)
    // All but what lay in the stream's own queue, which is not ours.
    expect(made.slice(0, -2).every(isClosed)).toBe(true)
  })

  it.each(['before', 'after'])(
    'a paused video, streamed %s it is loaded, gives the frame it shows, and waits',
    async (when) => {
      const loaded = await videoOf(canvas, 0.5)
      const fresh = Object.assign(document.createElement('video'), { muted: true, src: loaded.src })
      const video = when === 'before' ? fresh : loaded
      const controller = new AbortController()
      const stream = detector.stream(video, { signal: controller.signal })
      expect((await stream.next()).value).toMatchObject({ width: WIDTH })
      const second = stream.next()
      expect(await Promise.race([second, pause(200).then(() => 'waits')])).toBe('waits')
      controller.abort()
      expect((await second).done).toBe(true)
    },
  )

  it('tracks are played where they cannot be read', async () => {
    const scope = globalThis as { MediaStreamTrackProcessor?: unknown }
    const processor = scope.MediaStreamTrackProcessor
    delete scope.MediaStreamTrackProcessor
    onTestFinished(() => {
      scope.MediaStreamTrackProcessor = processor
    })
    const track = liveTrack()
    let count = 0
    for await (const { faces } of detector.stream(track)) {
      expect(faces).toHaveLength(3)
      if (++count === 3) break
    }
    expect(track.readyState).toBe('live')
  })

  it.each<[string, unknown]>([
    ['an image', new Image()],
    ['a MediaStream without video', new MediaStream()],
    ['nothing', undefined],
  ])('refuses %s', (_, source) => {
    expect(() => detector.stream(source as StreamSource)).toThrow(
      expect.objectContaining({ code: 'UNSUPPORTED_IMAGE' }),
    )
  })
})
