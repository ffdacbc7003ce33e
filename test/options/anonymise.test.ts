import { describe, expect, it } from 'vitest'
import { resolveAnonymiseOptions } from '../../src/options/anonymise.ts'
import { refusal } from '../helpers/refusal.ts'

describe('options of anonymiseFaces', () => {
  it('have the documented defaults', () => {
    expect(resolveAnonymiseOptions()).toEqual({
      hide: { method: 'blur', strength: 1, margin: 0.3, shape: 'ellipse', colour: [0, 0, 0] },
      reading: { signal: undefined, strict: false, maxPixels: 100_000_000, maxBytes: 268_435_456 },
    })
    expect(resolveAnonymiseOptions({ maxPixels: 5, shape: 'box' })).toMatchObject({
      hide: { shape: 'box' },
      reading: { maxPixels: 5 },
    })
  })

  it.each([
    [{ method: 'mosaic' }, /option 'method' must be 'blur' or 'pixelate' or 'fill'/],
    [{ strength: 0 }, /option 'strength' must be a number from 0.1 to 10/],
    [{ margin: 3 }, /option 'margin' must be a number from 0 to 2/],
    [{ shape: 'circle' }, /option 'shape' must be 'ellipse' or 'box'/],
    [{ colour: 'red' }, /option 'colour' must be \[red, green, blue\] from 0 to 255/],
    [{ color: [0, 0, 0] }, /unknown option 'color': did you mean 'colour'\?/],
    [{ minFaceSize: 20 }, /unknown option 'minFaceSize'/],
  ])('%j is refused', (given, message) => {
    const error = refusal(() => resolveAnonymiseOptions(given as never))
    expect(error.code).toBe('INVALID_OPTION')
    expect(error.message).toMatch(message)
  })
})
