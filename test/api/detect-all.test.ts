import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { type DetectAllSetup, searchAll } from '../../src/api/detect-all.ts'
import { MtcnnError, type MtcnnErrorCode } from '../../src/shared/errors.ts'
import { CLOSE_TIMEOUT_MS } from '../../src/workers/schedule.ts'
import { rejection } from '../helpers/refusal.ts'
import { turns } from '../helpers/turns.ts'

beforeEach(() => void vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] }))
afterEach(() => {
  expect(vi.getTimerCount()).toBe(0)
  vi.useRealTimers()
})

/** Searches answer with the image in capitals; those named after an error code fail with it. */
const search = async (image: string) => {
  if (/^[A-Z_]+$/.test(image)) throw new MtcnnError(image as MtcnnErrorCode, `no: ${image}`)
  if (image === 'bug') throw new RangeError('a bug')
  return image.toUpperCase()
}

function all(
  images: Iterable<string> | AsyncIterable<string>,
  setup: Partial<DetectAllSetup<string, string>> = {},
): ReturnType<typeof searchAll<string, string>> {
  const lifetime = new AbortController().signal
  return searchAll(images, { search, onError: 'throw', maxInFlight: 2, signal: undefined, lifetime, ...setup })
}

async function collect(...given: Parameters<typeof all>): Promise<unknown[]> {
  const items: unknown[] = []
  for await (const item of all(...given)) {
    items.push('error' in item ? [item.index, item.error.code] : [item.index, item.answer])
  }
  return items
}

describe('onError', () => {
  const images = ['a', 'DECODE_FAILED', 'b', 'INVALID_IMAGE', 'OUT_OF_MEMORY', 'c']

  it('throw: ends with the error of the first that fails', async () => {
    const seen: number[] = []
    const run = async () => {
      for await (const { index } of all(images)) seen.push(index)
    }
    expect(await rejection(run())).toMatchObject({ code: 'DECODE_FAILED' })
    expect(seen).toEqual([0])
  })

  it('skip: leaves out those that fail, and the index tells', async () => {
    expect(await collect(images, { onError: 'skip' })).toEqual([
      [0, 'A'],
      [2, 'B'],
      [5, 'C'],
    ])
  })

  it('return: answers with the error', async () => {
    expect(await collect(images, { onError: 'return' })).toEqual([
      [0, 'A'],
      [1, 'DECODE_FAILED'],
      [2, 'B'],
      [3, 'INVALID_IMAGE'],
      [4, 'OUT_OF_MEMORY'],
      [5, 'C'],
    ])
  })

  it.each(['DISPOSED', 'MISSING_DEPENDENCY', 'UNSUPPORTED_PLATFORM', 'bug'])('%s always throws', async (image) => {
    for (const onError of ['skip', 'return'] as const) {
      await expect(collect(['a', image, 'b'], { onError })).rejects.toThrow(image === 'bug' ? 'a bug' : `no: ${image}`)
    }
  })

  it('an error of what is iterated always throws, after the answers before it', async () => {
    const source = function* () {
      yield 'a'
      throw new Error('no more film')
    }
    for (const onError of ['throw', 'skip', 'return'] as const) {
      const items = all(source(), { onError })
      expect((await items.next()).value).toEqual({ index: 0, answer: 'A' })
      await expect(items.next()).rejects.toThrow('no more film')
    }
  })

  it('an abort always throws its reason', async () => {
    for (const onError of ['throw', 'skip', 'return'] as const) {
      const controller = new AbortController()
      const aborted = async () => {
        controller.abort(new Error('enough'))
        throw controller.signal.reason
      }
      await expect(collect(['a', 'b'], { onError, signal: controller.signal, search: aborted })).rejects.toThrow(
        'enough',
      )
    }
  })
})

