/** Writes MATLAB's level 5 files, uncompressed, as far as tests need them. */

/** Text, a matrix of doubles (rows of equal length), or a column of cells. */
export type MatlabInput = string | readonly (readonly number[])[] | { readonly cells: readonly MatlabInput[] }

const UINT16 = 4
const INT32 = 5
const UINT32 = 6
const DOUBLE = 9
const INT8 = 1
const MATRIX = 14

function element(type: number, content: Buffer): Buffer {
  const tag = Buffer.alloc(8)
  tag.writeUInt32LE(type, 0)
  tag.writeUInt32LE(content.length, 4)
  return Buffer.concat([tag, content, Buffer.alloc((8 - (content.length % 8)) % 8)])
}

function integers(values: readonly number[]): Buffer {
  const bytes = Buffer.alloc(4 * values.length)
  for (const [n, value] of values.entries()) bytes.writeInt32LE(value, 4 * n)
  return bytes
}

function matrix(kind: number, sides: readonly number[], name: string, content: readonly Buffer[]): Buffer {
  const head = [element(UINT32, integers([kind, 0])), element(INT32, integers(sides)), element(INT8, Buffer.from(name))]
  return element(MATRIX, Buffer.concat([...head, ...content]))
}

function written(name: string, value: MatlabInput): Buffer {
  if (typeof value === 'string') {
    return matrix(4, [1, value.length], name, [element(UINT16, Buffer.from(value, 'utf16le'))])
  }
  if ('cells' in value) {
    const content = value.cells.map((cell) => written('', cell))
    return matrix(1, [content.length, 1], name, content)
  }
  const columns = value[0]?.length ?? 0
  const byColumn = Array.from({ length: columns }, (_, c) => value.map((row) => row[c]!)).flat()
  const bytes = Buffer.from(Float64Array.from(byColumn).buffer)
  return matrix(6, [value.length, columns], name, [element(DOUBLE, bytes)])
}

/** A file with these variables. */
export function matlabFile(variables: Readonly<Record<string, MatlabInput>>): Uint8Array {
  const header = Buffer.alloc(128, ' ')
  header.writeUInt16LE(0x0100, 124)
  header.write('IM', 126)
  return Buffer.concat([header, ...Object.entries(variables).map(([name, value]) => written(name, value))])
}
