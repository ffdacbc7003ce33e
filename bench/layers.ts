/** The layers of the nets one by one, on the kernels behind the library's ABI (assembly/layers.ts, built as released). */
import { readFileSync } from 'node:fs'
import type { Weights } from '../src/assets/weights.ts'
import { type Layers, type Shape43, shape43 } from '../test/kernels/layers.ts'
import { stored } from './peers/nets.ts'

export interface TimedLayer {
  readonly name: string
  readonly kernel: string
  /** Multiply-adds of a plain convolution, per call, for the outputs that count. */
  readonly direct: number
  /** Multiply-adds done in the matrix products, padding included, per call. */
  readonly done: number
  /** The work of one call as the net makes it, its data in the caches. */
  run(): void
}

const MEBIBYTE = 1 << 20
// Regions of the memory: a shape, one call's input, weights (source, then packed), output, scratch.
const SHAPE = MEBIBYTE / 2
const INPUT = 1 * MEBIBYTE
const SOURCE = 9 * MEBIBYTE
const WEIGHTS = 12 * MEBIBYTE
const OUTPUT = 17 * MEBIBYTE
const SCRATCH = 25 * MEBIBYTE
const END = 40 * MEBIBYTE

/** Bytes from pixel to pixel. */
const padded = (channels: number) => 16 * Math.ceil(channels / 4)

/** A convolution in its memory: counts of channels, and bytes from pixel to pixel. */
interface Placed {
  readonly kernels: Layers
  readonly memory: WebAssembly.Memory
  readonly channels: number
  readonly outChannels: number
  readonly pixel: number
  readonly outPixel: number
}

