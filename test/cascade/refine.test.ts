import { beforeAll, describe, expect, it } from 'vitest'
import { refine } from '../../src/cascade/refine.ts'
import type { DetectOptions } from '../../src/options/options.ts'
import type { Core } from '../../src/wasm/core.ts'
import { candidateBoxes, contextOf, setCandidates } from '../helpers/context.ts'
import { createCore } from '../helpers/core.ts'
import { cut, type Photograph, photograph } from '../helpers/photographs.ts'
import { type Corners, regress, square, truncate } from '../reference/boxes.ts'
import { interpolatedPatch } from '../reference/interpolate.ts'
import { rnet } from '../reference/nets.ts'
import { nms } from '../reference/nms.ts'
import { loadParameters } from '../reference/parameters.ts'
import { patchOf } from '../reference/patch.ts'

const parameters = loadParameters()
let core: Core
let image: Photograph

/** Squares about the face, some beside it, over the edges, and three that have no patch. */
const BOXES: Corners[] = [
  [15, 15, 104, 104],
  [18, 20, 102, 104],
  [10, 22, 100, 112],
  [20, 30, 95, 105],
  [-20, -10, 60, 70],
  [60, 60, 140, 140],
  [40, 40, 60, 60],
  [14, 18, 106, 110],
  [50, 50, 48, 90],
  [30, 30, 30, 30],
  [-5000, 0, 5000, 9000],
  [12, 14, 110, 112],
]

beforeAll(async () => {
  core = await createCore()
  image = cut(await photograph('tracking', 'examples/assets/faces.jpg'), 35, 60, 120, 130)
  const { data, width, height } = image
  const pixels = { data, width, height, channels: 3, order: 'rgb', stride: 3 * width } as const
  await core.loadFrame(pixels, { x: 0, y: 0, width, height }, [])
})

function naive(
  boxes: readonly Corners[],
  { patches = 'area', stages = 'full', thresholds, nms: overlaps }: DetectOptions,
) {
  const grid = { ...image, channels: 3 }
  const passed = boxes.flatMap((box) => {
    const [x1, y1, x2, y2] = box
    if (x2 - x1 > 8 * 130) return []
    const edges = [x1 - 1, y1 - 1, x2, y2] as const
    const patch = patches === 'area' ? patchOf(grid, box, 24) : x2 < x1 ? null : interpolatedPatch(grid, edges, 24)
    if (!patch) return []
    const { score, regression } = rnet(patch, parameters)
    return score > (thresholds?.refine ?? 0.7) ? [{ box, score, regression }] : []
  })
  const refined = nms(passed, overlaps?.refine ?? 0.7, 'union').map((n) => {
    const { box, regression } = passed[n]!
    const moved = regress(box, Array.from(regression), 1)
    if (stages === 'boxes') return moved
    return patches === 'subpixel' ? square(moved) : truncate(square(moved))
  })
  const votes = passed.map(({ box, score, regression }) => ({ box: regress(box, Array.from(regression), 1), score }))
  return { passed: passed.length, votes, refined }
}

describe('what R-Net refines', () => {
  it.each<[string, DetectOptions]>([
    ['as the reference', {}],
    ['where it is the answer: not squared', { stages: 'boxes' }],
    ['interpolated', { patches: 'bicubic' }],
    ['interpolated, without rounding', { patches: 'subpixel' }],
    ['all that have a patch', { thresholds: { refine: 0 }, nms: { refine: 1 } }],
    ['with other thresholds', { thresholds: { refine: 0.2 }, nms: { refine: 0.3 } }],
  ])('%s: is what the naive twin gives', async (_, options) => {
    setCandidates(core, BOXES)
    const context = contextOf(core, options)
    const count = await refine(context)
    const expected = naive(BOXES, options)
    expect(context.trace).toMatchObject({ refinePassed: expected.passed, refined: expected.refined.length })
    expect(count).toBe(expected.refined.length)
    expect(count).toBeGreaterThan(0)
    const far = candidateBoxes(core).map((box, n) => {
      return Math.max(...box.map((edge, k) => Math.abs(edge - expected.refined[n]![k]!)))
    })
    expect(Math.max(...far)).toBeLessThan(1e-3)
  })

  it('with confidence by consensus, all that it accepted votes, before suppression', async () => {
    for (const patches of ['area', 'subpixel'] as const) {
      setCandidates(core, BOXES)
      const context = contextOf(core, { patches, confidence: 'consensus', nms: { refine: 0.3 } })
      const left = await refine(context)
      const { votes } = naive(BOXES, { patches })
      expect(votes.length).toBeGreaterThan(left)
      expect(context.votes.length).toBe(votes.length)
      context.votes.forEach(({ x1, y1, x2, y2, score }, n) => {
        expect(score).toBeCloseTo(votes[n]!.score, 4)
        ;[x1, y1, x2, y2].forEach((edge, k) => {
          expect(Math.abs(edge - votes[n]!.box[k]!)).toBeLessThan(1e-3)
        })
      })
    }
  })

  it('without it, nothing votes', async () => {
    setCandidates(core, BOXES)
    const context = contextOf(core)
    await refine(context)
    expect(context.votes).toEqual([])
  })

  it('nothing of nothing, and of boxes without a patch', async () => {
    for (const boxes of [[], BOXES.filter(([x1, , x2]) => x2 < x1)]) {
      setCandidates(core, boxes)
      expect(await refine(contextOf(core))).toBe(0)
      expect(core.candidates.length).toBe(0)
    }
  })
})
