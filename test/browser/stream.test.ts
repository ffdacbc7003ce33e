import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { MTCNN, type StreamFrame, type StreamSource } from '../../src/index.ts'
import { nextTask } from '../../src/shared/next-task.ts'
import { rejection } from '../helpers/refusal.ts'
import { canvasWith, HEIGHT, WIDTH } from './pixels.ts'
import { animationFrames, clipOf, liveTrack, showing, until, videoOf } from './videos.ts'

let detector: MTCNN
let canvas: HTMLCanvasElement
let clip: string
beforeAll(async () => {
  detector = await MTCNN.create()
  canvas = await canvasWith('faces.png')
  clip = URL.createObjectURL(await clipOf())
})
afterAll(() => detector.dispose())

async function playing(): Promise<HTMLVideoElement> {
  const video = Object.assign(document.createElement('video'), { muted: true, src: clip })
  await video.play()
  return video
}

const live = () => new MediaStream([liveTrack(canvas)])
const camera = async () => {
  const stream = await navigator.mediaDevices.getUserMedia({ video: { width: 320, height: 240 } })
  onTestFinished(() => stop(stream))
  return stream
}

/** As a page stops a camera: nobody is told of it. */
function stop(stream: MediaStream): void {
  for (const track of stream.getTracks()) track.stop()
}

function inPage<T extends HTMLElement>(element: T): T {
  document.body.append(element)
  onTestFinished(() => element.remove())
  return element
}

/** Frames as a decoder would give them: many more than can be worked at. */
function frames(count: number) {
  const made: VideoFrame[] = []
  let isCancelled = false
  const stream = new ReadableStream<VideoFrame>({
    async pull(controller) {
      await nextTask()
      if (made.length === count) return controller.close()
      const frame = new VideoFrame(canvas, { timestamp: made.length })
      made.push(frame)
      controller.enqueue(frame)
    },
    cancel() {
      isCancelled = true
    },
  })
  return { stream, made, isCancelled: () => isCancelled }
}

/** A second of silence. */
function soundFile(): Blob {
  const samples = 8000
  const file = new DataView(new ArrayBuffer(44 + samples))
  const text = (at: number, letters: string) => {
    for (let n = 0; n < letters.length; n++) file.setUint8(at + n, letters.charCodeAt(n))
  }
  text(0, 'RIFF')
  file.setUint32(4, 36 + samples, true)
  text(8, 'WAVEfmt ')
  file.setUint32(16, 16, true)
  // PCM, one channel, 8000 samples a second, 8000 bytes a second, one byte each, 8 bits.
  for (const [n, value] of [1, 1].entries()) file.setUint16(20 + 2 * n, value, true)
  for (const [n, value] of [samples, samples].entries()) file.setUint32(24 + 4 * n, value, true)
  for (const [n, value] of [1, 8].entries()) file.setUint16(32 + 2 * n, value, true)
  text(36, 'data')
  file.setUint32(40, samples, true)
  return new Blob([file], { type: 'audio/wav' })
}

const isClosed = (frame: VideoFrame) => frame.codedWidth === 0

/** How many answers there are until the end; `act` is called after the second. */
async function countUntilEnd(source: StreamSource, act: () => unknown = () => {}): Promise<number> {
  let count = 0
  for await (const { width, height } of detector.stream(source)) {
    expect(width * height).toBeGreaterThan(0)
    if (++count === 2) await act()
  }
  return count
}

