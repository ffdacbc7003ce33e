import { expect, describe as group, it } from 'vitest'
import { describe, shortened } from '../../src/shared/errors.ts'

group('shortened', () => {
  it('cuts the middle out of what is long and leaves the rest alone', () => {
    expect(shortened('photo.jpg')).toBe('photo.jpg')
    expect(shortened('x'.repeat(100))).toBe('x'.repeat(100))
    expect(shortened(`/home/${'x'.repeat(1e6)}/photo.jpg`, 30)).toBe(`/home/${'x'.repeat(14)}.../photo.jpg`)
  })

  it('escapes what a terminal obeys, and halves of characters', () => {
    expect(shortened('a\u001b[2Kb\nc\u0085d\u202ee')).toBe('a\\u{1b}[2Kb\\u{a}c\\u{85}d\\u{202e}e')
    expect(shortened(`${'😀'.repeat(200)}`, 31)).not.toMatch(/[\uD800-\uDFFF](?![\uDC00-\uDFFF])(?<![\uD800-\uDBFF].)/)
    expect(shortened('übung 日本 👩‍💻.jpg')).toBe('übung 日本 👩‍💻.jpg')
  })
})

group('describe', () => {
  it('is short whatever the value', () => {
    const values = [
      'x'.repeat(1e6),
      10n ** 100_000n,
      Symbol('x'.repeat(1e6)),
      { [Symbol.toStringTag]: 'x'.repeat(1e6) },
      new Uint8Array(1e6),
      Array.from({ length: 1e5 }),
    ]
    for (const value of values) expect(describe(value).length).toBeLessThan(150)
    expect([describe(2n), describe(-0), describe('a\u001b')]).toEqual(['2n', '-0', '"a\\u001b"'])
  })
})
