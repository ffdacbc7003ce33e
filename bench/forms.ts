// npm run bench:forms: how far each Winograd form is from exact arithmetic, beside a direct convolution in float32.
import { readFileSync } from 'node:fs'
import { type Random, random } from '../test/helpers/random.ts'
import { type Layers, shape43 } from '../test/kernels/layers.ts'
import { conv2d, type Grid, type Tensor } from '../test/reference/conv.ts'
import { FORMS } from '../test/reference/winograd.ts'
import { engine, machine, table, writeSection } from './report.ts'

type FormName = keyof typeof FORMS

/** Channels in and out, tiles along a side, and maps of chance for each form. */
const CHANNELS = 32
const TILES = 2
const MAPS = 40

function load(name: string): { kernels: Layers; memory: WebAssembly.Memory } | undefined {
  const bytes = readFileSync(new URL(`build/${name}.wasm`, import.meta.url))
  if (!WebAssembly.validate(bytes)) return undefined
  const memory = new WebAssembly.Memory({ initial: 256, maximum: 65536 })
  const instance = new WebAssembly.Instance(new WebAssembly.Module(bytes), { env: { memory } })
  return { kernels: instance.exports as unknown as Layers, memory }
}

const floats = (next: Random, count: number) => Float32Array.from({ length: count }, () => 2 * next() - 1)

/** Winograd's convolution of a square map; bias 0, slope 1, so that nothing but the sums is left. */
function run({ kernels, memory }: NonNullable<ReturnType<typeof load>>, name: FormName, input: Grid, kernel: Tensor) {
  const { outputs, taps } = FORMS[name]
  const alpha = outputs + taps - 1
  const pixel = 4 * CHANNELS
  let end = 1 << 20
  const room = (bytes: number) => {
    const at = end
    end += (bytes + 63) & ~63
    return at
  }
  const place = (values: Float32Array | Int32Array) => {
    const at = room(values.byteLength)
    new Uint8Array(memory.buffer, at).set(new Uint8Array(values.buffer, values.byteOffset, values.byteLength))
    return at
  }
  const epilogue = Float32Array.from({ length: 2 * CHANNELS }, (_, n) => (n < CHANNELS ? 0 : 1))
  const source = place(Float32Array.of(...kernel.data, ...epilogue))
  const x = place(Float32Array.from(input.data))
  const side = outputs * TILES
  const y = room(side * side * pixel)
  const weights = room(alpha * alpha * CHANNELS * pixel + 2 * pixel + 16)
  kernels.packConvolution(source, taps, alpha, CHANNELS, CHANNELS, weights)
  const scratch = room(kernels.winogradScratch(alpha, TILES, TILES * TILES, pixel, pixel))
  if (name === 'winograd43') {
    const rows = { rowStride: input.width * pixel, rowMask: -1, outRowStride: side * pixel }
    const maps = { bands: TILES, mapStride: 0, outMapStride: 0 }
    const shape = shape43({ channels: CHANNELS, pixelStride: pixel, outPixelStride: pixel, ...rows, ...maps })
    kernels.winograd43(place(shape), x, 0, weights, y, TILES, 1, scratch)
  } else {
    kernels[name](x, CHANNELS, weights, y, CHANNELS, TILES, 1, scratch)
  }
  return new Float32Array(memory.buffer, y, side * side * CHANNELS).slice()
}

/** A direct convolution that rounds each product and each sum to float32, in the order of conv2d. */
function direct(input: Grid, { data, shape }: Tensor): Float32Array {
  const taps = shape[0]!
  const side = input.width - taps + 1
  const out = new Float32Array(side * side * CHANNELS)
  for (let n = 0; n < out.length; n++) {
    const o = n % CHANNELS
    const [column, row] = [Math.floor(n / CHANNELS) % side, Math.floor(n / CHANNELS / side)]
    let sum = 0
    for (let i = 0; i < taps; i++) {
      for (let j = 0; j < taps; j++) {
        for (let c = 0; c < CHANNELS; c++) {
          const value = input.data[((row + j) * input.width + column + i) * CHANNELS + c]!
          sum = Math.fround(sum + Math.fround(value * data[((i * taps + j) * CHANNELS + c) * CHANNELS + o]!))
        }
      }
    }
    out[n] = sum
  }
  return out
}

const strict = load('layers')!
const relaxed = load('layers-relaxed')

class Errors {
  #squares = 0
  #count = 0
  #most = 0

  /** Errors as shares of the largest sum of |x w|. */
  add(got: Float32Array, exact: Float64Array, size: number): void {
    exact.forEach((value, n) => {
      const error = Math.abs(got[n]! - value) / size
      this.#squares += error * error
      this.#count++
      if (!(error <= this.#most)) this.#most = error
    })
  }

  get cells(): string[] {
    return [Math.sqrt(this.#squares / this.#count), this.#most].map((value) => value.toExponential(1))
  }
}

const rows = (Object.keys(FORMS) as FormName[]).map((name) => {
  const { outputs, taps } = FORMS[name]
  const next = random(outputs * 10 + taps)
  const errors = [new Errors(), new Errors(), new Errors()] as const
  const none = { data: new Float32Array(CHANNELS), shape: [CHANNELS] }
  for (let map = 0; map < MAPS; map++) {
    const width = outputs * TILES + taps - 1
    const input = { data: floats(next, width * width * CHANNELS), width, height: width, channels: CHANNELS }
    const kernel = { data: floats(next, taps * taps * CHANNELS ** 2), shape: [taps, taps, CHANNELS, CHANNELS] }
    const exact = conv2d(input, kernel, none).data
    const sizes = conv2d(
      { ...input, data: input.data.map(Math.abs) },
      { ...kernel, data: kernel.data.map(Math.abs) },
      none,
    )
    const size = sizes.data.reduce((most, value) => Math.max(most, value))
    errors[0].add(run(strict, name, input, kernel), exact, size)
    errors[1].add(direct(input, kernel), exact, size)
    if (relaxed) errors[2].add(run(relaxed, name, input, kernel), exact, size)
  }
  const form = `F(${outputs}x${outputs}, ${taps}x${taps})`
  return [form, ...errors[0].cells, ...errors[1].cells, ...(relaxed ? errors[2].cells : [])]
})

writeSection('Forms', [
  `\`npm run bench:forms\` on ${machine()}; ${engine()}.`,
  '',
  `Convolutions of ${CHANNELS} channels to ${CHANNELS}, numbers and weights by chance from -1 to 1, ${MAPS} maps of ${TILES} x ${TILES} tiles a form,`,
  'against float64. An error is told as a share of the largest sum of |input x weight| of its map. Direct: the same convolution',
  'without a transform, every product and sum rounded to float32.',
  '',
  table(['form', 'rms', 'largest', 'direct: rms', 'largest', ...(relaxed ? ["'fast': rms", 'largest'] : [])], rows),
])
