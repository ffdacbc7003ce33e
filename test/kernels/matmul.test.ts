import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { random } from '../helpers/random.ts'
import { floats, seeds, slopes } from './inputs.ts'
import { debugBuild } from './load.ts'

const box = debugBuild()
const { kernels } = box
const f32 = Math.fround

const groups16 = (left: number) => (left >= 16 ? 16 : left >= 8 ? 8 : 4)
const groups12 = (left: number) => (left === 8 || left === 16 ? 8 : 12)

/** The packed order of a matrix [inputs][columns] given row by row: group after group of columns. */
function packed(
  matrix: Float32Array,
  inputs: number,
  columns: number,
  width: (left: number) => number = groups16,
): Float32Array {
  const out: number[] = []
  for (let group = 0; group < columns; group += width(columns - group)) {
    for (let k = 0; k < inputs; k++) {
      for (let j = group; j < group + width(columns - group); j++) out.push(matrix[k * columns + j]!)
    }
  }
  return Float32Array.from(out)
}

/** The sum as it is promised: k ascending from 0, product and sum rounded to float32 each. */
function product(a: Float32Array, b: Float32Array, inputs: number, columns: number): Float32Array {
  const out = new Float32Array(columns)
  for (let j = 0; j < columns; j++) {
    let sum = 0
    for (let k = 0; k < inputs; k++) sum = f32(sum + f32(a[k]! * b[k * columns + j]!))
    out[j] = sum
  }
  return out
}

const sizes = fc.record({
  seed: seeds,
  rows: fc.integer({ min: 0, max: 7 }),
  inputs: fc.integer({ min: 1, max: 20 }),
  quads: fc.integer({ min: 1, max: 13 }), // columns / 4: every rest of a group, up to three whole groups
  products: fc.integer({ min: 1, max: 3 }),
  spare: fc.integer({ min: 0, max: 5 }),
})

type Sizes = { seed: number; rows: number; inputs: number; quads: number; products: number; spare: number }

/** Runs matmul and compares every sum. */
function check({ seed, rows, inputs, quads, products, spare }: Sizes): void {
  const next = random(seed)
  const columns = 4 * quads
  const aStride = inputs + spare
  const [as, bs] = [floats(next, products * rows * aStride), floats(next, products * inputs * columns)]
  const matrix = (p: number) => bs.subarray(p * inputs * columns, (p + 1) * inputs * columns)
  const all = new Float32Array(bs.length)
  for (let p = 0; p < products; p++) all.set(packed(matrix(p), inputs, columns), p * inputs * columns)
  box.clear()
  const a = box.place(as)
  const b = box.place(all)
  const c = box.room(products * rows * columns * 4)
  kernels.matmul(rows, inputs, columns, a, aStride * 4, b, c, products)
  box.expectIntact()
  for (let p = 0; p < products; p++) {
    for (let r = 0; r < rows; r++) {
      const want = product(as.subarray((p * rows + r) * aStride), matrix(p), inputs, columns)
      for (let q = 0; q < quads; q++) {
        const got = box.floats(c + 16 * ((r * quads + q) * products + p), 4)
        expect(got).toEqual(want.subarray(4 * q, 4 * q + 4))
      }
    }
  }
}

/** The same for matmul3, whose layout is fixed. */
function check3({ seed, rows, quads }: Pick<Sizes, 'seed' | 'rows' | 'quads'>): void {
  const next = random(seed)
  const columns = 4 * quads
  const step = 4 * rows
  const [as, bs] = [floats(next, 36 * step), floats(next, 36 * 3 * columns)]
  const matrix = (p: number) => bs.subarray(p * 3 * columns, (p + 1) * 3 * columns)
  const all = new Float32Array(bs.length)
  for (let p = 0; p < 36; p++) all.set(packed(matrix(p), 3, columns, groups12), p * 3 * columns)
  box.clear()
  const a = box.place(as)
  const b = box.place(all)
  const c = box.room(rows * columns * 36 * 4)
  kernels.matmul3(rows, columns, a, b, c)
  box.expectIntact()
  for (let p = 0; p < 36; p++) {
    for (let r = 0; r < rows; r++) {
      const want = product(as.subarray(p * step + 4 * r), matrix(p), 3, columns)
      for (let q = 0; q < quads; q++) {
        const got = box.floats(c + 16 * ((r * quads + q) * 36 + p), 4)
        expect(got).toEqual(want.subarray(4 * q, 4 * q + 4))
      }
    }
  }
}

