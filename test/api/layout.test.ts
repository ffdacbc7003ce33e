import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type Fit, fittedSize, offsetIn } from '../../src/api/layout.ts'

const side = fc.double({ min: 0.1, max: 5000, noNaN: true })
const size = fc.record({ width: side, height: side })

describe('fittedSize', () => {
  it.each<[Fit, number, number]>([
    ['fill', 300, 200],
    ['contain', 300, 150],
    ['cover', 400, 200],
    ['none', 600, 300],
    ['scale-down', 300, 150],
  ])('%s: 600 x 300 in 300 x 200', (fit, width, height) => {
    expect(fittedSize({ width: 600, height: 300 }, { width: 300, height: 200 }, fit)).toEqual({ width, height })
  })

  it('contain lies inside and touches two sides, cover covers and touches two sides, both in the shape of the picture', () => {
    fc.assert(
      fc.property(size, size, (natural, area) => {
        const inside = fittedSize(natural, area, 'contain')
        const over = fittedSize(natural, area, 'cover')
        for (const { width, height } of [inside, over]) {
          expect(width / height / (natural.width / natural.height)).toBeCloseTo(1, 9)
        }
        const shares = ({ width, height }: typeof area) => [width / area.width, height / area.height]
        expect(Math.max(...shares(inside))).toBeCloseTo(1, 9)
        expect(Math.min(...shares(over))).toBeCloseTo(1, 9)
        const small = fittedSize(natural, area, 'scale-down')
        expect(small.width).toBe(Math.min(inside.width, natural.width))
      }),
    )
  })
})

describe('offsetIn', () => {
  it('shares out what is free, also where the picture is larger than the area', () => {
    expect(offsetIn({ width: 10, height: 30 }, '50% 50%')).toEqual({ x: 5, y: 15 })
    expect(offsetIn({ width: -10, height: -30 }, 'right bottom')).toEqual({ x: -10, y: -30 })
    expect(offsetIn({ width: -10, height: 30 }, '25% 4px')).toEqual({ x: -2.5, y: 4 })
    expect(offsetIn({ width: 100, height: 100 }, 'calc(50% + 5px) calc(100% - 1px - 2px)')).toEqual({ x: 55, y: 97 })
  })

  it('takes no text that breaks it, and answers any quickly', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 300 }), (text) => {
        try {
          const { x, y } = offsetIn({ width: 1, height: 1 }, text)
          return Number.isFinite(x) && Number.isFinite(y)
        } catch (error) {
          return (error as { code?: string }).code === 'INVALID_OPTION'
        }
      }),
    )
    expect(() => offsetIn({ width: 1, height: 1 }, `${' '.repeat(1e6)}x`)).toThrow(/option 'position'/)
    expect(() => offsetIn({ width: 1, height: 1 }, '__proto__')).toThrow(/option 'position'/)
    expect(() => offsetIn({ width: 1, height: 1 }, '1e999px 0')).toThrow(/option 'position'/)
  })
})
