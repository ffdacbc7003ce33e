import { describe, expect, it } from 'vitest'
import type { Grid } from './conv.ts'
import { areaBlend, areaTaps, methodFor, resizeF64, resizeU8, roundHalfEven } from './resize.ts'

function bytes(height: number, width: number, data: number[], channels = 1): Grid<Uint8Array> {
  return { data: Uint8Array.from(data), height, width, channels }
}

describe('roundHalfEven', () => {
  it.each([
    [0.5, 0],
    [1.5, 2],
    [2.5, 2],
    [2.4999, 2],
    [2.5001, 3],
    [254.5, 254],
  ])('%d becomes %i', (value, rounded) => {
    expect(roundHalfEven(value)).toBe(rounded)
  })
})

describe('choice of method', () => {
  it.each([
    [6, 4, 3, 2, 'block'],
    [6, 4, 6, 4, 'block'],
    [6, 4, 4, 4, 'area'],
    [6, 4, 3, 3, 'area'],
    [6, 4, 7, 2, 'blend'],
    [6, 4, 3, 5, 'blend'],
  ] as const)('%i x %i to %i x %i: %s', (height, width, toHeight, toWidth, method) => {
    expect(methodFor(bytes(height, width, []), toHeight, toWidth)).toBe(method)
  })
})

describe('mean of blocks', () => {
  it('2 x 2 rounds halves up: (sum + 2) >> 2', () => {
    expect([...resizeU8(bytes(2, 4, [1, 1, 0, 0, 2, 2, 1, 1]), 1, 2).data]).toEqual([2, 1])
  })

  it('other blocks round halves to even', () => {
    expect([...resizeU8(bytes(1, 4, [0, 1, 1, 2]), 1, 2).data]).toEqual([0, 2])
    expect([...resizeU8(bytes(3, 3, [1, 2, 3, 4, 5, 6, 7, 8, 9]), 1, 1).data]).toEqual([5])
  })

  it('the same size is a copy, channels stay apart', () => {
    const image = bytes(1, 2, [1, 2, 3, 250, 251, 252], 3)
    expect(resizeU8(image, 1, 2).data).toEqual(image.data)
    expect([...resizeU8(image, 1, 1).data]).toEqual([126, 126, 128])
  })

  it('float64 multiplies by 1 / area as float32', () => {
    expect([...resizeF64(bytes(1, 3, [1, 2, 4]), 1, 1).data]).toEqual([7 * Math.fround(1 / 3)])
  })
})

describe('overlap of areas', () => {
  it('3 pixels to 2: each takes one and a half', () => {
    const [third, twoThirds] = [Math.fround(1 / 3), Math.fround(2 / 3)]
    expect(areaTaps(0, 1.5, 3)).toEqual({ indices: [0, 1], weights: [twoThirds, third] })
    expect(areaTaps(1, 1.5, 3)).toEqual({ indices: [1, 2], weights: [third, twoThirds] })
    expect([...resizeU8(bytes(1, 3, [30, 60, 120]), 1, 2).data]).toEqual([40, 100])
    const down = resizeF64(bytes(3, 1, [30, 60, 120]), 2, 1)
    expect(down.data[0]).toBeCloseTo(40, 4)
    expect(down.data[1]).toBeCloseTo(100, 4)
  })

  it('leaves out slivers under a thousandth of a pixel', () => {
    expect(areaTaps(0, 2.0005, 4001).indices).toEqual([0, 1])
    expect(areaTaps(0, 2.002, 1001).indices).toEqual([0, 1, 2])
  })

  it.each([
    [346, 246],
    [1920, 1153],
    [13, 12],
    [97, 24],
  ])('weights of %i to %i sum to 1 and cover the image in order', (source, target) => {
    for (let d = 0; d < target; d++) {
      const { indices, weights } = areaTaps(d, source / target, source)
      expect(weights.reduce((sum, weight) => sum + weight, 0)).toBeCloseTo(1, 2)
      expect(indices).toEqual(indices.map((_, n) => indices[0]! + n))
      expect(indices.at(-1)).toBeLessThan(source)
    }
  })

  it('sums in float32, the row first, then the row times its weight', () => {
    const f = Math.fround
    const image = bytes(3, 3, [255, 254, 3, 7, 99, 201, 18, 77, 140])
    const [a, b] = [f(2 / 3), f(1 / 3)]
    const row = (p: number, q: number) => f(f(p * a) + f(q * b))
    const sum = f(f(row(255, 254) * a) + f(row(7, 99) * b))
    expect(resizeU8(image, 2, 2).data[0]).toBe(roundHalfEven(sum))
    const exact = (255 * a + 254 * b) * a + (7 * a + 99 * b) * b
    expect(resizeF64(image, 2, 2).data[0]).toBe(exact)
  })
})

describe('enlarging', () => {
  it('1 pixel to 3 repeats it', () => {
    expect([...resizeU8(bytes(1, 1, [200]), 3, 3).data]).toEqual(Array(9).fill(200))
    expect([...resizeF64(bytes(1, 1, [200]), 2, 2).data]).toEqual(Array(4).fill(200))
  })

  it('2 pixels to 3: only the one that straddles both is mixed', () => {
    expect(areaBlend(0, 2, 3)).toEqual({ first: 0, second: 1, share: 0 })
    expect(areaBlend(1, 2, 3)).toEqual({ first: 0, second: 1, share: 0.5 })
    expect(areaBlend(2, 2, 3)).toEqual({ first: 1, second: 1, share: 0 })
    expect([...resizeF64(bytes(1, 2, [10, 20]), 1, 3).data]).toEqual([10, 15, 20])
    expect([...resizeU8(bytes(1, 2, [10, 20]), 1, 3).data]).toEqual([10, 15, 20])
  })

  it('blends on both axes though only one is enlarged', () => {
    // down, 3 to 2: rows 0 and 1 with a share of 1 - 2/3, then rows 1 and 2 with a share of 2 - 2 * 2/3
    const out = resizeF64(bytes(3, 1, [0, 30, 90]), 2, 2)
    expect(out.data[0]).toBeCloseTo(10, 4)
    expect(out.data[2]).toBeCloseTo(70, 4)
  })
})
