/** What assembly/layers.ts exports; pointers and strides in bytes, see there. */
import type { Kernels } from '../../src/wasm/abi.ts'

/** A layer's shape for winograd43: assembly/winograd43.ts says what the fields are. */
export interface Shape43 {
  channels: number
  pixelStride: number
  rowStride: number
  rowMask: number
  outPixelStride: number
  outRowStride: number
  bands: number
  mapStride: number
  outMapStride: number
}

/** The words of a shape in memory, in the order of the fields. */
export function shape43(shape: Shape43): Int32Array {
  const { channels, pixelStride, rowStride, rowMask, outPixelStride, outRowStride, bands, mapStride, outMapStride } =
    shape
  const input = [channels, pixelStride, rowStride, rowMask]
  return Int32Array.of(...input, outPixelStride, outRowStride, bands, mapStride, outMapStride)
}

/** Parameters of the forms for square maps that whole tiles cover, in order; assembly/winograd-square.ts says what they are. */
type Square = [
  x: number,
  channels: number,
  weights: number,
  y: number,
  outChannels: number,
  tiles: number,
  maps: number,
  scratch: number,
]

type FullyConnected = [x: number, m: number, k: number, n: number, weights: number, y: number]

/** The library's own kernels, and the layers behind them. */
export interface Layers extends Kernels {
  winograd43(
    ...all: [
      shape: number,
      x: number,
      firstRow: number,
      weights: number,
      y: number,
      tiles: number,
      maps: number,
      scratch: number,
    ]
  ): void
  winograd43Pooled(
    ...all: [
      shape: number,
      x: number,
      firstRow: number,
      weights: number,
      upper: number,
      lower: number,
      tiles: number,
      both: number,
      last: number,
      scratch: number,
    ]
  ): void
  winograd33(...all: Square): void
  winograd73(...all: Square): void
  winograd32(...all: Square): void
  winogradScratch(alpha: number, tiles: number, count: number, pixelStride: number, outPixelStride: number): number
  matmul(
    ...all: [m: number, k: number, n: number, a: number, aStride: number, b: number, c: number, products: number]
  ): void
  matmul3(m: number, n: number, a: number, b: number, c: number): void
  dense(...all: FullyConnected): void
  head(...all: FullyConnected): void
  maxPool(
    ...all: [
      x: number,
      height: number,
      width: number,
      rowStride: number,
      channels: number,
      size: number,
      y: number,
      outHeight: number,
      outWidth: number,
      outRowStride: number,
    ]
  ): void
  packConnected(source: number, k: number, n: number, side: number, out: number): number
  packConvolution(
    ...all: [source: number, taps: number, alpha: number, channels: number, outChannels: number, out: number]
  ): number
  packEpilogue(source: number, n: number, out: number): number
  packWinograd(
    ...all: [source: number, taps: number, alpha: number, channels: number, outChannels: number, out: number]
  ): number
  packDense(source: number, k: number, n: number, side: number, out: number): number
  packHead(source: number, k: number, landmarks: number, n: number, out: number): number
  sigmoid(logit: number): number
  exactLogit(
    ...all: [level: number, width: number, height: number, x: number, y: number, source: number, work: number]
  ): number
  readonly EXACT_WORK: WebAssembly.Global
}
