import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Kernels } from '../../src/wasm/abi.ts'
import { type Random, random } from '../helpers/random.ts'
import type { Corners } from '../reference/boxes.ts'
import { nms as reference } from '../reference/nms.ts'
import { sameBytes, seeds } from './inputs.ts'
import { debugBuild, releaseBuild, type Sandbox } from './load.ts'

const debug = debugBuild()
const release = releaseBuild()

/** Bytes of a record. */
const CANDIDATE = 64

interface Candidate {
  box: Corners
  score: number
}

/** Indices of those kept, in the order they were picked. Checks that records arrive whole and newly numbered. */
function suppress(
  box: Sandbox<Kernels>,
  list: readonly Candidate[],
  threshold: number,
  method: 'union' | 'min',
  firstOrder = 0,
  dirt = 0xff,
): number[] {
  box.clear()
  const records = new Uint8Array(list.length * CANDIDATE)
  const view = new DataView(records.buffer)
  const next = random(list.length)
  list.forEach((candidate, n) => {
    const at = n * CANDIDATE
    for (let byte = 40; byte < 60; byte++) records[at + byte] = next() * 256
    candidate.box.forEach((edge, e) => {
      view.setFloat64(at + 8 * e, edge, true)
    })
    view.setFloat32(at + 32, candidate.score, true)
    view.setUint32(at + 36, n, true)
    view.setUint32(at + 60, n, true)
  })
  const from = box.place(records)
  const bytes = box.kernels.nmsWork(list.length)
  const work = box.room(bytes)
  box.bytes(work, bytes).fill(dirt)
  const to = box.room(list.length * CANDIDATE)
  const kept = box.kernels.nms(from, list.length, threshold, method === 'min' ? 1 : 0, work, to, firstOrder)
  box.expectIntact()
  expect(sameBytes(box.bytes(from, records.length), records)).toBe(true)
  const result = new DataView(box.memory.buffer, to)
  return Array.from({ length: kept }, (_, n) => {
    const index = result.getUint32(n * CANDIDATE + 60, true)
    expect(result.getUint32(n * CANDIDATE + 36, true)).toBe(firstOrder + n)
    const record = records.slice(index * CANDIDATE, (index + 1) * CANDIDATE)
    new DataView(record.buffer).setUint32(36, firstOrder + n, true)
    expect(sameBytes(box.bytes(to + n * CANDIDATE, CANDIDATE), record)).toBe(true)
    return index
  })
}

/** Boxes in a crowd, so that many overlap, some with whole coordinates, some equal, few scores. */
function crowd(next: Random, count: number, spread: number, levels: number): Candidate[] {
  const made: Candidate[] = []
  for (let n = 0; n < count; n++) {
    const whole = next() < 0.5
    const round = (value: number) => (whole ? Math.floor(value) : value)
    const [x, y] = [round(next() * spread - 20), round(next() * spread - 20)]
    const [w, h] = [round(next() * 40), round(next() * 40)]
    const twin = next() < 0.15 ? made[Math.floor(next() * n)] : undefined
    const score = levels ? Math.ceil(next() * levels) / levels : next()
    made.push({ box: twin ? twin.box : [x, y, x + w, y + h], score: Math.fround(score) })
  }
  return made
}

const method = fc.constantFrom('union' as const, 'min' as const)
const threshold = fc.oneof(fc.constantFrom(0, 0.5, 0.7, 1), fc.double({ min: 0, max: 1, noNaN: true }))

