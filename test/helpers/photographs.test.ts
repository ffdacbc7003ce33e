import { describe, expect, it } from 'vitest'
import { cut, fixtureImage, fixtureName, fixtures, noise, swapped } from './photographs.ts'

describe('pixels of the fixtures', () => {
  it('are of 26 pairs of image and options, all different', () => {
    expect(new Set(fixtures.map(fixtureName)).size).toBe(26)
  })

  it.each(fixtures.map((fixture) => ({ name: fixtureName(fixture), fixture })))('$name', async ({ fixture }) => {
    const { data, width, height } = await fixtureImage(fixture)
    expect(data.length).toBe(width * height * 3)
  })

  it('are refused when a byte differs', async () => {
    const [{ image }] = fixtures as [(typeof fixtures)[0]]
    await expect(
      fixtureImage({ image: { ...image, sha256OfRgb: image.sha256OfRgb.replace(/^./, 'f') } }),
    ).rejects.toThrow("is not the fixture's image")
  })
})

describe('derived images', () => {
  const image = { data: Uint8Array.from({ length: 18 }, (_, n) => n), width: 3, height: 2 }

  it('cut, swap and make noise as their names say', () => {
    expect([...cut(image, 1, 1, 2, 1).data]).toEqual([12, 13, 14, 15, 16, 17])
    expect([...swapped(cut(image, 0, 0, 2, 1)).data]).toEqual([2, 1, 0, 5, 4, 3])
    // (1664525 + 1013904223) >> 24 is 60
    expect(noise(1, 1).data[0]).toBe(60)
  })
})
