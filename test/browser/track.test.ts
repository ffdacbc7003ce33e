import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { MTCNN, type StreamFrame, type StreamSource, scaleFaces, type TrackedFace } from '../../src/index.ts'
import { nextTask } from '../../src/shared/next-task.ts'
import type { TrueFace } from '../helpers/clips/clip.ts'
import { matched, overlap } from '../helpers/clips/match.ts'
import { rejection } from '../helpers/refusal.ts'
import { canvasWith, HEIGHT, WIDTH } from './pixels.ts'
import { animationFrames, showing, until } from './videos.ts'

let detector: MTCNN
let photograph: HTMLCanvasElement
/** Two people who sway, 640x480, 30 frames a second, and where they are in each frame. */
const SWAY = '/pictures/sway.webm'
let truth: TrueFace[][]
/** Somebody who talks, as a camera took him. */
const TALK = '/pictures/talk.webm'
beforeAll(async () => {
  detector = await MTCNN.create({ minFaceSize: 40 })
  photograph = await canvasWith('faces.png')
  truth = await (await fetch('/pictures/sway.json')).json()
  // What an engine compiles first takes longer than several frames.
  await detector.detectFaces(photograph)
})
afterAll(() => detector.dispose())

async function playing(src: string): Promise<HTMLVideoElement> {
  const video = Object.assign(document.createElement('video'), { muted: true, src })
  onTestFinished(() => video.pause())
  await video.play()
  return video
}

/** How far the photograph is moved in a frame, pixels: there and back. Everywhere three faces are found in it. */
const offset = (frame: number) => Math.round(12 * Math.sin(frame / 8))

function drawMoved(canvas: HTMLCanvasElement, frame: number, scale = 1): void {
  const context = canvas.getContext('2d')!
  context.fillRect(0, 0, canvas.width, canvas.height)
  context.drawImage(photograph, scale * offset(frame), 0, scale * WIDTH, scale * HEIGHT)
}

const canvasOf = (width = WIDTH, height = HEIGHT) => Object.assign(document.createElement('canvas'), { width, height })

/** The photograph, which moves, as the track of a canvas. */
function movingTrack(): MediaStreamTrack {
  const canvas = canvasOf()
  let count = 0
  const timer = setInterval(() => drawMoved(canvas, count++), 33)
  const [track] = canvas.captureStream(30).getVideoTracks()
  onTestFinished(() => {
    clearInterval(timer)
    track!.stop()
  })
  drawMoved(canvas, count++)
  return track!
}

const moving = () => new MediaStream([movingTrack()])

/** The photograph, which moves, as frames; they come as soon as they are taken, but not before `ready`. */
function frames(count: number, { scaleOf = (_: number): number => 1, ready = (_: number): boolean => true } = {}) {
  const made: VideoFrame[] = []
  const stream = new ReadableStream<VideoFrame>(
    {
      async pull(controller) {
        await nextTask()
        if (made.length === count) return controller.close()
        await until(() => ready(made.length))
        const scale = scaleOf(made.length)
        const canvas = canvasOf(scale * WIDTH, scale * HEIGHT)
        drawMoved(canvas, made.length, scale)
        const frame = new VideoFrame(canvas, { timestamp: Math.round((made.length * 1e6) / 30) })
        made.push(frame)
        controller.enqueue(frame)
      },
    },
    { highWaterMark: 0 },
  )
  return { stream, made }
}

const isClosed = (frame: VideoFrame) => frame.codedWidth === 0
const idsOf = (faces: readonly TrackedFace[]) => faces.map(({ id }) => id).sort((a, b) => a - b)

const SOURCES: [string, () => StreamSource | Promise<StreamSource>][] = [
  ['a video element that shows a stream', () => showing(moving())],
  ['a track', movingTrack],
  ['a MediaStream', moving],
  ['a stream of frames', () => frames(100_000).stream],
]