const SOURCES: [string, () => StreamSource | Promise<StreamSource>][] = [
  ['a video element', playing],
  ['a video element that shows a stream', () => showing(live())],
  ['a track', () => liveTrack(canvas)],
  ['a MediaStream', live],
  ['a stream of frames', () => frames(100_000).stream],
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
    const answers = detector.stream(source, { signal: controller.signal })
    expect((await answers.next()).value).toMatchObject({ faces: { length: 3 } })
    // While the second is waited for or worked at.
    const second = answers.next()
    controller.abort()
    expect(await second).toEqual({ done: true, value: undefined })
  })

  it('nothing is opened before the first frame is asked for', async () => {
    const { stream, made } = frames(10)
    const answers = detector.stream(stream)
    expect(stream.locked).toBe(false)
    await answers.return()
    expect(made.length).toBeLessThan(2)
    await stream.cancel()
  })

  it('ends with the video', async () => {
    const video = await playing()
    expect(await countUntilEnd(video)).toBeGreaterThan(1)
    expect(video.ended).toBe(true)
    expect(await countUntilEnd(video)).toBe(0)
  })

  it('ends with the stream, after its last frame; closes every frame; skips those it has no time for', async () => {
    const { stream, made } = frames(40)
    const timestamps: number[] = []
    for await (const { frame } of detector.stream(stream)) {
      timestamps.push((frame as VideoFrame).timestamp)
      const seen = made.length
      await until(() => made.length === 40 || made.length > seen + 5)
    }
    await until(() => made.every(isClosed))
    expect(timestamps.at(-1)).toBe(39)
    expect(timestamps.length).toBeLessThan(15)
  })

  it('break cancels the stream and closes what is on its way', async () => {
    const { stream, made, isCancelled } = frames(100_000)
    for await (const _ of detector.stream(stream)) {
      const seen = made.length
      await until(() => made.length > seen + 5)
      break
    }
    await until(isCancelled)
    // All but what lay in the stream's own queue, which is not ours.
    await until(() => made.slice(0, -2).every(isClosed))
  })
})

describe('tracks and streams that end', () => {
  it.each<[string, () => Promise<[StreamSource, MediaStream]>]>([
    [
      'a video that shows a camera',
      async () => {
        const stream = await camera()
        return [await showing(stream), stream]
      },
    ],
    [
      'a video in the page that shows a canvas',
      async () => {
        const stream = live()
        return [inPage(await showing(stream)), stream]
      },
    ],
    [
      'a camera',
      async () => {
        const stream = await camera()
        return [stream, stream]
      },
    ],
    [
      'the track of a camera',
      async () => {
        const stream = await camera()
        return [stream.getVideoTracks()[0]!, stream]
      },
    ],
    [
      'the track of a canvas',
      async () => {
        const stream = live()
        return [stream.getVideoTracks()[0]!, stream]
      },
    ],
  ])('%s: the loop ends with it, and one that has ended gives nothing', async (_, make) => {
    const [source, stream] = await make()
    expect(await countUntilEnd(source, () => stop(stream))).toBeGreaterThanOrEqual(2)
    expect(await countUntilEnd(source)).toBe(0)
  })

  it('while a frame is waited for that never comes', async () => {
    const still = Object.assign(document.createElement('canvas'), { width: 64, height: 48 })
    const stream = still.captureStream()
    // Only what is drawn now comes to the stream, and to its copy.
    const draw = () => still.getContext('2d')!.fillRect(0, 0, 64, 48)
    draw()
    const timer = setInterval(draw, 20)
    const sources = [await showing(stream), await showing(stream.clone())]
    clearInterval(timer)
    for (const source of sources) {
      const answers = detector.stream(source)
      let isAnswered = true
      let answer = answers.next()
      // What was drawn last is on its way still.
      while (isAnswered) {
        expect((await answer).done).toBe(false)
        isAnswered = false
        answer = answers.next()
        void answer.then(() => {
          isAnswered = true
        })
        await animationFrames(30)
      }
      stop(source.srcObject as MediaStream)
      expect((await answer).done).toBe(true)
    }
  })

  it('a track stays the caller’s', async () => {
    const track = liveTrack(canvas)
    for await (const _ of detector.stream(track)) break
    expect(track.readyState).toBe('live')
  })

  it.each<[string, (stream: MediaStream) => StreamSource | Promise<StreamSource>]>([
    ['a MediaStream', (stream) => stream],
    ['a video that shows it', showing],
  ])('%s goes on with the track that takes the place of another', async (_, make) => {
    const stream = live()
    const other = await camera()
    const widths: number[] = []
    const source = await make(stream)
    for await (const { width } of detector.stream(source)) {
      widths.push(width)
      // Not every browser's test camera has the size that was asked for.
      if (width !== WIDTH) break
      if (widths.length !== 2) continue
      const [old] = stream.getVideoTracks()
      old!.stop()
      stream.removeTrack(old!)
      stream.addTrack(other.getVideoTracks()[0]!)
      // Firefox pauses it.
      if (source instanceof HTMLVideoElement) await source.play()
    }
    expect(new Set(widths).size).toBe(2)
  })

  describe('where tracks cannot be read they are played', () => {
    function withoutProcessor(): void {
      const scope = globalThis as { MediaStreamTrackProcessor?: unknown }
      const processor = scope.MediaStreamTrackProcessor
      delete scope.MediaStreamTrackProcessor
      onTestFinished(() => {
        scope.MediaStreamTrackProcessor = processor
      })
    }

    it('until break', async () => {
      withoutProcessor()
      const track = liveTrack(canvas)
      let count = 0
      for await (const { faces } of detector.stream(track)) {
        expect(faces).toHaveLength(3)
        if (++count === 3) break
      }
      expect(track.readyState).toBe('live')
    })

    it('until the track ends', async () => {
      withoutProcessor()
      const track = liveTrack(canvas)
      expect(await countUntilEnd(track, () => track.stop())).toBeGreaterThanOrEqual(2)
    })

    it('one that may not be played is told', async () => {
      withoutProcessor()
      const { play } = HTMLMediaElement.prototype
      HTMLMediaElement.prototype.play = () => Promise.reject(new DOMException('no gesture', 'NotAllowedError'))
      onTestFinished(() => {
        HTMLMediaElement.prototype.play = play
      })
      expect(await rejection(detector.stream(liveTrack(canvas)).next())).toMatchObject({ code: 'UNSUPPORTED_PLATFORM' })
    })
  })
})

