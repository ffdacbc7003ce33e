import { checkBytes, type Pixels } from '../image/pixels.ts'
import { bytesIn } from '../shared/bytes.ts'
import type { Box, Size } from '../shared/face.ts'
import type { Turn } from '../shared/turn.ts'
import type { Kernels } from './abi.ts'
import type { FramePlan } from './memory-plan.ts'

/** How the frame shows a region of the image. */
export interface Framing {
  /** Which faces stand upright in the frame: those that are turned by so much in the image. Default 0. */
  readonly turn?: Turn
  /** Width of the grey border around the region, pixels; default 0. */
  readonly pad?: number
}

/** Between black and white, so that the nets see next to nothing. */
const GREY = 128

/** Size of the frame that shows a region. */
export function frameSize({ width, height }: Readonly<Size>, { turn = 0, pad = 0 }: Framing): Size {
  const upright = turn % 180 === 0
  return { width: (upright ? width : height) + 2 * pad, height: (upright ? height : width) + 2 * pad }
}

/**
 * Brings rows `from` to `to` of the frame in, from the caller's pixels; turned ones straight from where they lie.
 *
 * @throws MtcnnError INVALID_IMAGE where bytes are gone meanwhile.
 */
export function writeRows(
  kernels: Kernels,
  buffer: ArrayBuffer,
  plan: FramePlan,
  image: Pixels,
  region: Readonly<Box>,
  framing: Framing,
  from: number,
  to: number,
): void {
  // Between two portions the caller may have given the bytes away, or made their buffer smaller.
  checkBytes(image)
  const { turn = 0, pad = 0 } = framing
  const { width, height } = frameSize(region, framing)
  const memory = new Uint8Array(buffer)
  const grey = (x: number, y: number, count: number) => {
    const start = plan.pixels + 3 * (width * y + x)
    memory.fill(GREY, start, start + 3 * count)
  }
  const [first, end] = [Math.min(Math.max(from, pad), to), Math.max(Math.min(to, height - pad), from)]
  if (pad > 0) {
    grey(0, from, width * (first - from))
    grey(0, end, width * (to - end))
  }
  if (first >= end) return
  const copy = turn === 0 ? copyRows : turnRows
  copy(kernels, memory, plan, image, region, framing, first - pad, end - pad)
  if (pad > 0) {
    for (let y = first; y < end; y++) {
      grey(0, y, pad)
      grey(width - pad, y, pad)
    }
  }
}

/** Rows of the region, upright. Up to 16 bytes behind each are overwritten. */
function copyRows(
  kernels: Kernels,
  memory: Uint8Array,
  { pixels, staging }: FramePlan,
  { data, channels, order, stride }: Pixels,
  { x, y, width }: Readonly<Box>,
  { pad = 0 }: Framing,
  from: number,
  to: number,
): void {
  const bytes = bytesIn(data)!
  const plain = channels === 3 && order === 'rgb'
  const bgr = order === 'bgr' && channels !== 1 ? 1 : 0
  // Rows that follow each other are one long row.
  const rows = pad === 0 && stride === width * channels ? to - from : 1
  for (let row = from; row < to; row += rows) {
    const start = (y + row) * stride + x * channels
    const target = pixels + 3 * ((width + 2 * pad) * (row + pad) + pad)
    memory.set(bytes.subarray(start, start + channels * width * rows), plain ? target : staging)
    if (!plain) kernels.packPixels(staging, channels, bgr, width * rows, target)
  }
}

/** Rows of the turned region, pixel by pixel. */
function turnRows(
  _: Kernels,
  memory: Uint8Array,
  { pixels }: FramePlan,
  { data, channels, order, stride }: Pixels,
  { x, y, width, height }: Readonly<Box>,
  { turn, pad = 0 }: Framing,
  from: number,
  to: number,
): void {
  const bytes = bytesIn(data)!
  const [red, green, blue] = channels === 1 ? [0, 0, 0] : order === 'bgr' ? [2, 1, 0] : [0, 1, 2]
  // The corner of the region that becomes the frame's first, and the ways along a row of the frame and down it.
  const corner = (turn === 270 ? x : x + width - 1) * channels + (turn === 90 ? y : y + height - 1) * stride
  const along = turn === 180 ? -channels : turn === 90 ? stride : -stride
  const down = turn === 180 ? -stride : turn === 90 ? -channels : channels
  const columns = turn === 180 ? width : height
  for (let row = from; row < to; row++) {
    let source = corner + down * row
    let target = pixels + 3 * ((columns + 2 * pad) * (row + pad) + pad)
    for (const last = target + 3 * columns; target < last; target += 3) {
      memory[target] = bytes[source + red]!
      memory[target + 1] = bytes[source + green]!
      memory[target + 2] = bytes[source + blue]!
      source += along
    }
  }
}
