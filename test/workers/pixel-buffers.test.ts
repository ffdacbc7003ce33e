import { afterEach, beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest'
import type { Pixels } from '../../src/image/pixels.ts'
import { nextTask } from '../../src/shared/next-task.ts'
import { IDLE_MS, PixelBuffers } from '../../src/workers/pixel-buffers.ts'
import { rejection } from '../helpers/refusal.ts'

const LAYOUT = { width: 2, height: 2, channels: 3, order: 'bgr', stride: 8 } as const

beforeEach(() => void vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] }))
afterEach(() => void vi.useRealTimers())

function image(width: number, height: number): Pixels {
  const data = new Uint8Array(3 * width * height)
  for (let n = 0; n < data.length; n += 997) data[n] = n % 251
  return { data, width, height, channels: 3, order: 'rgb', stride: 3 * width }
}

/** 18 MB, nine portions. */
const large = () => image(3000, 2000)

describe.each([
  ['shared memory', true],
  ['buffers that are transferred', false],
])('pixels in %s', (_, shared) => {
  it('are just the bytes that are pixels', async () => {
    const data = new Uint8Array(100).map((_, n) => n).subarray(10, 60)
    const buffers = new PixelBuffers(shared)
    const { pixels, transfer } = await buffers.load({ ...LAYOUT, data }, nextTask)
    expect([...pixels.data]).toEqual([10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23])
    expect(transfer).toEqual(shared ? [] : [pixels.data.buffer])
    expect(pixels.data.buffer instanceof SharedArrayBuffer).toBe(shared)
    expect({ ...pixels, data: 0 }).toEqual({ ...LAYOUT, data: 0 })
    pixels.data.fill(0)
    expect(data[0]).toBe(10)
  })

  it('are copied in portions of 2 MiB, one in each task, also those of several images', async () => {
    const given = [large(), large(), image(9, 9)]
    const buffers = new PixelBuffers(shared)
    const { set } = Uint8Array.prototype
    let copied = 0
    const watch = vi.spyOn(Uint8Array.prototype, 'set').mockImplementation(function (this: Uint8Array, source, at) {
      // Others copy a few bytes, too.
      if (source.length > 200) copied += source.length
      set.call(this, source, at)
    })
    onTestFinished(() => void watch.mockRestore())
    const waiting: (() => void)[] = []
    const pause = () => new Promise<void>((resolve) => void waiting.push(resolve))
    const loading = Promise.all(given.map((one) => buffers.load(one, pause)))
    let over = false
    loading.then(() => {
      over = true
    })
    while (!over) {
      expect(copied).toBeLessThanOrEqual(2 ** 21)
      copied = 0
      await nextTask()
      for (const resume of waiting.splice(0)) resume()
      await Promise.resolve()
    }
    for (const [n, { pixels }] of (await loading).entries()) {
      expect(Buffer.compare(pixels.data, given[n]!.data)).toBe(0)
    }
  })

  it('are not copied further where a pause throws, nor where the bytes are gone; the buffer is used again', async () => {
    const buffers = new PixelBuffers(shared)
    const stop = () => Promise.reject(new Error('enough'))
    await expect(buffers.load(large(), stop)).rejects.toThrow('enough')
    const { bytes } = buffers
    expect(bytes).toBeGreaterThanOrEqual(18_000_000)
    const given = large()
    const lose = async () => {
      if (given.data.length > 0) structuredClone(given.data.buffer, { transfer: [given.data.buffer as ArrayBuffer] })
      await nextTask()
    }
    expect(await rejection(buffers.load(given, lose))).toMatchObject({ code: 'INVALID_IMAGE' })
    expect(await rejection(buffers.load(given, nextTask))).toMatchObject({ code: 'INVALID_IMAGE' })
    expect(buffers.bytes).toBe(bytes)
  })

  it('lie in a buffer again that was released, also where the next image is a little larger', async () => {
    const buffers = new PixelBuffers(shared)
    const first = await buffers.load(image(640, 480), nextTask)
    first.release(first.transfer[0])
    const second = await buffers.load(image(640, 500), nextTask)
    expect(second.pixels.data.buffer === first.pixels.data.buffer).toBe(true)
    expect(second.pixels.data.length).toBe(640 * 500 * 3)
    expect(buffers.bytes).toBe(0)
  })

  it('never lie in a buffer that is in use', async () => {
    const buffers = new PixelBuffers(shared)
    const loaded = await Promise.all([image(9, 9), image(9, 9), image(9, 9)].map((one) => buffers.load(one, nextTask)))
    expect(new Set(loaded.map(({ pixels }) => pixels.data.buffer)).size).toBe(3)
  })
})

