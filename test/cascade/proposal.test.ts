import { beforeAll, describe, expect, it } from 'vitest'
import { propose } from '../../src/cascade/proposal.ts'
import { planPyramid } from '../../src/cascade/pyramid.ts'
import type { DetectOptions } from '../../src/options/options.ts'
import type { Core } from '../../src/wasm/core.ts'
import { candidateBoxes, contextOf } from '../helpers/context.ts'
import { createCore } from '../helpers/core.ts'
import { cut, noise, type Photograph, photograph } from '../helpers/photographs.ts'
import { type Candidate, cellBox, regress, square, truncate } from '../reference/boxes.ts'
import { pnet } from '../reference/nets.ts'
import { nms } from '../reference/nms.ts'
import { loadParameters } from '../reference/parameters.ts'
import { resizeU8 } from '../reference/resize.ts'

const parameters = loadParameters()
let core: Core
let face: Photograph

beforeAll(async () => {
  core = await createCore()
  face = cut(await photograph('tracking', 'examples/assets/faces.jpg'), 35, 60, 120, 140)
})

interface Given extends DetectOptions {
  minFaceSize: number
  scaleFactor: number
}

const CLASSIC: Given = { minFaceSize: 20, scaleFactor: 0.709 }

async function run(image: Photograph, options: Given, detail: 'counts' | 'scores' = 'counts') {
  const { data, width, height } = image
  const levels = planPyramid(width, height, options.minFaceSize, options.scaleFactor)
  const pixels = { data, width, height, channels: 3, order: 'rgb', stride: 3 * width } as const
  await core.loadFrame(pixels, { x: 0, y: 0, width, height }, levels)
  const context = contextOf(core, options, { detail })
  const count = await propose(context, levels)
  expect(core.candidates.length).toBe(count)
  return { boxes: candidateBoxes(core), trace: context.trace }
}

/** The same, slowly: windows as a level's cells have them, without rounding where patches are cut to subpixels. */
function naive(image: Photograph, options: Given) {
  const { minFaceSize, scaleFactor, patches, thresholds, nms: overlaps } = options
  const subpixel = patches === 'subpixel'
  const pool: (Candidate & { window: [number, number, number, number] })[] = []
  const counts: [passed: number, afterNms: number][] = []
  for (const { scale, width, height } of planPyramid(image.width, image.height, minFaceSize, scaleFactor)) {
    const map = pnet(resizeU8({ ...image, channels: 3 }, height, width), parameters)
    const passed: typeof pool = []
    for (let x = 0; x < map.width; x++) {
      for (let y = 0; y < map.height; y++) {
        const cell = y * map.width + x
        const score = map.scores[cell]!
        if (score < (thresholds?.proposal ?? 0.6)) continue
        const regression = map.regressions.slice(4 * cell, 4 * cell + 4)
        const window = [2 * x, 2 * y, 2 * x + 12, 2 * y + 12].map((edge, n) => edge / scale + (n < 2 ? 1 : 0))
        passed.push({ box: cellBox(x, y, scale), score, regression, window: window as (typeof pool)[0]['window'] })
      }
    }
    const kept = nms(passed, overlaps?.level ?? 0.5, 'union').map((n) => passed[n]!)
    counts.push([passed.length, kept.length])
    pool.push(...kept.map((found) => (subpixel ? { ...found, box: found.window } : found)))
  }
  const boxes = nms(pool, overlaps?.pyramid ?? 0.7, 'union').map((n) => {
    const { box, regression } = pool[n]!
    const squared = square(regress(box, Array.from(regression), subpixel ? 1 : 0))
    return subpixel ? squared : truncate(squared)
  })
  return { boxes, counts }
}

function expectSame(actual: number[][], expected: readonly (readonly number[])[]): void {
  expect(actual.length).toBe(expected.length)
  const far = actual.map((box, n) => Math.max(...box.map((edge, k) => Math.abs(edge - expected[n]![k]!))))
  expect(Math.max(0, ...far)).toBeLessThan(1e-3)
}

