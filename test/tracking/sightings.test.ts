import { describe, expect, it } from 'vitest'
import type { Sighting } from '../../src/cascade/sighting.ts'
import { costOf, type Expectation, observations } from '../../src/tracking/sightings.ts'

const PLAIN = new Float32Array(64).fill(1 / 8)
const OTHER = PLAIN.map((cell, n) => (n % 2 === 0 ? cell : -cell))

function sighting(x: number, size = 40, more: Partial<Sighting> = {}): Sighting {
  return { x1: x, y1: 0, x2: x + size, y2: size, confidence: 0.9, turn: 0, searched: false, look: PLAIN, ...more }
}
const outcome = (looks: Sighting[][], found: Sighting[] = []) => {
  return { looks, found, whole: false, cut: false, scene: PLAIN }
}

describe('observations', () => {
  it('have each face once; what a look found goes first, and what the search says of it is kept', () => {
    const all = observations(
      outcome([[sighting(0)], [sighting(100)]], [sighting(3, 40, { searched: true, votes: 7, confidence: 1 })]),
    )
    expect(all.map(({ look, searched }) => [look, searched])).toEqual([
      [0, true],
      [1, false],
    ])
    expect(all[0]!.sighting).toMatchObject({ x1: 0, votes: 7 })
  })

  it('of two looks that found the same face: the more confident', () => {
    const all = observations(outcome([[sighting(0)], [sighting(2, 40, { confidence: 0.99 })]]))
    expect(all.map(({ look }) => look)).toEqual([1])
  })

  it('a small face in the box of a large one is the same, as after O-Net', () => {
    expect(observations(outcome([[sighting(0, 100)]], [sighting(20, 30)]))).toHaveLength(1)
    expect(observations(outcome([[sighting(0, 40)]], [sighting(30, 40)]))).toHaveLength(2)
  })
})

describe('what speaks against it that a face is one that was followed', () => {
  const expected: Expectation = {
    box: { x1: 0, y1: 0, x2: 40, y2: 40 },
    look: PLAIN,
    seen: 0,
    known: true,
    near: false,
  }
  const cost = (x: number, size = 40, more: Partial<Sighting> = {}, own = true, cut = false) => {
    return costOf(expected, { sighting: sighting(x, size, more), look: 0, searched: true }, own, cut)
  }

  it('is nothing in the same place, and grows with the distance, the size, and how it looks', () => {
    expect(cost(0)).toBeCloseTo(0, 6)
    expect(cost(4)).toBeGreaterThan(cost(2))
    expect(cost(0, 50)).toBeGreaterThan(cost(0))
    expect(cost(0, 40, { look: OTHER })).toBeGreaterThan(cost(0))
    expect(cost(0, 40, {}, false)).toBeGreaterThan(cost(0))
  })

  it('is too much far away, for another size, and for another look in another place', () => {
    expect(cost(60)).toBe(Number.POSITIVE_INFINITY)
    expect(cost(0, 90)).toBe(Number.POSITIVE_INFINITY)
    expect(cost(22, 40, { look: OTHER })).toBe(Number.POSITIVE_INFINITY)
  })

  it('a face may be farther away that was not seen for some time, or only once', () => {
    const far = { sighting: sighting(36), look: -1, searched: true }
    expect(costOf(expected, far, false, false)).toBe(Number.POSITIVE_INFINITY)
    expect(costOf({ ...expected, seen: 3 }, far, false, false)).toBeLessThan(3)
    expect(costOf({ ...expected, known: false }, far, false, false)).toBeLessThan(3)
  })

  it('beside another face it has to be where it is expected', () => {
    const beside = { sighting: sighting(18), look: 0, searched: true }
    expect(costOf(expected, beside, true, false)).toBeLessThan(3)
    expect(costOf({ ...expected, near: true }, beside, true, false)).toBe(Number.POSITIVE_INFINITY)
    expect(costOf({ ...expected, near: true, known: false }, beside, true, false)).toBeLessThan(3)
  })

  it('after a cut only the same look in the same place will do', () => {
    expect(cost(2, 40, {}, false, true)).toBeLessThan(0.1)
    expect(cost(2, 40, { look: OTHER }, false, true)).toBe(Number.POSITIVE_INFINITY)
    expect(cost(26, 40, {}, false, true)).toBe(Number.POSITIVE_INFINITY)
  })
})
