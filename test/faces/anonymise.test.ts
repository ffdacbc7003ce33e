import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { hideFaces, type RgbaImage } from '../../src/faces/anonymise.ts'
import { resolveAnonymiseOptions } from '../../src/options/anonymise.ts'
import { random } from '../helpers/random.ts'
import { picture } from '../kernels/inputs.ts'

const hide = (given: object) => resolveAnonymiseOptions(given).hide

function image(width: number, height: number, seed = 1): RgbaImage {
  const data = new Uint8ClampedArray(picture(random(seed), width, height, 'noise', 4).data)
  return { data, width, height, channels: 4 }
}

/** Which pixels differ, as `x,y`; alpha never may. */
function changed(before: RgbaImage, after: RgbaImage): Set<string> {
  const found = new Set<string>()
  for (let n = 0; n < before.data.length; n++) {
    if (before.data[n] === after.data[n]) continue
    if (n % 4 === 3) throw new Error('alpha differs')
    const pixel = Math.floor(n / 4)
    found.add(`${pixel % before.width},${Math.floor(pixel / before.width)}`)
  }
  return found
}

function hidden(
  before: RgbaImage,
  box: { x: number; y: number; width: number; height: number },
  options: object,
): RgbaImage {
  const after = { ...before, data: before.data.slice() }
  hideFaces(after, [{ box, confidence: 1 }], hide(options))
  return after
}

describe('hideFaces', () => {
  it('changes pixels of the box and its margin, and no others', () => {
    const before = image(60, 50)
    const box = { x: 20, y: 10, width: 20, height: 20 }
    const cases = [
      [{ shape: 'box', margin: 0, method: 'fill' }, (x: number, y: number) => x >= 20 && x < 40 && y >= 10 && y < 30],
      [{ shape: 'box', margin: 0.5, method: 'fill' }, (x: number, y: number) => x >= 15 && x < 45 && y >= 5 && y < 35],
      [
        { shape: 'ellipse', margin: 0, method: 'fill' },
        (x: number, y: number) => (x + 0.5 - 30) ** 2 + (y + 0.5 - 20) ** 2 <= 100,
      ],
    ] as const
    for (const [options, inside] of cases) {
      const expected = new Set<string>()
      for (let y = 0; y < 50; y++) for (let x = 0; x < 60; x++) if (inside(x, y)) expected.add(`${x},${y}`)
      expect(changed(before, hidden(before, box, options))).toEqual(expected)
    }
  })

  it('fills with the colour', () => {
    const after = hidden(
      image(9, 9),
      { x: 0, y: 0, width: 9, height: 9 },
      { method: 'fill', shape: 'box', colour: [1, 2, 3] },
    )
    expect(after.data.filter((_, n) => n % 4 === 0).every((value) => value === 1)).toBe(true)
    expect(after.data.filter((_, n) => n % 4 === 2).every((value) => value === 3)).toBe(true)
  })

  it('leaves the mean of every tile, and one colour in it', () => {
    const before = image(30, 30)
    const box = { x: 0, y: 0, width: 30, height: 30 }
    const after = hidden(before, box, { method: 'pixelate', shape: 'box', margin: 0 })
    const colours = new Set(Array.from({ length: 900 }, (_, n) => after.data.subarray(4 * n, 4 * n + 3).join()))
    expect(colours.size).toBe(25)
    let sum = 0
    for (let y = 0; y < 6; y++) for (let x = 0; x < 6; x++) sum += before.data[4 * (y * 30 + x)]!
    expect(after.data[0]).toBe(Math.round(sum / 36))
  })

  it('a blur leaves one colour as it is, and of noise next to nothing', () => {
    const flat: RgbaImage = { data: new Uint8ClampedArray(40 * 40 * 4).fill(77), width: 40, height: 40, channels: 4 }
    const box = { x: 5, y: 5, width: 30, height: 30 }
    expect(changed(flat, hidden(flat, box, {}))).toEqual(new Set())
    const after = hidden(image(40, 40), box, {})
    const reds = [...Array(9).keys()].map((n) => after.data[4 * ((16 + n) * 40 + 20)]!)
    expect(Math.max(...reds) - Math.min(...reds)).toBeLessThan(20)
  })

  it('takes boxes wherever they lie, of any size', () => {
    const place = fc.oneof(
      fc.double({ min: -100, max: 100, noNaN: true }),
      fc.constantFrom(1e300, -1e300, -1e9, 5e-324),
    )
    const side = fc.oneof(fc.double({ min: 0, max: 120, noNaN: true }), fc.constantFrom(1e300, 2e9, 1e-300))
    const method = fc.constantFrom('blur', 'pixelate', 'fill')
    const property = fc.property(
      place,
      place,
      side,
      side,
      method,
      fc.boolean(),
      (x, y, width, height, method, ellipse) => {
        const before = image(23, 17)
        const after = hidden(before, { x, y, width, height }, { method, shape: ellipse ? 'ellipse' : 'box' })
        for (const pixel of changed(before, after)) {
          const [u, v] = pixel.split(',').map(Number) as [number, number]
          expect(u + 1 > x - 0.15 * width && u < x + 1.15 * width).toBe(true)
          expect(v + 1 > y - 0.15 * height && v < y + 1.15 * height).toBe(true)
        }
      },
    )
    fc.assert(property)
  })
})
