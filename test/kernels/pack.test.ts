import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { TENSORS } from '../../src/assets/weights.ts'
import { random } from '../helpers/random.ts'
import { loadParameters } from '../reference/parameters.ts'
import { FORMS, transforms } from '../reference/winograd.ts'
import { floats, seeds } from './inputs.ts'
import { debugBuild, releaseBuild, type Sandbox } from './load.ts'

const box = debugBuild()
const { kernels } = box

/**
 * Where element (k, j) of a packed matrix lies: groups of 16 columns, then of 8 and of 4; where k is 3 groups of
 * 12, and of 8 where 12 would leave a group of 4.
 */
function at(k: number, j: number, inputs: number, columns: number): number {
  let group = 0
  for (;;) {
    const left = columns - group
    const width = inputs === 3 ? (left === 8 || left === 16 ? 8 : 12) : left >= 16 ? 16 : left >= 8 ? 8 : 4
    if (j < group + width) return group * inputs + k * width + (j - group)
    group += width
  }
}

/** G of the form of `alpha`, made from its points; three columns. */
const KERNEL_TRANSFORMS = Object.fromEntries(
  Object.values(FORMS).map((form) => {
    const rows = transforms(form).kernel.map((row) => [...row.map((value) => value.toNumber()), 0].slice(0, 3))
    return [form.outputs + form.taps - 1, rows]
  }),
)

describe('packEpilogue', () => {
  it.each([
    [[0.5, 1, -3], 0],
    [[0.5, 1.001, -3], 1],
    [[2, 2, 2], 1],
  ])('pads bias and slopes %j with zeros and flags slopes over 1: %i', (slopes, flag) => {
    box.clear()
    const source = box.place(Float32Array.of(7, 8, 9, ...slopes))
    const out = box.room(48)
    expect(kernels.packEpilogue(source, 3, out)).toBe(out + 48)
    box.expectIntact()
    expect([...box.floats(out, 8)]).toEqual([7, 8, 9, 0, ...Float32Array.from(slopes), 0])
    expect([...new Int32Array(box.memory.buffer, out + 32, 4)]).toEqual([flag, 0, 0, 0])
  })
})

describe('packWinograd', () => {
  it('makes G g Gᵀ of every pair of channels, first kernel index along x, columns padded with zeros: to the bit', () => {
    const forms = fc.constantFrom([3, 9] as const, [3, 6] as const, [3, 5] as const, [2, 4] as const)
    const sizes = fc.record({
      seed: seeds,
      channels: fc.integer({ min: 1, max: 6 }),
      columns: fc.integer({ min: 5, max: 44 }), // the first layer's form knows no group of 4
    })
    fc.assert(
      fc.property(forms, sizes, ([r, alpha], { seed, channels, columns }) => {
        box.clear()
        const kernel = floats(random(seed), r * r * channels * columns)
        const padded = (columns + 3) & ~3
        const matrix = channels * padded
        const source = box.place(kernel)
        const out = box.room(alpha * alpha * matrix * 4)
        expect(kernels.packWinograd(source, r, alpha, channels, columns, out)).toBe(out + alpha * alpha * matrix * 4)
        box.expectIntact()
        const expected = new Float32Array(alpha * alpha * matrix)
        const g = KERNEL_TRANSFORMS[alpha]!
        const row = (i: number, a: number, b: number, c: number) => a * g[i]![0]! + b * g[i]![1]! + c * g[i]![2]!
        for (let c = 0; c < channels; c++) {
          for (let o = 0; o < columns; o++) {
            // Row y and column x of the kernel as a picture: stored at [x][y].
            const tap = (x: number, y: number) =>
              x < r && y < r ? kernel[((x * r + y) * channels + c) * columns + o]! : 0
            for (let i = 0; i < alpha; i++) {
              const [a, b, d] = [0, 1, 2].map((x) => row(i, tap(x, 0), tap(x, 1), tap(x, 2)))
              for (let j = 0; j < alpha; j++) {
                expected[(i * alpha + j) * matrix + at(c, o, channels, padded)] = row(j, a!, b!, d!)
              }
            }
          }
        }
        // + 0: a negative zero is as good as a zero.
        const positive = (values: Float32Array) => values.map((value) => value + 0)
        expect(positive(box.floats(out, expected.length))).toEqual(positive(expected))
      }),
      { numRuns: 60 },
    )
  })
})

