import { describe, expect, it } from 'vitest'
import { checkPixelCount } from '../../src/image/limits.ts'
import { refusal } from '../helpers/refusal.ts'

describe('checkPixelCount', () => {
  it('lets through what is allowed, to the pixel', () => {
    expect(() => checkPixelCount({ width: 20, height: 5 }, 100, 'the image')).not.toThrow()
    expect(() => checkPixelCount({ width: 1e9, height: 1e9 }, Number.POSITIVE_INFINITY, 'the image')).not.toThrow()
  })

  it('refuses one pixel more, and says which image, how many pixels, and which option', () => {
    const { code, message } = refusal(() => checkPixelCount({ width: 101, height: 1 }, 100, "'photo.png'"))
    expect(code).toBe('IMAGE_TOO_LARGE')
    expect(message).toContain("'photo.png' has 101 x 1 = 101 pixels")
    expect(message).toContain("option 'maxPixels' allows 100")
  })
})
