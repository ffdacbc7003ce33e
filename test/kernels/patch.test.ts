import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { cropWords, type Kernels, writeCrop, writeFrame } from '../../src/wasm/abi.ts'
import { areaTaps, blendTaps, tapWords } from '../../src/wasm/taps.ts'
import { random } from '../helpers/random.ts'
import type { Corners } from '../reference/boxes.ts'
import type { Grid } from '../reference/conv.ts'
import { patchOf } from '../reference/patch.ts'
import { farthest, type Pattern, patterns, picture, sameBytes, seeds } from './inputs.ts'
import { debugBuild, releaseBuild, type Sandbox } from './load.ts'

const debug = debugBuild()
const release = releaseBuild()
const pattern = fc.constantFrom<Pattern>(...patterns)
const side = (min: number, max: number) => fc.integer({ min, max })

/** A list of taps cut to its length, so that what is read behind it is seen. */
function placeTaps(box: Sandbox<Kernels>, source: number, target: number, make: (words: Int32Array) => number): number {
  const words = new Int32Array(tapWords(source, target))
  return box.place(words.subarray(0, make(words)))
}

/** Largest error of a normalised value; measured over 6,000 crops: 2.9e-7. */
const NORMALISED = 1e-6

/** A patch in the kernel's form, or an error where it wrote outside of it. */
function patch(
  box: Sandbox<Kernels>,
  frame: Grid<Uint8Array>,
  corners: Corners,
  out: 24 | 48,
  dirt = 0xff,
): Float32Array {
  box.clear()
  const [x1, y1, x2, y2] = corners
  const [width, height] = [x2 - x1 + 1, y2 - y1 + 1]
  const taps = (source: number) =>
    placeTaps(box, source, out, (words) => {
      return width < out || height < out ? blendTaps(source, out, words) : areaTaps(source, out, words)
    })
  const pitch = out + 2
  const from = box.place(frame.data, 64)
  const [x, y] = [taps(width), taps(height)]
  const { kernels } = box
  const bytes = kernels.patchWork(width)
  const work = box.room(bytes)
  box.bytes(work, bytes).fill(dirt)
  const to = box.room(out * pitch * 16)
  const [place, crop] = [box.room(kernels.FRAME.value), box.room(kernels.CROP.value)]
  const { buffer } = box.memory
  writeFrame(buffer, place, { pixels: from, width: frame.width, height: frame.height })
  writeCrop(cropWords(buffer, crop), { left: x1 - 1, top: y1 - 1, width, height, tapsX: x, tapsY: y })
  kernels.patch(place, crop, out, work, to, pitch * 16)
  box.expectIntact()
  const result = new Float32Array(out * out * 3)
  let wrong = 0
  for (let row = 0; row < out; row++) {
    const line = box.floats(to + row * pitch * 16, pitch * 4)
    for (let n = 0; n < out; n++) {
      result.set(line.subarray(4 * n, 4 * n + 3), (row * out + n) * 3)
      if (!Number.isFinite(line[4 * n + 3])) wrong++
    }
    // What pads a row is not the kernel's to write: it is still poison.
    for (let n = 4 * out; n < 4 * pitch; n++) if (!Number.isNaN(line[n])) wrong++
  }
  expect(wrong, 'fourth lanes that are not finite, or numbers behind a row').toBe(0)
  return result
}

function checkPatch(frame: Grid<Uint8Array>, corners: Corners, out: 24 | 48, limit = NORMALISED): void {
  const expected = patchOf(frame, corners, out)!.data.map((value) => (value - 127.5) / 128)
  const actual = patch(release, frame, corners, out)
  expect(farthest(actual, expected), `box ${corners}`).toBeLessThanOrEqual(limit)
  expect(sameBytes(patch(debug, frame, corners, out, 0x41), actual)).toBe(true)
}

