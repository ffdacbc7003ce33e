import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { cellsAlong, planPyramid, scaleOf } from '../../src/cascade/pyramid.ts'
import { pnet } from '../reference/nets.ts'
import { loadParameters } from '../reference/parameters.ts'
import * as reference from '../reference/pyramid.ts'

const face = fc.double({ min: 1, max: 1000, noNaN: true })
const factor = fc.double({ min: 0.1, max: 0.99, noNaN: true })

describe('the pyramid', () => {
  it('has the levels of the naive twin, for any size and options', () => {
    const side = fc.integer({ min: 1, max: 5000 })
    fc.assert(
      fc.property(side, side, face, factor, (width, height, minFaceSize, scaleFactor) => {
        expect(planPyramid(width, height, minFaceSize, scaleFactor)).toEqual(
          reference.levels(width, height, minFaceSize, scaleFactor),
        )
      }),
      { numRuns: 60 },
    )
  })

  it('has none where the image is smaller than the smallest face, however long it is', () => {
    expect(planPyramid(19, 300, 20, 0.709)).toEqual([])
    expect(planPyramid(1, 10_000_000, 20, 0.709)).toEqual([])
    expect(planPyramid(20, 20, 20, 0.709)).toEqual([{ scale: 0.6, width: 12, height: 12 }])
  })

  it('scales are the exact products, rounded once', () => {
    fc.assert(
      fc.property(face, factor, fc.integer({ min: 0, max: 60 }), (size, scaleFactor, k) => {
        expect(scaleOf(12 / size, scaleFactor, k)).toBe(reference.scaleOf(12 / size, scaleFactor, k))
      }),
      { numRuns: 1000 },
    )
  })

  it('a level has as many cells a side as P-Net gives', () => {
    const parameters = loadParameters()
    for (let side = 1; side <= 40; side++) {
      const level = { data: new Uint8Array(side * 12 * 3), width: side, height: 12, channels: 3 }
      expect(cellsAlong(side)).toBe(pnet(level, parameters).width)
    }
  })
})