describe('videos that pause, fail, change their source or leave the page', () => {
  it.each(['before', 'after'])(
    'a paused video, streamed %s it is loaded, gives the frame it shows, and waits until it plays on',
    async (when) => {
      const loaded = await videoOf(15)
      const fresh = Object.assign(document.createElement('video'), { muted: true, src: loaded.src })
      const video = when === 'before' ? fresh : loaded
      const answers = detector.stream(video)
      expect((await answers.next()).value).toMatchObject({ width: WIDTH })
      let isAnswered = false
      const second = answers.next().finally(() => {
        isAnswered = true
      })
      await animationFrames(30)
      expect(isAnswered).toBe(false)
      await video.play()
      expect((await second).value).toMatchObject({ width: WIDTH })
      await answers.return()
    },
  )

  it.each<[string, (video: HTMLVideoElement) => unknown]>([
    [
      'another stream',
      (video) => {
        video.srcObject = live()
        return video.play()
      },
    ],
    [
      'another stream, after the first has ended',
      (video) => {
        stop(video.srcObject as MediaStream)
        video.srcObject = live()
        return video.play()
      },
    ],
    [
      'a file',
      (video) => {
        video.srcObject = null
        video.src = clip
        return video.play()
      },
    ],
  ])('goes on with %s', async (_, replace) => {
    const video = await showing(await camera())
    const widths: number[] = []
    for await (const { width } of detector.stream(video)) {
      widths.push(width)
      if (widths.length === 2) replace(video)
      if (width === WIDTH && widths.length > 4) break
    }
    expect(widths[0]).not.toBe(WIDTH)
    expect([...new Set(widths)]).toEqual([widths[0], WIDTH])
  })

  it('goes on with another file, whose times are the same', async () => {
    const video = await playing()
    let count = 0
    for await (const _ of detector.stream(video)) {
      if (++count === 2) {
        video.src = URL.createObjectURL(await (await fetch(clip)).blob())
        void video.play()
      }
    }
    expect(count).toBeGreaterThan(3)
    expect(video.ended).toBe(true)
  })

  it.each<[string, (video: HTMLVideoElement) => void]>([
    [
      'its stream is taken away',
      (video) => {
        video.srcObject = null
      },
    ],
    ['it is taken out of the page', (video) => video.remove()],
    ['its parent is', (video) => video.parentElement!.remove()],
    ['its stream has lost its track', (video) => stop(video.srcObject as MediaStream)],
  ])('ends when %s', async (_, act) => {
    const place = inPage(document.createElement('div'))
    const video = await showing(live())
    place.append(video)
    await video.play()
    expect(await countUntilEnd(video, () => act(video))).toBeGreaterThanOrEqual(2)
  })

  it.each([true, false])('ends when its file is taken away; while it plays: %s', async (isPlaying) => {
    const video = isPlaying ? await playing() : await videoOf(10)
    const answers = detector.stream(video)
    await answers.next()
    video.removeAttribute('src')
    video.load()
    let last = await answers.next()
    while (!last.done) last = await answers.next()
    expect(last.done).toBe(true)
  })

  it('ends with the frame of the page that it stands in', async () => {
    const frame = document.createElement('iframe')
    const ready = new Promise((resolve) => {
      frame.onload = resolve
    })
    frame.srcdoc = '<video muted></video>'
    inPage(frame)
    await ready
    const video = frame.contentDocument!.querySelector('video')!
    video.srcObject = live()
    await video.play()
    expect(await countUntilEnd(video, () => frame.remove())).toBeGreaterThanOrEqual(2)
  })

  it('goes on where it is taken out of the page and played on', async () => {
    const video = inPage(await showing(live()))
    let count = 0
    for await (const { faces } of detector.stream(video)) {
      expect(faces).toHaveLength(3)
      if (++count === 6) break
      if (count !== 2) continue
      video.remove()
      await until(() => video.paused)
      await video.play()
    }
    expect(video.isConnected).toBe(false)
  })

  const AV1 = 'video/mp4; codecs="av01.0.04M.08"'
  it.runIf(document.createElement('video').canPlayType(AV1))(
    'a video that was taken with the camera upright is read as it is shown',
    async () => {
      const video = Object.assign(document.createElement('video'), { muted: true, src: '/pictures/turned.mp4' })
      await video.play()
      expect(await detector.detectFaces(video)).toMatchObject({ length: 3, imageWidth: WIDTH, imageHeight: HEIGHT })
      let count = 0
      for await (const { faces } of detector.stream(video)) {
        expect(faces).toMatchObject({ length: 3, imageWidth: WIDTH, imageHeight: HEIGHT })
        if (++count === 3) break
      }
    },
  )

  it.each<[string, (video: HTMLVideoElement) => void]>([
    ['is never called', (video) => Object.assign(video, { requestVideoFrameCallback: () => 1 })],
    ['is missing', (video) => Object.assign(video, { requestVideoFrameCallback: undefined })],
  ])('frames come where the callback for frames %s, as where nothing is painted', async (_, change) => {
    for (const make of [playing, async () => showing(live())]) {
      const video = await make()
      change(video)
      const times: number[] = []
      for await (const { faces, frame } of detector.stream(video)) {
        expect(faces).toHaveLength(3)
        if (times.push((frame as VideoFrame).timestamp) === 4) break
      }
      expect(times).toEqual([...new Set(times)].sort((a, b) => a - b))
    }
  })

  it.each<[string, string, () => HTMLVideoElement, RegExp]>([
    [
      'one without a source',
      'INVALID_IMAGE',
      () => document.createElement('video'),
      /no source: set its src or srcObject/,
    ],
    [
      'one that shows a stream without video',
      'INVALID_IMAGE',
      () => Object.assign(document.createElement('video'), { srcObject: new MediaStream() }),
      /without a video track/,
    ],
    [
      'one whose file is none',
      'DECODE_FAILED',
      () => Object.assign(document.createElement('video'), { src: '/pictures/raw.bin' }),
      /the video failed/,
    ],
    [
      'one whose file is not there',
      'DECODE_FAILED',
      () => Object.assign(document.createElement('video'), { src: '/pictures/missing.webm' }),
      /the video failed/,
    ],
    [
      'one that can play none of its sources',
      'DECODE_FAILED',
      () => Object.assign(document.createElement('video'), { innerHTML: '<source src="/pictures/raw.bin">' }),
      /none of its sources/,
    ],
  ])('%s is told', async (_, code, make, message) => {
    expect(await rejection(detector.stream(make()).next())).toMatchObject({
      code,
      message: expect.stringMatching(message),
    })
  })

  it('so is a source that takes the place of one and fails', async () => {
    const video = await showing(live())
    const answers = detector.stream(video)
    await answers.next()
    video.srcObject = null
    video.src = '/pictures/raw.bin'
    expect(
      await rejection(
        (async () => {
          for await (const _ of answers);
        })(),
      ),
    ).toMatchObject({ code: 'DECODE_FAILED' })
  })

  it('so is one of another origin', async () => {
    const video = await playing()
    const Original = globalThis.VideoFrame
    globalThis.VideoFrame = class extends Original {
      constructor(...given: ConstructorParameters<typeof Original>) {
        super(...given)
        this.close()
        throw new DOMException('cross-origin data', 'SecurityError')
      }
    } as typeof VideoFrame
    onTestFinished(() => {
      globalThis.VideoFrame = Original
    })
    expect(await rejection(detector.stream(video).next())).toMatchObject({
      code: 'INVALID_IMAGE',
      message: expect.stringMatching(/another origin.*crossOrigin/),
    })
  })

  it('and a file that has sound and no picture', async () => {
    const video = Object.assign(document.createElement('video'), { muted: true, src: URL.createObjectURL(soundFile()) })
    expect(await rejection(detector.stream(video).next())).toMatchObject({
      code: 'INVALID_IMAGE',
      message: expect.stringMatching(/has it a picture/),
    })
  })
})

