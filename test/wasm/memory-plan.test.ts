import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { planPyramid } from '../../src/cascade/pyramid.ts'
import type { Kernels } from '../../src/wasm/abi.ts'
import {
  capacityWithin,
  type FixedPlan,
  type FramePlan,
  planFixed,
  planFrame,
  planLists,
} from '../../src/wasm/memory-plan.ts'
import { OUTPUT_NET, REFINE_NET } from '../../src/wasm/nets.ts'
import { edgeWords, interpolationWords, tapWords } from '../../src/wasm/taps.ts'

const bytes = readFileSync(new URL('../../build/mtcnn.wasm', import.meta.url))
const memory = new WebAssembly.Memory({ initial: 1 })
const instance = new WebAssembly.Instance(new WebAssembly.Module(bytes), { env: { memory } })
const kernels = instance.exports as unknown as Kernels
const fixed = planFixed(kernels)
const slack: number = kernels.SLACK.value

type Part = readonly [name: string, start: number, bytes: number]

/** What of a plan is in use at the same time, with the bytes that the kernels want for it. */
function fixedParts({ weights, frame, crop, search, patches, answers }: FixedPlan): Part[] {
  return [
    ['constants', 0, kernels.heapBase()],
    ['P-Net', weights.pnet, kernels.pnetWeights()],
    ['R-Net', weights.rnet, kernels.rnetWeights()],
    ['O-Net', weights.onet, kernels.onetWeights()],
    ['frame struct', frame, kernels.FRAME.value],
    ['crop struct', crop, kernels.CROP.value],
    ['search struct', search, kernels.LEVEL_SEARCH.value],
    ['patches of R-Net', patches.rnet, REFINE_NET.batch * kernels.RNET_PATCH.value],
    ['patches of O-Net', patches.onet, OUTPUT_NET.batch * kernels.ONET_PATCH.value],
    ['answers', answers, 4 * OUTPUT_NET.batch * kernels.ONET_ANSWER.value],
  ]
}

function frameParts(
  plan: FramePlan,
  width: number,
  height: number,
  levels: readonly { width: number; height: number }[],
) {
  const pixels: Part[] = [
    ['frame', plan.pixels, 3 * width * height + slack],
    ...plan.levels.flatMap((place, n): Part[] => {
      const level = levels[n]!
      return [
        [`level ${n}`, place.pixels, 3 * level.width * level.height + slack],
        [`edges x ${n}`, place.x, 4 * edgeWords(level.width)],
        [`edges y ${n}`, place.y, 4 * edgeWords(level.height)],
        [`struct ${n}`, place.level, kernels.AREA_LEVEL.value],
        [`state ${n}`, place.state, kernels.levelState(level.width)],
      ]
    }),
  ]
  const loading: Part[] = [
    ['above', plan.levelWork.above, kernels.integralRow(width)],
    ['below', plan.levelWork.below, kernels.integralRow(width)],
    ['row', plan.levelWork.row, kernels.levelWork(levels[0]?.width ?? 0)],
    ['staging', plan.staging, Math.max(4 * width, 1 << 17) + slack],
  ]
  const crop = plan.largestCrop
  const cutting: Part[] = [
    ['patch work', fixed.work, kernels.patchWork(crop)],
    ['taps x', plan.tapsX, 4 * Math.max(tapWords(crop, 48), interpolationWords(crop, 48))],
    ['taps y', plan.tapsY, 4 * Math.max(tapWords(crop, 48), interpolationWords(crop, 48))],
  ]
  const nets: Part[] = [['nets', fixed.work, Math.max(kernels.pnetWork(), kernels.rnetWork(16), kernels.onetWork(8))]]
  return { pixels, phases: [loading, cutting, nets] }
}

/** Parts that begin before the one before them ends, or not at a multiple of 64, or lie beyond `end`. */
function faults(parts: readonly Part[], end = Number.POSITIVE_INFINITY): string[] {
  const sorted = [...parts].sort((a, b) => a[1] - b[1] || a[2] - b[2])
  return sorted.flatMap(([name, start, size], n) => {
    const before = sorted[n - 1]
    if (before && start < before[1] + before[2]) return [`${name} begins in ${before[0]}`]
    if (start % 64 !== 0) return [`${name} begins at ${start}`]
    return start + size > end ? [`${name} ends at ${start + size}, after ${end}`] : []
  })
}

describe('the plan of memory', () => {
  it('what stays: no part lies in another, and work begins behind all', () => {
    expect(faults(fixedParts(fixed), fixed.work)).toEqual([])
  })

  it('any image: what is in use at the same time lies apart, before the lists', () => {
    const side = fc.integer({ min: 1, max: 5000 })
    fc.assert(
      fc.property(side, side, fc.integer({ min: 1, max: 60 }), (width, height, minFaceSize) => {
        const levels = planPyramid(width, height, minFaceSize, 0.709)
        const plan = planFrame(kernels, fixed, width, height, levels)
        const { pixels, phases } = frameParts(plan, width, height, levels)
        for (const phase of phases) {
          expect(faults([...fixedParts(fixed), ...pixels, ...phase], plan.lists)).toEqual([])
        }
      }),
      { numRuns: 200 },
    )
  })

  it('an image without levels, and one that no memory holds', () => {
    const { lists } = planFrame(kernels, fixed, 1, 1, [])
    expect(lists).toBeLessThan(8e6)
    const huge = planFrame(kernels, fixed, 40_000, 40_000, [{ width: 40_000, height: 40_000 }])
    expect(huge.lists).toBeGreaterThan(2 * 3 * 40_000 ** 2)
  })

  it('lists: both, what one is sorted in, and slack behind', () => {
    const { lists, work, end } = planLists(kernels, 6400, 1000)
    const parts: Part[] = [
      ['first', lists[0], 64_000],
      ['second', lists[1], 64_000],
      ['work', work, kernels.nmsWork(1000)],
    ]
    expect(faults(parts, end - slack)).toEqual([])
  })

  it('as many candidates as fit, and not one more', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 2 ** 31 }), fc.integer({ min: 0, max: 2 ** 31 }), (start, room) => {
        const capacity = capacityWithin(kernels, start, start + room)
        if (capacity > 0) expect(planLists(kernels, start, capacity).end).toBeLessThanOrEqual(start + room)
        expect(planLists(kernels, start, capacity + 1).end).toBeGreaterThan(start + room)
      }),
    )
  })
})
