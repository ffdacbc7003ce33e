/**
 * The matrices of the Winograd forms: as they follow from the points, as they stand above the code, and as the kernels apply
 * them.
 */
import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { Exact, FORMS, type Transforms, transforms } from '../reference/winograd.ts'
import { shape43 } from './layers.ts'
import { debugBuild } from './load.ts'

const box = debugBuild()
const { kernels } = box
const f32 = Math.fround

/** The section of assembly/ that has a form's matrices in its comments. */
const SECTIONS = {
  winograd43: ['winograd43.ts', '// F(4x4, 3x3):'],
  winograd33: ['winograd-transforms.ts', '// --- F(3, 3):'],
  winograd73: ['winograd-transforms.ts', '// --- F(7, 3):'],
  winograd32: ['winograd-transforms.ts', '// --- F(3, 2):'],
} as const
const NUMBER = /-?(?:\d+√2|\d+|√2)(?:\/\d+)?/g

/** Matrices in the comments of a section: side by side or one below another, named in their first row. */
function written(form: keyof typeof FORMS, { input, kernel, output }: Transforms): string[][][] {
  const [file, start] = SECTIONS[form]
  const source = readFileSync(new URL(`../../assembly/${file}`, import.meta.url), 'utf8')
  const section = source.slice(source.indexOf(start))
  const comment = /^(?:\/\/.*\n)+/.exec(section)?.[0] ?? ''
  const lines = comment.split('\n')
  return Object.entries({ Bᵀ: input, G: kernel, Aᵀ: output }).map(([name, { length, 0: row }]) => {
    const first = lines.findIndex((line) => new RegExp(`^//   (?:.*\\s)?${name}\\s+[-\\d√]`).test(line))
    if (first < 0) throw new Error(`${form}: no ${name} in the comment`)
    const named = [...lines[first]!.matchAll(/Bᵀ|G|Aᵀ/g)].map(([found]) => found)
    return lines.slice(first, first + length).map((line) => {
      const numbers =
        line
          .slice(2)
          .replace(/Bᵀ|G|Aᵀ/g, '')
          .match(NUMBER) ?? []
      // Where matrices stand side by side, those before take as many numbers of each line as they have columns.
      const columns = { Bᵀ: input[0]!.length, G: kernel[0]!.length, Aᵀ: output[0]!.length }
      const before = named.slice(0, named.indexOf(name as 'G')).reduce((sum, n) => sum + columns[n as 'G'], 0)
      return numbers.slice(before, before + row!.length)
    })
  })
}

const texts = (matrix: readonly (readonly Exact[])[]) => matrix.map((row) => row.map(String))

