import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { direction } from '../../src/shared/angle.ts'

describe('the direction of a vector', () => {
  it.each([
    [1, 0, 0],
    [2, 2, 45],
    [0, 3, 90],
    [-4, 4, 135],
    [-1, 0, 180],
    [-1, -0, 180],
    [-4, -4, -135],
    [0, -3, -90],
    [2, -2, -45],
  ])('(%d, %d) is %d degrees, exactly', (x, y, degrees) => {
    expect(direction(x, y)).toBe(degrees)
  })

  it('of a vector without length, or too slight to tell, is no negative zero', () => {
    for (const [x, y] of [
      [0, 0],
      [-0, 0],
      [1, -0],
      [1e300, -1e-300],
    ] as const)
      expect(direction(x, y)).toBe(0)
  })

  it('is never -180', () => {
    expect(direction(-1e300, -1e-300)).toBe(180)
  })

  it('is that of Math.atan2 within 1e-13 degrees, all round', () => {
    for (let n = -3600; n <= 3600; n++) {
      const angle = (n / 3600) * Math.PI
      const [x, y] = [37 * Math.cos(angle), 37 * Math.sin(angle)]
      const apart = Math.abs(direction(x, y) - (Math.atan2(y, x) * 180) / Math.PI)
      // The first lies so little under 180 degrees that either sign is right.
      expect(n === -3600 ? 360 - apart : apart).toBeLessThan(1e-13)
    }
  })

  it('turned by quarters adds 90, and mirrored changes its sign', () => {
    const length = fc.double({ min: -1e6, max: 1e6, noNaN: true })
    fc.assert(
      fc.property(length, length, (x, y) => {
        const angle = direction(x, y)
        expect(angle).toBeGreaterThan(-180)
        expect(angle).toBeLessThanOrEqual(180)
        if (angle !== 180) expect(direction(x, -y)).toBe(0 - angle)
        const turned = direction(-y, x)
        if (x !== 0 || y !== 0) expect(Math.abs(turned - (angle > 90 ? angle - 270 : angle + 90))).toBeLessThan(1e-13)
      }),
    )
  })
})
