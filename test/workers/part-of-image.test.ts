import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Source } from '../../src/cascade/context.ts'
import type { Pixels } from '../../src/image/pixels.ts'
import type { Rows } from '../../src/wasm/bands.ts'
import { frameSize, writeRows } from '../../src/wasm/frame-writer.ts'
import type { FramePlan } from '../../src/wasm/memory-plan.ts'
import { isShared, partOfSource } from '../../src/workers/part-of-image.ts'
import { random } from '../helpers/random.ts'
import { releaseBuild } from '../kernels/load.ts'

const box = releaseBuild()

/** Rows of the frame as they come in. */
function rowsOf({ pixels, region, turn, pad }: Source, { first, end }: Rows): Uint8Array {
  const { width, height } = frameSize(region, { turn, pad })
  box.clear()
  const staging = box.room(4 * width * height + 64)
  const place = box.room(3 * width * height + 64)
  const plan = { staging, pixels: place } as FramePlan
  writeRows(box.kernels, box.memory.buffer, plan, pixels, region, { turn, pad }, first, end)
  box.expectIntact()
  return box.bytes(place + 3 * width * first, 3 * width * (end - first)).slice()
}

describe('a part of an image', () => {
  it('shows the same rows of the frame, however that is turned and framed', () => {
    const side = fc.integer({ min: 1, max: 20 })
    fc.assert(
      fc.property(
        fc.record({
          width: side,
          height: side,
          x: fc.nat(5),
          y: fc.nat(5),
          spare: fc.nat(7),
          channels: fc.constantFrom(1, 3, 4),
          order: fc.constantFrom('rgb', 'bgr'),
          turn: fc.constantFrom(0, 90, 180, 270),
          pad: fc.nat(4),
          shared: fc.boolean(),
        }),
        fc.nat(40),
        fc.integer({ min: 1, max: 40 }),
        ({ width, height, x, y, spare, shared, channels, order, turn, pad }, from, count) => {
          const stride = (width + x) * channels + spare
          const length = stride * (height + y)
          const data = new Uint8Array(shared ? new SharedArrayBuffer(length) : new ArrayBuffer(length))
          const next = random(length)
          for (let n = 0; n < length; n++) data[n] = 256 * next()
          const pixels: Pixels = { data, width: width + x, height: height + y, channels, order, stride }
          const source: Source = { pixels, region: { x, y, width, height }, turn, pad }
          const frame = frameSize(source.region, source)
          const first = Math.min(from, frame.height - 1)
          const end = Math.min(first + count, frame.height)
          const part = partOfSource(source, [{ first, end }])
          expect(rowsOf(part, { first, end })).toEqual(rowsOf(source, { first, end }))
          expect(part.pixels.data.length).toBeLessThanOrEqual(width * height * channels)
          expect([isShared(part.pixels), isShared(pixels)]).toEqual([false, shared])
        },
      ),
      { numRuns: 200 },
    )
  })
})
