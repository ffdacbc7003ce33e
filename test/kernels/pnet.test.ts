import fc from 'fast-check'
import { beforeAll, describe, expect, it } from 'vitest'
import { cellsAlong } from '../../src/cascade/pyramid.ts'
import { type Kernels, readLevelCount, writeLevelSearch } from '../../src/wasm/abi.ts'
import { levelRows } from '../../src/wasm/bands.ts'
import { random } from '../helpers/random.ts'
import { cellBox } from '../reference/boxes.ts'
import type { Grid } from '../reference/conv.ts'
import { type Parameters, pnet as reference, type ScoreMap } from '../reference/nets.ts'
import { floats, type Pattern, patterns, picture, seeds } from './inputs.ts'
import { debugBuild, releaseBuild, type Sandbox } from './load.ts'
import { altered, packNet, trained } from './nets.ts'

/**
 * Largest error of a logit against float64, and of a box regression. Measured with 25 times the cases below: 2.4e-5
 * and 1.4e-6; with other slopes 6.7e-7 of the largest logit.
 */
const LOGIT = 7e-5
const REGRESSION = 4e-6
const SLOPED = 2e-6

/** Bytes of a candidate. */
const CANDIDATE = 64

interface Found {
  count: number
  candidates: { box: number[]; score: number; order: number; tag: number; regression: number[]; logit: number }[]
  bytes: Uint8Array
}

interface Given {
  threshold?: number
  /** That of the threshold: a logit near it is computed again. */
  logit?: number
  /** How far under `logit` no logit can pass. */
  slack?: number
  /** Bands made in one go. */
  bands?: number
  scale?: number
  capacity?: number
  /** Rows of cells that are searched; default all. */
  first?: number
  end?: number
  parameters?: Parameters
  /** What lies in the work area before, and behind the level. */
  dirt?: number
}

function run(box: Sandbox<Kernels>, level: Grid<Uint8Array>, given: Given = {}): Found {
  box.clear()
  const { width, height } = level
  const { threshold = 0, logit = -Infinity, slack = 1e-3, scale = 0.6, bands = 2 ** 31 - 1 } = given
  const { parameters, dirt = 0xff } = given
  const cells = cellsAlong(width) * cellsAlong(height)
  const capacity = given.capacity ?? cells
  const weights = packNet(box, 'pnet', parameters)
  const pixels = box.place(level.data, 8)
  box.bytes(pixels + level.data.length, 8).fill(dirt)
  const bytes = box.kernels.pnetWork()
  const work = box.room(bytes)
  box.bytes(work, bytes).fill(dirt)
  const out = box.room(capacity * CANDIDATE)
  const search = box.room(box.kernels.LEVEL_SEARCH.value)
  const { buffer } = box.memory
  const [tie, least] = [logit, logit - slack]
  const fields = {
    scale,
    level: pixels,
    width,
    height,
    threshold,
    tie,
    least,
    weights,
    work,
    out,
    capacity,
    first: given.first ?? 0,
    end: given.end ?? 2 ** 31 - 1,
  }
  writeLevelSearch(buffer, search, fields)
  box.kernels.beginPnet(search)
  while (box.kernels.pnet(search, bands));
  const count = readLevelCount(buffer, search)
  box.expectIntact()
  const written = Math.min(count, capacity)
  const view = new DataView(box.memory.buffer, out, written * CANDIDATE)
  const float = (at: number) => view.getFloat32(at, true)
  const candidates = Array.from({ length: written }, (_, n) => {
    const at = n * CANDIDATE
    return {
      box: [0, 8, 16, 24].map((edge) => view.getFloat64(at + edge, true)),
      score: float(at + 32),
      order: view.getUint32(at + 36, true),
      tag: view.getUint32(at + 60, true),
      regression: [40, 44, 48, 52].map((part) => float(at + part)),
      logit: float(at + 56),
    }
  })
  candidates.sort((a, b) => a.order - b.order)
  return { count, candidates, bytes: box.bytes(out, written * CANDIDATE).slice() }
}