describe('packDense', () => {
  it('packs a matrix; behind a map it puts the rows from x-major into y-major order', () => {
    for (const [channels, columns, side] of [
      [5, 20, 3],
      [4, 8, 2],
      [30, 36, 0],
      [1, 4, 1],
    ] as const) {
      box.clear()
      const inputs = side ? channels * side * side : channels
      const matrix = Float32Array.from({ length: inputs * columns }, (_, n) => n)
      const source = box.place(matrix)
      const out = box.room(inputs * columns * 4)
      expect(kernels.packDense(source, inputs, columns, side, out)).toBe(out + inputs * columns * 4)
      box.expectIntact()
      const got = box.floats(out, inputs * columns)
      for (let k = 0; k < inputs; k++) {
        let row = k
        if (side) {
          const [y, x, c] = [Math.floor(k / channels / side), Math.floor(k / channels) % side, k % channels]
          row = (x * side + y) * channels + c
        }
        for (let j = 0; j < columns; j++) expect(got[at(k, j, inputs, columns)]).toBe(row * columns + j)
      }
    }
  })
})

describe('packHead', () => {
  it.each([
    [0, 8],
    [10, 16],
  ])('puts logit, box and %i landmark numbers side by side in %i columns, biases behind', (landmarks, columns) => {
    box.clear()
    const next = random(landmarks + 1)
    const inputs = 6
    const [classes, boxes, points] = [2, 4, landmarks].map((width) => floats(next, (inputs + 1) * width))
    const source = box.place(Float32Array.of(...classes!, ...boxes!, ...points!))
    const out = box.room((inputs + 1) * columns * 4)
    expect(kernels.packHead(source, inputs, landmarks, columns, out)).toBe(out + (inputs + 1) * columns * 4)
    box.expectIntact()
    const got = box.floats(out, (inputs + 1) * columns)
    for (let k = 0; k <= inputs; k++) {
      const want = Float32Array.of(
        Math.fround(classes![2 * k + 1]! - classes![2 * k]!),
        ...boxes!.subarray(4 * k, 4 * k + 4),
        ...points!.subarray(landmarks * k, landmarks * (k + 1)),
      )
      for (let j = 0; j < columns; j++) {
        const place = k < inputs ? at(k, j, inputs, columns) : inputs * columns + j
        expect(got[place]).toBe(want[j] ?? 0)
      }
    }
  })
})

describe('the packed nets', () => {
  it('fill exactly the bytes they say, the same in the build that ships', () => {
    const parameters = loadParameters()
    const packAll = (sandbox: Sandbox<Pick<typeof kernels, keyof Sandbox['kernels']>>) => {
      sandbox.clear()
      const { packPnet, packRnet, packOnet, pnetWeights, rnetWeights, onetWeights } = sandbox.kernels
      return (
        [
          ['pnet', packPnet, pnetWeights()],
          ['rnet', packRnet, rnetWeights()],
          ['onet', packOnet, onetWeights()],
        ] as const
      ).map(([net, pack, bytes]) => {
        const tensors = TENSORS.filter(({ name }) => name.startsWith(net)).map(({ name }) => parameters(name).data)
        const source = sandbox.place(Float32Array.from(tensors.flatMap((data) => [...data])))
        const out = sandbox.room(bytes)
        pack(source, out)
        sandbox.expectIntact()
        // Poison is NaN: nothing was left out.
        expect(sandbox.floats(out, bytes / 4).findIndex(Number.isNaN)).toBe(-1)
        return Buffer.from(sandbox.bytes(out, bytes))
      })
    }
    const shipped = packAll(releaseBuild() as never)
    for (const [n, packed] of packAll(box).entries()) expect(packed.equals(shipped[n]!)).toBe(true)
  })
})
