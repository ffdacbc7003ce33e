import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type Random, random } from '../helpers/random.ts'
import { conv2d, type Grid, grid, maxPool, prelu, type Tensor } from '../reference/conv.ts'
import { FORMS } from '../reference/winograd.ts'
import { absolute, farthest, floats, seeds, slopes } from './inputs.ts'
import { shape43 } from './layers.ts'
import { debugBuild } from './load.ts'

const box = debugBuild()
const { kernels } = box

type Form = keyof typeof FORMS

/**
 * Largest error against float64, as a share of what the largest output is summed from (the sum of |x w| and |bias|),
 * times the largest slope. `npm run bench:forms` measures the errors; small maps of few channels err by up to twice those.
 */
const TOLERANCE = { winograd43: 2e-6, winograd33: 2e-6, winograd73: 2.5e-5, winograd32: 4e-7 }

/** Of a shape with one map of one band. */
const ONE_MAP = { bands: 1, mapStride: 0, outMapStride: 0 }

interface Layer {
  kernel: Tensor
  bias: Tensor
  slope: Tensor
  packed: number
}

function layer(next: Random, form: Form, inputs: number, outputs: number): Layer {
  const { taps: r, outputs: m } = FORMS[form]
  const side = m + r - 1
  const kernel = { data: floats(next, r * r * inputs * outputs), shape: [r, r, inputs, outputs] }
  const bias = { data: floats(next, outputs), shape: [outputs] }
  // Slopes over 1 take another path.
  const any = slopes(next, outputs)
  const slope = { data: next() < 0.5 ? any : any.map((value) => Math.min(value, 1)), shape: [outputs] }
  const padded = (outputs + 3) & ~3
  const packed = box.room(4 * (side * side * inputs * padded + 2 * padded + 4))
  const source = box.place(Float32Array.of(...kernel.data, ...bias.data, ...slope.data))
  kernels.packConvolution(source, r, side, inputs, outputs, packed)
  return { kernel, bias, slope, packed }
}

/** A map of `inputs` channels in pixels of `pixel` floats; what pads a pixel is finite and must not matter. */
function padded(next: Random, { data, width, height, channels }: Grid<Float64Array>, pixel: number): Float32Array {
  const out = floats(next, width * height * pixel, 1000)
  for (let n = 0; n < width * height; n++) {
    for (let c = 0; c < channels; c++) out[n * pixel + c] = data[n * channels + c]!
  }
  return out
}

function image(next: Random, width: number, height: number, channels: number): Grid<Float64Array> {
  return { data: Float64Array.from(floats(next, width * height * channels)), width, height, channels }
}

function expected(input: Grid<Float64Array>, { kernel, bias, slope }: Layer): Grid<Float64Array> {
  return prelu(conv2d(input, kernel, bias), slope)
}

/** What an error is measured against. */
function magnitude(input: Grid<Float64Array>, { kernel, bias, slope }: Layer): number {
  const all = (tensor: Tensor) => ({ ...tensor, data: absolute(tensor.data) })
  const sums = conv2d({ ...input, data: absolute(input.data) }, all(kernel), all(bias))
  return Math.max(...sums.data) * Math.max(1, ...absolute(slope.data))
}

/** The first `channels` floats of each pixel. */
function narrowed(values: Float32Array, pixel: number, channels: number): Float32Array {
  const out = new Float32Array((values.length / pixel) * channels)
  for (let n = 0; n < out.length; n++) out[n] = values[Math.floor(n / channels) * pixel + (n % channels)]!
  return out
}

const shape = fc.record({
  seed: seeds,
  inputs: fc.oneof(fc.constant(3), fc.integer({ min: 1, max: 36 })), // 3 takes another path
  outputs: fc.integer({ min: 5, max: 44 }),
  bands: fc.integer({ min: 1, max: 3 }),
  tiles: fc.integer({ min: 1, max: 4 }),
  maps: fc.integer({ min: 1, max: 3 }),
  spare: fc.integer({ min: 0, max: 3 }),
})

