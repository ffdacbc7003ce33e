import { beforeAll, describe, expect, it } from 'vitest'
import type { Pixels } from '../../src/image/pixels.ts'
import { TURNS, type Turn } from '../../src/shared/turn.ts'
import type { Core } from '../../src/wasm/core.ts'
import { frameSize } from '../../src/wasm/frame-writer.ts'
import { createCore } from '../helpers/core.ts'
import { congruentialBytes } from '../helpers/random.ts'

let core: Core
beforeAll(async () => {
  core = await createCore()
})

const region = { x: 4, y: 3, width: 37, height: 29 }

function image(channels: 1 | 3 | 4, order: 'rgb' | 'bgr'): Pixels {
  const [width, height] = [50, 40]
  const stride = width * channels + 5
  return { data: new Uint8Array(stride * height).map(congruentialBytes(7)), width, height, channels, order, stride }
}

/** The frame pixel by pixel, slowly: from where the pixel was before the region was turned back by `turn`. */
function framePixel(
  { data, channels, order, stride }: Pixels,
  turn: Turn,
  pad: number,
  u: number,
  v: number,
): number[] {
  const { width, height } = region
  let [x, y] = [u - pad, v - pad]
  // A quarter turn clockwise at a time, of the region as it then is.
  for (let turned: number = turn; turned > 0; turned -= 90) {
    const tall = (turned / 90) % 2 === 1 ? width : height
    ;[x, y] = [tall - 1 - y, x]
  }
  if (x < 0 || y < 0 || x >= width || y >= height) return [128, 128, 128]
  const at = (region.y + y) * stride + (region.x + x) * channels
  if (channels === 1) return [data[at]!, data[at]!, data[at]!]
  const colours = [data[at]!, data[at + 1]!, data[at + 2]!]
  return order === 'bgr' ? colours.reverse() : colours
}

describe('the frame', () => {
  const layouts = [
    [1, 'rgb'],
    [3, 'rgb'],
    [3, 'bgr'],
    [4, 'rgb'],
    [4, 'bgr'],
  ] as const
  it.each(TURNS.flatMap((turn) => [0, 6].flatMap((pad) => layouts.map((layout) => [turn, pad, ...layout] as const))))(
    'turned by %d, with a border of %d, from %d channels, %s: the naive twin, to the byte',
    async (turn, pad, channels, order) => {
      const { width, height } = frameSize(region, { turn, pad })
      const pixels = image(channels, order)
      // A level of the frame's own size is the frame.
      const level = { scale: 1, width, height }
      await core.loadFrame(pixels, region, [level], { turn, pad })
      const expected = Array.from({ length: width * height }, (_, n) =>
        framePixel(pixels, turn, pad, n % width, Math.floor(n / width)),
      ).flat()
      expect([...core.levelPixels(level)]).toEqual(expected)
    },
  )

  it('with a border wider than the portions it comes in is whole, too', async () => {
    const pixels: Pixels = { data: new Uint8Array(3), width: 1, height: 1, channels: 3, order: 'rgb', stride: 3 }
    const level = { scale: 1, width: 601, height: 601 }
    for (const turn of TURNS) {
      await core.loadFrame(pixels, { x: 0, y: 0, width: 1, height: 1 }, [level], { turn, pad: 300 })
      const black = [...core.levelPixels(level).entries()].filter(([, value]) => value !== 128)
      expect(black).toEqual([0, 1, 2].map((n) => [3 * (300 * 601 + 300) + n, 0]))
    }
  })
})
