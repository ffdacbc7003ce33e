import { describe, expect, it } from 'vitest'
import { everyOf } from '../../src/image/every-frame.ts'
import { refusal } from '../helpers/refusal.ts'
import { turns } from '../helpers/turns.ts'

class Frame {
  closed = 0
  close(): void {
    this.closed++
  }
}

async function all<T>(source: { next(): Promise<T | undefined> }): Promise<T[]> {
  const given: T[] = []
  for (let item = await source.next(); item !== undefined; item = await source.next()) given.push(item)
  return given
}

describe('everyOf', () => {
  it('gives every item, in order, however slowly it is asked', async () => {
    const source = everyOf<number>(
      (async function* () {
        yield* [1, 2, 3]
      })(),
    )
    await turns()
    expect(await all(source)).toEqual([1, 2, 3])
    expect(await source.next()).toBeUndefined()
    expect(source.borrowed).toBe(false)
  })

  it('takes what is not asynchronous, too, and promises in it; those frames belong to the caller', async () => {
    const source = everyOf<number>([1, Promise.resolve(2), 3])
    expect(await all(source)).toEqual([1, 2, 3])
    expect(source.borrowed).toBe(true)
  })

  it('ends a wait when it is closed, tells the source, and closes a frame that comes too late', async () => {
    const frame = new Frame()
    let give = (_: Frame) => {}
    let returned = 0
    const source = everyOf<Frame>({
      [Symbol.asyncIterator]: () => ({
        next: () =>
          new Promise((resolve) => {
            give = (value) => resolve({ done: false, value })
          }),
        return: async () => {
          returned++
          throw new Error('nobody is interested')
        },
      }),
    })
    const next = source.next()
    await turns()
    source.close()
    source.close()
    expect(await next).toBeUndefined()
    expect(returned).toBe(1)
    give(frame)
    await turns()
    expect(frame.closed).toBe(1)
    expect(await source.next()).toBeUndefined()
  })

  it('does not end what has ended by itself', async () => {
    let returned = 0
    const iterator = { next: () => ({ done: true, value: undefined }), return: () => void returned++ }
    const source = everyOf({ [Symbol.iterator]: () => iterator })
    expect(await source.next()).toBeUndefined()
    source.close()
    expect(returned).toBe(0)
  })

  it('what the source throws comes through, once', async () => {
    const source = everyOf(
      // biome-ignore lint/correctness/useYield: it fails before it could
      (async function* () {
        throw new Error('unplugged')
      })(),
    )
    await expect(source.next()).rejects.toThrow('unplugged')
    expect(await source.next()).toBeUndefined()
  })

  it.each([
    [undefined, 'got undefined'],
    ['video.mp4', 'got "video.mp4"'],
    [new Uint8Array(5), 'got Uint8Array of 5 bytes'],
    [{ data: [], width: 1, height: 1 }, 'a single image goes to detectFaces(image)'],
  ])('%s is refused', (given, message) => {
    const refused = refusal(() => everyOf(given))
    expect(refused.code).toBe('UNSUPPORTED_IMAGE')
    expect(refused.message).toContain(message)
  })

  it('what throws when it is iterated is refused', () => {
    const broken = {
      get [Symbol.iterator]() {
        throw new Error('no')
      },
    }
    expect(refusal(() => everyOf(broken)).code).toBe('UNSUPPORTED_IMAGE')
  })

  it('an iterator that gives no results is refused', async () => {
    const source = everyOf({ [Symbol.iterator]: () => ({ next: () => 5 }) })
    await expect(source.next()).rejects.toMatchObject({ code: 'INVALID_IMAGE' })
  })
})
