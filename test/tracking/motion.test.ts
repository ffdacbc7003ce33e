import { describe, expect, it } from 'vitest'
import { boxOf, corrected, type Motion, motionOf, moved, relativeSpeed, scaled } from '../../src/tracking/motion.ts'

const FRAME = 1 / 30
const box = (x: number, y: number, size = 100) => ({ x1: x, y1: y, x2: x + size, y2: y + size })

/** Seen in these places, one frame after the other. */
function after(...places: ReturnType<typeof box>[]): Motion {
  return places.slice(1).reduce((motion, place) => corrected(motion, place, FRAME), motionOf(places[0]!))
}

describe('motion', () => {
  it('a face seen once stays where it was', () => {
    const motion = motionOf(box(10, 20))
    expect(motion.known).toBe(false)
    expect(boxOf(moved(motion, 1))).toEqual(box(10, 20))
  })

  it('a face seen twice goes on at the speed between', () => {
    const motion = after(box(0, 0), box(6, -3))
    expect(motion.known).toBe(true)
    const next = boxOf(moved(motion, FRAME))
    expect(next.x1).toBeCloseTo(12, 9)
    expect(next.y1).toBeCloseTo(-6, 9)
    expect(relativeSpeed(motion)).toBeCloseTo((6 * 30) / 100, 9)
  })

  it('steady motion is expected exactly', () => {
    const motion = after(...Array.from({ length: 20 }, (_, n) => box(5 * n, 2 * n)))
    expect(boxOf(moved(motion, 3 * FRAME)).x1).toBeCloseTo(5 * 22, 6)
    expect(boxOf(moved(motion, 3 * FRAME)).y1).toBeCloseTo(2 * 22, 6)
  })

  it('frames that are said to lie close together say nothing of the speed', () => {
    const first = after(box(0, 0), box(0, 0))
    const jumped = corrected(corrected(first, box(3, 0), 1e-5), box(3, 0), FRAME)
    expect(Math.abs(jumped.speedX)).toBeLessThan(60)
    const early = corrected(motionOf(box(0, 0)), box(3, 0), 1e-5)
    expect(early).toMatchObject({ known: false, speedX: 0, x: 53 })
  })

  it('what may be another face moves the place, and leaves the speed', () => {
    const motion = after(box(0, 0), box(5, 0), box(10, 0))
    const misled = corrected(motion, box(-20, 0), FRAME, true)
    expect(misled.speedX).toBe(motion.speedX)
    expect(misled.x).toBeLessThan(motion.x)
  })

  it('a face that grows is expected to grow a little more, not for ever', () => {
    const motion = after(...Array.from({ length: 20 }, (_, n) => box(0, 0, 100 * 1.02 ** n)))
    const { width } = motion
    expect(moved(motion, FRAME).width / width).toBeGreaterThan(1.01)
    expect(moved(motion, 10).width / width).toBeLessThanOrEqual(1.1)
  })

  it('in a picture of half the size everything is half', () => {
    const motion = after(box(0, 0), box(8, 4))
    const half = scaled(motion, 0.5, 0.5)
    const { x1, y1, x2, y2 } = boxOf(moved(motion, FRAME))
    expect(boxOf(moved(half, FRAME))).toEqual({ x1: x1 / 2, y1: y1 / 2, x2: x2 / 2, y2: y2 / 2 })
  })
})
