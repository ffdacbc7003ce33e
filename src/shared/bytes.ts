import { tagOf } from './errors.ts'

/**
 * Byte arrays and buffers as the engine knows them. A tag, a class or an own property `length` can be forged; the getters
 * of the prototypes read what the engine keeps, and do so for the arrays of other realms too.
 */

function get<T>(prototype: object, name: PropertyKey, value: unknown): T {
  return Reflect.apply(Object.getOwnPropertyDescriptor(prototype, name)!.get!, value, []) as T
}

/** What Uint8Array, Float32Array and the others inherit from. */
const TYPED_ARRAY: object = /* @__PURE__ */ Object.getPrototypeOf(Uint8Array.prototype)

/** `'Uint8Array'`, `'Float32Array'`...; undefined for anything but a typed array. A Buffer is a Uint8Array. */
export function typedArrayName(value: unknown): string | undefined {
  return get(TYPED_ARRAY, Symbol.toStringTag, value)
}

/** The buffer behind a typed array. */
function bufferOf(view: unknown): ArrayBufferLike {
  return get(TYPED_ARRAY, 'buffer', view)
}

/** Whether `value` is an ArrayBuffer; one whose memory was handed over still is. */
function isArrayBuffer(value: unknown): value is ArrayBuffer {
  try {
    get(ArrayBuffer.prototype, 'byteLength', value)
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
    return new Uint8Array(buffer, get(TYPED_ARRAY, 'byteOffset', value), get(TYPED_ARRAY, 'byteLength', value))
  }
  // The tag spares what is no buffer the price of the errors that are caught here.
  if (!/^(Shared)?ArrayBuffer$/.test(tagOf(value))) return undefined
  // With a length, so that the array does not grow together with a resizable buffer.
  if (hasMemory(value)) return new Uint8Array(value as ArrayBuffer, 0, new DataView(value as ArrayBuffer).byteLength)
  return isArrayBuffer(value) ? new Uint8Array(0) : undefined
}