/** Every cell, in the reference's order, as the threshold 0 lets them pass. */
function expectEveryCell(found: Found, map: ScoreMap, scale: number, score: (logit: number) => number): void {
  expect(found.count).toBe(map.width * map.height)
  found.candidates.forEach(({ box, score: given, order, tag, regression, logit }, n) => {
    expect(order).toBe(n)
    expect(tag).toBe(n)
    const [x, y] = [Math.floor(n / map.height), n % map.height]
    expect(box).toEqual(cellBox(x, y, scale))
    const cell = y * map.width + x
    expect(Math.abs(logit - map.logits[cell]!)).toBeLessThanOrEqual(LOGIT)
    expect(given).toBe(score(logit))
    regression.forEach((part, k) => {
      expect(Math.abs(part - map.regressions[4 * cell + k]!)).toBeLessThanOrEqual(REGRESSION)
    })
  })
}

const debug = debugBuild()
const release = releaseBuild()
const { sigmoid } = debug.kernels

function check(level: Grid<Uint8Array>, scale = 0.6, parameters = trained): void {
  const found = run(release, level, { scale, parameters })
  expectEveryCell(found, reference(level, parameters), scale, sigmoid)
}

describe('P-Net over a level', () => {
  it('every width and height from 12 to 40: all cells, their boxes, scores, logits and regressions', () => {
    const sides = Array.from({ length: 29 }, (_, n) => 12 + n)
    const next = random(1)
    for (const side of sides) {
      const pattern = patterns[side % patterns.length]!
      check(picture(next, side, 40 - (side % 7), pattern), 0.3 + 0.05 * (side % 20))
      check(picture(next, 12 + (side % 9), side, pattern), 1.7)
      check(picture(next, side, side))
    }
  })

  it('any size, any picture', () => {
    const side = fc.integer({ min: 12, max: 40 })
    const pattern = fc.constantFrom<Pattern>(...patterns)
    fc.assert(
      fc.property(
        seeds,
        side,
        side,
        pattern,
        fc.double({ min: 0.01, max: 12, noNaN: true }),
        (seed, w, h, p, scale) => {
          check(picture(random(seed), w, h, p), scale)
        },
      ),
      { numRuns: 40 },
    )
  })

  // One strip is 192 cells, which take a level of 393 or 394 pixels; two 777 or 778.
  it.each([
    [391, 12],
    [392, 14],
    [393, 15],
    [394, 16],
    [395, 17],
    [396, 13],
    [400, 21],
    [401, 12],
    [776, 13],
    [777, 14],
    [778, 12],
    [779, 15],
    [780, 13],
    [787, 12],
    [1163, 13],
    [12, 300],
    [13, 301],
    [14, 122],
    [15, 303],
    [300, 12],
  ])('strips and narrow levels: %i x %i', (width, height) => {
    check(picture(random(width), width, height, 'noise'))
    check(picture(random(height), width, height, 'extremes'))
  })

  it('slopes of any sign and size', () => {
    const next = random(3)
    for (const [from, to] of [
      [-1, 0],
      [1, 1.5],
      [-0.5, 1.2],
    ] as const) {
      const slope = () => floats(next, 32).map((v) => from + (to - from) * Math.abs(v))
      const [first, second, third] = [slope().slice(0, 10), slope().slice(0, 16), slope()]
      const parameters = altered({
        'pnet/prelu1_alpha': () => first,
        'pnet/prelu2_alpha': () => second,
        'pnet/prelu3_alpha': () => third,
      })
      const level = picture(next, 31, 26)
      const map = reference(level, parameters)
      const most = Math.max(1, ...map.logits.map(Math.abs))
      for (const { order, logit } of run(release, level, { parameters }).candidates) {
        const cell = (order % map.height) * map.width + Math.floor(order / map.height)
        expect(Math.abs(logit - map.logits[cell]!)).toBeLessThanOrEqual(SLOPED * most)
      }
    }
  })

  it('no cell where the map has none', () => {
    for (const [width, height] of [
      [10, 40],
      [40, 10],
      [3, 3],
      [1, 100],
    ] as const) {
      expect(run(release, picture(random(1), width, height), { capacity: 4 }).count).toBe(0)
      expect(run(debug, picture(random(1), width, height), { capacity: 4 }).count).toBe(0)
    }
  })
})