describe('what is no live source', () => {
  const audio = () => {
    const context = new AudioContext()
    onTestFinished(() => context.close())
    return context.createMediaStreamDestination().stream
  }
  it.each<[string, () => unknown, RegExp]>([
    ['an image', () => new Image(), /detectFaces\(image\)/],
    ['a canvas', () => document.createElement('canvas'), /canvas\.captureStream\(\)/],
    ['a list of images', () => [new Image()], /detectAll\(images\)/],
    ['a promise', () => Promise.resolve(live()), /await it first/],
    ['a MediaStream without video', () => new MediaStream(), /no video track/],
    ['a MediaStream of sound', audio, /no video track/],
    ['a track of sound', () => audio().getTracks()[0], /one of audio/],
    ['nothing', () => undefined, /got undefined/],
    ['what calls itself a video', () => ({ [Symbol.toStringTag]: 'HTMLVideoElement' }), /stream takes a video element/],
    ['a text', () => '#video', /got "#video"/],
  ])('%s is refused with the first frame that is asked for', async (_, make, message) => {
    const answers = detector.stream(make() as StreamSource)
    expect(await rejection(answers.next())).toMatchObject({
      code: 'UNSUPPORTED_IMAGE',
      message: expect.stringMatching(message),
    })
  })

  it('a stream that is read elsewhere is told', async () => {
    const { stream } = frames(1)
    stream.getReader()
    expect(await rejection(detector.stream(stream).next())).toMatchObject({
      code: 'INVALID_IMAGE',
      message: expect.stringMatching(/locked/),
    })
  })
})
