import { describe, expect, it } from 'vitest'
import type { Pixels } from '../../src/image/pixels.ts'
import { MtcnnError } from '../../src/shared/errors.ts'
import { packError, packPixels, unpackError } from '../../src/workers/protocol.ts'
import { rejection } from '../helpers/refusal.ts'

const pixels = { width: 2, height: 2, channels: 3, order: 'bgr', stride: 8 } as const
const pause = () => Promise.reject(new Error('there is nothing to pause'))

/** 3000 x 2000 pixels: 18 MB, five portions. */
function large(): Pixels {
  const data = new Uint8Array(3000 * 2000 * 3)
  for (let n = 0; n < data.length; n += 997) data[n] = n % 251
  return { data, width: 3000, height: 2000, channels: 3, order: 'rgb', stride: 9000 }
}

describe('packPixels', () => {
  it('copies just the bytes that are pixels', async () => {
    const data = new Uint8Array(100).map((_, n) => n).subarray(10, 60)
    const { pixels: packed, transfer } = await packPixels({ ...pixels, data }, { transfer: false, pause })
    expect([...packed.data]).toEqual([10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23])
    expect(transfer).toEqual([packed.data.buffer])
    expect(packed.data.buffer.byteLength).toBe(14)
    expect({ ...packed, data: 0 }).toEqual({ ...pixels, data: 0 })
    packed.data.fill(0)
    expect(data[0]).toBe(10)
  })

  it('gives the buffer itself where that is wanted', async () => {
    const data = new Uint8Array(100).subarray(10, 60)
    const { pixels: packed, transfer } = await packPixels({ ...pixels, data }, { transfer: true, pause })
    expect(transfer).toEqual([data.buffer])
    expect([packed.data.buffer, packed.data.byteOffset, packed.data.length]).toEqual([data.buffer, 10, 50])
  })

  it('copies a large image in portions of 4 MiB', async () => {
    const image = large()
    let pauses = 0
    const counted = async () => {
      pauses++
    }
    const { pixels: packed } = await packPixels(image, { transfer: false, pause: counted })
    expect(pauses).toBe(Math.ceil(image.data.length / 2 ** 22) - 1)
    expect(Buffer.compare(packed.data, image.data)).toBe(0)
    expect(packed.data.buffer).not.toBe(image.data.buffer)
  })

  it('stops where a pause throws, and tells of bytes that went away during one', async () => {
    const stop = () => Promise.reject(new Error('enough'))
    await expect(packPixels(large(), { transfer: false, pause: stop })).rejects.toThrow('enough')
    const image = large()
    const lose = async () => void structuredClone(image.data.buffer, { transfer: [image.data.buffer as ArrayBuffer] })
    expect(await rejection(packPixels(image, { transfer: false, pause: lose }))).toMatchObject({
      code: 'INVALID_IMAGE',
    })
  })
})

describe('errors', () => {
  const crossed = (error: unknown) => unpackError(structuredClone(packError(error)))

  it('keep class, code and message', () => {
    const error = crossed(new MtcnnError('OUT_OF_MEMORY', 'too large'))
    expect(error).toBeInstanceOf(MtcnnError)
    expect(error).toMatchObject({ code: 'OUT_OF_MEMORY', message: 'too large', cause: { message: 'too large' } })
  })

  it('of other classes, and what is no error, become WORKER_FAILED', () => {
    const trap = new WebAssembly.RuntimeError('unreachable')
    const error = crossed(trap)
    expect(error).toMatchObject({ code: 'WORKER_FAILED', message: 'the worker failed: RuntimeError: unreachable' })
    expect((error.cause as Error).stack).toBe(trap.stack)
    expect(crossed('odd')).toMatchObject({ code: 'WORKER_FAILED', message: 'the worker failed: "odd"' })
    const unreadable = {
      toString() {
        throw new Error('no')
      },
    }
    expect(crossed(unreadable)).toMatchObject({
      code: 'WORKER_FAILED',
      message: expect.stringContaining('the worker failed: an object '),
    })
  })
})