describe('winograd43', () => {
  it('is the convolution with bias and PReLU, for any channels, tiles, bands and maps', () => {
    fc.assert(
      fc.property(shape, ({ seed, inputs, outputs, bands, tiles, maps, spare }) => {
        box.clear()
        const next = random(seed)
        const params = layer(next, 'winograd43', inputs, outputs)
        const pixel = (inputs + 3) & ~3
        const outPixel = (outputs + 3) & ~3
        const [width, height] = [4 * tiles + 2, 4 * bands + 2]
        // Rows and maps longer than needed, on both sides.
        const images = Array.from({ length: maps }, () => image(next, width + spare, height + spare, inputs))
        const xStep = (width + spare) * (height + spare) * pixel * 4
        const rows = new Float32Array((xStep / 4) * maps)
        images.forEach((input, n) => {
          rows.set(padded(next, input, pixel), (n * xStep) / 4)
        })
        const yRow = (4 * tiles + spare) * outPixel * 4
        const yStep = 4 * bands * yRow + 64 * spare
        const x = box.place(rows)
        const y = box.room(maps * yStep)
        const scratch = box.room(kernels.winogradScratch(6, tiles, maps * bands * tiles, pixel * 4, outPixel * 4))
        const shape = {
          channels: inputs,
          pixelStride: pixel * 4,
          rowStride: (width + spare) * pixel * 4,
          rowMask: -1,
          outPixelStride: outPixel * 4,
          outRowStride: yRow,
          bands,
          mapStride: xStep,
          outMapStride: yStep,
        }
        kernels.winograd43(box.place(shape43(shape)), x, 0, params.packed, y, tiles, maps, scratch)
        box.expectIntact()
        images.forEach((input, n) => {
          const want = expected(input, params)
          const limit = TOLERANCE.winograd43 * magnitude(input, params)
          for (let row = 0; row < 4 * bands; row++) {
            const line = box.floats(y + n * yStep + row * yRow, 4 * tiles * outPixel)
            const from = row * want.width * outputs
            const line64 = want.data.subarray(from, from + 4 * tiles * outputs)
            expect(farthest(narrowed(line, outPixel, outputs), line64)).toBeLessThanOrEqual(limit)
            // The padding of the channels out stays 0 through bias and PReLU.
            for (let i = 0; i < line.length; i++) if (i % outPixel >= outputs) expect(line[i]).toBe(0)
          }
        })
      }),
      { numRuns: 40 },
    )
  })

  it('reads a ring of rows from any place and gives the bits it gives for a map', () => {
    fc.assert(
      fc.property(seeds, fc.integer({ min: 0, max: 40 }), fc.integer({ min: 1, max: 4 }), (seed, first, tiles) => {
        box.clear()
        const next = random(seed)
        const params = layer(next, 'winograd43', 8, 12)
        const width = 4 * tiles + 2
        const row = width * 8
        const map = floats(next, 6 * row)
        const ring = new Float32Array(8 * row)
        for (let n = 0; n < 6; n++) ring.set(map.subarray(n * row, (n + 1) * row), ((first + n) & 7) * row)
        const places = [
          [box.place(map), 0, -1],
          [box.place(ring), first, 7],
        ] as const
        const scratch = box.room(kernels.winogradScratch(6, tiles, tiles, 32, 48))
        const results = places.map(([x, start, mask]) => {
          const y = box.room(16 * tiles * 48)
          const input = { channels: 8, pixelStride: 32, rowStride: row * 4, rowMask: mask }
          const output = { outPixelStride: 48, outRowStride: 4 * tiles * 48 }
          const shape = box.place(shape43({ ...input, ...output, ...ONE_MAP }))
          kernels.winograd43(shape, x, start, params.packed, y, tiles, 1, scratch)
          return y
        })
        box.expectIntact()
        const [a, b] = results.map((y) => box.bytes(y, 16 * tiles * 48))
        expect(a).toEqual(b)
      }),
      { numRuns: 20 },
    )
  })

  it('gives a tile the same bits in a batch as alone', () => {
    box.clear()
    const next = random(10)
    const params = layer(next, 'winograd43', 16, 20)
    const [tiles, bands] = [3, 2]
    const width = 4 * tiles + 2
    const x = box.place(floats(next, width * (4 * bands + 2) * 16))
    const scratch = box.room(kernels.winogradScratch(6, tiles, tiles * bands, 64, 80))
    const [together, alone] = [box.room(16 * tiles * bands * 80), box.room(16 * tiles * bands * 80)]
    const yRow = 4 * tiles * 80
    const input = { channels: 16, pixelStride: 64, rowStride: width * 64, rowMask: -1 }
    const output = { outPixelStride: 80, outRowStride: yRow, mapStride: 0, outMapStride: 0 }
    const call = (from: number, first: number, to: number, b: number, t: number) => {
      const shape = box.place(shape43({ ...input, ...output, bands: b }))
      kernels.winograd43(shape, from, first, params.packed, to, t, 1, scratch)
    }
    call(x, 0, together, bands, tiles)
    for (let b = 0; b < bands; b++) {
      for (let t = 0; t < tiles; t++) call(x + 4 * t * 64, 4 * b, alone + 4 * b * yRow + 4 * t * 80, 1, 1)
    }
    box.expectIntact()
    expect(box.bytes(alone, 4 * bands * yRow)).toEqual(box.bytes(together, 4 * bands * yRow))
  })

  it.each([
    ['a pixel that is no whole number of vectors', { pixelStride: 20, channels: 4 }],
    ['an output pixel that is none', { outPixelStride: 24 }],
    ['an unaligned input', { x: 4 }],
    ['an unaligned output', { y: 4 }],
    ['more channels than a pixel holds', { channels: 9 }],
    ['three channels in a pixel of more than a vector', { channels: 3 }],
    ['no tiles', { tiles: 0 }],
    ['no maps', { maps: 0 }],
    ['no bands', { bands: 0 }],
  ])('asserts: refuses %s', (_, wrong) => {
    box.clear()
    const sizes = { channels: 8, pixelStride: 32, outPixelStride: 32 }
    const given = { x: 0, y: 0, tiles: 1, maps: 1, ...sizes, ...ONE_MAP, ...wrong }
    const shape = box.place(shape43({ rowStride: 256, rowMask: -1, outRowStride: 256, ...given }))
    const x = box.room(4096) + given.x
    const y = box.room(4096) + given.y
    const [weights, scratch] = [box.room(65536), box.room(65536)]
    const run = () => kernels.winograd43(shape, x, 0, weights, y, given.tiles, given.maps, scratch)
    expect(run).toThrow(/assertion failed at assembly\/winograd43\.ts:\d+/)
  })
})

