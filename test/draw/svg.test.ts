import sharp from 'sharp'
import { describe, expect, it } from 'vitest'
import { facesToSvg } from '../../src/draw/svg.ts'
import type { AnyFace } from '../../src/shared/face.ts'
import { refusal } from '../helpers/refusal.ts'

const face: AnyFace = { box: { x: 20, y: 30, width: 60, height: 40 }, confidence: 0.5 }
const size = { width: 200, height: 100 }

/** Its pixels, red, green, blue and alpha; an error where it is no SVG. */
async function drawn(svg: string) {
  const { data, info } = await sharp(Buffer.from(svg)).ensureAlpha().raw().toBuffer({ resolveWithObject: true })
  expect([info.width, info.height]).toEqual([size.width, size.height])
  return (x: number, y: number) => [...data.subarray(4 * (y * info.width + x), 4 * (y * info.width + x) + 4)]
}

describe('facesToSvg', () => {
  it('is transparent but for the lines', async () => {
    const at = await drawn(facesToSvg([face], size, { labels: false, colour: '#0000ff', lineWidth: 5 }))
    expect(at(20, 50)).toEqual([0, 0, 255, 255])
    expect(at(50, 50)).toEqual([0, 0, 0, 0])
    expect(at(150, 90)[3]).toBe(0)
  })

  it('has plates with the labels on them', async () => {
    const svg = facesToSvg([face], size)
    expect(svg).toContain('>50 %</text>')
    const at = await drawn(svg)
    expect(at(22, 16)[3]).toBeGreaterThan(150)
  })

  it('is SVG whatever labels and colours hold', async () => {
    for (const text of ['<script>alert(1)</script> & "more"', '\u0000\u001b[31m\ufffe\ud800', 'Zoë 😀']) {
      const svg = facesToSvg([face], size, { labels: () => text, colour: `red"/><script>` })
      expect(svg).not.toContain('<script')
      await drawn(svg)
    }
  })

  it('refuses what is no size', () => {
    for (const wrong of [undefined, { width: 5 }, { width: 0, height: 4 }, { width: Number.NaN, height: 4 }]) {
      const error = refusal(() => facesToSvg([face], wrong as never))
      expect(error.code).toBe('INVALID_OPTION')
      expect(error.message).toMatch(/facesToSvg takes a size/)
    }
    expect(refusal(() => facesToSvg(face as never, size)).message).toMatch(/takes an array of faces/)
  })
})
