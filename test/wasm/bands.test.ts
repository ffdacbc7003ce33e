import fc from 'fast-check'
import { beforeAll, describe, expect, it } from 'vitest'
import { cellsAlong, planPyramid } from '../../src/cascade/pyramid.ts'
import { BAND, hullOf, mergeRows, NO_ROWS, type Rows } from '../../src/wasm/bands.ts'
import type { Core, LoadOptions } from '../../src/wasm/core.ts'
import { type Level, REFINE_NET } from '../../src/wasm/nets.ts'
import { createCore } from '../helpers/core.ts'
import { random } from '../helpers/random.ts'
import { picture, seeds } from '../kernels/inputs.ts'

let core: Core

beforeAll(async () => {
  core = await createCore()
})

/** The cells of a level, in their order, with all that P-Net says of each. */
function cellsFound(count: number): string[] {
  const list = core.levelCandidates(count)
  const cells = Array.from({ length: count }, (_, n) => {
    const regression = [0, 1, 2, 3].map((edge) => list.regression(n, edge))
    const { x1, y1, x2, y2 } = list.corners(n)
    return { order: list.order(n), rest: [list.tag(n), list.score(n), list.logit(n), ...regression, x1, y1, x2, y2] }
  })
  return cells.sort((a, b) => a.order - b.order).map(({ order, rest }) => [order, ...rest].join())
}

/** P-Net on rows of cells of each level of a picture. */
async function search(
  image: ReturnType<typeof picture>,
  levels: readonly Level[],
  cells: readonly Rows[] | undefined,
  options: Pick<LoadOptions, 'rest' | 'turn' | 'pad'>,
): Promise<string[][]> {
  const { width, height } = image
  const pixels = { ...image, channels: 3, order: 'rgb', stride: 3 * width } as const
  await core.loadFrame(pixels, { x: 0, y: 0, width, height }, levels, { ...options, ...(cells && { cells }) })
  core.clear()
  const found: string[][] = []
  for (const [n, level] of levels.entries()) {
    core.useLevel(n)
    const rows = cells ? { cells: cells[n]! } : {}
    found.push(cellsFound(await core.propose(level, 0.2, rows)))
  }
  return found
}

describe('P-Net on a part of its rows', () => {
  it('any parts of the levels of any picture: together the cells of the whole, to the bit', async () => {
    const side = fc.integer({ min: 24, max: 130 })
    const framing = fc.record({ turn: fc.constantFrom(0, 90, 180, 270), pad: fc.nat(9) })
    const rest = fc.constantFrom('load', 'later', 'never')
    // Levels of every method: enlarged, by whole factors, by area.
    const face = fc.constantFrom(7, 12, 14, 24)
    const factor = fc.constantFrom(0.5, 0.709, 0.8)
    await fc.assert(
      fc.asyncProperty(
        seeds,
        side,
        side,
        face,
        factor,
        framing,
        rest,
        fc.array(fc.nat(40), { maxLength: 3 }),
        async (seed, width, height, face, factor, framing, rest, cuts) => {
          const image = picture(random(seed), width, height, 'noise')
          const upright = framing.turn % 180 === 0
          const [w, h] = [width + 2 * framing.pad, height + 2 * framing.pad]
          const levels = planPyramid(upright ? w : h, upright ? h : w, face, factor)
          const whole = await search(image, levels, undefined, framing)
          const rows = levels.map((level) => cellsAlong(level.height))
          const stops = [0, ...cuts.map((cut) => BAND * cut).sort((a, b) => a - b), 2 ** 20]
          const together: string[][] = levels.map(() => [])
          for (const [n, first] of stops.slice(0, -1).entries()) {
            const cells = rows.map((all) => ({
              first: Math.min(first, BAND * Math.ceil(all / BAND)),
              end: Math.min(stops[n + 1]!, all),
            }))
            // What is left of another picture shows where a row is looked at that has not come in.
            await search(picture(random(seed + 1 + n), width, height, 'noise'), levels, undefined, framing)
            const part = await search(image, levels, cells, { ...framing, rest })
            for (const [k, found] of part.entries()) together[k]!.push(...found)
          }
          for (const [k, found] of together.entries()) {
            expect(found.length).toBe(whole[k]!.length)
            expect(new Set(found)).toEqual(new Set(whole[k]))
          }
        },
      ),
      { numRuns: 40 },
    )
  })

  it('rows left for later come in when they are wanted, and not before', async () => {
    const image = picture(random(3), 90, 400, 'noise')
    const pixels = { ...image, channels: 3, order: 'rgb', stride: 270 } as const
    const region = { x: 0, y: 0, width: 90, height: 400 }
    const levels = planPyramid(90, 400, 20, 0.709)
    const black = { ...pixels, data: new Uint8Array(image.data.length) }
    const patchAt = (y: number) => {
      expect(core.makePatch(REFINE_NET, 0, 1, y, 24, y + 23)).toBe(true)
      return core.patches(REFINE_NET, 1).slice(0, 4 * 24)
    }
    await core.loadFrame(pixels, region, levels)
    const wanted = patchAt(201)
    await core.loadFrame(black, region, levels)
    const blank = patchAt(201)
    const cells = levels.map((_, n) => (n === 0 ? { first: 0, end: 8 } : NO_ROWS))
    await core.loadFrame(pixels, region, levels, { cells, rest: 'later' })
    expect(patchAt(201)).toEqual(blank)
    await core.loadRows(pixels, region, { first: -5, end: 1000 })
    expect(patchAt(201)).toEqual(wanted)
    expect(patchAt(201)).not.toEqual(blank)
  })

  it('takes no memory for what it does not need', async () => {
    const fresh = await createCore()
    const [width, height] = [1000, 2000]
    const pixels = {
      data: new Uint8Array(3 * width * height),
      width,
      height,
      channels: 3,
      order: 'rgb',
      stride: 3 * width,
    } as const
    const levels = planPyramid(width, height, 20, 0.709)
    const cells = levels.map((_, n) => (n === 0 ? { first: 400, end: 440 } : NO_ROWS))
    await fresh.loadFrame(pixels, { x: 0, y: 0, width, height }, levels, { cells, rest: 'never' })
    const part = fresh.bytes
    await fresh.loadFrame(pixels, { x: 0, y: 0, width, height }, levels)
    // The frame, and levels half as large as it.
    expect(fresh.bytes - part).toBeGreaterThan(1.3 * 3 * width * height)
  })
})

describe('rows', () => {
  it('merged: ascending, apart, the same rows', () => {
    const some = fc.array(fc.record({ first: fc.nat(40), end: fc.nat(40) }))
    fc.assert(
      fc.property(some, (parts) => {
        const merged = mergeRows(parts)
        const has = (all: readonly Rows[], row: number) => all.some(({ first, end }) => row >= first && row < end)
        for (let row = 0; row < 42; row++) expect(has(merged, row)).toBe(has(parts, row))
        merged.slice(1).forEach(({ first }, n) => {
          expect(first).toBeGreaterThan(merged[n]!.end)
        })
        const hull = hullOf(merged)
        for (const { first, end } of merged) expect(hull.first <= first && end <= hull.end).toBe(true)
      }),
    )
    expect(hullOf([])).toEqual(NO_ROWS)
  })
})