/** Layer shapes as assembly/pnet.ts, rnet.ts and onet.ts call the kernels: change them together. */
export function timedLayers(file: URL, weights: Weights): TimedLayer[] {
  const module = new WebAssembly.Module(readFileSync(file))
  const instantiate = () => {
    const memory = new WebAssembly.Memory({ initial: END / 65536, maximum: 65536 })
    const instance = new WebAssembly.Instance(module, { env: { memory } })
    new Float32Array(memory.buffer, INPUT, (SOURCE - INPUT) / 4).forEach((_, n, all) => {
      all[n] = ((n * 2654435761) % 4096) / 2048 - 1
    })
    return { memory, kernels: instance.exports as unknown as Layers }
  }

  /** A 3x3 or 2x2 convolution; `prepare` gives what a call does. */
  function convolution(
    name: string,
    kernel: '43' | '43, pooled' | '33' | '73' | '32',
    net: string,
    layer: string,
    valid: number,
    tiles: number,
    prepare: (layer: Placed) => () => void,
  ): TimedLayer {
    const { memory, kernels } = instantiate()
    const tensor = stored(weights, `${net}/${layer}/weights`)
    const [size, , inputs, outputs] = tensor.shape as [number, number, number, number]
    const side = { '43': 6, '43, pooled': 6, '33': 5, '73': 9, '32': 4 }[kernel]
    placeLayer(memory, net, layer)
    kernels.packConvolution(SOURCE, size, side, inputs, outputs, WEIGHTS)
    const [pixel, outPixel] = [padded(inputs), padded(outputs)]
    return {
      name,
      kernel: `F(${kernel[0]}x${kernel[0]}, ${size}x${size})${kernel.slice(2)}`,
      direct: valid * size * size * inputs * outputs,
      done: side * side * tiles * inputs * (outPixel / 4),
      run: prepare({ kernels, memory, channels: inputs, outChannels: outputs, pixel, outPixel }),
    }
  }

  /** A layer's tensors as stored, one after another. */
  function placeLayer(memory: WebAssembly.Memory, net: string, layer: string): void {
    let at = SOURCE
    for (const name of [`${layer}/weights`, `${layer}/bias`, slopesOf(net, layer)]) {
      const { data } = stored(weights, `${net}/${name}`)
      new Float32Array(memory.buffer, at, data.length).set(data)
      at += data.byteLength
    }
  }

  function connected(name: string, net: string, layer: string, rows: number): TimedLayer {
    const { memory, kernels } = instantiate()
    const tensor = stored(weights, `${net}/${layer}/weights`)
    const [inputs, outputs] = tensor.shape as [number, number]
    placeLayer(memory, net, layer)
    kernels.packConnected(SOURCE, inputs, outputs, 3, WEIGHTS)
    const direct = rows * inputs * outputs
    const run = () => kernels.dense(INPUT, rows, inputs, outputs, WEIGHTS, OUTPUT)
    return { name, kernel: `dense, ${rows} rows`, direct, done: direct, run }
  }

  /** Places the shape of a map of rows so many pixels long, in and out. */
  function place({ memory, channels, pixel, outPixel }: Placed, width: number, outWidth: number, more = {}): void {
    const input = { channels, pixelStride: pixel, rowStride: width * pixel, rowMask: -1 }
    const output = { outPixelStride: outPixel, outRowStride: outWidth * outPixel }
    const shape: Shape43 = { ...input, ...output, bands: 1, mapStride: 0, outMapStride: 0, ...more }
    new Int32Array(memory.buffer, SHAPE).set(shape43(shape))
  }

  /** One band of a strip: `tiles` tiles side by side. */
  const band = (tiles: number) => (layer: Placed) => {
    place(layer, 4 * tiles + 2, 4 * tiles)
    return () => layer.kernels.winograd43(SHAPE, INPUT, 0, WEIGHTS, OUTPUT, tiles, 1, SCRATCH)
  }
  const pooledBand = (tiles: number) => (layer: Placed) => {
    place(layer, 4 * tiles + 2, 4 * tiles)
    const lower = OUTPUT + 2 * tiles * layer.outPixel
    return () => layer.kernels.winograd43Pooled(SHAPE, INPUT, 0, WEIGHTS, OUTPUT, lower, tiles, 3, -1, SCRATCH)
  }
  /** A patch of `side` pixels with two more of margin, by rows of at most six tiles. */
  const patch = (side: number) => (layer: Placed) => {
    place(layer, side + 2, side)
    const { pixel, outPixel, kernels } = layer
    return () => {
      for (let y = 0; y < side; y += 4) {
        for (let x = 0; x < side; x += 24) {
          const to = OUTPUT + (y * side + x) * outPixel
          kernels.winograd43(SHAPE, INPUT + x * pixel, y, WEIGHTS, to, 6, 1, SCRATCH)
        }
      }
    }
  }
  /** `maps` maps of 8 x 8 outputs. */
  const batch = (maps: number) => (layer: Placed) => {
    const { pixel, outPixel, kernels } = layer
    place(layer, 10, 8, { bands: 2, mapStride: 10 * 10 * pixel, outMapStride: 8 * 8 * outPixel })
    return () => kernels.winograd43(SHAPE, INPUT, 0, WEIGHTS, OUTPUT, 2, maps, SCRATCH)
  }
  /** `maps` maps that tiles x tiles tiles cover. */
  const covered =
    (form: 'winograd33' | 'winograd73' | 'winograd32', tiles: number, maps: number) =>
    ({ kernels, channels, outChannels }: Placed) =>
    () =>
      kernels[form](INPUT, channels, WEIGHTS, OUTPUT, outChannels, tiles, maps, SCRATCH)

  return [
    convolution('P conv1 + pool', '43, pooled', 'pnet', 'conv1', 12 * 16, 12, pooledBand(12)),
    convolution('P conv2', '43', 'pnet', 'conv2', 12 * 16, 12, band(12)),
    convolution('P conv3', '43', 'pnet', 'conv3', 8 * 16, 8, band(8)),
    convolution('R conv1', '43', 'rnet', 'conv1', 22 * 22, 36, patch(24)),
    convolution('R conv2', '33', 'rnet', 'conv2', 9 * 9, 9, covered('winograd33', 3, 1)),
    convolution('R conv3', '32', 'rnet', 'conv3', 16 * 9, 16, covered('winograd32', 1, 16)),
    connected('R fc1', 'rnet', 'fc1', 16),
    convolution('O conv1', '43', 'onet', 'conv1', 46 * 46, 144, patch(48)),
    convolution('O conv2', '73', 'onet', 'conv2', 21 * 21, 9, covered('winograd73', 3, 1)),
    convolution('O conv3', '43', 'onet', 'conv3', 8 * 64, 8 * 4, batch(8)),
    convolution('O conv4', '32', 'onet', 'conv4', 8 * 9, 8, covered('winograd32', 1, 8)),
    connected('O fc1', 'onet', 'fc1', 8),
  ]
}

/** `prelu1_alpha` for conv1 and so on; fully connected layers count on from the convolutions. */
function slopesOf(net: string, layer: string): string {
  const number = layer === 'fc1' ? (net === 'rnet' ? 4 : 5) : Number(layer.slice(4))
  return `prelu${number}_alpha`
}