describe('proposals', () => {
  it.each<[string, Given]>([
    ['as the reference', CLASSIC],
    ['of an image that is enlarged', { ...CLASSIC, minFaceSize: 10 }],
    ['of many levels', { ...CLASSIC, minFaceSize: 24, scaleFactor: 0.9 }],
    ['with other thresholds', { ...CLASSIC, thresholds: { proposal: 0.8 }, nms: { level: 0.3, pyramid: 0.4 } }],
    ['without rounding', { ...CLASSIC, patches: 'subpixel', nms: { level: 0.7 } }],
    ['without rounding, enlarged', { ...CLASSIC, minFaceSize: 7, patches: 'subpixel' }],
  ])('%s are those of the naive twin', async (_, options) => {
    const { boxes, trace } = await run(face, options)
    const expected = naive(face, options)
    expect(trace.levels.map(({ passed, afterNms }) => [passed, afterNms])).toEqual(expected.counts)
    expect(boxes.length).toBeGreaterThan(3)
    expectSame(boxes, expected.boxes)
  })

  it('none of an image without a cell over the threshold', async () => {
    const flat = { data: new Uint8Array(60 * 50 * 3), width: 60, height: 50 }
    expect((await run(flat, CLASSIC)).boxes).toEqual([])
  })

  it('are the same whether the scores are told or not', async () => {
    for (const patches of ['area', 'subpixel'] as const) {
      const plain = await run(face, { ...CLASSIC, patches })
      const told = await run(face, { ...CLASSIC, patches }, 'scores')
      expect(told.boxes).toEqual(plain.boxes)
      expect(told.trace.levels.map(({ scores, ...level }) => level)).toEqual(plain.trace.levels)
    }
  })

  it('the scores that are told are those that decided, at any threshold', async () => {
    const image = noise(70, 60)
    const { trace } = await run(image, { ...CLASSIC, thresholds: { proposal: 0.01 } }, 'scores')
    const scores = [...trace.levels[0]!.scores!].sort((a, b) => a - b)
    // Each of these scores as the threshold: its own cell is as close to it as can be, and its rounding decides.
    for (let n = 0; n < scores.length; n += Math.ceil(scores.length / 60)) {
      for (const proposal of [scores[n]!, scores[n]! * (1 - 2e-7), scores[n]! * (1 + 2e-7)]) {
        const { levels } = (await run(image, { ...CLASSIC, thresholds: { proposal } }, 'scores')).trace
        for (const level of levels) {
          const over = level.scores!.filter((score) => score >= Math.fround(proposal)).length
          expect(level.passed).toBe(over)
        }
      }
    }
  })
})

describe('windows of cells, without rounding', () => {
  // From 6 pixels down a level is more than twice as large as the image, and several cells share a rounded box.
  it.each([2, 3, 4, 5, 6, 9, 20])('smallest face of %i px: every cell has its own', async (minFaceSize) => {
    const image = noise(40, 36)
    const levels = planPyramid(image.width, image.height, minFaceSize, 0.709)
    const pixels = { ...image, channels: 3, order: 'rgb', stride: 3 * image.width } as const
    await core.loadFrame(pixels, { x: 0, y: 0, width: image.width, height: image.height }, levels)
    for (const [index, level] of levels.entries()) {
      core.clear()
      core.useLevel(index)
      const count = await core.propose(level, 0)
      core.suppressLevel(count, 1)
      core.useExactWindows(level, count)
      const list = core.candidates
      const rows = Math.ceil((level.height - 2) / 2) - 4
      const seen = new Set<string>()
      for (let n = 0; n < list.length; n++) {
        const cell = list.tag(n)
        const [x, y] = [2 * Math.floor(cell / rows), 2 * (cell % rows)]
        expect(list.x1(n)).toBe(x / level.scale + 1)
        expect(list.y1(n)).toBe(y / level.scale + 1)
        expect(list.x2(n)).toBe((x + 12) / level.scale)
        expect(list.y2(n)).toBe((y + 12) / level.scale)
        seen.add(`${list.x1(n)} ${list.y1(n)}`)
      }
      expect(seen.size).toBe(list.length)
      // Rounded, boxes of neighbours are the same box: overlap 1, which suppression at 1 still keeps.
      expect(list.length).toBe(count)
    }
  })
})
