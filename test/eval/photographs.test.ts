import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { halfOf, lookFor } from '../../bench/eval/photographs.ts'

describe('photographs that are named', () => {
  it('are told apart by whether they lie in the folder', async () => {
    const folder = fileURLToPath(new URL('..', import.meta.url))
    const found = await lookFor(folder, ['eval/none.jpg', 'eval/naive.ts', 'a/b/c.jpg', 'eval/photographs.test.ts'])
    expect(found).toEqual({
      there: ['eval/naive.ts', 'eval/photographs.test.ts'],
      missing: ['eval/none.jpg', 'a/b/c.jpg'],
    })
  })
})

describe('halves', () => {
  const names = (event: string) => Array.from({ length: 1000 }, (_, n) => `${event}/${event}_${event}_${n}.jpg`)

  it('are the same every time', () => {
    expect(['1.jpg', '2.jpg', '3.jpg', '4.jpg', '5.jpg', '6.jpg'].map(halfOf)).toEqual(['B', 'A', 'B', 'A', 'A', 'A'])
  })

  it.each(['0--Parade', '19--Couple', '4--Dancing'])('have about as many of %s each', (event) => {
    const halves = names(event).map(halfOf)
    const inA = halves.filter((half) => half === 'A').length
    // Five standard deviations of a coin.
    expect(Math.abs(inA - 500)).toBeLessThan(80)
    // Neighbours are not in turns, nor all in one: about every second is in the half of the one before it.
    const same = halves.filter((half, n) => half === halves[n - 1]).length
    expect(Math.abs(same - 500)).toBeLessThan(80)
  })
})