describe('track', () => {
  it('a video file: two people keep their numbers, and are where they truly are in the frame', async () => {
    const video = await playing(SWAY)
    const owners = new Map<number, string>()
    const seen: StreamFrame[] = []
    for await (const { faces, frame, width, height } of detector.track(video)) {
      expect([width, height]).toEqual([640, 480])
      seen.push(frame)
      // Some browsers give the last frame the time of the end.
      const number = Math.min(Math.round(((frame as VideoFrame).timestamp * 30) / 1e6), truth.length - 1)
      const { byWho, wrong } = matched(faces, truth[number]!)
      expect(wrong).toEqual([])
      expect(byWho.size, `frame ${number}`).toBe(2)
      for (const [who, { id, age }] of byWho) {
        expect(owners.get(id) ?? who).toBe(who)
        owners.set(id, who)
        expect(age).toBe(seen.length - 1)
      }
    }
    expect(video.ended).toBe(true)
    expect(seen.length).toBeGreaterThan(5)
    expect(owners.size).toBe(2)
    expect(seen.every((frame) => isClosed(frame as VideoFrame))).toBe(true)
  })

  it('somebody before a camera keeps his number', async () => {
    const video = await playing(TALK)
    const answers: TrackedFace[][] = []
    for await (const { faces } of detector.track(video)) if (answers.push(faces) === 60) break
    expect(answers[0]).toHaveLength(1)
    const id = answers[0]![0]!.id
    const confirmed = answers.filter((faces) => faces.some((face) => face.id === id && face.seen === 0))
    expect(confirmed.length).toBeGreaterThan(55)
  })

  it.each(SOURCES)('%s: the same three faces in frame after frame, until break', async (_, make) => {
    const source = await make()
    const seen: StreamFrame[] = []
    let ids: number[] | undefined
    const noses = new Set<number>()
    for await (const { faces, frame, width, height } of detector.track(source)) {
      expect([width, height]).toEqual([WIDTH, HEIGHT])
      expect(faces).toHaveLength(3)
      ids ??= idsOf(faces)
      expect(idsOf(faces)).toEqual(ids)
      expect(faces.every(({ age, seen: unseen }) => age === seen.length && unseen === 0)).toBe(true)
      noses.add(faces.find(({ id }) => id === ids![0])!.keypoints.nose.x)
      seen.push(frame)
      if (seen.length === 12) break
    }
    expect(seen.every((frame) => isClosed(frame as VideoFrame))).toBe(true)
    expect(noses.size).toBeGreaterThan(6)
  })

  it.each(SOURCES)('%s: an abort in the middle of a frame ends it without an error', async (_, make) => {
    const source = await make()
    const controller = new AbortController()
    const answers = detector.track(source, { signal: controller.signal })
    expect((await answers.next()).value).toMatchObject({ faces: { length: 3 } })
    const second = answers.next()
    controller.abort()
    expect(await second).toEqual({ done: true, value: undefined })
  })

  it('a detector that is disposed of ends it with an error, and all frames are closed', async () => {
    const own = await MTCNN.create({ minFaceSize: 40 })
    const { stream, made } = frames(100_000)
    const answers = own.track(stream)
    await answers.next()
    const second = answers.next()
    own.dispose()
    const third = second.then(() => answers.next())
    expect(await rejection(third)).toMatchObject({ code: 'DISPOSED' })
    expect((await answers.next()).done).toBe(true)
    await until(() => made.every(isClosed))
  })

  it('a paused video gives the frame it shows, waits until it plays on, and keeps the numbers', async () => {
    const video = await playing(SWAY)
    video.pause()
    const answers = detector.track(video)
    const first = (await answers.next()).value!
    let isAnswered = false
    const second = answers.next().finally(() => {
      isAnswered = true
    })
    await animationFrames(30)
    // A frame may have been on its way when it was paused.
    if (isAnswered) await second
    await video.play()
    const next = (isAnswered ? await answers.next() : await second).value!
    expect(idsOf(next.faces)).toEqual(idsOf(first.faces))
    await answers.return()
  })

  it('a video that has ended gives nothing', async () => {
    const video = await playing(SWAY)
    await until(() => video.ended)
    expect(await detector.track(video).next()).toEqual({ done: true, value: undefined })
  })

  it('a track that ends, ends it', async () => {
    const track = movingTrack()
    let count = 0
    for await (const _ of detector.track(track)) if (++count === 3) track.stop()
    expect(count).toBeGreaterThanOrEqual(3)
  })

  it('frames may change their size: answers are in pixels of their own frame', async () => {
    // As a call does where the line gets better and worse.
    const scaleOf = (n: number) => (n < 6 || n > 11 ? 1 : 1.5)
    let count = 0
    // One at a time, so that none is dropped.
    const ready = (n: number) => n <= count
    for await (const { faces, frame, width, height } of detector.track(frames(18, { scaleOf, ready }).stream)) {
      expect([width, height]).toEqual([scaleOf(count) * WIDTH, scaleOf(count) * HEIGHT])
      const found = await detector.detectFaces(frame)
      expect(found).toHaveLength(3)
      expect(faces, `frame ${count}`).toHaveLength(3)
      for (const { box } of faces) {
        expect(Math.max(...found.map((face) => overlap(face.box, box)))).toBeGreaterThan(0.5)
      }
      count++
    }
    expect(count).toBe(18)
  })

  it('shown mirrored, faces keep who they are', async () => {
    for await (const { faces } of detector.track(frames(3).stream)) {
      const shown = scaleFaces(faces, { width: 2 * WIDTH, height: 2 * HEIGHT }, { mirror: true })
      for (const [n, { id, age, seen, box }] of shown.entries()) {
        expect({ id, age, seen }).toEqual({ id: faces[n]!.id, age: faces[n]!.age, seen: faces[n]!.seen })
        expect(box.x).toBeCloseTo(2 * (WIDTH - faces[n]!.box.x - faces[n]!.box.width), 6)
      }
    }
  })

  it('pictures from a list, every one in its order; they stay the caller’s', async () => {
    const bitmaps = await Promise.all(
      Array.from({ length: 6 }, (_, n) => {
        const canvas = canvasOf()
        drawMoved(canvas, n)
        return createImageBitmap(canvas)
      }),
    )
    const given: unknown[] = []
    const ids = new Set<number>()
    for await (const { faces, frame } of detector.track(bitmaps)) {
      given.push(frame)
      for (const { id } of faces) ids.add(id)
    }
    expect(given).toEqual(bitmaps)
    expect(ids.size).toBe(3)
    expect(bitmaps.every(({ width }) => width === WIDTH)).toBe(true)
  })
})

