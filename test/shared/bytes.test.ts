import { runInNewContext } from 'node:vm'
import { describe, expect, it } from 'vitest'
import { bytesIn, isDetached, typedArrayName } from '../../src/shared/bytes.ts'
import { resizable } from '../helpers/resizable.ts'

const foreign = (code: string): unknown => runInNewContext(code)

function handedOver<T extends Uint8Array | ArrayBuffer>(value: T): T {
  structuredClone(value, { transfer: [value instanceof ArrayBuffer ? value : (value.buffer as ArrayBuffer)] })
  return value
}

describe('typed arrays and buffers', () => {
  it('are known whatever realm they are from, and whatever they say of themselves', () => {
    for (const array of [new Uint8Array(3), Buffer.alloc(3), foreign('new Uint8Array(3)')]) {
      expect(typedArrayName(array)).toBe('Uint8Array')
      expect(bytesIn(array)).toEqual(new Uint8Array(3))
    }
    expect(typedArrayName(new Float64Array(1))).toBe('Float64Array')
    const renamed = Object.defineProperty(new Uint8Array(3), Symbol.toStringTag, { value: 'Blob' })
    expect(typedArrayName(renamed)).toBe('Uint8Array')
    const buffers = [new ArrayBuffer(3), new SharedArrayBuffer(3)]
    for (const buffer of [...buffers, foreign('new ArrayBuffer(3)'), foreign('new SharedArrayBuffer(3)')]) {
      expect(bytesIn(buffer)).toEqual(new Uint8Array(3))
    }
  })

  it('are not what only calls itself so', () => {
    const { proxy, revoke } = Proxy.revocable({}, {})
    revoke()
    const forged = ['Uint8Array', 'ArrayBuffer', 'SharedArrayBuffer'].map((tag) => ({
      [Symbol.toStringTag]: tag,
      length: 3,
      byteLength: 3,
    }))
    const inherited = Object.create(new Uint8Array(3))
    for (const value of [
      ...forged,
      inherited,
      proxy,
      new Proxy(new Uint8Array(3), {}),
      [1],
      'text',
      7,
      null,
      undefined,
    ]) {
      expect(bytesIn(value)).toBeUndefined()
      expect(typedArrayName(value)).toBeUndefined()
    }
  })

  it('give a plain view of their true part of the memory', () => {
    const memory = new ArrayBuffer(20)
    const part = Object.defineProperties(Buffer.from(memory, 7, 9), {
      length: { value: 1e9 },
      byteOffset: { value: 0 },
      buffer: { value: new ArrayBuffer(1) },
    })
    const view = bytesIn(part)!
    expect(Object.getPrototypeOf(view)).toBe(Uint8Array.prototype)
    expect([view.buffer, view.byteOffset, view.length]).toEqual([memory, 7, 9])
  })

  it('are empty once their memory was handed over', () => {
    for (const gone of [handedOver(new Uint8Array(3)), handedOver(new ArrayBuffer(3))]) {
      expect(isDetached(gone)).toBe(true)
      expect(bytesIn(gone)).toEqual(new Uint8Array(0))
    }
    expect(isDetached(new Uint8Array(0))).toBe(false)
    expect(isDetached(new ArrayBuffer(0))).toBe(false)
  })

  it('keep the length they had when a resizable buffer grows', () => {
    const buffer = resizable(4, 8)
    const views = [bytesIn(buffer)!, bytesIn(new Uint8Array(buffer))!]
    buffer.resize(8)
    expect(views.map(({ length }) => length)).toEqual([4, 4])
  })
})
