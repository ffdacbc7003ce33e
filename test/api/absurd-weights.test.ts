import { readFileSync } from 'node:fs'
import { beforeAll, describe, expect, it } from 'vitest'
import { crc32 } from '../../src/assets/crc32.ts'
import { HEADER_BYTES, PARAMETER_COUNT, parseWeights, TENSORS, tensorsOf } from '../../src/assets/weights.ts'
import { search } from '../../src/cascade/search.ts'
import { type AnyFace, type DetectOptions, type Explanation, MTCNN, MtcnnError } from '../../src/index.node.ts'
import { DEFAULT_OPTIONS, PRESETS } from '../../src/options/options.ts'
import { Core } from '../../src/wasm/core.ts'
import { flawsOf } from '../helpers/flaws.ts'
import { noise, type Photograph, photograph } from '../helpers/photographs.ts'
import { random } from '../helpers/random.ts'

const file = (path: string) => readFileSync(new URL(`../../${path}`, import.meta.url))
const single = file('weights/mtcnn-f32.bin')
const half = file('weights/mtcnn-f16.bin')
let image: Photograph

beforeAll(async () => {
  image = await photograph('tracking', 'examples/assets/faces.jpg')
})

/** A container with its parameters changed and its checksum set right. */
function changed(container: Uint8Array, change: (view: DataView) => void): Uint8Array {
  const bytes = new Uint8Array(container)
  change(new DataView(bytes.buffer, HEADER_BYTES))
  new DataView(bytes.buffer).setUint32(16, crc32(bytes.subarray(HEADER_BYTES)), true)
  return bytes
}

/** f32 parameters from `first` on, each times `factor`; none becomes infinite. */
function scaled(first: number, end: number, factor: number | ((n: number) => number)): Uint8Array {
  const most = 3.4e38
  return changed(single, (view) => {
    for (let n = first; n < end; n++) {
      const value = view.getFloat32(4 * n, true) * (typeof factor === 'number' ? factor : factor(n))
      view.setFloat32(4 * n, Math.min(Math.max(value, -most), most), true)
    }
  })
}

const netEnds = ['pnet', 'rnet', 'onet'].map((net) => {
  const { offset, size } = TENSORS.filter(({ name }) => name.startsWith(`${net}/`)).at(-1)!
  return offset + size
}) as [number, number, number]

const WEIGHTS: [string, Uint8Array][] = [
  ['the last 3,584 parameters times 1e9', scaled(PARAMETER_COUNT - 3584, PARAMETER_COUNT, 1e9)],
  ['the last 3,584 parameters times 1e38', scaled(PARAMETER_COUNT - 3584, PARAMETER_COUNT, 1e38)],
  ['P-Net times 1e9', scaled(0, netEnds[0], 1e9)],
  ['P-Net times 1e38', scaled(0, netEnds[0], 1e38)],
  ["P-Net's regression times 1e38", scaled(netEnds[0] - 132, netEnds[0], 1e38)],
  ["R-Net's last 500 times 1e38", scaled(netEnds[1] - 500, netEnds[1], 1e38)],
  ['R-Net times -1e20', scaled(netEnds[0], netEnds[1], -1e20)],
  ['O-Net times 1e38', scaled(netEnds[1], netEnds[2], 1e38)],
  [
    'all f16 at their maximum',
    changed(half, (view) => {
      for (let n = 0; n < PARAMETER_COUNT; n++) view.setUint16(2 * n, 0x7bff, true)
    }),
  ],
  [
    'all f16 at their maximum, signs by chance',
    changed(half, (view) => {
      const next = random(1)
      for (let n = 0; n < PARAMETER_COUNT; n++) view.setUint16(2 * n, next() < 0.5 ? 0x7bff : 0xfbff, true)
    }),
  ],
]

/** Every number that is told is finite, every box the right way round. */
function expectSound({ faces, trace, width, height }: Explanation<AnyFace>, options: DetectOptions): void {
  expect(flawsOf(faces, width, height, options)).toEqual([])
  for (const [x1, y1, x2, y2] of [...trace.proposalBoxes, ...trace.refinedBoxes]) {
    expect([x1, y1, x2, y2].every(Number.isFinite)).toBe(true)
    expect(x2 >= x1 && y2 >= y1).toBe(true)
  }
}

describe('weights that are finite but absurd', () => {
  it.each(WEIGHTS)('%s: boxes that are finite and the right way round, or none', async (_, weights) => {
    const detector = await MTCNN.create({ weights })
    const everything = { proposal: 0, refine: 0, output: 0 }
    for (const options of [
      {},
      { ...PRESETS.accurate, minFaceSize: 20, signal: null },
      { stages: 'boxes', patches: 'subpixel', clip: false, thresholds: { proposal: 0.6, refine: 0, output: 0 } },
      { clip: false, minFaceSize: 60, thresholds: everything },
    ] as const) {
      expectSound(await detector.explain(image, options), options)
    }
    detector.dispose()
  })

  it('a trap is told as one of the weights, and the core goes on', async () => {
    const core = await Core.create(file('build/mtcnn.wasm'), parseWeights(single))
    const pixels = { ...noise(80, 60), channels: 3, order: 'rgb', stride: 240 } as const
    const before = await search(core, pixels, DEFAULT_OPTIONS)
    const trap = new WebAssembly.RuntimeError('unreachable')
    const nets = {
      propose: () => Promise.reject(trap),
      run: () => {},
    }
    const error = await search(core, pixels, DEFAULT_OPTIONS, 'counts', nets).catch((reason: unknown) => reason)
    expect(error).toBeInstanceOf(MtcnnError)
    expect(error).toMatchObject({
      code: 'INVALID_WEIGHTS',
      cause: trap,
      message: expect.stringContaining('unreachable'),
    })
    expect((await search(core, pixels, DEFAULT_OPTIONS)).detections).toEqual(before.detections)
  })

  it('a fault of another kind stays what it is', async () => {
    const core = await Core.create(file('build/mtcnn.wasm'), tensorsOf(parseWeights(single).data))
    const pixels = { ...noise(80, 60), channels: 3, order: 'rgb', stride: 240 } as const
    const fault = new TypeError('a bug')
    const nets = { propose: () => Promise.reject(fault), run: () => {} }
    await expect(search(core, pixels, DEFAULT_OPTIONS, 'counts', nets)).rejects.toBe(fault)
  })
})
