import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { MTCNN, MTCNNPool } from '../../src/index.node.ts'
import { cut, type Photograph, photograph } from '../helpers/photographs.ts'
import { rejection } from '../helpers/refusal.ts'

let faces: Photograph
let detector: MTCNN

beforeAll(async () => {
  faces = await photograph('tracking', 'examples/assets/faces.jpg')
  detector = await MTCNN.create({ minFaceSize: 40 })
})

afterAll(() => detector.dispose())

interface Frame extends Photograph {
  number: number
  closed: number
  close(): void
}

function frames(count: number): Frame[] {
  return Array.from({ length: count }, (_, number) => {
    const frame = { ...cut(faces, 2 * number, number, 560, 320), number, closed: 0, close: () => void frame.closed++ }
    return frame
  })
}

async function* camera(all: Frame[]) {
  yield* all
}

describe('track', () => {
  it('takes every image of an array, and leaves it to the caller', async () => {
    const all = frames(6)
    let count = 0
    for await (const answer of detector.track(all)) {
      expect(answer.frame).toBe(all[count++])
      expect([answer.width, answer.height]).toEqual([560, 320])
      expect(answer.milliseconds).toBeGreaterThan(0)
      expect(answer.faces.map(({ id }) => id).sort()).toEqual([1, 2, 3])
    }
    expect(count).toBe(6)
    expect(all.every(({ closed }) => closed === 0)).toBe(true)
  })

  it('takes every image of what is asynchronous, and closes each when the next is asked for', async () => {
    const all = frames(4)
    const numbers: number[] = []
    for await (const { frame } of detector.track(camera(all))) {
      numbers.push(frame.number)
      expect(all.map(({ closed }) => closed)).toEqual(all.map((_, n) => (n < frame.number ? 1 : 0)))
    }
    expect(numbers).toEqual([0, 1, 2, 3])
    expect(all.every(({ closed }) => closed === 1)).toBe(true)
  })

  it('takes the newest frames of a ReadableStream', async () => {
    const all = frames(8)
    const stream = new ReadableStream<Frame>({
      start(controller) {
        for (const frame of all) controller.enqueue(frame)
        controller.close()
      },
    })
    const numbers: number[] = []
    // In this thread they would not pass while it works.
    const worker = await MTCNN.create({ minFaceSize: 40, worker: true })
    for await (const { frame } of worker.track(stream)) numbers.push((frame as unknown as Frame).number)
    worker.dispose()
    expect(numbers.at(-1)).toBe(7)
    expect(numbers.length).toBeLessThan(8)
    expect(all.every(({ closed }) => closed === 1)).toBe(true)
  })

  it('ends with break, which ends the source', async () => {
    let ended = false
    const source = (async function* () {
      try {
        for (;;) yield* frames(3)
      } finally {
        ended = true
      }
    })()
    for await (const { faces: found } of detector.track(source)) if (found[0]!.age === 2) break
    expect(ended).toBe(true)
  })

  it('ends without an error when the signal is aborted, also in a wait for a frame', async () => {
    const controller = new AbortController()
    const source = (async function* () {
      yield* frames(2)
      controller.abort()
      await new Promise(() => {})
    })()
    let count = 0
    for await (const _ of detector.track(source, { signal: controller.signal })) count++
    expect(count).toBe(2)
  })

  it('wrong options, and what is no source, are rejections', async () => {
    expect(await rejection(detector.track(frames(1), { keep: 0.5 }).next())).toMatchObject({ code: 'INVALID_OPTION' })
    for (const wrong of [undefined, 'clip.mp4', frames(1)[0], 5]) {
      expect(await rejection(detector.track(wrong as never).next())).toMatchObject({ code: 'UNSUPPORTED_IMAGE' })
    }
  })

  it('what the source throws, and an image that cannot be read, end it', async () => {
    const source = (async function* () {
      yield* frames(1)
      throw new Error('unplugged')
    })()
    const tracking = detector.track(source)
    await tracking.next()
    await expect(tracking.next()).rejects.toThrow('unplugged')
    const broken = [{ data: new Uint8Array(1), width: 5, height: 5 }]
    expect(await rejection(detector.track(broken).next())).toMatchObject({ code: 'INVALID_IMAGE' })
  })

  it('works on a pool', async () => {
    const pool = await MTCNNPool.create({ minFaceSize: 40, size: 2 })
    try {
      let count = 0
      for await (const { faces: found } of pool.track(frames(3))) {
        expect(found.map(({ age }) => age)).toEqual([count, count, count])
        count++
      }
      expect(count).toBe(3)
    } finally {
      pool.dispose()
    }
  })

  it('ends with its detector', async () => {
    const other = await MTCNN.create({ minFaceSize: 40 })
    const tracking = other.track(frames(3))
    await tracking.next()
    other.dispose()
    expect(await rejection(tracking.next())).toMatchObject({ code: 'DISPOSED' })
  })
})