describe('what passes', () => {
  const level = picture(random(5), 60, 44)
  let every: Found
  beforeAll(() => {
    every = run(release, level)
  })

  it('cells whose score reaches the threshold, equality included', () => {
    const scores = every.candidates.map(({ score }) => score).sort((a, b) => a - b)
    for (const rank of [0, 10, Math.floor(scores.length / 2), scores.length - 1]) {
      const threshold = scores[rank]!
      const logit = Math.log(threshold / (1 - threshold))
      const found = run(release, level, { threshold, logit, slack: 0.01 })
      const map = reference(level, trained)
      const expected = every.candidates.filter(({ order, score }) => {
        const cell = (order % map.height) * map.width + Math.floor(order / map.height)
        // Cells near a tie are decided by exact arithmetic.
        return Math.abs(map.logits[cell]! - logit) < 1e-4 ? map.scores[cell]! >= threshold : score >= threshold
      })
      expect(found.candidates.map(({ order }) => order)).toEqual(expected.map(({ order }) => order))
      expect(found.candidates.map(({ box }) => box)).toEqual(expected.map(({ box }) => box))
    }
  })

  it('threshold 1: cells whose score is 1, to the last bit', () => {
    const certain = altered({ 'pnet/conv4_1/bias': ({ data }) => [data[0]!, data[1]! + 20] })
    const given = { threshold: 1, logit: 16, parameters: certain }
    const all = run(release, level, { parameters: certain }).candidates
    const sure = all.filter(({ score }) => score === 1)
    expect(sure.length).toBeGreaterThan(10)
    expect(sure.length).toBeLessThan(all.length)
    expect(run(release, level, given).candidates.map(({ order }) => order)).toEqual(sure.map(({ order }) => order))
    expect(run(release, level, { ...given, parameters: trained }).count).toBe(0)
  })

  it('counts all that pass and writes only as many as there is room for', () => {
    for (const capacity of [0, 1, 7, every.count - 1, every.count, every.count + 5]) {
      const found = run(release, level, { capacity })
      expect(found.count).toBe(every.count)
      expect(found.candidates.length).toBe(Math.min(capacity, every.count))
      expect(found.bytes).toEqual(every.bytes.slice(0, Math.min(capacity, every.count) * CANDIDATE))
    }
  })
})

