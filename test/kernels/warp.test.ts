import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type Fill, type Kernels, writeWarp } from '../../src/wasm/abi.ts'
import { random } from '../helpers/random.ts'
import type { Grid } from '../reference/conv.ts'
import { type AffineMap, warp as twin } from '../reference/warp.ts'
import { farthest, type Pattern, patterns, picture, seeds } from './inputs.ts'
import { debugBuild, releaseBuild, type Sandbox } from './load.ts'

const debug = debugBuild()
const release = releaseBuild()

/** The kernel's crop, made of the whole picture; an error where it wrote outside of its places. */
function warp(
  box: Sandbox<Kernels>,
  frame: Grid<Uint8Array>,
  map: AffineMap,
  width: number,
  height: number,
  fill: Fill,
  padding = 0,
): Float32Array {
  box.clear()
  const [reachX, reachY] = [Math.hypot(map[0], map[1]), Math.hypot(map[3], map[4])].map((reach) => Math.max(1, reach))
  const pitch = 3 * frame.width + padding
  const rows = new Uint8Array(pitch * frame.height).fill(0xaa)
  for (let y = 0; y < frame.height; y++) {
    rows.set(frame.data.subarray(3 * frame.width * y, 3 * frame.width * (y + 1)), pitch * y)
  }
  const source = box.place(rows, 16)
  const work = box.room(box.kernels.warpWork(reachX!))
  const out = box.room(12 * width * height + 4)
  const struct = box.room(box.kernels.WARP.value)
  const [sourceWidth, sourceHeight] = [frame.width, frame.height]
  writeWarp(box.memory.buffer, struct, {
    toSource: map,
    reachX: reachX!,
    reachY: reachY!,
    fill,
    source,
    pitch,
    sourceWidth,
    sourceHeight,
    width,
    height,
  })
  box.kernels.warp(struct, work, out)
  box.expectIntact()
  return box.floats(out, 3 * width * height).slice()
}

const length = fc.integer({ min: 1, max: 40 })
const turn = fc.double({ min: -Math.PI, max: Math.PI, noNaN: true })
/** Of any size: the twin is told not to average first. */
const scale = fc.double({ min: 0.05, max: 3.9, noNaN: true })
const place = fc.double({ min: -60, max: 60, noNaN: true })
const grey = fc.integer({ min: 0, max: 255 })
const fill: fc.Arbitrary<Fill> = fc.oneof(fc.constant('edge' as const), fc.tuple(grey, grey, grey))

describe('warp', () => {
  it('equals the twin to a thousandth of a grey value, under similarities', () => {
    const pattern = fc.constantFrom<Pattern>(...patterns)
    const property = fc.property(
      seeds,
      pattern,
      length,
      length,
      length,
      length,
      turn,
      scale,
      place,
      place,
      fill,
      (seed, kind, w, h, width, height, angle, size, tx, ty, outside) => {
        const frame = picture(random(seed), w, h, kind)
        const [cos, sin] = [size * Math.cos(angle), size * Math.sin(angle)]
        const map: AffineMap = [cos, -sin, tx, sin, cos, ty]
        const expected = twin(frame, map, width, height, outside, false)
        for (const box of [debug, release]) {
          expect(farthest(warp(box, frame, map, width, height, outside), expected.data)).toBeLessThan(1e-3)
        }
      },
    )
    fc.assert(property, { numRuns: 300 })
  })

  it('equals the twin where the axes are scaled apart, and with rows that are padded', () => {
    const property = fc.property(
      seeds,
      length,
      length,
      scale,
      scale,
      place,
      place,
      fill,
      (seed, w, h, sx, sy, tx, ty, outside) => {
        const frame = picture(random(seed), w, h)
        const map: AffineMap = [sx, 0, tx, 0, sy, ty]
        const expected = twin(frame, map, 9, 7, outside, false)
        expect(farthest(warp(release, frame, map, 9, 7, outside, 5), expected.data)).toBeLessThan(1e-3)
      },
    )
    fc.assert(property, { numRuns: 200 })
  })

  it('gives the picture itself under the map that leaves it where it is', () => {
    const frame = picture(random(1), 17, 13)
    expect([...warp(release, frame, [1, 0, 0, 0, 1, 0], 17, 13, [1, 2, 3])]).toEqual([...frame.data])
  })

  it('keeps a slope: between two pixels lies their mean', () => {
    const frame = { data: Uint8Array.from([0, 0, 0, 100, 50, 20]), width: 2, height: 1, channels: 3 }
    expect([...warp(release, frame, [0.25, 0, 0, 0, 1, 0], 5, 1, 'edge')].filter((_, n) => n % 3 === 0)).toEqual([
      0, 25, 50, 75, 100,
    ])
  })

  it('places that are far out of the picture give what lies outside, and no trap', () => {
    const frame = picture(random(1), 5, 4)
    for (const far of [1e6, -1e6, 1e300, -1e300]) {
      expect([...warp(release, frame, [1, 0, far, 0, 1, far], 2, 1, [7, 8, 9])]).toEqual([7, 8, 9, 7, 8, 9])
      const corner = far < 0 ? 0 : 3 * (5 * 4 - 1)
      const pixel = [...frame.data.subarray(corner, corner + 3)]
      expect([...warp(release, frame, [1, 0, far, 0, 1, far], 1, 1, 'edge')]).toEqual(pixel)
    }
  })
})