describe('tracker', () => {
  it.each([true, false])('a loop of its own over a video; in a worker: %s', async (worker) => {
    const own = await MTCNN.create({ minFaceSize: 40, worker })
    onTestFinished(() => own.dispose())
    expect(own.info.worker).toBe(worker)
    // What an engine compiles first takes longer than several frames.
    await own.detectFaces(photograph)
    const video = await playing(SWAY)
    const tracker = own.tracker({ keep: 3 })
    const ids = new Set<number>()
    let count = 0
    while (!video.ended && count < 20) {
      for (const { id } of await tracker.next(video)) ids.add(id)
      count++
      await animationFrames(1)
    }
    expect(count).toBeGreaterThan(3)
    expect(ids.size).toBe(2)
    tracker.dispose()
    expect(await rejection(tracker.next(video))).toMatchObject({ code: 'DISPOSED' })
  })

  it('an abort of one call, and of a frame on its way, leaves the tracker as it was', async () => {
    const tracker = detector.tracker()
    const canvas = canvasOf()
    drawMoved(canvas, 0)
    const first = await tracker.next(canvas)
    const controller = new AbortController()
    const aborted = tracker.next(canvas, { signal: controller.signal })
    controller.abort(new Error('no longer wanted'))
    await expect(aborted).rejects.toThrow('no longer wanted')
    const last = await tracker.next(canvas)
    expect(idsOf(last)).toEqual(idsOf(first))
    expect(last.every(({ age }) => age === 1)).toBe(true)
  })
})
