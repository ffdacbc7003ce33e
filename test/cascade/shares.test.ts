import fc from 'fast-check'
import { beforeAll, describe, expect, it } from 'vitest'
import { cellsAlong, planPyramid } from '../../src/cascade/pyramid.ts'
import { proposeShare, threadClock } from '../../src/cascade/share-work.ts'
import { planShares, rowsOfBoxes, type Share, threadsForPatches, within } from '../../src/cascade/shares.ts'
import { BAND, NO_ROWS } from '../../src/wasm/bands.ts'
import type { Core } from '../../src/wasm/core.ts'
import { type Level, OUTPUT_NET, REFINE_NET } from '../../src/wasm/nets.ts'
import { createCore } from '../helpers/core.ts'
import { random } from '../helpers/random.ts'
import { picture } from '../kernels/inputs.ts'

let core: Core

beforeAll(async () => {
  core = await createCore()
})

function cellsOf(levels: readonly Level[], share: Share): number {
  return levels.reduce((sum, { width }, n) => sum + cellsAlong(width) * Math.max(0, share[n]!.end - share[n]!.first), 0)
}

describe('shares of P-Net', () => {
  it('any image, any number of threads: each cell is in one share, and levels are cut between bands', () => {
    const side = fc.integer({ min: 12, max: 5000 })
    const face = fc.integer({ min: 8, max: 60 })
    fc.assert(
      fc.property(
        side,
        side,
        face,
        fc.constantFrom(0.3, 0.5, 0.709, 0.9),
        fc.integer({ min: 1, max: 64 }),
        (width, height, from, factor, threads) => {
          const levels = planPyramid(width, height, from, factor)
          fc.pre(levels.length > 0)
          const shares = planShares({ width, height }, levels, threads)
          expect(shares.length).toBeGreaterThan(0)
          expect(shares.length).toBeLessThanOrEqual(threads)
          for (const [n, level] of levels.entries()) {
            const rows = cellsAlong(level.height)
            let next = 0
            for (const share of shares) {
              const { first, end } = share[n]!
              if (end <= first) continue
              expect(first).toBe(next)
              expect(first % BAND).toBe(0)
              next = end
            }
            // A whole level may be the first thread's.
            expect(next).toBe(rows)
          }
        },
      ),
      { numRuns: 150 },
    )
  })

  it.each([
    [640, 480],
    [1920, 1448],
    [3840, 2896],
  ])('%i x %i: no thread has much more than its part', (width, height) => {
    const levels = planPyramid(width, height, 20, 0.709)
    const all = levels.map((level) => ({ first: 0, end: cellsAlong(level.height) }))
    for (const threads of [2, 3, 4, 8]) {
      const shares = planShares({ width, height }, levels, threads)
      expect(shares).toHaveLength(threads)
      const most = Math.max(...shares.map((share) => cellsOf(levels, share)))
      expect(most).toBeLessThan((1.25 * cellsOf(levels, all)) / threads)
    }
  })

  it('a thread takes at most 8 MB beside its share of the frame and of the levels', async () => {
    const [width, height] = [1600, 1200]
    const data = new Uint8Array(3 * width * height)
    const pixels = { data, width, height, channels: 3, order: 'rgb', stride: 3 * width } as const
    const levels = planPyramid(width, height, 20, 0.709)
    const bytes = data.length + levels.reduce((sum, level) => sum + 3 * level.width * level.height, 0)
    for (const threads of [2, 4, 8]) {
      for (const cells of planShares({ width, height }, levels, threads).slice(1)) {
        const member = await createCore()
        await member.loadFrame(pixels, { x: 0, y: 0, width, height }, levels, { cells, rest: 'never' })
        const part =
          cellsOf(levels, cells) /
          cellsOf(
            levels,
            levels.map((level) => ({ first: 0, end: cellsAlong(level.height) })),
          )
        expect(member.bytes).toBeLessThan(8e6 + 1.4 * part * bytes)
      }
    }
  })

  it('a small image takes fewer threads, a tiny one a single one', () => {
    const threadsFor = (width: number, height: number) =>
      planShares({ width, height }, planPyramid(width, height, 20, 0.709), 8).length
    expect(threadsFor(60, 60)).toBe(1)
    expect(threadsFor(200, 150)).toBeLessThan(8)
    expect(threadsFor(200, 150)).toBeGreaterThan(1)
  })

  it('done one by one they give what P-Net finds', async () => {
    const image = picture(random(5), 260, 190, 'noise')
    const pixels = { ...image, channels: 3, order: 'rgb', stride: 780 } as const
    const source = { pixels, region: { x: 0, y: 0, width: 260, height: 190 }, turn: 0, pad: 0 } as const
    const levels = planPyramid(260, 190, 12, 0.709)
    const find = async (cells: Share, rest: 'later' | 'never') => {
      core.clear()
      const { addTime, times } = threadClock()
      const found = await proposeShare(
        core,
        { source, levels, cells, threshold: 0.1, everyCell: false },
        { rest, addTime, checkpoint: undefined },
      )
      expect(times.proposal).toBeGreaterThan(0)
      return found
    }
    const records = (bytes: Uint8Array) =>
      Array.from({ length: bytes.length / 64 }, (_, n) => bytes.subarray(64 * n, 64 * n + 64).join())
    const whole = await find(
      levels.map((level) => ({ first: 0, end: cellsAlong(level.height) })),
      'never',
    )
    expect(records(whole[0]!).length).toBeGreaterThan(10)
    const shares = planShares(source.region, levels, 3)
    expect(shares.length).toBeGreaterThan(1)
    const parts: Uint8Array[][] = []
    for (const [n, share] of shares.entries()) parts.push(await find(share, n === 0 ? 'later' : 'never'))
    for (const [n, all] of whole.entries()) {
      expect(parts.flatMap((part) => records(part[n]!)).sort()).toEqual(records(all).sort())
    }
  })
})

