import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { alignmentOf, similarity } from '../../src/faces/alignment.ts'
import { resolveCropFacesOptions } from '../../src/options/crop.ts'
import { DEFAULT_OPTIONS } from '../../src/options/options.ts'
import type { Affine } from '../../src/shared/affine.ts'
import { refusal } from '../helpers/refusal.ts'

const options = (given: object) => resolveCropFacesOptions(DEFAULT_OPTIONS, given).crop
const ARCFACE = [38.2946, 51.6963, 73.5318, 51.5014, 56.0252, 71.7366, 41.5493, 92.3655, 70.7299, 92.2041]
const BOX = { x: 10, y: 20, width: 30, height: 40 }

function apply([a, b, tx, c, d, ty]: Affine, points: readonly number[]): number[] {
  return points.map((_, n) => {
    const [x, y] = [points[n - (n % 2)]!, points[n - (n % 2) + 1]!]
    return n % 2 === 0 ? a * x + b * y + tx : c * x + d * y + ty
  })
}

function far(a: readonly number[], b: readonly number[]): number {
  return Math.max(...a.map((value, n) => Math.abs(value - b[n]!)))
}

const coordinate = fc.double({ min: -500, max: 500, noNaN: true })
const five = fc.array(coordinate, { minLength: 10, maxLength: 10 })

describe('similarity', () => {
  it('finds a similarity again, whatever it is', () => {
    const property = fc.property(
      five,
      fc.double({ min: 0.1, max: 10, noNaN: true }),
      fc.double({ min: -Math.PI, max: Math.PI, noNaN: true }),
      coordinate,
      coordinate,
      (points, scale, angle, tx, ty) => {
        const spread = Math.max(...points.map((value, n) => Math.abs(value - points[n % 2]!)))
        fc.pre(spread > 1)
        const [cos, sin] = [scale * Math.cos(angle), scale * Math.sin(angle)]
        const map: Affine = [cos, -sin, tx, sin, cos, ty]
        expect(far(similarity(points, apply(map, points))!, map)).toBeLessThan(1e-7)
      },
    )
    fc.assert(property)
  })

  it('leaves less than any similarity near it', () => {
    const cost = (map: Affine, points: number[], places: number[]) =>
      apply(map, points).reduce((sum, value, n) => sum + (value - places[n]!) ** 2, 0)
    const property = fc.property(five, five, fc.integer({ min: 0, max: 3 }), (points, places, which) => {
      const best = similarity(points, places)
      fc.pre(best !== undefined)
      const [a, , tx, c, , ty] = best!
      for (const step of [1e-3, -1e-3]) {
        const [p, q] = [a + (which === 0 ? step : 0), c + (which === 1 ? step : 0)]
        const near: Affine = [p, -q, tx + (which === 2 ? step : 0), q, p, ty + (which === 3 ? step : 0)]
        expect(cost(near, points, places)).toBeGreaterThanOrEqual(cost(best!, points, places) * (1 - 1e-12))
      }
    })
    fc.assert(property)
  })

  it('never mirrors: a face is not turned into its mirror image', () => {
    const flipped = ARCFACE.map((value, n) => (n % 2 === 0 ? -value : value))
    const [a, b, , c, d] = similarity(flipped, ARCFACE)!
    expect(a * d - b * c).toBeGreaterThan(0)
  })

  it('is none where the points lie in one place', () => {
    expect(similarity([3, 4, 3, 4, 3, 4, 3, 4, 3, 4], ARCFACE)).toBeUndefined()
  })
})

