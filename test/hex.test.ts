import fc from 'fast-check'
import { expect, test } from 'vitest'
import { decodeHex } from '../src/hex.ts'

test('gives back the bytes', () => {
  fc.assert(
    fc.property(fc.uint8Array(), (bytes) => {
      expect(decodeHex(Buffer.from(bytes).toString('hex'))).toEqual(bytes)
    }),
  )
})

test.each(['a', 'abc', '0g', '0x00', 'AB', ' 00', '00\n'])('refuses %j', (text) => {
  expect(() => decodeHex(text)).toThrow(SyntaxError)
})
