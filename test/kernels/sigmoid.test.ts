import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { softmax } from '../reference/nets.ts'
import { debugBuild } from './load.ts'

const { sigmoid } = debugBuild().kernels
const f32 = Math.fround

describe('sigmoid', () => {
  it('is the softmax of two classes to two units in the last place', () => {
    fc.assert(
      fc.property(fc.float({ min: -80, max: 80, noNaN: true }), (logit) => {
        const exact = 1 / (1 + Math.exp(-logit))
        expect(Math.abs(sigmoid(logit) / exact - 1)).toBeLessThanOrEqual(2 ** -22)
        expect(Math.abs(sigmoid(logit) - softmax(logit))).toBeLessThanOrEqual(2 ** -22)
      }),
      { numRuns: 2000 },
    )
  })

  it('is 0.5, 0 and 1 where it has to be', () => {
    expect(sigmoid(0)).toBe(0.5)
    expect(sigmoid(f32(17.4))).toBe(1)
    expect(sigmoid(Number.POSITIVE_INFINITY)).toBe(1)
    expect(sigmoid(-104)).toBe(0)
    expect(sigmoid(Number.NEGATIVE_INFINITY)).toBe(0)
    expect(sigmoid(Number.NaN)).toBeNaN()
  })

  it('does not fall as the logit grows', () => {
    let last = 0
    for (let logit = -30; logit < 20; logit += 1 / 1024) {
      const now = sigmoid(logit)
      expect(now).toBeGreaterThanOrEqual(last)
      last = now
    }
  })
})
