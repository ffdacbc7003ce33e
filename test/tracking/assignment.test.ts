import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { assign } from '../../src/tracking/assignment.ts'

const NEVER = Number.POSITIVE_INFINITY

/** The smallest sum, by trying everything. */
function least(costs: number[][], alone: number, row = 0, used = new Set<number>()): number {
  if (row === costs.length) return 0
  let best = alone + least(costs, alone, row + 1, used)
  for (const [column, cost] of costs[row]!.entries()) {
    if (used.has(column) || cost === NEVER) continue
    best = Math.min(best, cost + least(costs, alone, row + 1, new Set([...used, column])))
  }
  return best
}

describe('assign', () => {
  it('finds the smallest sum, and gives no column twice', () => {
    const cost = fc.oneof({ weight: 4, arbitrary: fc.integer({ min: 0, max: 20 }) }, fc.constant(NEVER))
    const tables = fc
      .tuple(fc.integer({ min: 0, max: 5 }), fc.integer({ min: 0, max: 5 }))
      .chain(([rows, columns]) =>
        fc.array(fc.array(cost, { minLength: columns, maxLength: columns }), { minLength: rows, maxLength: rows }),
      )
    fc.assert(
      fc.property(tables, fc.integer({ min: 1, max: 25 }), (costs, alone) => {
        const assigned = assign(costs, alone)
        expect(assigned).toHaveLength(costs.length)
        const taken = assigned.filter((column) => column >= 0)
        expect(new Set(taken).size).toBe(taken.length)
        const sum = assigned.reduce((all, column, row) => all + (column < 0 ? alone : costs[row]![column]!), 0)
        expect(sum).toBe(least(costs, alone))
      }),
      { numRuns: 500 },
    )
  })

  it('takes the nearest for all together, not for each in turn', () => {
    // Both are nearest to the first column.
    expect(
      assign(
        [
          [1, 2],
          [1, 9],
        ],
        10,
      ),
    ).toEqual([1, 0])
  })

  it('leaves alone what costs more than that, and what can go nowhere', () => {
    expect(assign([[5], [NEVER]], 3)).toEqual([-1, -1])
    expect(assign([], 3)).toEqual([])
    expect(assign([[], []], 3)).toEqual([-1, -1])
  })

  it('keeps groups apart: a thousand rows, each with its own columns', () => {
    const count = 1000
    const costs = Array.from({ length: count }, (_, row) =>
      Array.from({ length: count }, (_, column) => {
        if (row >> 1 !== column >> 1) return NEVER
        return row === column ? 2 : 1
      }),
    )
    expect(assign(costs, 3)).toEqual(Array.from({ length: count }, (_, row) => row ^ 1))
  })

  it('ends where a thousand rows could have any of a thousand columns, and gives no column twice', () => {
    const count = 1000
    const costs = Array.from({ length: count }, (_, row) =>
      Array.from({ length: count }, (_, column) => (row === (column * 7) % count ? 0 : 1 + ((row * column) % 13) / 13)),
    )
    const assigned = assign(costs, 3)
    expect(new Set(assigned).size).toBe(count)
    for (const [row, column] of assigned.entries()) expect(row).toBe((column * 7) % count)
  })
})
