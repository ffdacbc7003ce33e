/**
 * Reads MATLAB's level 5 files as far as data sets use them: numbers, text and cells, compressed or not.
 *
 * Format: "MAT-File Format", The MathWorks; little-endian files only, which is what all of today's programs write.
 */
import { inflateSync } from 'node:zlib'

/** A matrix: its values column by column, and its sides. */
export interface Matrix<T> {
  readonly sides: readonly number[]
  readonly values: readonly T[]
}

export type MatlabValue =
  | ({ readonly kind: 'numbers' } & Matrix<number>)
  | ({ readonly kind: 'cells' } & Matrix<MatlabValue>)
  | { readonly kind: 'text'; readonly text: string }

/** Element types. */
const INT8 = 1
const UINT8 = 2
const INT16 = 3
const UINT16 = 4
const INT32 = 5
const UINT32 = 6
const SINGLE = 7
const DOUBLE = 9
const INT64 = 12
const UINT64 = 13
const MATRIX = 14
const COMPRESSED = 15
const UTF8 = 16

/** Array classes. */
const CELL = 1
const CHAR = 4
const FIRST_NUMERIC = 6
const LAST_NUMERIC = 15

const HEADER = 128

interface Element {
  readonly type: number
  readonly bytes: Buffer
}

/**
 * The variables of a file by name; those of other kinds (structures, sparse matrices...) are left out.
 *
 * @throws Error where the file is none, or is broken.
 */
export function readMatlab(file: Uint8Array): Map<string, MatlabValue> {
  const bytes = Buffer.from(file.buffer, file.byteOffset, file.byteLength)
  const order = bytes.toString('latin1', 126, 128)
  if (bytes.length < HEADER || order !== 'IM' || bytes[125] !== 1) {
    throw new Error('not a little-endian MATLAB level 5 file (files of version 7.3 are HDF5: save them with -v7)')
  }
  const found = new Map<string, MatlabValue>()
  for (const element of elements(bytes.subarray(HEADER))) {
    const opened = element.type === COMPRESSED ? [...elements(inflateSync(element.bytes))] : [element]
    for (const { type, bytes } of opened) {
      if (type !== MATRIX) continue
      const { name, value } = readMatrix(bytes)
      if (value) found.set(name, value)
    }
  }
  return found
}

/** The elements that lie one after another; each starts on a multiple of eight bytes, save compressed ones. */
function* elements(bytes: Buffer): Generator<Element> {
  for (let at = 0; at + 8 <= bytes.length; ) {
    const first = bytes.readUInt32LE(at)
    const small = first >>> 16
    // Up to four bytes of data are put into the tag itself.
    const type = small > 0 ? first & 0xffff : first
    const size = small > 0 ? small : bytes.readUInt32LE(at + 4)
    const start = at + (small > 0 ? 4 : 8)
    if (start + size > bytes.length) throw new Error('the MATLAB file is broken: an element reaches beyond its end')
    yield { type, bytes: bytes.subarray(start, start + size) }
    at = small > 0 ? at + 8 : start + (type === COMPRESSED ? size : Math.ceil(size / 8) * 8)
  }
}

function readMatrix(bytes: Buffer): { name: string; value: MatlabValue | undefined } {
  // An empty cell may be an element without content.
  if (bytes.length === 0) return { name: '', value: { kind: 'numbers', sides: [0, 0], values: [] } }
  const parts = [...elements(bytes)]
  const [flags, sides, name, ...content] = parts
  if (!flags || !sides || !name) throw new Error('the MATLAB file is broken: a matrix without flags, sides or a name')
  const kind = flags.bytes[0]!
  return { name: name.bytes.toString('latin1'), value: readContent(kind, numbersOf(sides), content) }
}

function readContent(kind: number, sides: number[], content: Element[]): MatlabValue | undefined {
  if (kind === CELL) {
    const values = content.map(({ bytes }) => readMatrix(bytes).value)
    if (values.some((value) => value === undefined)) return undefined
    return { kind: 'cells', sides, values: values as MatlabValue[] }
  }
  const data = content[0]
  if (kind === CHAR) {
    if (!data) return { kind: 'text', text: '' }
    const utf8 = data.type === UTF8 || data.type === UINT8 || data.type === INT8
    return { kind: 'text', text: utf8 ? data.bytes.toString('utf8') : data.bytes.toString('utf16le') }
  }
  if (kind < FIRST_NUMERIC || kind > LAST_NUMERIC) return undefined
  return { kind: 'numbers', sides, values: data ? numbersOf(data) : [] }
}

function numbersOf({ type, bytes }: Element): number[] {
  const all = (size: number, read: (at: number) => number) =>
    Array.from({ length: Math.floor(bytes.length / size) }, (_, n) => read(n * size))
  switch (type) {
    case INT8:
      return all(1, (at) => bytes.readInt8(at))
    case UINT8:
      return all(1, (at) => bytes.readUInt8(at))
    case INT16:
      return all(2, (at) => bytes.readInt16LE(at))
    case UINT16:
      return all(2, (at) => bytes.readUInt16LE(at))
    case INT32:
      return all(4, (at) => bytes.readInt32LE(at))
    case UINT32:
      return all(4, (at) => bytes.readUInt32LE(at))
    case SINGLE:
      return all(4, (at) => bytes.readFloatLE(at))
    case DOUBLE:
      return all(8, (at) => bytes.readDoubleLE(at))
    case INT64:
      return all(8, (at) => Number(bytes.readBigInt64LE(at)))
    case UINT64:
      return all(8, (at) => Number(bytes.readBigUInt64LE(at)))
    default:
      throw new Error(`the MATLAB file is broken: numbers of type ${type}`)
  }
}
