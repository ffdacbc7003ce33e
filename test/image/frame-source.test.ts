import { describe, expect, it } from 'vitest'
import { closeFrame, newestOf } from '../../src/image/frame-source.ts'
import { refusal } from '../helpers/refusal.ts'
import { turns } from '../helpers/turns.ts'

class Frame {
  closed = 0
  close(): void {
    this.closed++
  }
}

describe('closeFrame', () => {
  it('closes what can be closed, as a method, and leaves the rest alone', () => {
    const frame = new Frame()
    closeFrame(frame)
    expect(frame.closed).toBe(1)
    for (const other of [{}, { close: 5 }, { data: new Uint8Array(3), width: 1, height: 1 }]) {
      expect(() => closeFrame(other)).not.toThrow()
    }
  })
})

describe('newestOf', () => {
  it('does not touch the source before it is asked, gives the newest, and closes those between', async () => {
    const frames = Array.from({ length: 5 }, () => new Frame())
    let begun = false
    const source = newestOf(
      (async function* () {
        begun = true
        yield* frames
      })(),
    )
    await turns()
    expect(begun).toBe(false)
    expect(await source.next()).toBe(frames[0])
    await turns()
    expect(await source.next()).toBe(frames[4])
    expect(frames.map(({ closed }) => closed)).toEqual([0, 1, 1, 1, 0])
    expect(await source.next()).toBeUndefined()
    expect(await source.next()).toBeUndefined()
  })

  it('close lets go of the frame that waits, tells one who waits the end, and stops the source', async () => {
    let returned = 0
    const frame = new Frame()
    const items: Promise<IteratorResult<Frame>>[] = [
      Promise.resolve({ done: false, value: frame }),
      new Promise(() => {}),
    ]
    const source = newestOf<Frame>({
      [Symbol.asyncIterator]: () => ({
        next: () => items.shift()!,
        return: async () => {
          returned++
          return { done: true, value: undefined }
        },
      }),
    })
    expect(await source.next()).toBe(frame)
    const waiting = source.next()
    source.close()
    expect(await waiting).toBeUndefined()
    source.close()
    expect(returned).toBeGreaterThan(0)
    expect(frame.closed).toBe(0)
  })

  it('a frame that comes after the end is closed', async () => {
    let come = (_: IteratorResult<Frame>) => {}
    const late = new Promise<IteratorResult<Frame>>((resolve) => {
      come = resolve
    })
    const source = newestOf<Frame>({ [Symbol.asyncIterator]: () => ({ next: () => late }) })
    const waiting = source.next()
    source.close()
    expect(await waiting).toBeUndefined()
    const frame = new Frame()
    come({ done: false, value: frame })
    await turns()
    expect(frame.closed).toBe(1)
  })

  it('hands on what the source throws, after the frames before it', async () => {
    const frame = new Frame()
    const source = newestOf(
      (async function* () {
        yield frame
        throw new Error('unplugged')
      })(),
    )
    expect(await source.next()).toBe(frame)
    await expect(source.next()).rejects.toThrow('unplugged')
  })

  it('refuses what cannot even be looked at, with the reason', () => {
    const cause = new TypeError('not to be touched')
    const source = {
      get [Symbol.asyncIterator](): never {
        throw cause
      },
    }
    expect(refusal(() => newestOf(source))).toMatchObject({ code: 'UNSUPPORTED_IMAGE', cause })
    const empty = { [Symbol.asyncIterator]: () => ({}) } as unknown as AsyncIterable<Frame>
    expect(refusal(() => newestOf(empty)).code).toBe('UNSUPPORTED_IMAGE')
  })

  it.each([[null], [undefined], [{}], [[1]], ['camera']])('refuses %j', (source) => {
    const { code, message } = refusal(() => newestOf(source as unknown as AsyncIterable<Frame>))
    expect(code).toBe('UNSUPPORTED_IMAGE')
    expect(message).toContain('async iterable')
  })
})
