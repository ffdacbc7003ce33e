import fc from 'fast-check'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { decodeText, latin1, utf8 } from '../../src/shared/text.ts'

afterEach(() => void vi.unstubAllGlobals())

describe('latin1', () => {
  it('gives a character for each byte, however many there are', () => {
    const bytes = Uint8Array.from({ length: 300_000 }, (_, n) => n)
    const text = latin1(bytes)
    expect(text.length).toBe(bytes.length)
    expect(Uint8Array.from(text, (letter) => letter.charCodeAt(0))).toEqual(bytes)
    expect(latin1(new Uint8Array(0))).toBe('')
  })
})

describe('without TextEncoder and TextDecoder', () => {
  it('UTF-8 is the same', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const wanted = utf8(text)
        vi.stubGlobal('TextEncoder', undefined)
        const found = utf8(text)
        vi.unstubAllGlobals()
        expect(found).toEqual(wanted)
        return found.length === wanted.length
      }),
    )
  })

  it('half a character is replaced, as the encoder does it', () => {
    const wanted = utf8('a\ud800b')
    vi.stubGlobal('TextEncoder', undefined)
    expect(utf8('a\ud800b')).toEqual(wanted)
  })

  it('ASCII text is read in each encoding', () => {
    vi.stubGlobal('TextDecoder', undefined)
    expect(decodeText(utf8('<svg>'))).toBe('<svg>')
    expect(decodeText(Uint8Array.from([...'<svg>'].flatMap((c) => [c.charCodeAt(0), 0])), 'utf-16le')).toBe('<svg>')
  })
})
