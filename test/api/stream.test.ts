import { describe, expect, it } from 'vitest'
import { streamFaces } from '../../src/api/stream.ts'
import { newestOf } from '../../src/image/frame-source.ts'
import type { DetectOptions } from '../../src/options/options.ts'
import { type BoxFace, type Faces, measuredIn } from '../../src/shared/face.ts'
import { turns } from '../helpers/turns.ts'

interface Frame {
  number: number
  closed: number
  close(): void
}

/** Frames pushed by hand, and what became of them. */
function camera() {
  const frames: Frame[] = []
  const queue: Frame[] = []
  let wake = () => {}
  let ended = false
  let failure: Error | undefined
  const state = { returned: 0 }
  const iterator = {
    async next(): Promise<IteratorResult<Frame>> {
      while (queue.length === 0 && !ended && !failure) {
        await new Promise<void>((resolve) => {
          wake = resolve
        })
      }
      if (failure) throw failure
      const value = queue.shift()
      return value ? { done: false, value } : { done: true, value: undefined }
    },
    async return(): Promise<IteratorResult<Frame>> {
      state.returned++
      ended = true
      wake()
      return { done: true, value: undefined }
    },
  }
  return {
    frames,
    state,
    source: { [Symbol.asyncIterator]: () => iterator },
    push() {
      const frame = { number: frames.length, closed: 0, close: () => void frame.closed++ }
      frames.push(frame)
      queue.push(frame)
      wake()
    },
    end() {
      ended = true
      wake()
    },
    fail(error: Error) {
      failure = error
      wake()
    },
  }
}

/** Sees one face; answers when told. */
function finder() {
  const seen: number[] = []
  const answers: (() => void)[] = []
  return {
    seen,
    answer: () => answers.shift()?.(),
    detectFaces(frame: Frame, options?: DetectOptions): Promise<Faces<BoxFace>> {
      seen.push(frame.number)
      return new Promise((resolve, reject) => {
        const face: BoxFace = { box: { x: frame.number, y: 0, width: 1, height: 1 }, confidence: 1 }
        answers.push(() => resolve(measuredIn([face], { width: 64, height: 48 })))
        options?.signal?.addEventListener('abort', () => reject(options.signal?.reason))
      })
    },
  }
}

describe('streamFaces', () => {
  it('works at the newest frame, drops those between, and closes every one once', async () => {
    const { push, end, frames, source } = camera()
    const detector = finder()
    const stream = streamFaces(detector, () => newestOf(source))
    push()
    const first = stream.next()
    await turns()
    for (let n = 0; n < 4; n++) push()
    await turns()
    detector.answer()
    const { value } = await first
    expect(value).toMatchObject({ faces: [{ box: { x: 0 } }], frame: { number: 0 }, width: 64, height: 48 })
    // Handed out: open as long as the loop's body runs.
    expect(frames.map(({ closed }) => closed)).toEqual([0, 1, 1, 1, 0])
    const second = stream.next()
    await turns()
    end()
    detector.answer()
    expect((await second).value).toMatchObject({ frame: { number: 4 } })
    expect((await stream.next()).done).toBe(true)
    expect(detector.seen).toEqual([0, 4])
    expect(frames.map(({ closed }) => closed)).toEqual([1, 1, 1, 1, 1])
  })

  it('break stops the source and closes what is held', async () => {
    const { push, frames, source, state } = camera()
    const detector = finder()
    push()
    const loop = async () => {
      for await (const { frame } of streamFaces(detector, () => newestOf(source))) return frame.number
    }
    const left = loop()
    await turns()
    push()
    await turns()
    detector.answer()
    expect(await left).toBe(0)
    expect(state.returned).toBe(1)
    expect(frames.map(({ closed }) => closed)).toEqual([1, 1])
  })

  it.each(['waits for a frame', 'works'])('an abort ends it without an error while it %s', async (when) => {
    const { push, frames, source, state } = camera()
    const detector = finder()
    const controller = new AbortController()
    if (when === 'works') push()
    const stream = streamFaces(detector, () => newestOf(source), { signal: controller.signal })
    const next = stream.next()
    await turns()
    controller.abort()
    expect(await next).toEqual({ done: true, value: undefined })
    expect(state.returned).toBeGreaterThan(0)
    expect(frames.every(({ closed }) => closed === 1)).toBe(true)
    push()
    await turns()
    expect(detector.seen).toHaveLength(when === 'works' ? 1 : 0)
  })

  it('hands on what goes wrong, of the source and of the detector', async () => {
    const broken = camera()
    const next = streamFaces(finder(), () => newestOf(broken.source)).next()
    await turns()
    broken.fail(new Error('unplugged'))
    await expect(next).rejects.toThrow('unplugged')

    const { push, frames, source, state } = camera()
    push()
    const detector = { detectFaces: () => Promise.reject(new Error('no memory')) }
    await expect(streamFaces(detector, () => newestOf(source)).next()).rejects.toThrow('no memory')
    expect(state.returned).toBe(1)
    expect(frames[0]!.closed).toBe(1)
  })

  it.each(['break', 'signal'])('a source that always has a frame lets answers in, and the end by %s', async (end) => {
    const endless = async function* () {
      for (let number = 0; ; number++) yield { number, closed: 0, close() {} }
    }
    const later = async (): Promise<Faces> => {
      await turns()
      return measuredIn([], { width: 1, height: 1 })
    }
    const controller = new AbortController()
    const numbers: number[] = []
    for await (const { frame } of streamFaces({ detectFaces: later }, () => newestOf(endless()), {
      signal: controller.signal,
    })) {
      if (numbers.push(frame.number) < 3) continue
      if (end === 'break') break
      controller.abort()
    }
    expect(numbers).toHaveLength(3)
    expect(numbers[2]! > numbers[1]! && numbers[1]! > numbers[0]!).toBe(true)
  })

  it('refuses what cannot be iterated, and options that are none', async () => {
    for (const source of [null, undefined, {}, [1]]) {
      expect(() => newestOf(source as unknown as AsyncIterable<Frame>)).toThrow(/the source must be async iterable/)
    }
    const { source, state } = camera()
    const wrong = { signal: 5 } as unknown as DetectOptions
    await expect(streamFaces(finder(), () => newestOf(source), wrong).next()).rejects.toMatchObject({
      code: 'INVALID_OPTION',
    })
    expect(state.returned).toBe(1)
  })

  it('ends at once where the signal was aborted before', async () => {
    const { source, state } = camera()
    const stream = streamFaces(finder(), () => newestOf(source), { signal: AbortSignal.abort() })
    expect((await stream.next()).done).toBe(true)
    expect(state.returned).toBe(1)
  })
})
