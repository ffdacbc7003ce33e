import { beforeEach, expect, it } from 'vitest'
import type { Kernels } from '../../src/wasm/abi.ts'
import type { FixedPlan, FramePlan } from '../../src/wasm/memory-plan.ts'
import { OUTPUT_NET, REFINE_NET } from '../../src/wasm/nets.ts'
import { PatchCutter } from '../../src/wasm/patch-cutter.ts'
import { areaTaps, blendTaps, flipTaps, tapWords } from '../../src/wasm/taps.ts'

// What the cutter tells the kernel; what comes of it is compared with naive patches in test/cascade/patches.test.ts.

const FIXED = { frame: 64, crop: 128, work: 256 } as FixedPlan
const PLAN = { largestCrop: 500, tapsX: 1024, tapsY: 32_768, tapBytes: 16_384 } as FramePlan

let memory: WebAssembly.Memory
let calls: { crop: number[]; side: number; out: number; outRow: number }[]
let cutter: PatchCutter

beforeEach(() => {
  memory = new WebAssembly.Memory({ initial: 1 })
  calls = []
  const patch: Kernels['patch'] = (frame, crop, side, work, out, outRow) => {
    expect([frame, crop, work]).toEqual([FIXED.frame, FIXED.crop, FIXED.work])
    calls.push({ crop: [...new Int32Array(memory.buffer, crop, 6)], side, out, outRow })
  }
  cutter = new PatchCutter({ patch } as Kernels, memory, FIXED)
  cutter.begin(PLAN)
})

const words = (pointer: number, length: number) => [...new Int32Array(memory.buffer, pointer, length)]

function tapsOf(kind: typeof areaTaps, source: number, side: number, flipped = false): number[] {
  const taps = new Int32Array(tapWords(source, side))
  const length = kind(source, side, taps)
  if (flipped) flipTaps(taps, length)
  return [...taps.subarray(0, length)]
}

it('says where the crop lies, from 0, and shares the taps of both axes of a square', () => {
  expect(cutter.cut(REFINE_NET, 40_000, 11, 21, 60, 70, {})).toBe(true)
  expect(calls).toEqual([{ crop: [10, 20, 50, 50, 1024, 1024], side: 24, out: 40_000, outRow: 26 * 16 }])
  const taps = tapsOf(areaTaps, 50, 24)
  expect(words(1024, taps.length)).toEqual(taps)
})

it('blends along both axes where one is enlarged', () => {
  expect(cutter.cut(OUTPUT_NET, 40_000, 1, 1, 60, 20, {})).toBe(true)
  expect(calls[0]!.crop).toEqual([0, 0, 60, 20, 1024, 32_768])
  const [across, down] = [tapsOf(blendTaps, 60, 48), tapsOf(blendTaps, 20, 48)]
  expect(words(1024, across.length)).toEqual(across)
  expect(words(32_768, down.length)).toEqual(down)
})

it('flips across only', () => {
  expect(cutter.cut(REFINE_NET, 0, 1, 1, 50, 50, { flipped: true })).toBe(true)
  expect(calls[0]!.crop.slice(4)).toEqual([1024, 32_768])
  const [across, down] = [tapsOf(areaTaps, 50, 24, true), tapsOf(areaTaps, 50, 24)]
  expect(words(1024, across.length)).toEqual(across)
  expect(words(32_768, down.length)).toEqual(down)
})

it('writes the same taps once, and again for another frame or after others', () => {
  const spoil = () => new Int32Array(memory.buffer, PLAN.tapsX, 1).fill(-1)
  const first = () => words(PLAN.tapsX, 1)[0]
  const cut = (side: number) => cutter.cut(REFINE_NET, 0, 1, 1, side, side, {})
  cut(50)
  spoil()
  cut(50)
  expect(first()).toBe(-1)
  cut(60)
  cut(50)
  expect(words(1024, tapsOf(areaTaps, 50, 24).length)).toEqual(tapsOf(areaTaps, 50, 24))
  spoil()
  cutter.begin(PLAN)
  cut(50)
  expect(first()).not.toBe(-1)
})

it.each([
  ['no pixel across', [5, 5, 4, 9]],
  ['no pixel down', [5, 5, 9, 4.5]],
  ['more than the largest', [1, 1, 501, 20]],
  ['no number', [Number.NaN, 5, 9, 9]],
  ['no end', [1, 1, Number.POSITIVE_INFINITY, 9]],
] as const)('cuts nothing of a box with %s', (_, [x1, y1, x2, y2]) => {
  for (const interpolated of [false, true]) {
    expect(cutter.cut(REFINE_NET, 0, x1, y1, x2, y2, { interpolated })).toBe(false)
  }
  expect(calls).toEqual([])
})

it('cuts nothing before there is a frame', () => {
  expect(new PatchCutter({} as Kernels, memory, FIXED).cut(REFINE_NET, 0, 1, 1, 9, 9, {})).toBe(false)
})