describe('shares of patches', () => {
  it('there are no more threads than patches, and few patches take few', () => {
    expect([0, 1, 2].map((patches) => threadsForPatches(REFINE_NET, patches, 8))).toEqual([1, 1, 1])
    expect(threadsForPatches(OUTPUT_NET, 2, 8)).toBe(2)
    expect(threadsForPatches(REFINE_NET, 400, 8)).toBe(8)
    expect(threadsForPatches(REFINE_NET, 400, 3)).toBe(3)
  })

  it('rows of boxes are all that their patches are cut out of, to the last bit', async () => {
    const [width, height] = [90, 300]
    const pictures = [1, 2].map((seed) => picture(random(seed), width, height, 'noise'))
    const pixels = pictures.map((image) => ({ ...image, channels: 3, order: 'rgb', stride: 3 * width }) as const)
    const region = { x: 0, y: 0, width, height }
    const edge = fc.double({ min: -40, max: 330, noNaN: true })
    const size = fc.double({ min: 1, max: 150, noNaN: true })
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(edge, edge, size), { minLength: 1, maxLength: 3 }),
        fc.boolean(),
        fc.constantFrom(REFINE_NET, OUTPUT_NET),
        async (some, interpolated, net) => {
          const round = interpolated ? (value: number) => value : Math.trunc
          const boxes = some.map(
            ([x, y, side]) => [round(x), round(y), round(x) + round(side), round(y) + round(side)] as const,
          )
          const patches = () =>
            boxes.map((box) =>
              core.makePatch(net, 0, ...box, { interpolated })
                ? core
                    .patches(net, 1)
                    .slice(0, net.pitch * net.side * 4)
                    .join()
                : 'none',
            )
          await core.loadFrame(pixels[0]!, region, [])
          const expected = patches()
          await core.loadFrame(pixels[1]!, region, [])
          const rows = rowsOfBoxes(Float64Array.from(boxes.flat()), net, height)
          await core.loadFrame(pixels[0]!, region, [], { cells: [], rest: 'later', rows })
          expect(patches()).toEqual(expected)
        },
      ),
      { numRuns: 150 },
    )
  })

  it('no box, no rows; and none is needed of what is at hand', () => {
    expect(rowsOfBoxes(new Float64Array(4).fill(Number.NaN), REFINE_NET, 100)).toEqual(NO_ROWS)
    const parts = [
      { first: 0, end: 10 },
      { first: 20, end: 30 },
    ]
    expect(within(NO_ROWS, [])).toBe(true)
    expect(within({ first: 20, end: 30 }, parts)).toBe(true)
    expect(within({ first: 5, end: 25 }, parts)).toBe(false)
    expect(within({ first: 9, end: 11 }, parts)).toBe(false)
  })
})
