import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { shapesOf } from '../../src/draw/shapes.ts'
import { resolveStyle } from '../../src/draw/style.ts'
import type { AnyFace } from '../../src/shared/face.ts'

const face = (x: number, y: number, width: number, height: number): AnyFace => ({
  box: { x, y, width, height },
  confidence: 0.987,
})
const labelsOf = (faces: AnyFace[], width: number, height: number) =>
  shapesOf(faces, { width, height }, resolveStyle()).faces.map(({ label }) => label!)

describe('labels', () => {
  it('stand above their box where there is room, else in it', () => {
    const [above] = labelsOf([face(50, 100, 80, 80)], 400, 300)
    expect(above!.y + above!.height).toBeLessThan(100)
    expect(above!.x).toBeLessThanOrEqual(50)
    const [within] = labelsOf([face(50, 2, 80, 80)], 400, 300)
    expect(within!.y).toBeGreaterThanOrEqual(2)
    expect(within!.y + within!.height).toBeLessThan(82)
  })

  it('do not lie on each other where there is room elsewhere', () => {
    const [a, b, c] = labelsOf([face(50, 100, 80, 80), face(55, 100, 80, 80), face(52, 101, 80, 80)], 400, 300)
    const apart = (p: typeof a, q: typeof a) => p!.y + p!.height <= q!.y || q!.y + q!.height <= p!.y
    expect(apart(a, b) && apart(b, c) && apart(a, c)).toBe(true)
  })

  it('lie in the picture, whatever its size and wherever the faces are', () => {
    const place = fc.double({ min: -300, max: 900, noNaN: true })
    const side = fc.double({ min: 0, max: 700, noNaN: true })
    const boxes = fc.array(fc.tuple(place, place, side, side), { maxLength: 8 })
    const property = fc.property(
      boxes,
      fc.integer({ min: 1, max: 700 }),
      fc.integer({ min: 1, max: 700 }),
      (list, width, height) => {
        for (const label of labelsOf(
          list.map((box) => face(...box)),
          width,
          height,
        )) {
          expect(label.x).toBeGreaterThanOrEqual(0)
          expect(label.y).toBeGreaterThanOrEqual(0)
          expect(label.x + label.width).toBeLessThanOrEqual(width + 1e-6)
          expect(label.y + label.height).toBeLessThanOrEqual(height + 1e-6)
        }
      },
    )
    fc.assert(property)
  })
})

describe('lines and dots', () => {
  it('are wider on larger pictures, and as wide as the style says', () => {
    const widthOn = (width: number, height: number, style = {}) =>
      shapesOf([], { width, height }, resolveStyle(style)).lineWidth
    expect(widthOn(4000, 3000)).toBeCloseTo(12.5)
    expect(widthOn(40, 30)).toBe(1.5)
    expect(widthOn(4000, 3000, { lineWidth: 3 })).toBe(3)
  })

  it('do not cover a small face', () => {
    const { faces } = shapesOf(
      [face(0, 0, 30, 30), face(0, 0, 900, 900)],
      { width: 4000, height: 3000 },
      resolveStyle(),
    )
    expect(faces.map(({ radius }) => radius)).toEqual([1.5, 18.75])
  })
})