describe('what is kept', () => {
  /** Loads an image and releases it. */
  async function pass(buffers: PixelBuffers, one: Pixels): Promise<void> {
    const { transfer, release } = await buffers.load(one, nextTask)
    release(transfer[0])
  }

  it('is as many buffers as were in use together, and not one more for larger images', async () => {
    const buffers = new PixelBuffers()
    for (let side = 100; side <= 1000; side += 100) {
      const pair = await Promise.all([image(side, side), image(side, side)].map((one) => buffers.load(one, nextTask)))
      for (const { release } of pair) release()
    }
    expect(buffers.bytes).toBeGreaterThanOrEqual(2 * 3_000_000)
    expect(buffers.bytes).toBeLessThan(2 * 1.25 * 3_000_000)
  })

  it('loses the buffers of images far larger than those of late', async () => {
    const buffers = new PixelBuffers()
    await pass(buffers, large())
    for (let n = 0; n < 5; n++) await pass(buffers, image(640, 480))
    expect(buffers.bytes).toBeGreaterThan(18_000_000)
    for (let n = 0; n < 25; n++) await pass(buffers, image(640, 480))
    expect(buffers.bytes).toBeLessThan(4_000_000)
  })

  it('stays through alternating sizes', async () => {
    const buffers = new PixelBuffers()
    const taken = new Set<ArrayBufferLike>()
    for (let n = 0; n < 20; n++) {
      const { pixels, release } = await buffers.load(n % 5 === 0 ? large() : image(640, 480), nextTask)
      taken.add(pixels.data.buffer)
      release()
    }
    expect(taken.size).toBe(1)
  })

  it('is let go of when no image comes, not while one is in use', async () => {
    const buffers = new PixelBuffers()
    const [first, second] = [await buffers.load(image(9, 9), nextTask), await buffers.load(image(9, 9), nextTask)]
    first.release()
    vi.advanceTimersByTime(IDLE_MS)
    expect(buffers.bytes).toBeGreaterThan(0)
    second.release()
    vi.advanceTimersByTime(IDLE_MS - 1)
    await pass(buffers, image(9, 9))
    vi.advanceTimersByTime(IDLE_MS - 1)
    expect(buffers.bytes).toBeGreaterThan(0)
    vi.advanceTimersByTime(1)
    expect(buffers.bytes).toBe(0)
    expect(vi.getTimerCount()).toBe(0)
  })

  it('is not what a worker did not give back', async () => {
    const buffers = new PixelBuffers(false)
    const { release } = await buffers.load(image(9, 9), nextTask)
    release()
    expect(buffers.bytes).toBe(0)
  })

  it('is nothing of images that lie in shared memory already: they are taken as they are', async () => {
    const data = new Uint8Array(new SharedArrayBuffer(100), 8, 14)
    const shared = new PixelBuffers(true)
    const loaded = await shared.load({ ...LAYOUT, data }, nextTask)
    expect([loaded.pixels.data, loaded.transfer]).toEqual([data, []])
    expect(loaded.pixels.data.buffer).toBe(data.buffer)
    loaded.release()
    expect(shared.bytes).toBe(0)
    const copied = await new PixelBuffers(false).load({ ...LAYOUT, data }, nextTask)
    expect(copied.pixels.data.buffer).toBeInstanceOf(ArrayBuffer)
  })
})