describe('an iterator that gives nothing more', () => {
  const never = async function* () {
    yield 'a'
    await new Promise(() => {})
  }

  it('does not keep the loop from an abort', async () => {
    const controller = new AbortController()
    const items = all(never(), { signal: controller.signal })
    await items.next()
    const next = items.next()
    await turns()
    controller.abort(new Error('enough'))
    await expect(next).rejects.toThrow('enough')
  })

  it('does not keep the loop after dispose, which one that is about to end does not notice', async () => {
    const lifetime = new AbortController()
    const items = all(never(), { lifetime: lifetime.signal })
    await items.next()
    let settled = false
    const next = rejection(items.next()).finally(() => {
      settled = true
    })
    await turns()
    lifetime.abort(new MtcnnError('DISPOSED', 'gone'))
    await turns()
    vi.advanceTimersByTime(CLOSE_TIMEOUT_MS - 1)
    await turns()
    expect(settled).toBe(false)
    vi.advanceTimersByTime(1)
    expect(await next).toMatchObject({ code: 'DISPOSED' })

    const ending = async function* () {
      yield 'a'
      await turns()
    }
    const found: unknown[] = []
    for await (const { index } of all(ending(), { lifetime: lifetime.signal })) found.push(index)
    expect(found).toEqual([0])
  })

  it('an image that comes after the loop was left is not searched', async () => {
    let arrive = () => {}
    const searched: string[] = []
    const source = async function* () {
      yield 'a'
      await new Promise<void>((resolve) => {
        arrive = resolve
      })
      yield 'b'
    }
    const noting = (image: string) => {
      searched.push(image)
      return search(image)
    }
    for await (const { index } of all(source(), { search: noting })) if (index === 0) break
    arrive()
    await turns()
    expect(searched).toEqual(['a'])
  })
})

it('asks for no more images than may be in flight, and answers in their order', async () => {
  const begun: string[] = []
  const finish = new Map<string, () => void>()
  const slow = (image: string) => {
    begun.push(image)
    return new Promise<string>((resolve) => finish.set(image, () => resolve(image)))
  }
  const items = all(['a', 'b', 'c', 'd'], { search: slow })
  const first = items.next()
  await turns()
  expect(begun).toEqual(['a', 'b'])
  finish.get('b')!()
  await turns()
  expect(begun).toEqual(['a', 'b'])
  finish.get('a')!()
  expect((await first).value).toMatchObject({ index: 0 })
  expect((await items.next()).value).toMatchObject({ index: 1 })
  await turns()
  expect(begun).toEqual(['a', 'b', 'c'])
  const rest = items.return()
  expect((await rest).done).toBe(true)
})

describe('what cannot be iterated', () => {
  const hostile = {
    [Symbol.iterator]() {
      throw new TypeError('no')
    },
  }
  it.each<[string, unknown, RegExp]>([
    ['nothing', undefined, /got undefined/],
    ['null', null, /got null/],
    ['a number', 5, /got 5/],
    [
      'one image',
      { data: new Uint8Array(3), width: 1, height: 1 },
      /got an object { data, width, height }: for a single image use detectFaces/,
    ],
    ['a path', 'photo.jpg', /"photo.jpg": for a single image use detectFaces/],
    ['bytes', new Uint8Array(9), /9 bytes: for a single image use detectFaces/],
    ['an iterator that throws', hostile, /could not be iterated/],
    ['an iterator without next', { [Symbol.iterator]: () => ({}) }, /images must be an array/],
    ['no function', { [Symbol.asyncIterator]: 7 }, /could not be iterated/],
    [
      'results that are none',
      { [Symbol.iterator]: () => ({ next: () => 3 }) },
      /must give objects \{ done, value \}; got 3/,
    ],
  ])('is told when the iteration begins: %s', async (_, images, message) => {
    for (const onError of ['throw', 'skip', 'return'] as const) {
      const items = all(images as string[], { onError })
      expect(await rejection(items.next())).toMatchObject({
        code: 'INVALID_IMAGE',
        message: expect.stringMatching(message),
      })
    }
  })
})
