import { describe, expect, it } from 'vitest'
import { carried, Smoother } from '../../src/tracking/smoother.ts'

const POINTS = Float64Array.from([10, 30, 20, 12, 28, 10, 10, 20, 30, 30])
const SHAPE = { x1: 0, y1: 0, x2: 40, y2: 40, points: POINTS }

describe('a smoother', () => {
  it('leaves what is at rest, box and landmarks', () => {
    const smoother = new Smoother(SHAPE)
    const next = smoother.next(SHAPE, 1 / 30)
    expect(next).toEqual(SHAPE)
  })

  it('moves box and landmarks together toward a new place, by less than all of the way', () => {
    const smoother = new Smoother(SHAPE)
    const to = { x1: 4, y1: 0, x2: 44, y2: 40, points: POINTS.map((value, n) => (n < 5 ? value + 4 : value)) }
    const next = smoother.next(to, 1 / 30)
    expect(next.x1).toBeGreaterThan(0)
    expect(next.x1).toBeLessThan(4)
    expect(next.x2 - next.x1).toBeCloseTo(40, 9)
    expect(next.points![0]! - POINTS[0]!).toBeCloseTo(next.x1, 9)
    expect(next.y1).toBe(0)
  })

  it('faces without landmarks have none', () => {
    const { points: _, ...box } = SHAPE
    expect(new Smoother(box).next(box, 1 / 30)).toEqual(box)
  })
})

describe('carried', () => {
  it('moves and stretches a shape as a box is moved and stretched', () => {
    const to = carried(SHAPE, { x1: 0, y1: 0, x2: 40, y2: 40 }, { x1: 100, y1: 0, x2: 180, y2: 40 })
    expect(to).toMatchObject({ x1: 100, y1: 0, x2: 180, y2: 40 })
    expect([...to.points!]).toEqual([120, 160, 140, 124, 156, 10, 10, 20, 30, 30])
  })
})
