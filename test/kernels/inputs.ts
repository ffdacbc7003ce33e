/**
 * Inputs for kernels, all from a seed, so that a failure can be repeated.
 */
import fc from 'fast-check'
import type { Random } from '../helpers/random.ts'
import type { Grid, Numbers } from '../reference/conv.ts'

export const seeds: fc.Arbitrary<number> = fc.integer()

/** `count` float32 from -size to size. */
export function floats(next: Random, count: number, size = 1): Float32Array {
  return Float32Array.from({ length: count }, () => (2 * next() - 1) * size)
}

/** PReLU slopes of every kind: negative, 0, between, 1, over 1. */
export function slopes(next: Random, count: number): Float32Array {
  const special = [0, 1, -1, 0.25, 2]
  return Float32Array.from({ length: count }, () => {
    const pick = Math.floor(next() * 10)
    return special[pick] ?? 5 * next() - 2
  })
}

export type Pattern = 'noise' | 'flat' | 'gradient' | 'stripes' | 'extremes'
export const patterns: readonly Pattern[] = ['noise', 'flat', 'gradient', 'stripes', 'extremes']

/** A picture of `channels` bytes a pixel. */
export function picture(
  next: Random,
  width: number,
  height: number,
  pattern: Pattern = 'noise',
  channels = 3,
): Grid<Uint8Array> {
  const data = new Uint8Array(width * height * channels)
  const flat = Math.floor(next() * 256)
  for (let n = 0; n < data.length; n++) {
    const x = Math.floor(n / channels) % width
    const y = Math.floor(n / channels / width)
    if (pattern === 'noise') data[n] = next() * 256
    else if (pattern === 'flat') data[n] = flat
    else if (pattern === 'gradient') data[n] = (x * 3 + y * 5 + (n % channels) * 11) & 255
    else if (pattern === 'stripes') data[n] = (x + y) & 1 ? 255 : 0
    else data[n] = next() < 0.5 ? 0 : 255
  }
  return { data, width, height, channels }
}

/** Largest distance of two lists of the same length; NaN counts as infinitely far. */
export function farthest(actual: ArrayLike<number>, expected: ArrayLike<number>): number {
  if (actual.length !== expected.length) return Number.POSITIVE_INFINITY
  let most = 0
  for (let n = 0; n < actual.length; n++) {
    const distance = Math.abs(actual[n]! - expected[n]!)
    if (!(distance <= most)) most = Number.isNaN(distance) ? Number.POSITIVE_INFINITY : distance
  }
  return most
}

/** A map's absolute values, for the size of what a sum is made of. */
export function absolute<T extends Numbers>(values: T): Float64Array {
  return Float64Array.from(values, Math.abs)
}

/** Whether two arrays hold the same bytes; many times faster than comparing element by element. */
export function sameBytes(a: ArrayBufferView, b: ArrayBufferView): boolean {
  const bytes = (view: ArrayBufferView) => Buffer.from(view.buffer, view.byteOffset, view.byteLength)
  return bytes(a).equals(bytes(b))
}