describe('winograd43Pooled', () => {
  it('is the convolution and the 2 x 2 maximum of one band, at whole and at odd edges', () => {
    const odd = fc.record({ both: fc.integer({ min: 0, max: 3 }), edge: fc.integer({ min: -1, max: 7 }) })
    fc.assert(
      fc.property(shape, odd, ({ seed, inputs, outputs, tiles }, { both, edge }) => {
        box.clear()
        const next = random(seed)
        const params = layer(next, 'winograd43', inputs, outputs)
        const [pixel, outPixel] = [(inputs + 3) & ~3, (outputs + 3) & ~3]
        const width = 4 * tiles + 2
        const input = image(next, width, 6, inputs)
        const x = box.place(padded(next, input, pixel))
        const row = 2 * tiles * outPixel
        const [upper, lower] = [box.room(row * 4), box.room(row * 4)]
        const scratch = box.room(kernels.winogradScratch(6, tiles, tiles, pixel * 4, outPixel * 4))
        const last = edge < 2 * tiles ? edge : -1
        const sizes = { channels: inputs, pixelStride: pixel * 4, rowStride: width * pixel * 4, rowMask: -1 }
        const output = { outPixelStride: outPixel * 4, outRowStride: row * 4 }
        const shape = box.place(shape43({ ...sizes, ...output, ...ONE_MAP }))
        kernels.winograd43Pooled(shape, x, 0, params.packed, upper, lower, tiles, both, last, scratch)
        box.expectIntact()
        const map = expected(input, params)
        const limit = TOLERANCE.winograd43 * magnitude(input, params)
        for (const [n, at] of [upper, lower].entries()) {
          // The rows and columns that are inside.
          const height = (both >> n) & 1 ? 2 : 1
          const part = grid(height, 4 * tiles, outputs)
          part.data.set(map.data.subarray(2 * n * 4 * tiles * outputs).subarray(0, part.data.length))
          const want = maxPool(part, 2, 'ceil').data
          if (last >= 0) {
            for (let o = 0; o < outputs; o++) {
              const column = [0, height - 1].map((y) => part.data[(y * 4 * tiles + 2 * last) * outputs + o]!)
              want[last * outputs + o] = Math.max(...column)
            }
          }
          const got = narrowed(box.floats(at, row), outPixel, outputs)
          expect(farthest(got, want)).toBeLessThanOrEqual(limit)
        }
      }),
      { numRuns: 60 },
    )
  })
})

