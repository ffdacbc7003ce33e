import { describe, expect, it } from 'vitest'
import { areaOf, intersection, smallerOverlap, unionOverlap } from '../../src/shared/overlap.ts'

const box = (x1: number, y1: number, x2: number, y2: number) => ({ x1, y1, x2, y2 })

describe('overlap', () => {
  it('of boxes that meet in part', () => {
    const [a, b] = [box(0, 0, 10, 10), box(5, 0, 25, 10)]
    expect(areaOf(b)).toBe(200)
    expect(intersection(a, b)).toBe(50)
    expect(unionOverlap(a, b)).toBe(50 / 250)
    expect(smallerOverlap(a, b)).toBe(0.5)
  })

  it('is 1 for the same box and for one inside the other, 0 for boxes that touch or are apart', () => {
    const a = box(0, 0, 10, 10)
    expect(unionOverlap(a, a)).toBe(1)
    expect(smallerOverlap(a, box(2, 2, 4, 4))).toBe(1)
    for (const other of [box(10, 0, 20, 10), box(30, 30, 40, 40)]) {
      expect([intersection(a, other), unionOverlap(a, other), smallerOverlap(a, other)]).toEqual([0, 0, 0])
    }
  })

  it('of boxes without area is 0, not NaN', () => {
    const none = box(5, 5, 5, 5)
    expect([unionOverlap(none, none), smallerOverlap(none, none)]).toEqual([0, 0])
  })
})