describe('the same bits', () => {
  it.each([
    [12, 12],
    [29, 18],
    [40, 37],
    [268, 17],
    [535, 14],
  ])('whatever was in memory before, in the debug build and in the one that ships: %i x %i', (width, height) => {
    const level = picture(random(width * height), width, height)
    const first = run(release, level)
    for (const box of [release, debug]) {
      for (const dirt of [0xff, 0, 0x7f, 0x41]) expect(run(box, level, { dirt }).bytes).toEqual(first.bytes)
    }
  })

  it.each([
    [12, 12],
    [40, 37],
    [394, 45],
    [780, 33],
  ])('in one go or band by band: %i x %i', (width, height) => {
    const level = picture(random(width * height), width, height)
    const first = run(release, level)
    for (const bands of [1, 2, 3, 7]) expect(run(release, level, { bands }).bytes).toEqual(first.bytes)
  })

  it('rows of cells alone, whatever lies in the rows of the level that they are not made of', () => {
    const side = fc.integer({ min: 12, max: 70 })
    const width = fc.oneof(side, fc.integer({ min: 388, max: 400 }))
    fc.assert(
      fc.property(seeds, width, side, fc.nat(16), fc.nat(16), fc.nat(255), (seed, width, height, from, count, dirt) => {
        const level = picture(random(seed), width, height, 'noise')
        const rows = cellsAlong(height)
        const first = 4 * Math.min(from, Math.floor((rows - 1) / 4))
        const end = Math.min(first + 4 * (1 + count), rows)
        const every = run(release, level)
        const needed = levelRows(level, { first, end })
        const dirty = level.data.map((value, n) => {
          const row = Math.floor(n / (3 * width))
          return row >= needed.first && row < needed.end ? value : dirt
        })
        const expected = every.candidates.filter(({ order }) => order % rows >= first && order % rows < end)
        for (const box of [release, debug]) {
          const found = run(box, { ...level, data: dirty }, { first, end })
          expect(found.count).toBe(cellsAlong(width) * (end - first))
          expect(found.candidates).toEqual(expected)
        }
      }),
      { numRuns: 60 },
    )
  })

  it('two walks at once, each with memory of its own: nothing is kept between calls', () => {
    const levels = [picture(random(1), 60, 44), picture(random(2), 47, 61)]
    const alone = levels.map((level) => run(release, level).bytes)
    const { kernels } = release.clear()
    const weights = packNet(release, 'pnet', trained)
    const walks = levels.map(({ data, width, height }) => {
      const rows = cellsAlong(height)
      const capacity = cellsAlong(width) * rows
      const [level, work] = [release.place(data, 8), release.room(kernels.pnetWork())]
      const [out, search] = [release.room(capacity * CANDIDATE), release.room(kernels.LEVEL_SEARCH.value)]
      const fields = { scale: 0.6, level, width, height, threshold: 0, tie: -Infinity, least: -Infinity, weights }
      return {
        search,
        out,
        bytes: capacity * CANDIDATE,
        fields: { ...fields, work, out, capacity, first: 0, end: rows },
      }
    })
    for (const { search, fields } of walks) {
      writeLevelSearch(release.memory.buffer, search, fields)
      kernels.beginPnet(search)
    }
    let more = true
    while (more) more = walks.map(({ search }) => kernels.pnet(search, 1)).some((left) => left === 1)
    for (const [n, { out, bytes }] of walks.entries()) expect(release.bytes(out, bytes)).toEqual(alone[n])
  })
})

describe('cells near a tie', () => {
  it('exactLogit is the logit in float64, at every cell, odd and even edges', () => {
    const { exactLogit, EXACT_WORK } = debug.kernels
    const names = ['conv1/weights', 'conv1/bias', 'prelu1_alpha', 'conv2/weights', 'conv2/bias', 'prelu2_alpha']
    names.push('conv3/weights', 'conv3/bias', 'prelu3_alpha', 'conv4_1/weights', 'conv4_1/bias')
    const stored = Float32Array.from(names.flatMap((name) => [...trained(`pnet/${name}`).data]))
    for (const [width, height] of [
      [12, 12],
      [13, 12],
      [17, 15],
      [22, 19],
    ] as const) {
      debug.clear()
      const level = picture(random(width), width, height)
      const map = reference(level, trained)
      const pixels = debug.place(level.data)
      const source = debug.place(stored)
      const work = debug.room(EXACT_WORK.value)
      for (let y = 0; y < map.height; y++) {
        for (let x = 0; x < map.width; x++) {
          const logit = exactLogit(pixels, width, height, x, y, source, work)
          expect(Math.abs(logit - map.logits[y * map.width + x]!)).toBeLessThanOrEqual(1e-12)
        }
      }
      debug.expectIntact()
    }
  })

  it('a logit near that of the threshold is replaced by the exact one', () => {
    const level = picture(random(8), 40, 40)
    const map = reference(level, trained)
    const cell = Math.floor(map.logits.length / 2)
    const near = run(release, level, { threshold: 0, logit: map.logits[cell]! - 5e-5, slack: 1 })
    const order = (cell % map.width) * map.height + Math.floor(cell / map.width)
    expect(near.candidates.find((candidate) => candidate.order === order)!.logit).toBe(Math.fround(map.logits[cell]!))
  })
})
