import { tagOf } from './errors.ts'

/**
 * Byte arrays and buffers as the engine knows them. A tag, a class or an own property `length` can be forged; the getters
 * of the prototypes read what the engine keeps, and do so for the arrays of other realms too.
 */

/** A function that reads what a getter of a prototype reads, of any value. Looked up once: that costs more than the call. */
function getter<T>(prototype: object, name: PropertyKey): (value: unknown) => T {
  const { get } = Object.getOwnPropertyDescriptor(prototype, name)!
  return (value) => Reflect.apply(get!, value, []) as T
}

/** What Uint8Array, Float32Array and the others inherit from. */
const TYPED_ARRAY: object = /* @__PURE__ */ Object.getPrototypeOf(Uint8Array.prototype)

const nameOf = /* @__PURE__ */ getter<string | undefined>(TYPED_ARRAY, Symbol.toStringTag)
const bufferOf = /* @__PURE__ */ getter<ArrayBufferLike>(TYPED_ARRAY, 'buffer')
const byteOffsetOf = /* @__PURE__ */ getter<number>(TYPED_ARRAY, 'byteOffset')
const byteLengthOf = /* @__PURE__ */ getter<number>(TYPED_ARRAY, 'byteLength')
const bufferLengthOf = /* @__PURE__ */ getter<number>(ArrayBuffer.prototype, 'byteLength')

/** `'Uint8Array'`, `'Float32Array'`...; undefined for anything but a typed array. A Buffer is a Uint8Array. */
export function typedArrayName(value: unknown): string | undefined {
  return nameOf(value)
}

/** Whether `value` is an ArrayBuffer; one whose memory was handed over still is. */
function isArrayBuffer(value: unknown): value is ArrayBuffer {
  try {
    bufferLengthOf(value)
    return true
  } catch {
    return false
  }
}

/** Whether the memory of a typed array or buffer is gone: handed over by `postMessage`, `structuredClone` or `transfer()`. */
export function isDetached(value: unknown): boolean {
  return !hasMemory(typedArrayName(value) === undefined ? value : bufferOf(value))
}

/** A DataView takes buffers only, and only while they have memory. */
function hasMemory(buffer: unknown): boolean {
  try {
    new DataView(buffer as ArrayBuffer)
    return true
  } catch {
    return false
  }
}

/**
 * The bytes of a typed array or buffer: a plain Uint8Array over the same memory, with the true length at this moment; empty
 * where the memory is gone. Undefined for anything else.
 */
export function bytesIn(value: unknown): Uint8Array | undefined {
  if (typedArrayName(value) !== undefined) {
    const buffer = bufferOf(value)
    if (!hasMemory(buffer)) return new Uint8Array(0)
    return new Uint8Array(buffer, byteOffsetOf(value), byteLengthOf(value))
  }
  // The tag spares what is no buffer the price of the errors that are caught here.
  if (!/^(Shared)?ArrayBuffer$/.test(tagOf(value))) return undefined
  // With a length, so that the array does not grow together with a resizable buffer.
  if (hasMemory(value)) return new Uint8Array(value as ArrayBuffer, 0, new DataView(value as ArrayBuffer).byteLength)
  return isArrayBuffer(value) ? new Uint8Array(0) : undefined
}
