import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { nameOfBytes, pathOfName } from '../../src/bulk/name-text.ts'

describe('names', () => {
  it('that are UTF-8 are text, and stay text', () => {
    const name = 'Zürich/日本/😀.jpg'
    expect(nameOfBytes(Buffer.from(name))).toBe(name)
    expect(pathOfName(name)).toBe(name)
  })

  it('that are not: each byte as in Python', () => {
    expect(nameOfBytes(Uint8Array.of(0x61, 0xe9, 0x2e, 0xff))).toBe('a\udce9.\udcff')
    expect(pathOfName('a\udce9.\udcff')).toEqual(Buffer.of(0x61, 0xe9, 0x2e, 0xff))
    // The first half of a letter of three bytes, and a surrogate written as UTF-8, which it must not be.
    for (const bytes of [
      [0xe6, 0x97],
      [0xed, 0xa0, 0x80],
      [0xf0, 0x9f, 0x98, 0x41],
    ]) {
      expect(pathOfName(nameOfBytes(Uint8Array.from(bytes)))).toEqual(Buffer.from(bytes))
    }
  })

  it('all come back byte for byte', () => {
    fc.assert(
      fc.property(fc.uint8Array({ max: 255, maxLength: 40 }), (bytes) => {
        expect(Buffer.from(pathOfName(nameOfBytes(bytes)) as string)).toEqual(Buffer.from(bytes))
      }),
      { numRuns: 2000 },
    )
  })

  it('with whole surrogate pairs in them are text', () => {
    expect(pathOfName('😀')).toBe('😀')
    expect(pathOfName('😀\udc80')).toEqual(Buffer.concat([Buffer.from('😀'), Buffer.of(0x80)]))
  })
})
