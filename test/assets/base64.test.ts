import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { decodeBase64, decodeBase64ByTable } from '../../src/assets/base64.ts'

describe.each([
  ['decodeBase64', decodeBase64],
  ['decodeBase64ByTable', decodeBase64ByTable],
])('%s', (_, decode) => {
  test('gives back what was encoded', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
        expect(decode(Buffer.from(bytes).toString('base64'))).toEqual(bytes)
      }),
    )
  })

  test('decodes the examples of RFC 4648', () => {
    const text = (base64: string) => new TextDecoder().decode(decode(base64))
    expect(['', 'Zg==', 'Zm8=', 'Zm9v', 'Zm9vYg==', 'Zm9vYmE=', 'Zm9vYmFy'].map(text)).toEqual([
      '',
      'f',
      'fo',
      'foo',
      'foob',
      'fooba',
      'foobar',
    ])
  })

  test.each([
    'Zg',
    'Zm9vZ',
    '=',
    'Z===',
    '====',
    'Zm=v',
    'Zg==Zg==',
    'Zm9-',
    'Zm9_',
    'Zmé9',
    'Zm9Ā',
    'Z!==',
    '%m8=',
    'Zh==',
    'Zm9=',
  ])('refuses %j', (text) => {
    expect(() => decode(text)).toThrow(SyntaxError)
  })
})

test('the native decoder is used where the engine has one', () => {
  const given: string[] = []
  const marker = Uint8Array.of(1, 2, 3)
  const holder = Uint8Array as { fromBase64?: unknown }
  const original = Object.getOwnPropertyDescriptor(holder, 'fromBase64')
  Object.defineProperty(holder, 'fromBase64', {
    configurable: true,
    value(text: string, options: unknown) {
      expect(this).toBe(Uint8Array)
      expect(options).toEqual({ lastChunkHandling: 'strict' })
      given.push(text)
      return marker
    },
  })
  try {
    expect(decodeBase64('Zm9v')).toBe(marker)
    expect(given).toEqual(['Zm9v'])
  } finally {
    if (original) Object.defineProperty(holder, 'fromBase64', original)
    else delete holder.fromBase64
  }
})