describe.each(['winograd33', 'winograd73', 'winograd32'] as const)('%s', (form) => {
  const { taps: kernel, outputs: m } = FORMS[form]
  const side = m + kernel - 1

  /** Runs the form on square maps and gives back the outputs, map after map. */
  function run(images: readonly Grid<Float64Array>[], params: Layer, tiles: number): Float32Array[] {
    const { channels } = images[0]!
    const outPixel = (params.bias.data.length + 3) & ~3
    const x = box.place(Float32Array.from(images.flatMap(({ data }) => [...data])))
    const outputs = (m * tiles) ** 2 * outPixel
    const y = box.room(images.length * outputs * 4)
    const count = images.length * tiles * tiles
    const scratch = box.room(kernels.winogradScratch(side, tiles, count, channels * 4, outPixel * 4))
    kernels[form](x, channels, params.packed, y, outPixel, tiles, images.length, scratch)
    box.expectIntact()
    return images.map((_, n) => box.floats(y + n * outputs * 4, outputs).slice())
  }

  it('is the convolution with bias and PReLU, for any channels, tiles and maps', () => {
    fc.assert(
      fc.property(shape, ({ seed, inputs, outputs, tiles: any, maps }) => {
        box.clear()
        const tiles = Math.min(any, 3)
        const next = random(seed)
        const channels = (inputs + 3) & ~3 // these forms take whole vectors only
        const params = layer(next, form, channels, outputs)
        const outPixel = (outputs + 3) & ~3
        const width = m * tiles + kernel - 1
        const images = Array.from({ length: maps }, () => image(next, width, width, channels))
        for (const [n, got] of run(images, params, tiles).entries()) {
          const limit = TOLERANCE[form] * magnitude(images[n]!, params)
          const want = expected(images[n]!, params).data
          expect(farthest(narrowed(got, outPixel, outputs), want)).toBeLessThanOrEqual(limit)
          // The padding of the channels out stays 0 through bias and PReLU.
          for (let i = 0; i < got.length; i++) if (i % outPixel >= outputs) expect(got[i]).toBe(0)
        }
      }),
      { numRuns: 40 },
    )
  })

  it('gives a tile the same bits among others as alone', () => {
    box.clear()
    const next = random(9)
    const params = layer(next, form, 8, 12)
    const width = 2 * m + kernel - 1
    const maps = [image(next, width, width, 8), image(next, width, width, 8)]
    const together = run(maps, params, 2)
    for (const [n, { data }] of maps.entries()) {
      for (const [row, column] of [
        [0, 0],
        [0, m],
        [m, 0],
        [m, m],
      ] as const) {
        const tile = grid(side, side, 8)
        for (let y = 0; y < side; y++) {
          const from = ((row + y) * width + column) * 8
          tile.data.set(data.subarray(from, from + side * 8), y * side * 8)
        }
        const [alone] = run([tile], params, 1)
        for (let y = 0; y < m; y++) {
          const from = ((row + y) * 2 * m + column) * 12
          expect(alone!.subarray(y * m * 12, (y + 1) * m * 12)).toEqual(together[n]!.subarray(from, from + m * 12))
        }
      }
    }
  })

  it.each([
    ['channels that are no whole vectors', 5, 8, 0, 1],
    ['channels out that are none', 8, 5, 0, 1],
    ['an unaligned input', 8, 8, 4, 1],
    ['no tiles', 8, 8, 0, 0],
  ])('asserts: refuses %s', (_, channels, outChannels, shift, tiles) => {
    box.clear()
    const x = box.room(4096) + shift
    const [weights, y, scratch] = [box.room(65536), box.room(8192), box.room(65536)]
    const run = () => kernels[form](x, channels, weights, y, outChannels, tiles, 1, scratch)
    expect(run).toThrow(/assertion failed at assembly\/winograd-square\.ts:\d+/)
  })
})

it('the tests can fail: a bias added after the PReLU, or kernels with their axes exchanged, are far off', () => {
  const next = random(7)
  box.clear()
  const params = layer(next, 'winograd43', 4, 8)
  const input = image(next, 6, 6, 4)
  const right = expected(input, params)
  const limit = TOLERANCE.winograd43 * magnitude(input, params)
  const late = prelu(conv2d(input, params.kernel, { ...params.bias, data: new Float32Array(8) }), params.slope)
  late.data.forEach((_, n) => {
    late.data[n]! += params.bias.data[n % 8]!
  })
  expect(farthest(late.data, right.data)).toBeGreaterThan(1000 * limit)
  const { data } = params.kernel
  const turned = data.map((_, n) => data[(((n >> 5) % 3) * 3 + Math.floor((n >> 5) / 3)) * 32 + (n & 31)]!)
  const other = expected(input, { ...params, kernel: { ...params.kernel, data: turned } })
  expect(farthest(other.data, right.data)).toBeGreaterThan(1000 * limit)
})
