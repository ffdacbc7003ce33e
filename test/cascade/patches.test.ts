import fc from 'fast-check'
import { beforeAll, describe, expect, it } from 'vitest'
import { nearby } from '../../src/cascade/answers.ts'
import type { Nets } from '../../src/cascade/context.ts'
import { classifyPatches } from '../../src/cascade/patches.ts'
import type { Core } from '../../src/wasm/core.ts'
import { OUTPUT_NET, REFINE_NET } from '../../src/wasm/nets.ts'
import { candidateBoxes, contextOf, setCandidates } from '../helpers/context.ts'
import { createCore } from '../helpers/core.ts'
import { noise } from '../helpers/photographs.ts'

type Box = readonly [x1: number, y1: number, x2: number, y2: number]

let core: Core

beforeAll(async () => {
  core = await createCore()
  const { data, width, height } = noise(200, 160)
  const pixels = { data, width, height, channels: 3, order: 'rgb', stride: 3 * width } as const
  await core.loadFrame(pixels, { x: 0, y: 0, width, height }, [])
})

/** Boxes here and there, each of another size, every seventh without a pixel. */
const boxes = Array.from({ length: 50 }, (_, n): Box => {
  const [x, y] = [(37 * n) % 150, (53 * n) % 120]
  return [x, y, x + (n % 7 === 3 ? -2 : 20 + n), y + 20 + n]
})
const cut = boxes.filter(([x1, , x2]) => x2 >= x1)

/** Nets whose score of a patch is what `scores` has for it, in the order in which patches were made. */
function scripted(scores: (patch: number) => number): Nets & { batches: number[] } {
  const batches: number[] = []
  let made = 0
  return {
    batches,
    propose: () => 0,
    run(net, count) {
      batches.push(count)
      const answers = core.answers(net, count)
      answers.fill(0)
      for (let n = 0; n < count; n++) answers[n * net.answer + net.scoreAt] = scores(made++)
    },
  }
}

describe('patches of candidates', () => {
  it('go through a net in whole batches, those without a pixel left out', async () => {
    setCandidates(core, boxes)
    const nets = scripted(() => 1)
    expect(await classifyPatches(contextOf(core, {}, { nets }), REFINE_NET, 0.5)).toBe(cut.length)
    const full = Math.floor(cut.length / 16)
    expect(nets.batches).toEqual([...Array(full).fill(16), cut.length % 16].filter((count) => count > 0))
    expect(candidateBoxes(core)).toEqual(cut)
  })

  it('those over the threshold are kept, in their order, and not those at it', async () => {
    setCandidates(core, boxes)
    const order = [...nearby(Float64Array.from(boxes.flat()))].filter((n) => boxes[n]![2] >= boxes[n]![0])
    const scoreOf = (index: number) => (index % 3 === 0 ? 0.75 : index % 3 === 1 ? 0.5 : 0.25)
    const nets = scripted((patch) => scoreOf(order[patch]!))
    const seen: number[] = []
    const accept = (_: Float32Array, index: number) => seen.push(index) + 99
    const kept = await classifyPatches(contextOf(core, {}, { nets }), OUTPUT_NET, 0.5, { accept })
    const expected = boxes.map((_, n) => n).filter((n) => n % 3 === 0 && boxes[n]![2] >= boxes[n]![0])
    expect(seen).toEqual(expected)
    expect(kept).toBe(expected.length)
    expect(candidateBoxes(core)).toEqual(expected.map((n) => boxes[n]))
    const list = core.candidates
    expect(expected.map((_, n) => list.tag(n))).toEqual(expected.map((_, n) => 100 + n))
    expect(expected.map((_, n) => list.score(n))).toEqual(expected.map(() => 0.75))
  })

  it('flipped, two of a batch belong together: their mean decides', async () => {
    setCandidates(core, cut)
    const nets = scripted((patch) => (patch % 2 === 0 ? 1 : 0.25))
    const context = contextOf(core, {}, { nets })
    expect(await classifyPatches(context, OUTPUT_NET, 0.6, { flip: true })).toBe(cut.length)
    expect(nets.batches.reduce((sum, count) => sum + count)).toBe(2 * cut.length)
    expect(Math.max(...nets.batches)).toBe(OUTPUT_NET.batch)
    expect(core.candidates.score(0)).toBe(0.625)
    setCandidates(core, cut)
    expect(await classifyPatches({ ...context, nets: scripted(() => 0.5) }, OUTPUT_NET, 0.6, { flip: true })).toBe(0)
  })

  it('a score that is no number is not over any threshold', async () => {
    setCandidates(core, cut)
    const nets = scripted(() => Number.NaN)
    expect(await classifyPatches(contextOf(core, {}, { nets }), REFINE_NET, -1)).toBe(0)
  })
})

describe('the order in which patches are cut', () => {
  function orderOf(boxes: readonly Box[]): number[] {
    return [...nearby(Float64Array.from(boxes.flat()))]
  }

  it('goes down the frame by strips, from left to right in each', () => {
    const at = (x: number, y: number): Box => [x, y, x + 20, y + 20]
    expect(orderOf([at(500, 900), at(90, 30), at(10, 100), at(3, 880), at(700, 2), at(10, 110)])).toEqual([
      2, 5, 1, 4, 3, 0,
    ])
  })

  it('has every candidate once, wherever it lies', () => {
    const edge = fc.oneof(fc.double({ min: -1e5, max: 1e5 }), fc.double())
    fc.assert(
      fc.property(fc.array(fc.tuple(edge, edge, edge, edge), { maxLength: 40 }), (boxes) => {
        expect(orderOf(boxes).sort((a, b) => a - b)).toEqual(boxes.map((_, n) => n))
      }),
    )
  })
})
