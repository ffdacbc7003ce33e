import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Kernels } from '../../src/wasm/abi.ts'
import { type Random, random } from '../helpers/random.ts'
import { grid } from '../reference/conv.ts'
import { type OutputAnswer, onet, type Parameters, type RefineAnswer, rnet } from '../reference/nets.ts'
import { farthest, floats, seeds, slopes } from './inputs.ts'
import { debugBuild, releaseBuild, type Sandbox } from './load.ts'
import { altered, packNet, trained } from './nets.ts'

const debug = debugBuild()
const release = releaseBuild()

/**
 * Largest error against float64 of a logit and of a number of box or landmarks: three to six times those that `npm run
 * bench:accuracy` finds. With the slopes below as a share of the largest number of the answer.
 */
const LOGIT = { rnet: 5e-5, onet: 1.5e-4 }
const NUMBER = { rnet: 2.5e-6, onet: 5e-6 }
const SLOPED = 8e-7

/** What lies where in a patch and in an answer. */
const NETS = {
  rnet: { side: 24, pitch: 26, answer: 8, scoreAt: 5, full: 16 },
  onet: { side: 48, pitch: 50, answer: 16, scoreAt: 15, full: 8 },
} as const

/** Pixels from 0 to 255, whole or not. */
function patch(next: Random, side: number, kind: number): Float32Array {
  if (kind === 0) return new Float32Array(side * side * 3).fill(next() * 255)
  if (kind === 1) return Float32Array.from({ length: side * side * 3 }, () => (next() < 0.5 ? 0 : 255))
  const [a, b, c] = [next() * 10, next() * 10, next() * 80]
  return Float32Array.from({ length: side * side * 3 }, (_, n) => {
    const x = Math.floor(n / 3) % side
    const y = Math.floor(n / 3 / side)
    return Math.min(255, (a * x + b * y + (n % 3) * c + (kind === 2 ? 0 : next() * 255)) % 256)
  })
}

describe.each(['rnet', 'onet'] as const)('%s', (net) => {
  const { side, pitch, answer, scoreAt, full } = NETS[net]
  const reference = net === 'rnet' ? rnet : onet

  /** Normalised patches in the kernel's form. `rest` fills what does not count. */
  function laidOut(patches: readonly Float32Array[], rest: () => number = () => 0): Float32Array {
    const out = Float32Array.from({ length: patches.length * pitch * pitch * 4 }, rest)
    patches.forEach((pixels, p) => {
      for (let n = 0; n < pixels.length; n++) {
        const [x, y] = [Math.floor(n / 3) % side, Math.floor(n / 3 / side)]
        out[((p * pitch + y) * pitch + x) * 4 + (n % 3)] = Math.fround((pixels[n]! - 127.5) * 0.0078125)
      }
    })
    return out
  }

  function run(
    box: Sandbox<Kernels>,
    input: Float32Array,
    count: number,
    parameters: Parameters = trained,
    dirt = 0xff,
  ): Float32Array {
    box.clear()
    const weights = packNet(box, net, parameters)
    const patches = box.place(input)
    const bytes = net === 'rnet' ? box.kernels.rnetWork(count) : box.kernels.onetWork(count)
    const work = box.room(bytes)
    box.bytes(work, bytes).fill(dirt)
    const out = box.room(count * answer * 4)
    box.kernels[net](patches, count, weights, work, out)
    box.expectIntact()
    return box.floats(out, count * answer).slice()
  }

  function expected(pixels: Float32Array, parameters: Parameters = trained): RefineAnswer & Partial<OutputAnswer> {
    const data = grid(side, side, 3)
    data.data.set(pixels)
    return reference(data, parameters)
  }

  function check(answers: Float32Array, patches: readonly Float32Array[], parameters = trained): void {
    patches.forEach((pixels, n) => {
      const got = answers.subarray(n * answer, (n + 1) * answer)
      const want = expected(pixels, parameters)
      const numbers = [...want.regression, ...(want.landmarks ?? [])]
      const sloped = SLOPED * Math.max(Math.abs(want.logit), ...numbers.map(Math.abs))
      const [logit, number] = parameters === trained ? [LOGIT[net], NUMBER[net]] : [sloped, sloped]
      expect(Math.abs(got[0]! - want.logit)).toBeLessThanOrEqual(logit)
      expect(got[scoreAt]).toBe(debug.kernels.sigmoid(got[0]!))
      expect(farthest(got.subarray(1, 1 + numbers.length), numbers)).toBeLessThanOrEqual(number)
    })
  }

  const kinds = fc.array(fc.integer({ min: 0, max: 3 }), { minLength: 1, maxLength: 3 })

  it('answers as in float64, whatever lies where nothing counts', () => {
    fc.assert(
      fc.property(seeds, kinds, (seed, wanted) => {
        const next = random(seed)
        const patches = wanted.map((kind) => patch(next, side, kind))
        check(run(release, laidOut(patches), patches.length), patches)
        const strange = laidOut(patches, () => 2 * next() - 1)
        check(run(release, strange, patches.length), patches)
      }),
      { numRuns: net === 'rnet' ? 20 : 8 },
    )
  })

  it('gives a patch the same bits alone and in any batch, at any place', () => {
    const next = random(21)
    const patches = Array.from({ length: full }, (_, n) => patch(next, side, n % 4))
    const alone = patches.map((pixels) => run(release, laidOut([pixels]), 1))
    for (const count of [1, 2, 3, 5, full]) {
      for (const first of [0, full - count]) {
        const batch = patches.slice(first, first + count)
        const answers = run(release, laidOut(batch), count)
        batch.forEach((_, n) => {
          expect(answers.subarray(n * answer, (n + 1) * answer)).toEqual(alone[first + n])
        })
      }
    }
  })

  it('gives the same bits whatever was in memory before, in the debug build and in the one that ships', () => {
    const next = random(22)
    const input = laidOut([patch(next, side, 3), patch(next, side, 2)])
    const first = run(release, input, 2)
    expect(first.every(Number.isFinite)).toBe(true)
    for (const dirt of [0, 0x7f, 0x41]) expect(run(release, input, 2, trained, dirt)).toEqual(first)
    for (const dirt of [0xff, 0x41]) expect(run(debug, input, 2, trained, dirt)).toEqual(first)
  })

  it('takes slopes of any sign and size', () => {
    const next = random(23)
    const names = net === 'rnet' ? [1, 2, 3, 4] : [1, 2, 3, 4, 5]
    const changes = Object.fromEntries(
      names.map((n) => {
        const name = `${net}/prelu${n}_alpha`
        const values = slopes(next, trained(name).data.length)
        return [name, () => values]
      }),
    )
    const parameters = altered(changes)
    const patches = [3, 1].map((kind) => patch(next, side, kind))
    check(run(release, laidOut(patches), 2, parameters), patches, parameters)
  })

  it('the empty batch writes nothing', () => {
    expect(run(release, floats(random(1), pitch * pitch * 4), 0)).toEqual(new Float32Array(0))
  })
})
