import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  type Faces,
  MTCNN,
  MTCNNPool,
  type PixelImage,
  scaleFaces,
  selectFaces,
  type TrackedFace,
} from '../../src/index.node.ts'
import { cut, type Photograph, photograph } from '../helpers/photographs.ts'
import { refusal, rejection } from '../helpers/refusal.ts'

/** Three faces. */
let faces: Photograph
let detector: MTCNN

beforeAll(async () => {
  faces = await photograph('tracking', 'examples/assets/faces.jpg')
  detector = await MTCNN.create({ minFaceSize: 40 })
})

afterAll(() => detector.dispose())

/** A camera that moves over the photograph. */
const frame = (n: number): Photograph => cut(faces, 2 * n, n, 560, 320)
const ids = (found: readonly TrackedFace[]) => found.map(({ id }) => id).sort()

describe('tracker', () => {
  it('gives faces as detectFaces does, with numbers that stay', async () => {
    const tracker = detector.tracker()
    for (let n = 0; n < 12; n++) {
      const image = frame(n)
      const found: Faces<TrackedFace> = await tracker.next(image)
      const plain = await detector.detectFaces(image)
      expect([found.imageWidth, found.imageHeight]).toEqual([560, 320])
      expect(ids(found)).toEqual([1, 2, 3])
      expect(found.map(({ confidence }) => confidence)).toEqual(
        found.map((face) => face.confidence).sort((a, b) => b - a),
      )
      for (const { box, keypoints, roll, age, seen } of found) {
        expect([age, seen]).toEqual([n, 0])
        const near = plain.find((face) => Math.abs(face.box.x - box.x) < 0.1 * box.width + 3)!
        expect(Math.abs(near.box.y - box.y)).toBeLessThan(0.1 * box.height + 3)
        expect(Math.abs(near.keypoints.nose.x - keypoints.nose.x)).toBeLessThan(0.06 * box.width)
        expect(Math.abs(near.roll - roll)).toBeLessThan(8)
      }
    }
  })

  it('answers calls that overlap in their order', async () => {
    const tracker = detector.tracker()
    const answers = await Promise.all([0, 1, 2, 3].map((n) => tracker.next(frame(n))))
    expect(answers.map((found) => found.map(({ age }) => age))).toEqual([0, 1, 2, 3].map((n) => [n, n, n]))
  })

  it('follows two videos apart', async () => {
    const [first, second] = [detector.tracker(), detector.tracker()]
    await first.next(frame(0))
    expect((await second.next(cut(faces, 0, 0, 250, 320))).length).toBe(1)
    expect(ids(await first.next(frame(1)))).toEqual([1, 2, 3])
  })

  it('a frame that fails, is aborted or cannot be read leaves it as it was', async () => {
    const tracker = detector.tracker()
    await tracker.next(frame(0))
    const reason = new Error('enough')
    expect(await rejection(tracker.next({ data: new Uint8Array(2), width: 9, height: 9 }))).toMatchObject({
      code: 'INVALID_IMAGE',
    })
    await expect(tracker.next(frame(5), { signal: AbortSignal.abort(reason) })).rejects.toBe(reason)
    const controller = new AbortController()
    const calls = [tracker.next(frame(1)), tracker.next(frame(5), { signal: controller.signal })]
    controller.abort(reason)
    await expect(calls[1]).rejects.toBe(reason)
    expect((await calls[0]!).map(({ age }) => age)).toEqual([1, 1, 1])
    expect((await tracker.next(frame(2))).map(({ age }) => age)).toEqual([2, 2, 2])
  })

  it('the signal of its options aborts all its calls', async () => {
    const controller = new AbortController()
    const tracker = detector.tracker({ signal: controller.signal })
    await tracker.next(frame(0))
    const calls = [1, 2].map((n) => tracker.next(frame(n)))
    controller.abort(new Error('over'))
    for (const call of calls) await expect(call).rejects.toThrow('over')
    await expect(tracker.next(frame(3))).rejects.toThrow('over')
  })

  it('reset forgets faces after the calls before it; dispose refuses those after it', async () => {
    const tracker = detector.tracker()
    const before = tracker.next(frame(0))
    tracker.reset()
    const after = tracker.next(frame(0))
    expect(ids(await before)).toEqual([1, 2, 3])
    expect(ids(await after)).toEqual([4, 5, 6])
    tracker.dispose()
    expect(await rejection(tracker.next(frame(1)))).toMatchObject({ code: 'DISPOSED' })
  })

  it('ends with its detector: calls made before are answered', async () => {
    const other = await MTCNN.create({ minFaceSize: 40 })
    const tracker = other.tracker()
    const before = tracker.next(frame(0))
    other.dispose()
    expect(await before).toHaveLength(3)
    expect(await rejection(tracker.next(frame(1)))).toMatchObject({ code: 'DISPOSED' })
  })

  it('in a worker, with threads and in a pool gives the same bits', async () => {
    const answersOf = async (tracker: { next(image: PixelImage): Promise<Faces<TrackedFace>> }) => {
      const answers = []
      for (let n = 0; n < 14; n++) answers.push(await tracker.next(frame(n)))
      return answers
    }
    const expected = await answersOf(detector.tracker())
    const worker = await MTCNN.create({ minFaceSize: 40, worker: true })
    const threads = await MTCNN.create({ minFaceSize: 40, threads: 2 })
    const pool = await MTCNNPool.create({ minFaceSize: 40, size: 2 })
    try {
      expect(await answersOf(worker.tracker())).toEqual(expected)
      expect(await answersOf(threads.tracker())).toEqual(expected)
      expect(await answersOf(pool.tracker())).toEqual(expected)
    } finally {
      worker.dispose()
      threads.dispose()
      pool.dispose()
    }
  })

  it('a pool that takes the latest answers null for frames that newer ones have passed', async () => {
    const pool = await MTCNNPool.create({ minFaceSize: 40, policy: 'latest' })
    try {
      const tracker = pool.tracker()
      const answers = await Promise.all([0, 1, 2, 3].map((n) => tracker.next(frame(n))))
      expect(answers.map((found) => found?.length ?? null)).toEqual([3, null, null, 3])
      expect(answers[3]!.map(({ age }) => age)).toEqual([1, 1, 1])
    } finally {
      pool.dispose()
    }
  })

  it('its faces keep what it says of them when they are scaled or selected', async () => {
    const found = await detector.tracker().next(frame(0))
    const size = { width: 280, height: 160 }
    const scaled: Faces<TrackedFace> = scaleFaces(found, size)
    expect(scaled.map(({ id, age, seen }) => [id, age, seen])).toEqual(found.map(({ id }) => [id, 0, 0]))
    const [largest] = selectFaces(found, 'largest')
    expect(found.map(({ id }) => id)).toContain(largest!.id)
    expect(JSON.parse(JSON.stringify(largest))).toEqual(largest)
  })

  it('boxes only: faces without keypoints', async () => {
    const tracker = detector.tracker({ stages: 'boxes' })
    const [first] = await tracker.next(frame(0))
    expect(first!.keypoints).toBeUndefined()
    const [second] = await tracker.next(frame(1))
    expect(second!.id).toBeGreaterThan(0)
    expect(Object.keys(second!)).not.toContain('roll')
  })

  it('wrong options are refused at once, wrong options of a frame with it', async () => {
    expect(refusal(() => detector.tracker({ keep: -1 })).code).toBe('INVALID_OPTION')
    expect(refusal(() => detector.tracker({ every: 1 } as object)).code).toBe('INVALID_OPTION')
    const tracker = detector.tracker()
    expect(await rejection(tracker.next(frame(0), { timestamp: Number.NaN }))).toMatchObject({ code: 'INVALID_OPTION' })
    expect(await tracker.next(frame(0))).toHaveLength(3)
  })
})
