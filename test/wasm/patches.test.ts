import fc from 'fast-check'
import { beforeAll, describe, expect, it } from 'vitest'
import type { Core } from '../../src/wasm/core.ts'
import { planFixed, planFrame } from '../../src/wasm/memory-plan.ts'
import { OUTPUT_NET, type PatchNet, REFINE_NET } from '../../src/wasm/nets.ts'
import { flipTaps, interpolationTaps, interpolationWords } from '../../src/wasm/taps.ts'
import { createCore } from '../helpers/core.ts'
import { noise } from '../helpers/photographs.ts'
import { releaseBuild } from '../kernels/load.ts'
import { interpolatedPatch } from '../reference/interpolate.ts'
import { patchOf } from '../reference/patch.ts'

type Box = readonly [x1: number, y1: number, x2: number, y2: number]

const frame = noise(61, 47)
const image = { ...frame, channels: 3 as const }
let core: Core

beforeAll(async () => {
  core = await createCore()
  await core.loadFrame({ ...image, order: 'rgb', stride: 61 * 3 }, { x: 0, y: 0, width: 61, height: 47 }, [])
})

/** Patch `place` of a batch, side x side x 3, back in 0..255. */
function patch(net: PatchNet, box: Box, { interpolated = false, flipped = false } = {}, place = 1): number[] {
  expect(core.makePatch(net, place, ...box, { interpolated, flipped })).toBe(true)
  const { side, pitch } = net
  const all = core.patches(net, net.batch).subarray(place * pitch * pitch * 4)
  const at = (n: number) => {
    const [y, x, c] = [Math.floor(n / 3 / side), Math.floor(n / 3) % side, n % 3]
    return all[(y * pitch + x) * 4 + c]! * 128 + 127.5
  }
  return Array.from({ length: side * side * 3 }, (_, n) => at(n))
}

function turnedRound(values: ArrayLike<number>, side: number): number[] {
  return Array.from({ length: values.length }, (_, n) => {
    const [y, x, c] = [Math.floor(n / 3 / side), Math.floor(n / 3) % side, n % 3]
    return values[(y * side + side - 1 - x) * 3 + c]!
  })
}

function expectClose(actual: number[], expected: ArrayLike<number>, tolerance: number): void {
  let most = 0
  for (let n = 0; n < actual.length; n++) most = Math.max(most, Math.abs(actual[n]! - expected[n]!))
  expect(actual.length).toBe(expected.length)
  expect(most).toBeLessThan(tolerance)
}

const BOXES: Box[] = [
  [5, 6, 16, 17],
  [5.25, 6.75, 16.5, 17.125],
  [1, 1, 61, 47],
  // Beyond each edge, across a corner, and wholly outside.
  [-7.5, 3.25, 12, 22.75],
  [50.5, 30.5, 80.25, 60.25],
  [-20, -30, 90, 80.5],
  [70, 5, 90, 25],
  [-40.5, -40.5, -20, -20],
  // About a pixel, and exactly the net's side.
  [10, 10, 10, 10],
  [10.3, 20.6, 10.5, 20.8],
  [10, 10, 33, 33],
  [4.5, 2.5, 51.5, 49.5],
  // Not square.
  [3.5, 8, 20, 44.25],
]