describe.each(Object.keys(FORMS) as (keyof typeof FORMS)[])('%s', (form) => {
  const { outputs, taps } = FORMS[form]
  const alpha = outputs + taps - 1
  const exact = transforms(FORMS[form])
  const { input, kernel, output } = exact

  it('is the convolution, in exact arithmetic: sum of Aᵀ G Bᵀ is 1 where input = output + tap, else 0', () => {
    for (let y = 0; y < outputs; y++) {
      for (let k = 0; k < taps; k++) {
        for (let d = 0; d < alpha; d++) {
          const sum = input.reduce(
            (all, row, n) => all.plus(output[y]![n]!.times(kernel[n]![k]!).times(row[d]!)),
            Exact.of(0n),
          )
          expect(`${sum}`).toBe(d === y + k ? '1' : '0')
        }
      }
    }
  })

  it('has the matrices that stand above the code', () => {
    expect(written(form, exact)).toEqual([texts(input), texts(kernel), texts(output)])
  })

  /** What lies in the scratch behind a call and what comes out, for one tile of four channels. */
  function run(tile: Float32Array, packed: Float32Array): { v: Float32Array; y: Float32Array } {
    box.clear()
    const x = box.place(tile)
    const weights = box.place(Float32Array.of(...packed, ...new Float32Array(12)))
    const y = box.room(outputs * outputs * 16)
    const bytes = kernels.winogradScratch(alpha, 1, 1, 16, 16)
    const scratch = box.room(bytes)
    if (form === 'winograd43') {
      const strides = { pixelStride: 16, rowStride: alpha * 16, outPixelStride: 16, outRowStride: outputs * 16 }
      const shape = box.place(
        shape43({ channels: 4, rowMask: -1, bands: 1, mapStride: 0, outMapStride: 0, ...strides }),
      )
      kernels.winograd43(shape, x, 0, weights, y, 1, 1, scratch)
    } else {
      kernels[form](x, 4, weights, y, 4, 1, 1, scratch)
    }
    box.expectIntact()
    const v = box.floats(scratch + alpha * alpha * 16, alpha * alpha * 4).slice()
    return { v, y: box.floats(y, outputs * outputs * 4).slice() }
  }

  it('the kernel makes V = Bᵀ d B: of a tile that is 0 but for one pixel, the product of two columns', () => {
    for (let row = 0; row < alpha; row++) {
      for (let column = 0; column < alpha; column++) {
        const tile = new Float32Array(alpha * alpha * 4)
        tile[(row * alpha + column) * 4 + 1] = 1
        const { v } = run(tile, new Float32Array(alpha * alpha * 16))
        for (let i = 0; i < alpha; i++) {
          for (let j = 0; j < alpha; j++) {
            const want = input[i]![row]!.times(input[j]![column]!)
            const got = [...v.subarray((i * alpha + j) * 4, (i * alpha + j) * 4 + 4)]
            // Whole numbers are exact; else the constants with a √2 and the products are rounded.
            const whole = form === 'winograd33' || form === 'winograd32'
            const limit = whole ? 0 : 4 * 2 ** -24 * Math.abs(want.toNumber())
            expect(Math.abs(got[1]! - want.toNumber())).toBeLessThanOrEqual(limit)
            expect([got[0], got[2], got[3]].map((value) => value! + 0)).toEqual([0, 0, 0])
          }
        }
      }
    }
  })

  it('the kernel makes Y = Aᵀ M A: of products that are 0 but for one position, the product of two columns', () => {
    // A tile whose V is not 0 anywhere, and U = 1 at one position: M is V there.
    const tile = Float32Array.from({ length: alpha * alpha * 4 }, (_, n) => (n % 4 === 0 ? (n * n) % 61 : 0))
    const { v } = run(tile, new Float32Array(alpha * alpha * 16))
    for (let i = 0; i < alpha; i++) {
      for (let j = 0; j < alpha; j++) {
        const position = i * alpha + j
        const packed = new Float32Array(alpha * alpha * 16)
        packed[position * 16 + 2] = 1 // from channel 0 to channel 2; slopes are 0: positive outputs are to be seen
        const negative = packed.map((value) => -value)
        const [one, other] = [run(tile, packed).y, run(tile, negative).y]
        for (let y = 0; y < outputs; y++) {
          for (let x = 0; x < outputs; x++) {
            const want = output[y]![i]!.times(output[x]![j]!).toNumber() * v[position * 4]!
            const at = (y * outputs + x) * 4 + 2
            expect(Math.abs(one[at]! - other[at]! - want)).toBeLessThanOrEqual(6 * 2 ** -24 * Math.abs(want))
          }
        }
      }
    }
  })

  it('packing makes U = G g Gᵀ: of a kernel that is 0 but for one tap, the product of two columns, to the bit', () => {
    for (let row = 0; row < taps; row++) {
      for (let column = 0; column < taps; column++) {
        box.clear()
        const weights = new Float32Array(taps * taps * 8)
        weights[(column * taps + row) * 8] = 1 // the first index runs along x
        const source = box.place(weights, 16)
        const out = box.room(alpha * alpha * 32)
        kernels.packWinograd(source, taps, alpha, 1, 8, out)
        for (let i = 0; i < alpha; i++) {
          for (let j = 0; j < alpha; j++) {
            const want = f32(kernel[i]![row]!.toNumber() * kernel[j]![column]!.toNumber())
            expect(box.floats(out + (i * alpha + j) * 32, 1)[0]! + 0).toBe(want + 0)
          }
        }
      }
    }
  })
})

it('the tests can fail: another point is another matrix, and no convolution with the others', () => {
  const right = transforms(FORMS.winograd33)
  const wrong = transforms({ ...FORMS.winograd33, points: [{ at: '0' }, { at: '1' }, { at: '-1' }, { at: '3' }] })
  expect(texts(wrong.kernel)).not.toEqual(texts(right.kernel))
  const sum = right.input.reduce(
    (all, row, n) => all.plus(right.output[0]![n]!.times(wrong.kernel[n]![0]!).times(row[0]!)),
    Exact.of(0n),
  )
  expect(`${sum}`).not.toBe('1')
})
