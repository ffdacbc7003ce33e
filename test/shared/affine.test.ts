import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type Affine, inverseOf } from '../../src/shared/affine.ts'

const number = fc.double({ min: -100, max: 100, noNaN: true })

function apply([a, b, tx, c, d, ty]: Affine, x: number, y: number): [number, number] {
  return [a * x + b * y + tx, c * x + d * y + ty]
}

describe('inverseOf', () => {
  it('leads back', () => {
    const property = fc.property(number, number, number, number, number, number, number, number, (...numbers) => {
      const [a, b, tx, c, d, ty, x, y] = numbers as [number, number, number, number, number, number, number, number]
      fc.pre(Math.abs(a * d - b * c) > 1e-3)
      const map: Affine = [a, b, tx, c, d, ty]
      const [u, v] = apply(map, x, y)
      const [back, down] = apply(inverseOf(map), u, v)
      // Of what the numbers are made of, a few last places.
      const slack = (1e-12 * 1e6) / Math.abs(a * d - b * c)
      expect(Math.abs(back - x)).toBeLessThan(slack)
      expect(Math.abs(down - y)).toBeLessThan(slack)
    })
    fc.assert(property)
  })

  it('of a map that leads back nowhere is not finite', () => {
    expect(inverseOf([1, 2, 0, 2, 4, 0]).every(Number.isFinite)).toBe(false)
  })
})
