import { describe, expect, it } from 'vitest'
import { decodeDataUrl, isDataUrl, refuseBareBase64 } from '../../src/image/data-url.ts'
import { refusal } from '../helpers/refusal.ts'

const text = (url: string) => new TextDecoder('latin1').decode(decodeDataUrl(url, 1000).bytes)

describe('decodeDataUrl', () => {
  it.each([
    ['data:image/png;base64,aGVsbG8=', 'hello'],
    ['data:image/png;base64,aGVsbG8', 'hello'],
    ['data:;base64,aGVs\n  bG8=\n', 'hello'],
    ['data:image/png;base64,aGVsbG8%3D', 'hello'],
    ['DATA:image/svg+xml;charset=utf-8;BASE64,aGVsbG8=', 'hello'],
    ['  data:,hel%6Co', 'hello'],
    ['data:,hello#world', 'hello'],
    ['data:,100%25, 5% of %zz', '100%, 5% of %zz'],
    ['data:,%FF%00', '\xff\0'],
    ['data:,', ''],
  ])('%s', (url, wanted) => {
    expect(isDataUrl(url)).toBe(true)
    expect(text(url)).toBe(wanted)
  })

  it('text stands for its UTF-8 bytes', () => {
    expect([...decodeDataUrl('data:,é', 10).bytes]).toEqual([0xc3, 0xa9])
  })

  it.each([
    ['data:image/PNG;base64,AAAA', 'image/png'],
    ['data:image/svg+xml;charset=utf-8,x', 'image/svg+xml'],
    ['data:,x', ''],
  ])('%s has the type %s', (url, type) => {
    expect(decodeDataUrl(url, 1000).type).toBe(type)
  })

  it.each([
    ['data:image/png;base64', /no comma/],
    ['data:image/png;base64,aGVs!G8=', /base64 is damaged/],
    ['data:image/png;base64,aGVsbG8é', /base64 is damaged/],
    ['data:image/png;base64,a', /base64 is damaged/],
  ])('%s is refused', (url, message) => {
    const error = refusal(() => decodeDataUrl(url, 1000))
    expect(error.code).toBe('DECODE_FAILED')
    expect(error.message).toMatch(message)
  })

  it('more bytes than allowed are refused before they are decoded', () => {
    const allowed = `data:;base64,${'AAAA'.repeat(10)}`
    expect(decodeDataUrl(allowed, 30).bytes.length).toBe(30)
    expect(refusal(() => decodeDataUrl(allowed, 29)).code).toBe('IMAGE_TOO_LARGE')
    expect(refusal(() => decodeDataUrl(`data:,${'x'.repeat(31)}`, 30)).code).toBe('IMAGE_TOO_LARGE')
    // The text is damaged too, which nobody gets to see.
    expect(refusal(() => decodeDataUrl(`data:;base64,${'!'.repeat(1e6)}`, 30)).code).toBe('IMAGE_TOO_LARGE')
  })

  it('an error does not repeat the picture', () => {
    const error = refusal(() => decodeDataUrl(`data:image/png;base64,${'!'.repeat(1e6)}`, 1e9))
    expect(error.message.length).toBeLessThan(200)
  })
})

describe('refuseBareBase64', () => {
  const base64 = (start: number[], length: number) =>
    Buffer.from([...start, ...Array.from({ length }, (_, n) => (n * 97) % 256)]).toString('base64')

  it.each([
    ['image/jpeg', base64([0xff, 0xd8, 0xff, 0xe0], 60)],
    ['image/jpeg', base64([0xff, 0xd8, 0xff, 0xe0], 150_000)],
    ['image/png', base64([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a], 100)],
    ['image/gif', base64([...Buffer.from('GIF89a')], 100)],
    ['image/webp', base64([...Buffer.from('RIFF0000WEBPVP8 ')], 100)],
    ['image/svg+xml', base64([...Buffer.from('<svg xmlns="http://www.w3.org/2000/svg">')], 0)],
    ['image/jpeg', base64([1, 2, 3], 3000)],
  ])('%s', (type, text) => {
    for (const given of [text, `${text.slice(0, 40)}\n${text.slice(40)}\n`]) {
      const { code, message } = refusal(() => refuseBareBase64(given))
      expect(code).toBe('UNSUPPORTED_IMAGE')
      expect(message).toContain(`data:${type};base64,`)
      expect(message.length).toBeLessThan(250)
    }
  })

  it.each([
    'photo.jpg',
    '/9j/photo.jpg',
    '/9j/photo',
    '/images/people/2024',
    `/${'folder/'.repeat(50)}photo`,
    `https://example.com/${'a'.repeat(3000)}`,
    `data:image/jpeg;base64,${base64([0xff, 0xd8, 0xff], 3000)}`,
    '',
  ])('%s is a path or an address', (text) => {
    expect(() => refuseBareBase64(text)).not.toThrow()
  })
})
