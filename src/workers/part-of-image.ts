import type { Source } from '../cascade/context.ts'
import type { Pixels } from '../image/pixels.ts'
import { tagOf } from '../shared/errors.ts'
import { hullOf, type Rows } from '../wasm/bands.ts'

/** Whether pixels lie in memory that all threads see. */
export function isShared({ data }: Pixels): boolean {
  return tagOf(data.buffer) === 'SharedArrayBuffer'
}

/**
 * A copy of the part of an image that rows of its frame show.
 *
 * @param rows - Of the frame, ascending.
 * @returns The same source, but with no pixels around that part; its region may begin outside.
 */
export function partOfSource({ pixels, region, turn, pad }: Source, rows: readonly Rows[]): Source {
  const { data, channels, stride } = pixels
  const hull = hullOf(rows)
  // Along the axis of the region that runs down the frame.
  const length = turn % 180 === 0 ? region.height : region.width
  const clamp = (value: number) => Math.min(Math.max(value - pad, 0), length)
  const backwards = turn === 90 || turn === 180
  const [from, to] = [clamp(hull.first), clamp(hull.end)]
  // Where all is border, one row of the region does no harm.
  const first = Math.min(backwards ? length - to : from, length - 1)
  const end = Math.max(backwards ? length - from : to, first + 1)
  const upright = turn % 180 === 0
  const x = upright ? region.x : region.x + first
  const y = upright ? region.y + first : region.y
  const width = upright ? region.width : end - first
  const height = upright ? end - first : region.height
  const copy = new Uint8Array(width * height * channels)
  for (let row = 0; row < height; row++) {
    const start = (y + row) * stride + x * channels
    copy.set(data.subarray(start, start + width * channels), row * width * channels)
  }
  return {
    pixels: { data: copy, width, height, channels, order: pixels.order, stride: width * channels },
    region: { x: region.x - x, y: region.y - y, width: region.width, height: region.height },
    turn,
    pad,
  }
}
