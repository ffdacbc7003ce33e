import { runInNewContext } from 'node:vm'
import fc from 'fast-check'
import { expect, describe as group, it } from 'vitest'
import { describe, MtcnnError, shortened, tagOf } from '../../src/shared/errors.ts'

group('MtcnnError', () => {
  it('is an Error with a name, a code, a message and a cause', () => {
    const cause = new RangeError('underneath')
    const error = new MtcnnError('DISPOSED', 'gone', { cause })
    expect(error).toBeInstanceOf(Error)
    expect(error).toMatchObject({ name: 'MtcnnError', code: 'DISPOSED', message: 'gone', cause })
    expect(String(error)).toBe('MtcnnError: gone')
    expect('cause' in new MtcnnError('DISPOSED', 'gone')).toBe(false)
  })
})

const revoked = () => {
  const { proxy, revoke } = Proxy.revocable({}, {})
  revoke()
  return proxy
}

group('tagOf', () => {
  it('names the class, of another realm too, and nothing where it cannot be read', () => {
    expect(tagOf(new Uint8Array(1))).toBe('Uint8Array')
    expect(tagOf(runInNewContext('new Uint8Array(1)'))).toBe('Uint8Array')
    expect(tagOf(undefined)).toBe('Undefined')
    expect(tagOf(revoked())).toBe('')
  })
})

group('shortened', () => {
  it('leaves short text alone, and cuts the middle out of a long one', () => {
    expect(shortened('photo.jpg')).toBe('photo.jpg')
    const short = shortened(`${'a'.repeat(1000)}.jpg`)
    expect(short.length).toBeLessThan(110)
    expect(short).toMatch(/^a+\.\.\.a+\.jpg$/)
  })

  it('makes what a terminal would obey visible', () => {
    expect(shortened('a\nb\u001b[31m\u202ec')).toBe('a\\u{a}b\\u{1b}[31m\\u{202e}c')
  })
})

group('describe', () => {
  it.each([
    ['', '""'],
    ['a "b"', '"a \\"b\\""'],
    [1.5, '1.5'],
    [-0, '-0'],
    [Number.NaN, 'NaN'],
    [10n, '10n'],
    [true, 'true'],
    [undefined, 'undefined'],
    [null, 'null'],
    [Symbol('x'), 'Symbol(x)'],
    [() => 1, 'a function'],
    [[1, 2], 'an array of 2'],
    [{ a: 1 }, 'an object'],
    [new Map(), 'an object of type Map'],
    [new Uint8Array(5), 'Uint8Array of 5 bytes'],
  ])('%o', (value, expected) => {
    expect(describe(value)).toBe(expected)
  })

  it('an object that breaks at any touch', () => {
    expect(describe(revoked())).toBe('an object that cannot be read')
  })

  it('is short and never throws, whatever it is given', () => {
    const values = fc.anything({
      withBigInt: true,
      withBoxedValues: true,
      withTypedArray: true,
      withNullPrototype: true,
    })
    fc.assert(fc.property(fc.oneof(values, fc.string({ maxLength: 5000 })), (value) => describe(value).length < 400))
  })
})
