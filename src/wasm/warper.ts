import type { Affine } from '../shared/affine.ts'
import { type Fill, type Kernels, writeWarp } from './abi.ts'
import { type FramePlan, Layout } from './memory-plan.ts'

/** A crop of an image under an affine map. */
export interface WarpRequest {
  /** Leads from pixels of the crop to pixels of the image. */
  readonly toImage: Affine
  /** Of the crop, pixels. */
  readonly width: number
  readonly height: number
  readonly fill: Fill
}

/** Pixels from `from` on, before `end`. */
interface Span {
  readonly from: number
  readonly end: number
}

/** What is needed of an image along one axis. */
interface AxisPlan {
  /** Half the width of the tent, pixels of the image. */
  readonly reach: number
  /** How many pixels are averaged first. */
  readonly factor: number
  /** The pixels, whole blocks of `factor`. */
  readonly span: Span
}

/** From this many pixels on that a tent reaches to a side, pixels are averaged first, which leaves half of it at least. */
const WIDE_REACH = 2
const LARGEST_FACTOR = 1024
/** A tent reaches at most so many times the length of the image to a side. */
const MOST_REACH = 4

/**
 * Plans an axis. A crop pixel averages the image pixels under it: by a tent, half as wide as the image pixels that lie between one
 * crop pixel and the next. Where that is many, blocks of `factor` pixels, a power of two, are averaged first.
 *
 * @param along - Image pixels for one crop pixel to the right, and for one downwards.
 * @param start - Where crop pixel (0, 0) lies.
 * @param length - Of the image, pixels.
 */
function planAxis(
  [right, down]: readonly [number, number],
  start: number,
  { width, height }: WarpRequest,
  length: number,
): AxisPlan {
  // Beyond so many times the image hardly a pixel of the crop lies in it: no use in adding up all there is.
  const reach = Math.min(Math.max(1, Math.sqrt(right * right + down * down)), MOST_REACH * length)
  let factor = 1
  while (reach / factor >= WIDE_REACH && factor < LARGEST_FACTOR && 2 * factor <= length) factor *= 2
  const ends = [0, right * (width - 1), down * (height - 1), right * (width - 1) + down * (height - 1)]
  const blocks = Math.floor(length / factor)
  // One to spare on either side, for roundings.
  const first = Math.floor((start + Math.min(...ends) - reach) / factor) - 1
  const last = Math.ceil((start + Math.max(...ends) + reach) / factor) + 1
  // Where the crop lies outside of the image, the pixels nearest to it.
  const from = Math.min(Math.max(first, 0), blocks - 1)
  const end = Math.min(Math.max(last + 1, from + 1), blocks)
  return { reach, factor, span: { from: from * factor, end: end * factor } }
}

function planAxes(request: WarpRequest, imageWidth: number, imageHeight: number): { x: AxisPlan; y: AxisPlan } {
  const [xx, xy, x0, yx, yy, y0] = request.toImage
  return { x: planAxis([xx, xy], x0, request, imageWidth), y: planAxis([yx, yy], y0, request, imageHeight) }
}

/**
 * The part of an image that crops are made from. A frame that holds it gives the same crops as the whole image.
 *
 * @param image - Its size, pixels.
 */
export function regionOf(requests: readonly WarpRequest[], image: { width: number; height: number }) {
  const x = { from: image.width, end: 0 }
  const y = { from: image.height, end: 0 }
  for (const request of requests) {
    const axes = planAxes(request, image.width, image.height)
    for (const [all, { span }] of [
      [x, axes.x],
      [y, axes.y],
    ] as const) {
      all.from = Math.min(all.from, span.from)
      all.end = Math.max(all.end, span.end)
    }
  }
  return { x: x.from, y: y.from, width: x.end - x.from, height: y.end - y.from }
}

/** The image that crops are made of. */
export interface WarpImage {
  /** Pixels. */
  readonly width: number
  readonly height: number
  /** Where the frame's corner lies in it. */
  readonly x: number
  readonly y: number
}

/** Makes crops of the frame. */
export class Warper {
  readonly #kernels: Kernels
  readonly #memory: WebAssembly.Memory
  readonly #reserve: (end: number) => void

  /** @param reserve - Makes room up to an end of memory. */
  constructor(kernels: Kernels, memory: WebAssembly.Memory, reserve: (end: number) => void) {
    this.#kernels = kernels
    this.#memory = memory
    this.#reserve = reserve
  }

  /**
   * Makes one, in the memory behind the frame.
   *
   * @returns f32 [height][width][3], 0 to 255, not rounded. Valid until memory grows or is used for something else.
   * @throws MtcnnError OUT_OF_MEMORY
   */
  warp(frame: FramePlan, image: WarpImage, request: WarpRequest): Float32Array {
    const { width, height, fill } = request
    const { x, y } = planAxes(request, image.width, image.height)
    const layout = new Layout(frame.lists)
    const struct = layout.place(this.#kernels.WARP.value)
    const work = layout.place(this.#kernels.warpWork(x.reach / x.factor))
    const out = layout.place(12 * width * height + this.#kernels.SLACK.value)
    const pitch = 3 * frame.width
    const corner = frame.pixels + (y.span.from - image.y) * pitch + 3 * (x.span.from - image.x)
    const rows = { source: corner, pitch, sourceWidth: blocksOf(x), sourceHeight: blocksOf(y) }
    if (x.factor > 1 || y.factor > 1) {
      rows.source = this.#reduce(layout, corner, pitch, x, y)
      rows.pitch = 3 * rows.sourceWidth
    } else this.#reserve(layout.end)
    const [xx, xy, x0, yx, yy, y0] = request.toImage
    writeWarp(this.#memory.buffer, struct, {
      toSource: [xx / x.factor, xy / x.factor, inBlocks(x0, x), yx / y.factor, yy / y.factor, inBlocks(y0, y)],
      reachX: x.reach / x.factor,
      reachY: y.reach / y.factor,
      fill,
      ...rows,
      width,
      height,
    })
    this.#kernels.warp(struct, work, out)
    return new Float32Array(this.#memory.buffer, out, 3 * width * height)
  }

  /** Averages blocks of pixels from `corner` on. Returns where they lie: u8 [blocks along y][blocks along x][3]. */
  #reduce(layout: Layout, corner: number, pitch: number, x: AxisPlan, y: AxisPlan): number {
    const columns = blocksOf(x)
    const rows = blocksOf(y)
    const width = x.span.end - x.span.from
    const { integralRow, levelState, addRow, blockRow, SLACK } = this.#kernels
    const reduced = layout.place(3 * columns * rows + SLACK.value)
    const zeros = layout.end
    let above = layout.place(integralRow(width))
    let below = layout.place(integralRow(width))
    const state = layout.place(levelState(columns))
    this.#reserve(layout.end)
    const { buffer } = this.#memory
    new Uint8Array(buffer, zeros, layout.end - zeros).fill(0)
    for (let row = 0; row < rows; row++) {
      for (let n = 0; n < y.factor; n++) {
        addRow(corner + (row * y.factor + n) * pitch, width, above, below)
        ;[above, below] = [below, above]
      }
      blockRow(above, x.factor, y.factor, columns, state, reduced + 3 * columns * row)
    }
    return reduced
  }
}

function blocksOf({ span, factor }: AxisPlan): number {
  return (span.end - span.from) / factor
}

/** A place of the image in blocks, from the centre of the first block. */
function inBlocks(place: number, { span, factor }: AxisPlan): number {
  return (place + 0.5 - span.from) / factor - 0.5
}
