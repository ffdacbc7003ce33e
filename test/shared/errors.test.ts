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

class Sharp {}

function resize(): void {}

group('describe', () => {
  it.each<[unknown, string]>([
    [undefined, 'undefined'],
    [null, 'null'],
    [-0, '-0'],
    [Number.NaN, 'NaN'],
    [12n, '12n'],
    [10n ** 1000n, 'a bigint of more than 20 digits'],
    [Symbol('s'), 'Symbol(s)'],
    ['a "b"', '"a \\"b\\""'],
    ['a\u202eb\u007f', '"a\\u{202e}b\\u{7f}"'],
    ['\n\u001b[31m', '"\\n\\u001b[31m"'],
    ['x'.repeat(61), 'a string of 61 characters'],
    [[1, 2, 3], 'an array of 3'],
    [new Float32Array(3), 'Float32Array of 12 bytes'],
    [Buffer.alloc(5), 'Uint8Array of 5 bytes'],
    [new ArrayBuffer(2), 'an ArrayBuffer'],
    [new Blob(['four']), 'a Blob of 4 bytes'],
    [new File(['four'], 'name.jpg'), 'a File of 4 bytes'],
    [Promise.resolve(), 'a Promise (await it)'],
    [new Response(''), 'a Response'],
    [new URL('https://example.org/'), 'a URL'],
    [new Map(), 'a Map'],
    [new Date(0), 'a Date'],
    [new TypeError('no such file'), 'a TypeError: no such file'],
    [new AbortController(), 'an AbortController'],
    [{ [Symbol.toStringTag]: 'HTMLDivElement' }, 'an HTMLDivElement'],
    [{ data: 1, info: 2 }, 'an object { data, info }'],
    [{ a: 1, b: 1, c: 1, d: 1, e: 1, f: 1 }, 'an object { a, b, c, d, e, ... }'],
    [{}, 'an object without properties'],
    [Object.create(null), 'an object without properties'],
    [new Sharp(), 'an object of class Sharp'],
    [Sharp, 'the class Sharp'],
    [resize, 'the function resize'],
    [() => 1, 'a function'],
  ])('%#', (value, expected) => {
    expect(describe(value)).toBe(expected)
  })

  it('says one short line of anything, and never throws', () => {
    const loud = {
      get [Symbol.toStringTag](): string {
        throw new Error('boom')
      },
    }
    const forged = Object.create({ constructor: { name: 'x'.repeat(1e6) } }, { [`\n${'y'.repeat(1e6)}`]: { value: 1 } })
    const named = { [Symbol.toStringTag]: 'z'.repeat(1e6) }
    const many = Object.fromEntries(Array.from({ length: 1e5 }, (_, n) => [`${'k'.repeat(50)}${n}`, n]))
    const proxy = new Proxy(
      {},
      {
        ownKeys() {
          throw new Error('boom')
        },
      },
    )
    expect(describe(revoked())).toBe('an object that cannot be read')
    for (const value of [loud, forged, named, many, proxy, Symbol('s'.repeat(1e6)), new Error('e\n'.repeat(1e6))]) {
      expect(describe(value)).toMatch(/^.{1,300}$/)
    }
    fc.assert(
      fc.property(
        fc.anything({ withNullPrototype: true, withTypedArray: true, withMap: true, withDate: true }),
        (it) => {
          expect(describe(it)).toMatch(/^.{1,160}$/)
        },
      ),
    )
  })
})
