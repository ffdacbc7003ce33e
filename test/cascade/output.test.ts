import { beforeAll, describe, expect, it } from 'vitest'
import type { Detection } from '../../src/cascade/context.ts'
import { output } from '../../src/cascade/output.ts'
import type { DetectOptions } from '../../src/options/options.ts'
import type { Core } from '../../src/wasm/core.ts'
import { contextOf, setCandidates } from '../helpers/context.ts'
import { createCore } from '../helpers/core.ts'
import { cut, type Photograph, photograph } from '../helpers/photographs.ts'
import { type Corners, regress, square, truncate } from '../reference/boxes.ts'
import { consensus, type Vote } from '../reference/consensus.ts'
import { type Grid, grid } from '../reference/conv.ts'
import { interpolatedPatch } from '../reference/interpolate.ts'
import { onet, rnet } from '../reference/nets.ts'
import { nms } from '../reference/nms.ts'
import { loadParameters } from '../reference/parameters.ts'
import { patchOf } from '../reference/patch.ts'

const parameters = loadParameters()
let core: Core
let image: Photograph

/** Squares about the face of which several come through, one beside it, one without a pixel. */
const BOXES: Corners[] = [
  [15, 15, 104, 104],
  [20, 30, 95, 105],
  [60, 60, 140, 140],
  [8, 12, 114, 118],
  [50, 50, 48, 90],
  [25, 20, 95, 90],
  [44, 40, 78, 74],
]

/** What R-Net may have accepted: about the face, beside it, far away. */
const VOTES: Vote[] = [
  { box: [18, 18, 100, 104], score: 0.9 },
  { box: [26, 20, 92, 98], score: 0.625 },
  { box: [62, 58, 138, 139], score: 0.75 },
  { box: [400, 400, 480, 480], score: 1 },
]

beforeAll(async () => {
  core = await createCore()
  image = cut(await photograph('tracking', 'examples/assets/faces.jpg'), 35, 60, 120, 130)
  const { data, width, height } = image
  const pixels = { data, width, height, channels: 3, order: 'rgb', stride: 3 * width } as const
  await core.loadFrame(pixels, { x: 0, y: 0, width, height }, [])
})

interface Answer {
  score: number
  /** Of the patch, and of the flipped one where it was asked for. */
  logits: number[]
  box: Corners
  points: number[]
}

function flippedPatch({ data, width, height, channels }: Grid): Grid {
  const out = grid(height, width, channels)
  for (let n = 0; n < data.length; n++) {
    const [y, x, c] = [Math.floor(n / channels / width), Math.floor(n / channels) % width, n % channels]
    out.data[(y * width + width - 1 - x) * channels + c] = data[n]!
  }
  return out
}

function patchAt(box: Corners, side: 24 | 48, patches: DetectOptions['patches']): Grid {
  const [x1, y1, x2, y2] = box
  const source = { ...image, channels: 3 }
  return patches === 'area' ? patchOf(source, box, side)! : interpolatedPatch(source, [x1 - 1, y1 - 1, x2, y2], side)
}

/** R-Net's logits of a box, and of its flipped patch where that is asked for. */
function refineLogits(box: Corners, { patches = 'area', flip = false }: DetectOptions): number[] {
  const patch = patchAt(box, 24, patches)
  return [patch, ...(flip ? [flippedPatch(patch)] : [])].map((seen) => rnet(seen, parameters).logit)
}

/** O-Net on one box: its score, its box and its landmarks in pixels. */
function look(box: Corners, { patches = 'area', flip = false }: DetectOptions): Answer | undefined {
  const [x1, y1, x2, y2] = box
  if (x2 < x1) return undefined
  const patch = patchAt(box, 48, patches)
  const [w, h] = [x2 - x1 + 1, y2 - y1 + 1]
  const place = (answer: ReturnType<typeof onet>): Answer => ({
    score: answer.score,
    logits: [answer.logit],
    box: regress(box, Array.from(answer.regression), 1),
    points: Array.from(answer.landmarks, (share, n) => (n < 5 ? w * share + x1 - 1 : h * share + y1 - 1)),
  })
  const plain = place(onet(patch, parameters))
  if (!flip) return plain
  const other = place(onet(flippedPatch(patch), parameters))
  // Back from the flipped patch: what was x from its left edge is x from its right edge.
  const back = (x: number) => 2 * x1 + w - 2 - x
  const [left, top, right, bottom] = other.box
  const turned = [x1 + x2 - right, top, x1 + x2 - left, bottom]
  const pairs = [1, 0, 2, 4, 3]
  const points = [...pairs.map((n) => back(other.points[n]!)), ...pairs.map((n) => other.points[n + 5]!)]
  const mean = (a: readonly number[], b: readonly number[]) => a.map((value, n) => (value + b[n]!) / 2)
  return {
    score: (plain.score + other.score) / 2,
    logits: [...plain.logits, ...other.logits],
    box: mean(plain.box, turned) as Corners,
    points: mean(plain.points, points),
  }
}

const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value) / values.length