describe('interpolated patches', () => {
  it.each(BOXES)('of box %s %s %s %s are the naive ones', (...box) => {
    const edges = [box[0] - 1, box[1] - 1, box[2], box[3]] as const
    for (const net of [REFINE_NET, OUTPUT_NET]) {
      const expected = interpolatedPatch(image, edges, net.side).data
      expectClose(patch(net, box, { interpolated: true }), expected, 1e-3)
      expectClose(patch(net, box, { interpolated: true, flipped: true }), turnedRound(expected, net.side), 1e-3)
    }
  })

  it('hold for any box', () => {
    const side = fc.double({ min: 1, max: 120, noNaN: true })
    const corner = fc.double({ min: -60, max: 80, noNaN: true })
    fc.assert(
      fc.property(corner, corner, side, side, (x1, y1, width, height) => {
        const box = [x1, y1, x1 + width - 1, y1 + height - 1] as const
        // As the rounded box has it.
        const edges = [x1 - 1, y1 - 1, x1 - 1 + (box[2] - x1 + 1), y1 - 1 + (box[3] - y1 + 1)] as const
        expectClose(patch(REFINE_NET, box, { interpolated: true }), interpolatedPatch(image, edges, 24).data, 1e-2)
      }),
      { numRuns: 60, seed: 5 },
    )
  })

  it('keep a ramp a ramp: nothing is shifted', async () => {
    const data = new Uint8Array(40 * 40 * 3).map((_, n) => 5 * (Math.floor(n / 3) % 40))
    await core.loadFrame(
      { data, width: 40, height: 40, channels: 3, order: 'rgb', stride: 120 },
      { x: 0, y: 0, width: 40, height: 40 },
      [],
    )
    const box = [11.25, 11.25, 20.75, 20.75] as const
    const values = patch(REFINE_NET, box, { interpolated: true })
    const step = 10.5 / 24
    for (let x = 0; x < 24; x++) expect(values[3 * x]!).toBeCloseTo(5 * (10.25 + (x + 0.5) * step - 0.5), 3)
    await core.loadFrame({ ...image, order: 'rgb', stride: 61 * 3 }, { x: 0, y: 0, width: 61, height: 47 }, [])
  })

  it('never write more words than they say', () => {
    fc.assert(
      fc.property(
        fc.double({ min: -1e4, max: 1e4, noNaN: true }),
        fc.double({ min: 1, max: 3000, noNaN: true }),
        fc.constantFrom(24, 48),
        (from, length, side) => {
          const words = new Int32Array(interpolationWords(length, side))
          const taps = interpolationTaps(from, length, side, words)
          expect(taps.length).toBeLessThanOrEqual(words.length)
          const weights = new Float32Array(words.buffer)
          for (let at = 0, d = 0; d < side; d++) {
            const [first, count] = [words[at]!, words[at + 1]!]
            expect(first).toBeGreaterThanOrEqual(0)
            expect(first + count).toBeLessThanOrEqual(taps.span)
            const sum = weights.subarray(at + 2, at + 2 + count).reduce((a, b) => a + b, 0)
            expect(sum).toBeCloseTo(1, 5)
            at += 2 + count
          }
        },
      ),
      { numRuns: 500 },
    )
  })

  it('of a box without a pixel or a crazy one do not exist', () => {
    expect(core.makePatch(REFINE_NET, 0, 5, 5, 3.5, 9, { interpolated: true })).toBe(false)
    expect(core.makePatch(REFINE_NET, 0, Number.NaN, 5, 9, 9, { interpolated: true })).toBe(false)
    expect(core.makePatch(REFINE_NET, 0, -1e6, -1e6, 1e6, 1e6, { interpolated: true })).toBe(false)
    expect(core.makePatch(REFINE_NET, 0, 1, 1, 61 * 8, 61 * 8, { interpolated: true })).toBe(false)
  })
})

describe('patches by area, flipped', () => {
  it.each([
    [5, 6, 16, 17],
    [-7, 3, 52, 40],
    [3, 8, 20, 44],
    [1, 1, 48, 48],
  ])('of box %s %s %s %s are the plain ones turned round', (...box) => {
    for (const net of [REFINE_NET, OUTPUT_NET]) {
      const expected = patchOf(image, box as unknown as [number, number, number, number], net.side)!.data
      // Plain, flipped and plain again: taps are kept between calls.
      expectClose(patch(net, box as unknown as Box), expected, 1e-3)
      expectClose(patch(net, box as unknown as Box, { flipped: true }), turnedRound(expected, net.side), 1e-3)
      expectClose(patch(net, box as unknown as Box), expected, 1e-3)
    }
  })

  it('are lists turned round, and twice is once', () => {
    const words = Int32Array.from([7, 1, 70, 8, 2, 80, 81, 9, 1, 90, -1])
    flipTaps(words, 10)
    expect([...words]).toEqual([9, 1, 90, 8, 2, 80, 81, 7, 1, 70, -1])
    flipTaps(words, 10)
    expect([...words]).toEqual([7, 1, 70, 8, 2, 80, 81, 9, 1, 90, -1])
  })
})

describe('a cutter', () => {
  it('goes on where memory has grown in between, and its views have become empty', () => {
    const before = patch(REFINE_NET, [5, 6, 16, 17])
    core.levelCandidates(200_000)
    expect(patch(REFINE_NET, [5, 6, 16, 17])).toEqual(before)
    expect(patch(REFINE_NET, [6, 6, 17, 17])).not.toEqual(before)
  })

  it('cuts up to eight times the longer side of the frame, which the plan has room for', () => {
    const { kernels } = releaseBuild()
    const { largestCrop } = planFrame(kernels, planFixed(kernels), 61, 47, [])
    expect(largestCrop).toBe(8 * 61)
    const corner = -largestCrop / 2
    const box = [corner, corner, corner + largestCrop - 1, corner + largestCrop - 1] as const
    expectClose(patch(REFINE_NET, box), patchOf(image, [...box], 24)!.data, 1e-3)
    expect(core.makePatch(REFINE_NET, 0, box[0], box[1], box[2] + 1, box[3])).toBe(false)
  })
})
