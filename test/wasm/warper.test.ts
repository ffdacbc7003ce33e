import fc from 'fast-check'
import { beforeAll, describe, expect, it } from 'vitest'
import type { Pixels } from '../../src/image/pixels.ts'
import type { Core } from '../../src/wasm/core.ts'
import { regionOf, type WarpRequest } from '../../src/wasm/warper.ts'
import { warpAll } from '../../src/wasm/warps.ts'
import { createCore } from '../helpers/core.ts'
import { random } from '../helpers/random.ts'
import { farthest, picture, sameBytes, seeds } from '../kernels/inputs.ts'
import type { Grid } from '../reference/conv.ts'
import { warp as twin } from '../reference/warp.ts'

let core: Core

beforeAll(async () => {
  core = await createCore()
})

function pixelsOf({ data, width, height }: Grid<Uint8Array>): Pixels {
  return { data, width, height, channels: 3, order: 'rgb', stride: 3 * width }
}

/** A crop, made with the whole image as the frame, or with the part that it needs. */
async function crop(frame: Grid<Uint8Array>, request: WarpRequest, whole: boolean): Promise<Float32Array> {
  const { width, height } = frame
  const region = whole ? { x: 0, y: 0, width, height } : regionOf([request], frame)
  await core.loadFrame(pixelsOf(frame), region, [])
  return core.warp({ width, height, x: region.x, y: region.y }, request).slice()
}

const scale = fc.oneof(
  fc.double({ min: 0.1, max: 5, noNaN: true }),
  fc.double({ min: 1, max: 40, noNaN: true }),
  fc.constantFrom(1, 2, 4, 8, 16, 3.999, 4.001),
)

describe('crops of the frame', () => {
  const property = (check: (frame: Grid<Uint8Array>, request: WarpRequest) => Promise<void>, numRuns: number) =>
    fc.assert(
      fc.asyncProperty(
        seeds,
        fc.integer({ min: 1, max: 150 }),
        fc.integer({ min: 1, max: 150 }),
        fc.double({ min: -Math.PI, max: Math.PI, noNaN: true }),
        scale,
        fc.double({ min: -200, max: 200, noNaN: true }),
        fc.double({ min: -200, max: 200, noNaN: true }),
        fc.boolean(),
        async (seed, width, height, angle, size, tx, ty, edge) => {
          const [cos, sin] = [size * Math.cos(angle), size * Math.sin(angle)]
          const toImage = [cos, -sin, tx, sin, cos, ty] as const
          await check(picture(random(seed), width, height), {
            toImage,
            width: 13,
            height: 11,
            fill: edge ? 'edge' : [10, 20, 30],
          })
        },
      ),
      { numRuns },
    )

  it('equal the twin, also where blocks are averaged first', async () => {
    await property(async (frame, request) => {
      const { toImage, width, height, fill } = request
      const expected = twin(frame, toImage, width, height, fill)
      expect(farthest(await crop(frame, request, true), expected.data)).toBeLessThan(1e-3)
    }, 300)
  })

  it('are the same bits, whatever part of the image the frame holds', async () => {
    await property(async (frame, request) => {
      expect(sameBytes(await crop(frame, request, false), await crop(frame, request, true))).toBe(true)
    }, 200)
  })

  it('are made of a part that lies inside of the image and is not empty', async () => {
    await property(async (frame, request) => {
      const { x, y, width, height } = regionOf([request, request], frame)
      expect(Math.min(x, y, width - 1, height - 1)).toBeGreaterThanOrEqual(0)
      expect(x + width).toBeLessThanOrEqual(frame.width)
      expect(y + height).toBeLessThanOrEqual(frame.height)
    }, 200)
  })

  it('do not harm the search after them', async () => {
    const frame = picture(random(3), 60, 50)
    await core.loadFrame(pixelsOf(frame), { x: 0, y: 0, width: 60, height: 50 }, [
      { width: 30, height: 25, scale: 0.5 },
    ])
    core.warp(
      { width: 60, height: 50, x: 0, y: 0 },
      { toImage: [1, 0, 0, 0, 1, 0], width: 60, height: 50, fill: 'edge' },
    )
    expect(core.candidates.length).toBe(0)
  })

  it('are the same bits, whether they are made of the whole image, of one part of it or of many', async () => {
    const frame = picture(random(4), 400, 300)
    const { width, height } = frame
    const at = (x: number, y: number): WarpRequest => {
      return { toImage: [1.5, 0.2, x, -0.2, 1.5, y], width: 20, height: 16, fill: [1, 2, 3] }
    }
    // Far apart, so that each is loaded alone; and so close together that they are loaded at once.
    for (const requests of [[at(5, 5), at(340, 260)], [at(100, 100), at(105, 103), at(110, 106)], []]) {
      const alone = await warpAll(core, pixelsOf(frame), requests, { loaded: false, checkpoint: undefined })
      await core.loadFrame(pixelsOf(frame), { x: 0, y: 0, width, height }, [])
      const loaded = await warpAll(core, pixelsOf(frame), requests, { loaded: true, checkpoint: undefined })
      expect(alone).toEqual(loaded)
      expect(alone).toHaveLength(requests.length)
    }
  })
})
