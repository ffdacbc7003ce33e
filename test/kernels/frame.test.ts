import { describe, expect, it } from 'vitest'
import type { Kernels } from '../../src/wasm/abi.ts'
import { random } from '../helpers/random.ts'
import { sameBytes } from './inputs.ts'
import { debugBuild, releaseBuild, type Sandbox } from './load.ts'

const debug = debugBuild()
const release = releaseBuild()

function expected(source: Uint8Array, channels: number, bgr: boolean): Uint8Array {
  const out = new Uint8Array((source.length / channels) * 3)
  for (let n = 0; n < out.length; n++) {
    const pixel = Math.floor(n / 3) * channels
    const channel = channels === 1 ? 0 : bgr ? 2 - (n % 3) : n % 3
    out[n] = source[pixel + channel]!
  }
  return out
}

function packed(box: Sandbox<Kernels>, source: Uint8Array, channels: number, bgr: boolean, shift: number): Uint8Array {
  box.clear()
  const count = source.length / channels
  const from = box.place(source, 16, shift)
  // The kernel may write 16 bytes behind the last pixel, and no more.
  const to = box.room(3 * count + 16, shift)
  box.kernels.packPixels(from, channels, bgr ? 1 : 0, count, to)
  box.expectIntact()
  expect(sameBytes(box.bytes(from, source.length), source)).toBe(true)
  return box.bytes(to, 3 * count).slice()
}

describe('packPixels', () => {
  it.each([
    [1, false],
    [1, true],
    [3, false],
    [3, true],
    [4, false],
    [4, true],
  ])('%i channels, blue first: %s; any count, any place', (channels, bgr) => {
    const next = random(channels)
    for (const count of [...Array(41).keys(), 1000, 1001, 1002, 1003]) {
      const source = Uint8Array.from({ length: count * channels }, () => next() * 256)
      const want = expected(source, channels, bgr)
      expect(packed(release, source, channels, bgr, count % 7)).toEqual(want)
      expect(packed(debug, source, channels, bgr, count % 5)).toEqual(want)
    }
  })

  it.each([0, 2, 5])('asserts: refuses %i channels', (channels) => {
    debug.clear()
    const [from, to] = [debug.room(64), debug.room(64)]
    expect(() => debug.kernels.packPixels(from, channels, 0, 1, to)).toThrow(
      /assertion failed at assembly\/frame\.ts:\d+/,
    )
  })
})
