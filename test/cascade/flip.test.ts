import { describe, expect, it } from 'vitest'
import { meanOfFlipped } from '../../src/cascade/flip.ts'
import { OUTPUT_NET, REFINE_NET } from '../../src/wasm/nets.ts'

describe('the mean of the answers to a patch and to the same flipped', () => {
  /** What a perfect net says of a flipped patch where it says `answer` of the patch. */
  function seenFlipped(answer: Float32Array): Float32Array {
    const other = answer.slice()
    other[1] = -answer[3]!
    other[3] = -answer[1]!
    for (const [a, b] of [
      [5, 6],
      [7, 7],
      [8, 9],
    ] as const) {
      other[a] = 1 - answer[b]!
      other[b] = 1 - answer[a]!
      other[a + 5] = answer[b + 5]!
      other[b + 5] = answer[a + 5]!
    }
    return other
  }
  const answer = Float32Array.from([3, 0.1, 0.2, -0.3, 0.05, 0.3, 0.7, 0.5, 0.35, 0.65, 0.4, 0.41, 0.6, 0.8, 0.82, 0.9])

  it('changes nothing where both agree', () => {
    const mean = answer.slice()
    meanOfFlipped(OUTPUT_NET, mean, seenFlipped(answer))
    for (let n = 1; n < 16; n++) expect(mean[n]).toBeCloseTo(answer[n]!, 6)
  })

  it('lies between where they do not', () => {
    const other = seenFlipped(answer)
    other[0] = 1
    other[15] = 0.5
    // The right eye of the flipped patch is the left one: 0.1 to the right there is 0.1 to the left here.
    other[6] = other[6]! + 0.1
    const mean = answer.slice()
    meanOfFlipped(OUTPUT_NET, mean, other)
    expect(mean[0]).toBeCloseTo(2, 6)
    expect(mean[15]).toBeCloseTo(0.7, 6)
    expect(mean[5]).toBeCloseTo(0.25, 6)
    expect(mean[6]).toBeCloseTo(0.7, 6)
  })

  it('of R-Net, which knows no landmarks, leaves what lies behind the score', () => {
    const mean = Float32Array.from([1, 0, 0, 0, 0, 0.75, 7, 8])
    meanOfFlipped(REFINE_NET, mean, Float32Array.from([2, 0, 0, 0, 0, 0.25, 9, 9]))
    expect([...mean]).toEqual([1.5, 0, 0, 0, 0, 0.5, 7, 8])
  })
})