/** O-Net's logit of the middle of a square of 40 pixels and more. */
function closerLogit([x1, y1, x2, y2]: Corners, options: DetectOptions): number {
  const side = x2 - x1 + 1
  if (side < 40) return Number.NEGATIVE_INFINITY
  const margin = ((1 - 0.87) / 2) * side
  const inner: Corners = [x1 + margin, y1 + margin, x2 - margin, y2 - margin]
  return mean(look(options.patches === 'subpixel' ? inner : truncate(inner), options)!.logits)
}

function naive(boxes: readonly Corners[], options: DetectOptions): Answer[] {
  const threshold = options.thresholds?.output ?? 0.7
  const byConsensus = options.confidence === 'consensus'
  const suppressed = (list: Answer[]) => nms(list, options.nms?.output ?? 0.7, 'min').map((n) => list[n]!)
  const looks = boxes.flatMap((box) => look(box, options) ?? [])
  const faces = suppressed(looks.filter(({ score }) => score > (byConsensus ? threshold / 8 : threshold)))
  if (options.passes !== 2 && !byConsensus) return faces
  const second = faces.map((first): Answer => {
    const squared = options.patches === 'subpixel' ? square(first.box) : truncate(square(first.box))
    const again = options.passes === 2 ? look(squared, options)! : first
    const box = first.box.map((edge, n) => (edge + again.box[n]!) / 2) as Corners
    const rise =
      byConsensus && options.passes === 2 ? Math.max(0, closerLogit(squared, options) - mean(again.logits)) : 0
    const logits = [...first.logits, ...again.logits]
    return {
      score: byConsensus
        ? consensus(box, [mean(logits) + 0.8 * rise], refineLogits(squared, options), VOTES)
        : first.score * again.score,
      logits,
      box,
      points: first.points.map((value, n) => (value + again.points[n]!) / 2),
    }
  })
  return suppressed(second.filter(({ score }) => score > threshold))
}

const cornersOf = ({ x1, y1, x2, y2 }: Detection): Corners => [x1, y1, x2, y2]

describe('faces', () => {
  it.each<[string, DetectOptions]>([
    ['as the reference', {}],
    ['all of them', { thresholds: { output: 0 }, nms: { output: 1 } }],
    ['flipped too', { flip: true }],
    ['in two passes', { passes: 2 }],
    ['in two passes, all of them', { passes: 2, thresholds: { output: 0 }, nms: { output: 1 } }],
    ['interpolated', { patches: 'bicubic' }],
    ['with everything', { patches: 'subpixel', flip: true, passes: 2, nms: { output: 0.9 } }],
    ['by consensus', { confidence: 'consensus', thresholds: { output: 0.4 } }],
    ['by consensus, all of them', { confidence: 'consensus', thresholds: { output: 0 }, nms: { output: 1 } }],
    [
      'by consensus, with everything',
      {
        confidence: 'consensus',
        patches: 'subpixel',
        flip: true,
        passes: 2,
        nms: { output: 0.9 },
        thresholds: { output: 0.3 },
      },
    ],
  ])('%s: are those of the naive twin', async (_, options) => {
    setCandidates(core, BOXES)
    const votes = VOTES.map(({ box: [x1, y1, x2, y2], score }) => ({ x1, y1, x2, y2, score }))
    const faces = await output(contextOf(core, options, { votes }))
    const expected = naive(BOXES, options)
    expect(faces.length).toBe(expected.length)
    expect(faces.length).toBeGreaterThan(0)
    faces.forEach((face, n) => {
      const { box, score, points } = expected[n]!
      expect(face.confidence).toBeCloseTo(score, 4)
      cornersOf(face).forEach((edge, k) => {
        expect(Math.abs(edge - box[k]!)).toBeLessThan(2e-3)
      })
      face.points!.forEach((value, k) => {
        expect(Math.abs(value - points[k]!)).toBeLessThan(2e-3)
      })
    })
  })

  it('counts what passed before suppression', async () => {
    setCandidates(core, BOXES)
    const context = contextOf(core)
    const faces = await output(context)
    expect(context.trace.outputPassed).toBeGreaterThan(faces.length)
  })

  it('each vote makes a face surer, but never certain', async () => {
    const sure = async (votes: number) => {
      setCandidates(core, BOXES)
      const vote = { x1: 18, y1: 18, x2: 100, y2: 104, score: 1 }
      const context = contextOf(
        core,
        { confidence: 'consensus', thresholds: { output: 0 } },
        { votes: Array(votes).fill(vote) },
      )
      return (await output(context))[0]!.confidence
    }
    const [none, few, many] = [await sure(0), await sure(3), await sure(30)]
    expect(few).toBeGreaterThan(none)
    expect(many).toBeGreaterThan(few)
    expect(many).toBeLessThan(1)
  })

  it('a face says what a face consists of, and no more', async () => {
    setCandidates(core, BOXES)
    const [face] = await output(contextOf(core, { confidence: 'consensus', thresholds: { output: 0 } }))
    expect(Object.keys(face!).sort()).toEqual(['confidence', 'points', 'votes', 'x1', 'x2', 'y1', 'y2'])
  })

  it('none of no candidates', async () => {
    setCandidates(core, [])
    for (const passes of [1, 2] as const) expect(await output(contextOf(core, { passes }))).toEqual([])
    expect(await output(contextOf(core, { confidence: 'consensus' }))).toEqual([])
  })
})
