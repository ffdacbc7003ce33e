import { readFileSync } from 'node:fs'
import { createContext, runInContext } from 'node:vm'
import { afterEach, beforeAll, describe, expect, it, vi } from 'vitest'
import { parseWeights } from '../../src/assets/weights.ts'
import type { Pixels } from '../../src/image/pixels.ts'
import { Core } from '../../src/wasm/core.ts'
import { createCore } from '../helpers/core.ts'
import { random } from '../helpers/random.ts'
import { rejection } from '../helpers/refusal.ts'
import { picture, sameBytes } from '../kernels/inputs.ts'
import { resizeU8 } from '../reference/resize.ts'

let core: Core

beforeAll(async () => {
  core = await createCore()
})

type Form = Pick<Pixels, 'channels' | 'order'> & { spare: number }

/** The same picture in another form: rows `spare` bytes longer than their pixels, in the corner of a larger one. */
function lay(rgb: Uint8Array, width: number, height: number, { channels, order, spare }: Form, margin: number): Pixels {
  const stride = (width + margin) * channels + spare
  const data = new Uint8Array(stride * (height + margin)).fill(0xaa)
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const at = (y + margin) * stride + (x + margin) * channels
      for (let c = 0; c < Math.min(channels, 3); c++) {
        data[at + (order === 'bgr' ? 2 - c : c)] = rgb[3 * (y * width + x) + c]!
      }
    }
  }
  return { data, width: width + margin, height: height + margin, channels, order, stride }
}

const forms: Form[] = [
  { channels: 3, order: 'rgb', spare: 0 },
  { channels: 3, order: 'bgr', spare: 0 },
  { channels: 4, order: 'rgb', spare: 0 },
  { channels: 4, order: 'bgr', spare: 5 },
  { channels: 3, order: 'rgb', spare: 7 },
]

describe('a frame comes in a few rows at a time', () => {
  it.each([
    ['many rows in a portion', 61, 47],
    ['several portions', 900, 130],
    ['rows longer than a portion', 50_000, 5],
    ['one column', 1, 300],
  ])('%s: its levels are the same in every form and place', async (_, width, height) => {
    const frame = picture(random(width), width, height, 'noise')
    const sizes = [
      [Math.ceil(width * 0.6), Math.ceil(height * 0.6)],
      [Math.ceil(width / 7), Math.ceil(height / 7)],
      [Math.min(2 * width, 1000), height + 1],
    ] as const
    const levels = sizes.map(([w, h]) => ({ scale: 1, width: w, height: h })).sort((a, b) => b.width - a.width)
    const wanted = levels.map((level) => resizeU8(frame, level.height, level.width).data)
    for (const form of forms) {
      for (const margin of [0, 3]) {
        const pixels = lay(frame.data, width, height, form, margin)
        await core.loadFrame(pixels, { x: margin, y: margin, width, height }, levels)
        for (const [n, level] of levels.entries()) {
          core.useLevel(n)
          expect(sameBytes(core.levelPixels(level), wanted[n]!), `${form.channels} ${form.order} ${margin} ${n}`).toBe(
            true,
          )
        }
      }
    }
  })
})

describe('starting the kernels', () => {
  const file = (path: string) => readFileSync(new URL(`../../${path}`, import.meta.url))
  const weights = parseWeights(file('weights/mtcnn-f32.bin'))
  const bytes = file('build/mtcnn.wasm')

  afterEach(() => vi.restoreAllMocks())

  it('takes a module of another realm', async () => {
    const module = runInContext('new WebAssembly.Module(bytes)', createContext({ bytes }))
    expect(module instanceof WebAssembly.Module).toBe(false)
    const other = await Core.create(module, weights)
    expect(other.bytes).toBe((await createCore()).bytes)
  })

  it('an engine without room for one more memory: OUT_OF_MEMORY', async () => {
    const cause = new RangeError('could not allocate memory')
    class NoMemory {
      constructor() {
        throw cause
      }
    }
    vi.spyOn(WebAssembly, 'Memory').mockImplementation(NoMemory as never)
    expect(await rejection(Core.create(bytes, weights))).toMatchObject({ code: 'OUT_OF_MEMORY', cause })
  })

  it('a module that is not ours does not start', async () => {
    // One that imports a function of a name nobody knows.
    const strange = [0, 97, 115, 109, 1, 0, 0, 0, 1, 4, 1, 96, 0, 0, 2, 7, 1, 1, 97, 1, 98, 0, 0]
    const error = await rejection(Core.create(new Uint8Array(strange), weights))
    expect(error.code).toBe('UNSUPPORTED_PLATFORM')
  })

  it('a fault of our own is not told as one of the platform', async () => {
    const broken = { ...weights, data: undefined as unknown as Float32Array }
    await expect(Core.create(bytes, broken)).rejects.toBeInstanceOf(TypeError)
  })
})
