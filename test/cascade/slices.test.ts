import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { cellsAlong, planPyramid } from '../../src/cascade/pyramid.ts'
import { SLOW_ROUNDS, sliceOf } from '../../src/cascade/slices.ts'
import { BAND, isEmpty, type Rows } from '../../src/wasm/bands.ts'
import type { Level } from '../../src/wasm/nets.ts'

/** The rows of a slice, with the index of their level. */
function rowsOf(levels: readonly Level[], slices: number, index: number): [number, Rows][] {
  return sliceOf([{ turn: 0, levels }], 0.709, slices, index).flatMap((slice) => {
    return slice.cells.map((rows, n): [number, Rows] => [levels.indexOf(slice.levels[n]!), rows])
  })
}

/** How often each row of cells of each level is in a slice of these. */
function counts(levels: ReturnType<typeof planPyramid>, slices: number, from: number, count: number): number[][] {
  const seen = levels.map(({ height }) => new Array<number>(BAND * Math.ceil(cellsAlong(height) / BAND)).fill(0))
  for (let index = from; index < from + count; index++) {
    for (const [n, rows] of rowsOf(levels, slices, index)) {
      expect(isEmpty(rows)).toBe(false)
      expect(rows.first % BAND).toBe(0)
      for (let row = rows.first; row < rows.end; row++) seen[n]![row]!++
    }
  }
  return seen
}

describe('slices', () => {
  it('cover every row of every level: those for faces from 40 px on in any one round, the others in four', () => {
    const side = fc.integer({ min: 12, max: 900 })
    const size = fc.double({ min: 8, max: 60, noNaN: true })
    const property = (width: number, height: number, minFaceSize: number, slices: number, from: number) => {
      const levels = planPyramid(width, height, minFaceSize, 0.709)
      const quick = counts(levels, slices, from, slices)
      const slow = counts(levels, slices, from, SLOW_ROUNDS * slices)
      for (const [n, level] of levels.entries()) {
        const all = 12 / level.scale >= 40 ? quick[n]! : slow[n]!
        expect(Math.min(...all, Number.POSITIVE_INFINITY)).toBeGreaterThanOrEqual(cellsAlong(level.height) > 0 ? 1 : 0)
      }
    }
    fc.assert(
      fc.property(side, side, size, fc.integer({ min: 1, max: 40 }), fc.integer({ min: 0, max: 1000 }), property),
      { numRuns: 60 },
    )
  })

  it('the level just under 40 px is among those of one round: faces of 40 px may be found at it alone', () => {
    const levels = planPyramid(1280, 720, 20, 0.709)
    const seen = counts(levels, 10, 0, 10)
    const windows = levels.map(({ scale }) => 12 / scale)
    expect(seen.map((rows) => Math.min(...rows) > 0)).toEqual(windows.map((window) => window > 30))
  })

  it('take about as long as each other', () => {
    const levels = planPyramid(1280, 720, 20, 0.709)
    const work = Array.from({ length: 30 }, (_, index) => {
      return rowsOf(levels, 10, index).reduce((sum, [n, { first, end }]) => {
        return sum + (end - first) * cellsAlong(levels[n]!.width)
      }, 0)
    })
    const mean = work.reduce((a, b) => a + b) / work.length
    expect(Math.max(...work)).toBeLessThan(1.5 * mean)
    const whole = levels.reduce((sum, { width, height }) => sum + cellsAlong(width) * cellsAlong(height), 0)
    expect(mean).toBeLessThan(whole / 15)
  })

  it('have a part of the turns only, where there are several', () => {
    const levels = planPyramid(600, 400, 20, 0.709)
    const turns = ([0, 90, 180, 270] as const).map((turn) => ({ turn, levels }))
    const busy = Array.from({ length: 10 }, (_, index) => {
      return sliceOf(turns, 0.709, 10, index).length
    })
    expect(busy.reduce((a, b) => a + b)).toBeLessThan(40)
    expect(Math.min(...busy)).toBeGreaterThan(0)
  })
})