describe('nms', () => {
  it('keeps what the naive twin keeps, in its order', () => {
    const sizes = fc.record({
      seed: seeds,
      count: fc.integer({ min: 0, max: 60 }),
      spread: fc.constantFrom(1, 30, 100, 400),
      levels: fc.constantFrom(0, 1, 2, 5),
    })
    fc.assert(
      fc.property(sizes, method, threshold, (given, by, limit) => {
        const list = crowd(random(given.seed), given.count, given.spread, given.levels)
        const expected = reference(list, limit, by)
        expect(suppress(release, list, limit, by, given.count)).toEqual(expected)
        expect(suppress(debug, list, limit, by, 0, 0x41)).toEqual(expected)
      }),
      { numRuns: 400 },
    )
  })

  it('sizes and distances of every order, in a field or in a line', () => {
    const shapes = fc.record({
      seed: seeds,
      count: fc.integer({ min: 1, max: 80 }),
      width: fc.constantFrom(1, 100, 1e5, 1e9),
      height: fc.constantFrom(1, 100, 1e5),
      octaves: fc.constantFrom(0, 5, 12, 40),
    })
    fc.assert(
      fc.property(shapes, method, threshold, ({ seed, count, width, height, octaves }, by, limit) => {
        const next = random(seed)
        const list = Array.from({ length: count }, (): Candidate => {
          const [x, y] = [(next() - 0.5) * width, (next() - 0.5) * height]
          // The pixel of the edge counts: from half a pixel on.
          const side = () => 2 ** (next() * octaves) - 1.5
          return { box: [x, y, x + side(), y + side()], score: Math.fround(next()) }
        })
        const expected = reference(list, limit, by)
        expect(suppress(release, list, limit, by)).toEqual(expected)
        expect(suppress(debug, list, limit, by)).toEqual(expected)
      }),
      { numRuns: 300 },
    )
  })

  it('boxes that no grid can hold', () => {
    const far = 1e300
    const list = [
      [-far, -far, far, far],
      [0, 0, 9, 9],
      [1, 0, 10, 9],
      [far, 0, far, 9],
      [-far, 3, -far, 9],
    ].map((box, n): Candidate => ({ box: box as unknown as Corners, score: (5 - n) / 8 }))
    for (const by of ['union', 'min'] as const) {
      expect(suppress(release, list, 0.5, by)).toEqual(reference(list, 0.5, by))
      expect(suppress(debug, list, 0.5, by)).toEqual(reference(list, 0.5, by))
    }
  })

  it.each([0, 1, 2, 3])('%i candidates', (count) => {
    const list = crowd(random(count), count, 1000, 1)
    expect(suppress(release, list, 0.5, 'union')).toEqual(reference(list, 0.5, 'union'))
  })

  it.each(['union', 'min'] as const)('5,000 candidates, %s', (by) => {
    const list = crowd(random(5), 5000, 900, 40)
    const kept = suppress(release, list, 0.6, by)
    expect(kept).toEqual(reference(list, 0.6, by))
    expect(kept.length).toBeGreaterThan(500)
  })

  it('of equal scores, 1 and 0 among them, the later candidate goes first', () => {
    for (const score of [0, 0.25, 1]) {
      const list = [0, 1, 2, 3].map((n): Candidate => ({ box: [100 * n, 0, 100 * n + 9, 9], score }))
      expect(suppress(release, list, 0.5, 'union')).toEqual([3, 2, 1, 0])
    }
  })

  it('drops what overlaps by more than the threshold and keeps what overlaps by just as much', () => {
    // 10 x 10 boxes that share 5 columns: a third of the union, half of either.
    const list: Candidate[] = [
      { box: [0, 0, 9, 9], score: 1 },
      { box: [5, 0, 14, 9], score: 0.5 },
    ]
    expect(suppress(release, list, 50 / 150, 'union')).toEqual([0, 1])
    expect(suppress(release, list, 50 / 150 - 2 ** -53, 'union')).toEqual([0])
    expect(suppress(release, list, 0.5, 'min')).toEqual([0, 1])
    expect(suppress(release, list, 0.5 - 2 ** -53, 'min')).toEqual([0])
    const apart: Candidate[] = [
      { box: [0, 0, 9, 9], score: 1 },
      { box: [10, 0, 19, 9], score: 0.5 },
    ]
    expect(suppress(release, apart, 0, 'union')).toEqual([0, 1])
  })

  it('a box inside another goes by the smaller area, not by the union', () => {
    const list: Candidate[] = [
      { box: [0, 0, 99, 99], score: 0.9 },
      { box: [40, 40, 59, 59], score: 0.8 },
    ]
    expect(suppress(release, list, 0.7, 'union')).toEqual([0, 1])
    expect(suppress(release, list, 0.7, 'min')).toEqual([0])
  })
})
