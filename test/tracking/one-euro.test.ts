import { describe, expect, it } from 'vitest'
import { OneEuroFilter } from '../../src/tracking/one-euro.ts'
import { random } from '../helpers/random.ts'

const FRAME = 1 / 30
const SIZE = 100

function filtered(values: number[], seconds = FRAME): number[] {
  const filter = new OneEuroFilter(values[0]!)
  return values.slice(1).map((value) => filter.next(value, seconds, SIZE))
}

function deviation(values: number[]): number {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length
  return Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length)
}

describe('the 1-euro filter', () => {
  it('takes more than half of the trembling out of what is at rest', () => {
    const next = random(5)
    // Sums of twelve are as good as normally distributed.
    const noise = Array.from({ length: 2000 }, () => Array.from({ length: 12 }, next).reduce((a, b) => a + b) - 6)
    for (const strength of [0.1, 0.5, 1]) {
      const values = noise.map((value) => 50 + strength * value)
      expect(deviation(filtered(values).slice(50)) / deviation(values)).toBeLessThan(0.45)
    }
  })

  it.each([0.5, 1, 4, 20])('lags less than a frame behind what moves steadily, %d px a frame', (speed) => {
    const values = Array.from({ length: 60 }, (_, n) => n * speed)
    const lag = (values.at(-1)! - filtered(values).at(-1)!) / speed
    expect(lag).toBeLessThan(1)
    expect(lag).toBeGreaterThan(-0.5)
  })

  it('follows a sudden move, and comes to rest where that ends', () => {
    const values = [...new Array<number>(30).fill(0), ...new Array<number>(90).fill(40)]
    const out = filtered(values)
    expect(out[28]).toBe(0)
    expect(Math.abs(out.at(-1)! - 40)).toBeLessThan(0.1)
    expect(Math.max(...out)).toBeLessThan(60)
  })

  it('does the same at any rate of frames, but for what it knows less often', () => {
    const values = (rate: number) => Array.from({ length: rate }, (_, n) => (100 * n) / rate)
    const [slow, fast] = [filtered(values(15), 1 / 15).at(-1)!, filtered(values(60), 1 / 60).at(-1)!]
    expect(Math.abs(slow - fast)).toBeLessThan(8)
  })
})