describe('matmul', () => {
  it('gives the bits of the sum in its promised order, for any sizes', () => {
    fc.assert(fc.property(sizes, check), { numRuns: 150 })
  })

  it('for k = 3 too', () => {
    fc.assert(
      fc.property(sizes, (given) => check3({ ...given, quads: given.quads + 1 })),
      { numRuns: 150 },
    )
  })

  it.each([
    ['rows of A that are no whole floats', { aStride: 34 }],
    ['nothing to sum', { k: 0 }],
    ['more to sum than a row of A holds', { k: 9 }],
    ['columns that are no whole vectors', { n: 6 }],
    ['a negative number of rows', { m: -1 }],
  ])('asserts: refuses %s', (_, wrong) => {
    box.clear()
    const [a, b, c] = [box.room(4096), box.room(4096), box.room(4096)]
    const { m, k, n, aStride } = { m: 1, k: 8, n: 4, aStride: 32, ...wrong }
    expect(() => kernels.matmul(m, k, n, a, aStride, b, c, 1)).toThrow(/assertion failed at assembly\/matmul\.ts:\d+/)
  })

  it.each([
    ['columns that are no whole vectors', { n: 10 }],
    ['fewer columns than a group has', { n: 4 }],
    ['a negative number of rows', { m: -1 }],
  ])('asserts for k = 3: refuses %s', (_, wrong) => {
    box.clear()
    const { m, n } = { m: 1, n: 8, ...wrong }
    const run = () => kernels.matmul3(m, n, box.room(4096), box.room(65536), box.room(65536))
    expect(run).toThrow(/assertion failed at assembly\/matmul\.ts:\d+/)
  })
})

const layers = fc.record({
  seed: seeds,
  rows: fc.integer({ min: 1, max: 5 }),
  inputs: fc.integer({ min: 1, max: 80 }),
  quads: fc.integer({ min: 1, max: 9 }),
})

describe('dense and head', () => {
  it('add the bias last; dense then applies PReLU with any slope: to the bit', () => {
    fc.assert(
      fc.property(layers, ({ seed, rows, inputs, quads }) => {
        box.clear()
        const next = random(seed)
        const columns = 4 * quads
        const [input, matrix] = [floats(next, rows * inputs), floats(next, inputs * columns)]
        const [bias, slope] = [floats(next, columns), slopes(next, columns)]
        const flag = new Float32Array(4)
        const weights = box.place(Float32Array.of(...packed(matrix, inputs, columns), ...bias, ...slope, ...flag))
        const x = box.place(input)
        const [withSlope, without] = [box.room(rows * columns * 4), box.room(rows * columns * 4)]
        kernels.dense(x, rows, inputs, columns, weights, withSlope)
        kernels.head(x, rows, inputs, columns, weights, without)
        box.expectIntact()
        for (let r = 0; r < rows; r++) {
          const sums = product(input.subarray(r * inputs), matrix, inputs, columns).map((sum, j) => f32(sum + bias[j]!))
          const withPrelu = sums.map((sum, j) => f32(sum + f32(Math.min(sum, 0) * f32(slope[j]! - 1))))
          expect(box.floats(without + r * columns * 4, columns)).toEqual(sums)
          // + 0: a negative zero is as good as a zero.
          expect(box.floats(withSlope + r * columns * 4, columns).map((v) => v + 0)).toEqual(
            withPrelu.map((v) => v + 0),
          )
        }
      }),
      { numRuns: 150 },
    )
  })

  it('give a row the same bits whatever else is in the batch', () => {
    box.clear()
    const next = random(11)
    const weights = box.place(floats(next, 64 * 20 + 44))
    const x = box.place(floats(next, 5 * 64))
    const [batch, single] = [box.room(5 * 80), box.room(5 * 80)]
    kernels.dense(x, 5, 64, 20, weights, batch)
    for (let r = 0; r < 5; r++) kernels.dense(x + r * 256, 1, 64, 20, weights, single + r * 80)
    expect(box.bytes(single, 5 * 80)).toEqual(box.bytes(batch, 5 * 80))
  })
})