describe('how faces are cut out', () => {
  it("'arcface': insightface's points at 112, at other sizes the same picture", () => {
    const at112 = alignmentOf({ box: BOX, points: ARCFACE }, options({}), 'face 0')
    expect(at112).toMatchObject({ width: 112, height: 112 })
    expect(far(at112.matrix, [1, 0, 0, 0, 1, 0])).toBeLessThan(1e-12)
    const twice = alignmentOf({ box: BOX, points: ARCFACE }, options({ size: 224 }), 'face 0')
    // Twice the pixels: centre n lies at 2 n + 0.5.
    expect(far(twice.matrix, [2, 0, 0.5, 0, 2, 0.5])).toBeLessThan(1e-12)
    const wide = alignmentOf({ box: BOX, points: ARCFACE }, options({ size: [212, 112] }), 'face 0')
    expect(far(wide.matrix, [1, 0, 50, 0, 1, 0])).toBeLessThan(1e-12)
    const margin = alignmentOf({ box: BOX, points: ARCFACE }, options({ margin: 1 }), 'face 0')
    expect(far(margin.matrix, [0.5, 0, 27.75, 0, 0.5, 27.75])).toBeLessThan(1e-12)
  })

  it('places of your own are shares of the crop', () => {
    const places = [0.25, 0.25, 0.75, 0.25, 0.5, 0.5, 0.25, 0.75, 0.75, 0.75]
    const [leftEye, rightEye, nose, mouthLeft, mouthRight] = [0, 2, 4, 6, 8].map((n) => ({
      x: places[n]!,
      y: places[n + 1]!,
    }))
    const pairs = [0, 2, 4, 6, 8].map((n) => [places[n]!, places[n + 1]!] as const)
    // In a picture of 100 x 100 that is the crop itself: pixel centres are whole numbers, half a pixel from the edge.
    const points = places.map((share) => share * 100 - 0.5)
    for (const align of [pairs, { leftEye, rightEye, nose, mouthLeft, mouthRight }]) {
      const { matrix } = alignmentOf({ box: BOX, points }, options({ align, size: 100 }), 'face 0')
      expect(far(matrix, [1, 0, 0, 0, 1, 0])).toBeLessThan(1e-12)
    }
  })

  it("'none': the box in as many pixels as it has, or in as many as are wanted without being stretched", () => {
    const subject = { box: BOX, points: undefined }
    expect(alignmentOf(subject, options({ align: 'none' }), 'face 0')).toEqual({
      matrix: [1, 0, -10, 0, 1, -20],
      width: 30,
      height: 40,
    })
    const square = alignmentOf(subject, options({ align: 'none', square: true }), 'face 0')
    expect(square).toEqual({ matrix: [1, 0, -5, 0, 1, -20], width: 40, height: 40 })
    const sized = alignmentOf(subject, options({ align: 'none', size: 80 }), 'face 0')
    expect(sized).toEqual({ matrix: [2, 0, -9.5, 0, 2, -39.5], width: 80, height: 80 })
    const margin = alignmentOf(subject, options({ align: 'none', margin: 0.2 }), 'face 0')
    expect(margin).toMatchObject({ width: 36, height: 48 })
    expect(far(margin.matrix, [1, 0, -7, 0, 1, -16])).toBeLessThan(1e-12)
  })

  it("'facenet': the box stretched to 160 x 160, with facenet-pytorch's margin", () => {
    const subject = { box: BOX, points: undefined }
    const plain = alignmentOf(subject, options({ align: 'facenet' }), 'face 0')
    expect(far(plain.matrix, [160 / 30, 0, (0.5 - 10) * (160 / 30) - 0.5, 0, 4, (0.5 - 20) * 4 - 0.5])).toBeLessThan(
      1e-12,
    )
    // facenet-pytorch: margin * (x2 - x1) / (image_size - margin), half of it on each side.
    const [pixels, side] = [32, 160]
    const added = (pixels * BOX.width) / (side - pixels)
    const { matrix } = alignmentOf(subject, options({ align: 'facenet', margin: pixels / (side - pixels) }), 'face 0')
    expect(matrix[0]).toBeCloseTo(side / (BOX.width + added), 12)
    expect(matrix[2]).toBeCloseTo((0.5 - (BOX.x - added / 2)) * matrix[0] - 0.5, 9)
    const square = alignmentOf(subject, options({ align: 'facenet', square: true }), 'face 0')
    expect(square.matrix[0]).toBe(square.matrix[4])
  })

  it('what cannot be cut out is told', () => {
    const told = (subject: Parameters<typeof alignmentOf>[0], given: object) => {
      const error = refusal(() => alignmentOf(subject, options(given), 'face 3'))
      expect(error.code).toBe('INVALID_OPTION')
      return error.message
    }
    expect(told({ box: BOX, points: undefined }, {})).toBe(
      "face 3 has no keypoints, which option 'align' needs: give align: 'none' or 'facenet'",
    )
    expect(told({ box: BOX, points: new Array(10).fill(7) }, {})).toMatch(/keypoints that cannot be aligned/)
    expect(told({ box: { ...BOX, width: 0 }, points: undefined }, { align: 'none' })).toMatch(/without width or height/)
    expect(told({ box: { ...BOX, width: 5000 }, points: undefined }, { align: 'none' })).toMatch(
      /5000 x 40; a crop may have 4096 pixels a side: give option 'size'/,
    )
    expect(told({ box: { ...BOX, x: 1e308, width: 1e-5 }, points: undefined }, { align: 'facenet' })).toMatch(
      /out of range/,
    )
  })
})
