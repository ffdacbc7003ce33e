import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { checkBytes, isEncodedImage } from '../../src/image/pixels.ts'
import { toPixels } from '../../src/image/to-pixels.ts'
import { MtcnnError } from '../../src/shared/errors.ts'
import { refusal } from '../helpers/refusal.ts'
import { resizable } from '../helpers/resizable.ts'

const refused = (image: unknown) => refusal(() => toPixels(image))

const data = new Uint8Array(24)

describe('toPixels', () => {
  it('reads the number of channels off the length of the data', () => {
    expect(toPixels({ data: new Uint8Array(6), width: 3, height: 2 })).toMatchObject({ channels: 1, stride: 3 })
    expect(toPixels({ data: new Uint8Array(18), width: 3, height: 2 })).toMatchObject({ channels: 3, stride: 9 })
    expect(toPixels({ data: new Uint8Array(24), width: 3, height: 2 })).toMatchObject({ channels: 4, stride: 12 })
    expect(toPixels({ data: new Uint8Array(18), width: 3, height: 2, stride: 9 }).channels).toBe(3)
  })

  it('takes ImageData as RGBA', () => {
    const image = { data: new Uint8ClampedArray(24), width: 3, height: 2, colorSpace: 'srgb' }
    expect(toPixels(image)).toMatchObject({ width: 3, height: 2, channels: 4, order: 'rgb', stride: 12 })
  })

  it('does not copy, whatever the kind of array and wherever it starts', () => {
    const memory = new ArrayBuffer(100)
    for (const view of [
      new Uint8Array(memory, 7, 12),
      new Uint8ClampedArray(memory, 7, 12),
      Buffer.from(memory, 7, 12),
    ]) {
      const pixels = toPixels({ data: view, width: 2, height: 2 })
      expect(pixels.data).toBeInstanceOf(Uint8Array)
      expect(pixels.data.buffer).toBe(memory)
      expect([pixels.data.byteOffset, pixels.data.length]).toEqual([7, 12])
    }
  })

  it('takes rows with padding, the last row without', () => {
    const image = { data: new Uint8Array(8 + 6), width: 2, height: 2, channels: 3, stride: 8, order: 'bgr' }
    expect(toPixels(image)).toMatchObject({ stride: 8, channels: 3, order: 'bgr' })
    expect(refused({ ...image, data: new Uint8Array(13) }).message).toMatch(/too short.* takes 14 bytes; got 13/)
  })

  it('takes more data than needed where the channels are given', () => {
    expect(toPixels({ data, width: 2, height: 2, channels: 3 }).channels).toBe(3)
  })

  it.each([
    [{ data, width: Number.NaN, height: 1 }, /image.width .* got NaN/],
    [{ data, width: 0, height: 1 }, /image.width .* got 0/],
    [{ data, width: 2, height: -1 }, /image.height .* got -1/],
    [{ data, width: 2.5, height: 1 }, /got 2.5/],
    [{ data, width: '2', height: 1 }, /got "2"/],
    [{ data, width: 2n, height: 1 }, /got 2n/],
    [{ data, width: Number.POSITIVE_INFINITY, height: 1 }, /got Infinity/],
    [{ data }, /image.width must be a whole number of at least 1; got undefined/],
    [{ data, width: 2 }, /image.height must be a whole number of at least 1; got undefined/],
    [{ width: 2, height: 2 }, /image.data must be .* got undefined/],
    [{ data: null, width: 1, height: 1 }, /image.data must be .* got null/],
    [{ data: [1, 2, 3], width: 1, height: 1 }, /got an array of 3; store the numbers as bytes/],
    [{ data: new Float32Array(3), width: 1, height: 1 }, /Float32Array.*scale the samples to 0..255/],
    [{ data: new Uint16Array(3), width: 1, height: 1 }, /got Uint16Array.*upper 8 bits/],
    [{ data: new Int8Array(3), width: 1, height: 1 }, /got Int8Array/],
    [{ data: new ArrayBuffer(3), width: 1, height: 1 }, /new Uint8Array\(buffer\)/],
    [{ data: new SharedArrayBuffer(3), width: 1, height: 1 }, /new Uint8Array\(buffer\)/],
    [{ data: Promise.resolve(data), width: 1, height: 1 }, /image.data must be .*await it first/],
    [{ data: Buffer.of(1, 2, 3).toJSON(), width: 1, height: 1 }, /Buffer.from\(image.data\)/],
    [{ data: () => data, width: 1, height: 1 }, /got the function data; call it/],
    [{ data: { [Symbol.toStringTag]: 'Uint8Array', length: 3 }, width: 1, height: 1 }, /image.data must be/],
    [{ data, width: 5, height: 1 }, /image.channels must be given: 24 bytes for 5 x 1/],
    [{ data, width: 4, height: 4 }, /24 bytes for 4 x 4 pixels.*YUV 4:2:0.*channels: 1/],
    [{ data, width: 3, height: 2, stride: 20 }, /image.channels must be given.*stride of 20/],
    [{ data, width: 3, height: 2, channels: 2 }, /image.channels must be 1, 3 or 4; got 2/],
    [{ data, width: 3, height: 2, channels: '3' }, /got "3"/],
    [{ data, width: 4, height: 3, channels: 3 }, /too short: 4 x 3 .* takes 36 bytes; got 24/],
    [
      { data, width: 2, height: 2, channels: 3, stride: 5 },
      /image.stride .* at least width \* channels = 6 bytes; got 5/,
    ],
    [{ data, width: 2, height: 2, channels: 3, stride: 6.5 }, /got 6.5/],
    [{ data, width: 2, height: 2, channels: 3, order: 'BGR' }, /image.order must be 'rgb' or 'bgr'; got "BGR"/],
    [{ data, width: 2 ** 40, height: 2 ** 40, channels: 4 }, /too short/],
    [{ data, width: Number.MAX_SAFE_INTEGER, height: Number.MAX_SAFE_INTEGER, channels: 1 }, /too short/],
  ])('refuses %o', (image, message) => {
    const error = refused(image)
    expect(error.message).toMatch(message)
    expect(error.code).toBe('INVALID_IMAGE')
  })

  it('refuses what is no image at all as such', () => {
    for (const image of [
      null,
      undefined,
      7,
      [1, 2],
      new Float32Array(3),
      {},
      { data, info: { width: 1, height: 1 } },
    ]) {
      const error = refused(image)
      expect(error.code).toBe('UNSUPPORTED_IMAGE')
      expect(error.message).toMatch(/^got .*, which is not an image: /)
    }
  })

  it('takes the length of an array from the engine, whatever the array says of itself', () => {
    const forged = new Uint8Array(30)
    for (const name of ['length', 'byteLength', 'byteOffset']) Object.defineProperty(forged, name, { value: 1e9 })
    Object.defineProperty(forged, 'buffer', { value: new ArrayBuffer(1000) })
    expect(refused({ data: forged, width: 1000, height: 1000, channels: 3 }).message).toMatch(/got 30$/)
    const { data } = toPixels({ data: forged, width: 10, height: 1 })
    expect([data.length, data.byteOffset, data.buffer.byteLength]).toEqual([30, 0, 30])
    class Lying extends Uint8Array {
      override get length() {
        return 1e9
      }
    }
    expect(toPixels({ data: new Lying(30), width: 10, height: 1 }).data.length).toBe(30)
  })

  it('takes shared memory, and memory that can be resized', () => {
    const shared = new Uint8Array(new SharedArrayBuffer(20), 8)
    expect(toPixels({ data: shared, width: 2, height: 2 })).toMatchObject({ channels: 3, stride: 6 })
    const growing = resizable(12, 100)
    const pixels = toPixels({ data: new Uint8Array(growing), width: 2, height: 2 })
    growing.resize(100)
    expect(pixels.data.length).toBe(12)
    growing.resize(11)
    expect(refusal(() => checkBytes(pixels)).message).toMatch(/too short by now.* got 0$/)
  })

  it('refuses data whose memory was transferred away', () => {
    const gone = new Uint8Array(12)
    structuredClone(gone, { transfer: [gone.buffer] })
    expect(refused({ data: gone, width: 2, height: 2, channels: 3 }).message).toMatch(
      /empty: its memory was handed over/,
    )
  })

  it('refuses data that throw at a touch, and says so', () => {
    const data = {
      get [Symbol.toStringTag]() {
        throw new Error('hands off')
      },
    }
    expect(refused({ data, width: 2, height: 2 }).message).toMatch(/got an object that cannot be read/)
  })

  it('refuses what would have to be decoded', () => {
    for (const image of [
      'photo.jpg',
      new URL('file:///photo.jpg'),
      new Uint8Array(3),
      new ArrayBuffer(3),
      Buffer.alloc(3),
    ]) {
      expect(isEncodedImage(image)).toBe(true)
      expect(refused(image).code).toBe('UNSUPPORTED_IMAGE')
    }
    for (const image of [{ data, width: 2, height: 2 }, new Uint8ClampedArray(3), new Float32Array(3), null]) {
      expect(isEncodedImage(image)).toBe(false)
    }
  })

  it('says so where reading the image throws', () => {
    const { proxy, revoke } = Proxy.revocable({}, {})
    revoke()
    expect(refused(proxy).code).toBe('INVALID_IMAGE')
    const cause = new Error('boom')
    const image = {
      get data(): Uint8Array {
        throw cause
      },
    }
    expect(refused(image).cause).toBe(cause)
  })

  it('answers junk with an MtcnnError or with pixels that fit their data, never anything else', () => {
    const junk = fc.anything({ withTypedArray: true, withBigInt: true, withNullPrototype: true })
    // Mostly right in every field, or no case would get past the first check.
    const mostly = (good: fc.Arbitrary<unknown>) =>
      fc.oneof({ arbitrary: good, weight: 9 }, { arbitrary: junk, weight: 1 })
    const array = fc.oneof(fc.uint8Array({ maxLength: 64 }), fc.uint8ClampedArray({ maxLength: 64 }))
    const image = fc.record(
      {
        data: mostly(array),
        width: mostly(fc.integer({ min: 0, max: 4 })),
        height: mostly(fc.integer({ min: 0, max: 4 })),
        channels: mostly(fc.constantFrom(1, 2, 3, 4, undefined)),
        stride: mostly(fc.oneof(fc.constant(undefined), fc.integer({ min: 0, max: 20 }))),
        order: mostly(fc.constantFrom('rgb', 'bgr', undefined)),
      },
      { requiredKeys: ['data', 'width', 'height'] },
    )
    let taken = 0
    fc.assert(
      fc.property(fc.oneof(junk, { arbitrary: image, weight: 4 }), (given) => {
        try {
          const { data, width, height, channels, stride } = toPixels(given)
          taken++
          expect(stride).toBeGreaterThanOrEqual(width * channels)
          expect(data.length).toBeGreaterThanOrEqual(stride * (height - 1) + width * channels)
        } catch (error) {
          if (!(error instanceof MtcnnError)) throw error
        }
      }),
      { numRuns: 3000 },
    )
    expect(taken).toBeGreaterThan(0)
  })
})
