import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { random } from '../helpers/random.ts'
import { maxPool } from '../reference/conv.ts'
import { floats, seeds } from './inputs.ts'
import { debugBuild } from './load.ts'

const box = debugBuild()
const { kernels } = box

const cases = fc.record({
  seed: seeds,
  size: fc.constantFrom(2 as const, 3 as const),
  rounding: fc.constantFrom('ceil' as const, 'floor' as const),
  height: fc.integer({ min: 3, max: 14 }),
  width: fc.integer({ min: 3, max: 14 }),
  quads: fc.integer({ min: 1, max: 4 }),
  spare: fc.integer({ min: 0, max: 3 }),
})

describe('maxPool', () => {
  it('is exact: 2 x 2 and 3 x 3, ceil and floor, odd and even sides, rows longer than the map', () => {
    fc.assert(
      fc.property(cases, ({ seed, size, rounding, height, width, quads, spare }) => {
        box.clear()
        const channels = 4 * quads
        const data = floats(random(seed), height * width * channels)
        const expected = maxPool({ data: Float64Array.from(data), height, width, channels }, size, rounding)
        const xRow = (width + spare) * channels
        // Between the rows lies what must not be seen: poison, which is NaN.
        const rows = new Float32Array(height * xRow).fill(Number.NaN)
        for (let y = 0; y < height; y++) {
          rows.set(data.subarray(y * width * channels, (y + 1) * width * channels), y * xRow)
        }
        const x = box.place(rows)
        const yRow = (expected.width + spare) * channels * 4
        const y = box.room(expected.height * yRow)
        kernels.maxPool(x, height, width, xRow * 4, channels, size, y, expected.height, expected.width, yRow)
        box.expectIntact()
        const line = expected.width * channels
        for (let row = 0; row < expected.height; row++) {
          const want = Float32Array.from(expected.data.subarray(row * line, (row + 1) * line))
          expect(box.floats(y + row * yRow, line)).toEqual(want)
          // Nothing is written behind a row.
          expect(box.bytes(y + row * yRow + line * 4, yRow - line * 4).every((byte) => byte === 0xff)).toBe(true)
        }
      }),
      { numRuns: 200 },
    )
  })

  it('pools a single pixel', () => {
    box.clear()
    const x = box.place(Float32Array.of(-1, -2, -3, 4))
    for (const size of [2, 3]) {
      const y = box.room(16)
      kernels.maxPool(x, 1, 1, 16, 4, size, y, 1, 1, 16)
      expect(box.floats(y, 4)).toEqual(Float32Array.of(-1, -2, -3, 4))
    }
  })

  it.each([
    ['channels that are no whole vectors', { channels: 6 }],
    ['a window of 4', { size: 4 }],
    ['more rows out than windows', { outHeight: 4 }],
    ['more columns out than windows', { outWidth: 5 }],
  ])('asserts: refuses %s', (_, wrong) => {
    box.clear()
    const given = { channels: 4, size: 2, outHeight: 3, outWidth: 3, ...wrong }
    const [x, y] = [box.room(4096), box.room(4096)]
    const { channels, size, outHeight, outWidth } = given
    expect(() => kernels.maxPool(x, 6, 6, 96, channels, size, y, outHeight, outWidth, 96)).toThrow(
      /assertion failed at assembly\/pool\.ts:\d+/,
    )
  })
})
