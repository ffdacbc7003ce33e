/** What assembly/layers.ts exports; pointers and strides in bytes, see there. */
import type { Kernels } from '../../src/wasm/abi.ts'

/** The first parameters of the Winograd kernels that take a ring of rows, in order; assembly/winograd.ts says what they are. */
type Input = [xs: number, xRow: number, first: number, mask: number, pixel: number, depth: number, weights: number]

/** Parameters of the Winograd kernels for square maps that whole tiles cover, in order; assembly/winograd.ts says what they are. */
type Cover = [
  x: number,
  pixel: number,
  weights: number,
  y: number,
  outPixel: number,
  tiles: number,
  maps: number,
  scratch: number,
]

type FullyConnected = [x: number, rows: number, depth: number, columns: number, weights: number, y: number]

/** The library's own kernels, and the layers behind them. */
export interface Layers extends Kernels {
  winograd43(
    ...all: [
      ...input: Input,
      y: number,
      yRow: number,
      outPixel: number,
      bands: number,
      tiles: number,
      maps: number,
      xStep: number,
      yStep: number,
      scratch: number,
    ]
  ): void
  winograd43Pooled(
    ...all: [
      ...input: Input,
      upper: number,
      lower: number,
      outPixel: number,
      tiles: number,
      both: number,
      last: number,
      scratch: number,
    ]
  ): void
  winograd33(...all: Cover): void
  winograd73(...all: Cover): void
  winograd32(...all: Cover): void
  winogradScratch(side: number, tiles: number, count: number, pixel: number, outPixel: number): number
  matmul(
    ...all: [
      a: number,
      aStep: number,
      aRow: number,
      rows: number,
      depth: number,
      b: number,
      c: number,
      cStep: number,
      cRow: number,
      cVector: number,
      columns: number,
      products: number,
    ]
  ): void
  matmul3(a: number, aStep: number, rows: number, b: number, c: number, columns: number): void
  dense(...all: FullyConnected): void
  head(...all: FullyConnected): void
  maxPool(
    ...all: [
      x: number,
      height: number,
      width: number,
      xRow: number,
      channels: number,
      size: number,
      y: number,
      outHeight: number,
      outWidth: number,
      yRow: number,
    ]
  ): void
  packConnected(source: number, depth: number, columns: number, side: number, out: number): number
  packConvolution(source: number, kernel: number, side: number, depth: number, columns: number, out: number): number
  packPost(source: number, columns: number, out: number): number
  packWinograd(source: number, kernel: number, side: number, depth: number, columns: number, out: number): number
  packDense(source: number, depth: number, columns: number, side: number, out: number): number
  packHead(source: number, depth: number, landmarks: number, columns: number, out: number): number
  score(logit: number): number
  exactLogit(
    ...all: [level: number, width: number, height: number, x: number, y: number, source: number, work: number]
  ): number
  readonly EXACT_WORK: WebAssembly.Global
}
