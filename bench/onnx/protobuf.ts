/**
 * Protocol buffers, written: as much as an ONNX file needs. A message is the list of its fields.
 */

/** Whole numbers (bool, int64, enum), text, bytes, or a message inside. */
export type Value = number | string | Uint8Array | Message

/** Field number and value. A repeated field is there once for each value. */
export type Field = readonly [number: number, value: Value]
export type Message = readonly Field[]

const VARINT = 0
const LENGTH_DELIMITED = 2

/**
 * A message as it lies in a file.
 *
 * @throws RangeError for numbers that are not whole, negative or beyond 2 ** 53.
 */
export function encode(message: Message): Uint8Array {
  return joined(message.flatMap(([number, value]) => field(number, value)))
}

function field(number: number, value: Value): Uint8Array[] {
  if (typeof value === 'number') return [varint(8 * number + VARINT), varint(value)]
  const bytes =
    typeof value === 'string' ? new TextEncoder().encode(value) : value instanceof Uint8Array ? value : encode(value)
  return [varint(8 * number + LENGTH_DELIMITED), varint(bytes.length), bytes]
}

function varint(value: number): Uint8Array {
  if (!Number.isSafeInteger(value) || value < 0) throw new RangeError(`${value} is no whole number from 0`)
  const bytes: number[] = []
  let rest = value
  for (; rest >= 128; rest = Math.floor(rest / 128)) bytes.push((rest % 128) + 128)
  bytes.push(rest)
  return Uint8Array.from(bytes)
}

function joined(parts: readonly Uint8Array[]): Uint8Array {
  const out = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0))
  let at = 0
  for (const part of parts) {
    out.set(part, at)
    at += part.length
  }
  return out
}
