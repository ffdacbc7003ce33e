import fc from 'fast-check'
import { beforeEach, describe, expect, it } from 'vitest'
import { CandidateList } from '../../src/wasm/candidates.ts'
import { type Corners, regress, square, truncate } from '../reference/boxes.ts'

/** Bytes of a record in memory, as assembly/candidate.ts has it. */
const RECORD = 64
const START = 128
let buffer: ArrayBuffer
let list: CandidateList

beforeEach(() => {
  buffer = new ArrayBuffer(START + 5 * RECORD)
  list = new CandidateList(buffer, START, 4)
})

const box = (index: number): Corners => [list.x1(index), list.y1(index), list.x2(index), list.y2(index)]
const coordinate = fc.double({ min: -1e4, max: 1e4, noNaN: true })
const boxes = fc.tuple(coordinate, coordinate, coordinate, coordinate)

describe('a record', () => {
  it('lies in memory as the kernels read and write it', () => {
    list.setBox(1, 1.5, -2.25, 3, 4)
    list.advance(1, 1, 0.5, Float32Array.of(0.25, -0.5, 2, 4), 77)
    const at = new DataView(buffer, START + RECORD, RECORD)
    expect([0, 8, 16, 24].map((byte) => at.getFloat64(byte, true))).toEqual([1.5, -2.25, 3, 4])
    expect(at.getFloat32(32, true)).toBe(0.5)
    expect(at.getUint32(36, true)).toBe(1)
    expect([40, 44, 48, 52].map((byte) => at.getFloat32(byte, true))).toEqual([0.25, -0.5, 2, 4])
    expect(at.getUint32(60, true)).toBe(77)
    at.setUint32(60, 5, true)
    at.setFloat32(32, 0.75, true)
    expect([list.tag(1), list.score(1), list.order(1)]).toEqual([5, 0.75, 1])
  })

  it('leaves its neighbours, and what lies outside of the list, alone', () => {
    new Uint8Array(buffer).fill(0xaa)
    for (let n = 0; n < 4; n++) {
      list.setBox(n, n, n, n + 1, n + 1)
      list.advance(n, n, n / 4, new Float32Array(4), n)
    }
    expect([0, 1, 2, 3].map(box)).toEqual([0, 1, 2, 3].map((n) => [n, n, n + 1, n + 1]))
    expect([0, 1, 2, 3].map((n) => list.tag(n))).toEqual([0, 1, 2, 3])
    expect(new Uint8Array(buffer, 0, START).every((byte) => byte === 0xaa)).toBe(true)
    expect(new Uint8Array(buffer, START + 4 * RECORD).every((byte) => byte === 0xaa)).toBe(true)
  })
})

it('advance moves a box to the front and gives it what the later net said; its order is its new index', () => {
  list.setBox(3, 10, 20, 30, 40)
  list.advance(3, 0, 0.9, Float32Array.of(1, 2, 3, 4), 8)
  expect(box(0)).toEqual([10, 20, 30, 40])
  expect([list.order(0), list.tag(0)]).toEqual([0, 8])
  expect(list.score(0)).toBe(Math.fround(0.9))
  list.advance(3, 1, 0.1, new Float32Array(4))
  expect(list.tag(1)).toBe(0)
})

it.each([0, 1] as const)('regress is that of the reference, to the bit, with sides of %i more', (inclusive) => {
  const shares = fc.tuple(...Array.from({ length: 4 }, () => fc.float({ min: -2, max: 2, noNaN: true })))
  fc.assert(
    fc.property(boxes, shares, (given, by) => {
      list.setBox(2, ...given)
      list.advance(2, 2, 0, Float32Array.from(by))
      list.regress(2, inclusive)
      expect(box(2)).toEqual(regress(given, by, inclusive))
    }),
  )
})

it('square is that of the reference, to the bit, truncated or not, and never has a negative zero', () => {
  fc.assert(
    fc.property(boxes, (given) => {
      list.setBox(2, ...given)
      list.square(2, 'none')
      expect(box(2)).toEqual(square(given))
      list.setBox(2, ...given)
      list.square(2, 'truncated')
      expect(box(2)).toEqual(truncate(square(given)))
      expect(box(2).some((value) => Object.is(value, -0))).toBe(false)
    }),
  )
})

/** A list of its own with these boxes. */
function listOf(boxes: readonly Corners[]): CandidateList {
  const own = new CandidateList(new ArrayBuffer(RECORD * boxes.length), 0, boxes.length)
  boxes.forEach((corners, n) => {
    own.setBox(n, ...corners)
  })
  return own
}

it('are boxes where they are finite and the right way round', () => {
  const { POSITIVE_INFINITY: most, NaN: none } = Number
  const good: Corners[] = [
    [0, 0, 0, 0],
    [-5, 3, 9, 4],
    [-1e44, -1e44, 1e44, 1e44],
  ]
  const bad: Corners[] = [
    [1, 0, 0, 5],
    [0, 1, 5, 0],
    [none, 0, 1, 1],
    [0, 0, 1, none],
    [-most, 0, 1, 1],
    [0, 0, most, 1],
  ]
  bad.push([most, 0, most, 1], [-most, -most, most, most], [-1.7e308, 0, 1.7e308, 1])
  const list = listOf([...good, ...bad])
  expect(list.filter((n) => list.isBox(n))).toBe(good.length)
})

describe('filter', () => {
  it('moves whole records to the front, in their order', () => {
    const list = listOf([0, 1, 2, 3, 4, 5].map((n): Corners => [n, n, n + 9, n + 9]))
    for (let n = 0; n < 6; n++) list.advance(n, n, n / 8, Float32Array.of(n, 2 * n, 3 * n, 4 * n), 10 + n)
    expect(list.filter((n) => n === 1 || n === 4 || n === 5)).toBe(3)
    for (const [n, from] of [1, 4, 5].entries()) {
      expect([list.x1(n), list.y1(n), list.x2(n), list.y2(n)]).toEqual([from, from, from + 9, from + 9])
      expect([list.score(n), list.order(n), list.tag(n)]).toEqual([from / 8, from, 10 + from])
      expect([0, 1, 2, 3].map((k) => list.regression(n, k))).toEqual([from, 2 * from, 3 * from, 4 * from])
    }
  })

  it('all, none, and of none', () => {
    expect(listOf([[0, 0, 1, 1]]).filter(() => true)).toBe(1)
    expect(listOf([[0, 0, 1, 1]]).filter(() => false)).toBe(0)
    expect(listOf([]).filter(() => true)).toBe(0)
  })
})
