import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { consensus, exponential, logarithm, votesFor } from '../../src/cascade/consensus.ts'
import type { Corners } from '../reference/boxes.ts'
import * as naive from '../reference/consensus.ts'

const logit = fc.double({ min: -30, max: 30, noNaN: true })
const score = fc.double({ min: 0, max: 1, noNaN: true })
const edge = fc.double({ min: -50, max: 50, noNaN: true })
const side = fc.double({ min: 0, max: 60, noNaN: true })
const box = fc.tuple(edge, edge, side, side).map(([x, y, w, h]): Corners => [x, y, x + w, y + h])
const cornersOf = ([x1, y1, x2, y2]: Corners) => ({ x1, y1, x2, y2 })

describe('exponential and logarithm', () => {
  it('are right to 12 and 15 digits', () => {
    fc.assert(
      fc.property(fc.double({ min: -104, max: 104, noNaN: true }), (x) => {
        expect(Math.abs(exponential(x) / Math.exp(x) - 1)).toBeLessThan(5e-13)
      }),
    )
    fc.assert(
      fc.property(fc.double({ min: 1e-6, max: 1e9, noNaN: true }), (x) => {
        expect(Math.abs(logarithm(x) - Math.log(x))).toBeLessThan(1e-15 * Math.max(1, Math.abs(Math.log(x))))
      }),
    )
  })

  it('have these bits, on every engine', () => {
    expect([0, 1, -1, 0.1, 50].map(exponential)).toMatchInlineSnapshot(`
      [
        1,
        2.7182818284589936,
        0.36787944117145366,
        1.1051709180755884,
        5.184705528586794e+21,
      ]
    `)
    expect([1, 2, 0.3, 10, 1234.5].map(logarithm)).toMatchInlineSnapshot(`
      [
        0,
        0.6931471805599453,
        -1.203972804325936,
        2.3025850929940455,
        7.118421308785234,
      ]
    `)
  })

  it('are bounded where there is nothing to gain', () => {
    expect(exponential(Number.POSITIVE_INFINITY)).toBe(exponential(104))
    expect(exponential(-1e300)).toBe(exponential(-104))
    expect(exponential(Number.NaN)).toBeNaN()
  })
})

describe('confidence by consensus', () => {
  it('is that of the naive twin', () => {
    fc.assert(
      fc.property(box, logit, logit, fc.array(fc.record({ box, score }), { maxLength: 30 }), (about, o, r, votes) => {
        const sum = votesFor(
          cornersOf(about),
          votes.map(({ box, score }) => ({ ...cornersOf(box), score })),
        )
        expect(consensus(o, r, sum)).toBeCloseTo(naive.consensus(about, [o], [r], votes), 12)
      }),
    )
  })

  it('rises with all that speaks for a face, and stays from 0 to 1', () => {
    const votes = fc.double({ min: 0, max: 1000, noNaN: true })
    fc.assert(
      fc.property(logit, logit, votes, (o, r, v) => {
        const before = consensus(o, r, v)
        expect(before).toBeGreaterThanOrEqual(0)
        expect(before).toBeLessThanOrEqual(1)
        for (const after of [consensus(o + 0.5, r, v), consensus(o, r + 0.5, v), consensus(o, r, v + 0.5)])
          expect(after).toBeGreaterThanOrEqual(before)
      }),
    )
    expect(consensus(4, 4, 8)).toBeGreaterThan(0.9)
    expect(consensus(0, 0, 1)).toBeLessThan(0.15)
    expect(consensus(-1e30, 0, 0)).toBeLessThan(1e-40)
    expect(consensus(Number.POSITIVE_INFINITY, 0, 0)).toBe(1)
  })

  it('is no number where a logit is none, so that the face is dropped', () => {
    expect(consensus(Number.NaN, 0, 1)).toBeNaN()
    expect(consensus(0, Number.NaN, 1)).toBeNaN()
  })

  it('counts votes that overlap by more than 0.4 of the union', () => {
    const about = { x1: 1, y1: 1, x2: 10, y2: 10 }
    expect(votesFor(about, [{ ...about, score: 0.5 }])).toBe(0.5)
    // 40 of 100 pixels, and a little more.
    expect(votesFor(about, [{ ...about, x2: 4, score: 1 }])).toBe(0)
    expect(votesFor(about, [{ ...about, x2: 4.1, score: 1 }])).toBe(1)
    expect(votesFor(about, [{ x1: 11, y1: 1, x2: 20, y2: 10, score: 1 }])).toBe(0)
    expect(votesFor(about, [{ x1: Number.NaN, y1: 1, x2: 20, y2: 10, score: 1 }])).toBe(0)
  })
})