describe('patches, not rounded', () => {
  const sides = fc.constantFrom(24 as const, 48 as const)

  it('any square, inside, over any edge and outside', () => {
    const place = fc.integer({ min: -90, max: 150 })
    fc.assert(
      fc.property(seeds, pattern, place, place, side(1, 130), sides, (seed, p, x, y, size, out) => {
        checkPatch(picture(random(seed), 61, 43, p), [x, y, x + size - 1, y + size - 1], out)
      }),
      { numRuns: 120 },
    )
  })

  it('rectangles', () => {
    fc.assert(
      fc.property(seeds, side(1, 100), side(1, 100), sides, (seed, w, h, out) => {
        checkPatch(picture(random(seed), 50, 70), [-3, 5, w - 4, h + 4], out)
      }),
      { numRuns: 60 },
    )
  })

  it('rows of whole vectors that are not whole stretches of columns', () => {
    for (const kind of patterns) checkPatch(picture(random(7), 96, 96, kind), [1, 1, 96, 96], 24)
  })

  it('many rows to a row of the patch, and more than are summed as whole numbers', () => {
    // Rows inside: 11 to 13, about twice and three times that, 256; then more, which are summed in float32.
    for (const height of [24 * 13, 24 * 14 + 5, 24 * 15, 24 * 26 + 11, 24 * 38, 24 * 39, 24 * 258, 24 * 262]) {
      const limit = height > 24 * 258 ? 1e-5 : NORMALISED
      for (const kind of patterns) checkPatch(picture(random(height), 29, height, kind), [1, 1, 29, height], 24, limit)
    }
  })

  it.each<[string, Corners]>([
    ['the whole frame', [1, 1, 40, 40]],
    ['over the left edge', [-20, 5, 12, 37]],
    ['over the right edge', [30, 5, 62, 37]],
    ['over the top edge', [5, -20, 37, 12]],
    ['over the bottom edge', [5, 30, 37, 62]],
    ['over all edges', [-10, -10, 51, 51]],
    ['one column inside at the left', [-30, 1, 1, 32]],
    ['one column inside at the right', [40, 1, 71, 32]],
    ['outside at the left', [-40, 1, 0, 41]],
    ['outside at the right', [41, 1, 81, 41]],
    ['outside above', [1, -40, 41, 0]],
    ['outside below', [1, 41, 41, 81]],
    ['far outside', [1000, 1000, 1030, 1030]],
    ['one pixel', [7, 9, 7, 9]],
    ['one pixel outside', [0, 0, 0, 0]],
    ['two pixels', [40, 40, 41, 41]],
    ['eight times the frame', [-140, -140, 179, 179]],
  ])('%s', (_, corners) => {
    for (const kind of patterns) {
      for (const out of [24, 48] as const) checkPatch(picture(random(9), 40, 40, kind), corners, out)
    }
  })

  it.each([
    ['no columns', 0, 5, 24],
    ['no rows', 5, 0, 24],
    ['a negative size', -3, -3, 24],
    ['a side that is no multiple of 4', 5, 5, 22],
  ])('asserts: refuses %s', (_, width, height, out) => {
    debug.clear()
    const [from, taps, work, to] = [debug.room(4096), debug.room(4096), debug.room(65536), debug.room(65536)]
    const [frame, crop] = [debug.room(debug.kernels.FRAME.value), debug.room(debug.kernels.CROP.value)]
    const { buffer } = debug.memory
    writeFrame(buffer, frame, { pixels: from, width: 10, height: 10 })
    writeCrop(cropWords(buffer, crop), { left: 0, top: 0, width, height, tapsX: taps, tapsY: taps })
    const run = () => debug.kernels.patch(frame, crop, out, work, to, 416)
    expect(run).toThrow(/assertion failed at assembly\/patch\.ts:\d+/)
  })

  it('what lies outside is exactly black', () => {
    const outside = patch(release, picture(random(2), 30, 30), [100, 100, 147, 147], 24)
    expect(outside.every((value) => value === -0.99609375)).toBe(true)
  })

  it('a frame of one pixel', () => {
    const frame = picture(random(4), 1, 1)
    for (const corners of [
      [1, 1, 1, 1],
      [0, 0, 2, 2],
      [-3, -3, 4, 4],
      [-30, -30, 31, 31],
    ] as Corners[]) {
      for (const out of [24, 48] as const) checkPatch(frame, corners, out)
    }
  })
})
