import { describe, expect, it } from 'vitest'
import { printable, printableJson } from '../../src/bulk/printable.ts'

const unsafe = [
  ...Array.from({ length: 32 }, (_, code) => code),
  ...Array.from({ length: 33 }, (_, code) => 0x7f + code),
  ...[0x061c, 0x200e, 0x200f, 0x2028, 0x2029, 0x202a, 0x202e, 0x2066, 0x2069, 0xd800, 0xdfff],
].map((code) => String.fromCharCode(code))

describe('text for people', () => {
  it.each(unsafe)('shows %j with an escape', (letter) => {
    expect(printable(`a${letter}b`)).toMatch(/^a\\(u[0-9a-f]{4}|[nrt])b$/)
    const json = printableJson({ [`k${letter}`]: letter })
    expect(json).toMatch(/^[ -~]+$/)
    expect(JSON.parse(json)).toEqual({ [`k${letter}`]: letter })
  })

  it('leaves everything else as it is', () => {
    const text = 'C:\\Bilder\\Größe 写真 🧑‍🚀 می‌خواهم.jpg'
    expect(printable(text)).toBe(text)
    expect(printable('a\nb\tc\x1b[31m')).toBe('a\\nb\\tc\\u001b[31m')
  })
})
