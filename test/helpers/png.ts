import { createDeflate, deflateSync } from 'node:zlib'
import { crc32 } from '../../src/assets/crc32.ts'

const SIGNATURE = Buffer.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a)

export function pngChunk(type: string, body: Uint8Array): Buffer {
  const named = Buffer.concat([Buffer.from(type), body])
  const [length, check] = [Buffer.alloc(4), Buffer.alloc(4)]
  length.writeUInt32BE(body.length)
  check.writeUInt32BE(crc32(named))
  return Buffer.concat([length, named, check])
}

interface PngHead {
  width: number
  height: number
  /** Bits a sample; default 8. */
  depth?: number
  /** The number PNG gives the kind of its colours; default 0, grey. */
  colour?: number
}

/**
 * A PNG made by hand, so that its samples are known and not another encoder's idea of them.
 *
 * @param more - Chunks between its header and its picture.
 */
export function pngOf(head: PngHead, packedRows: Uint8Array, more: readonly Uint8Array[] = []): Buffer {
  const { width, height, depth = 8, colour = 0 } = head
  const fields = Buffer.alloc(13)
  fields.writeUInt32BE(width, 0)
  fields.writeUInt32BE(height, 4)
  fields.set([depth, colour], 8)
  const end = pngChunk('IEND', Buffer.alloc(0))
  return Buffer.concat([SIGNATURE, pngChunk('IHDR', fields), ...more, pngChunk('IDAT', packedRows), end])
}

export function png(head: PngHead, rows: readonly Uint8Array[], more: readonly Uint8Array[] = []): Buffer {
  return pngOf(head, deflateSync(Buffer.concat(rows.map((row) => Buffer.concat([Buffer.of(0), row])))), more)
}

/** A black PNG of any size, with one byte for about a thousand pixels. */
export async function blackPng(width: number, height: number): Promise<Buffer> {
  const deflate = createDeflate({ level: 9 })
  const parts: Buffer[] = []
  deflate.on('data', (part) => parts.push(part))
  const zeros = Buffer.alloc(1 << 20)
  for (let left = (width + 1) * height; left > 0; left -= zeros.length) {
    const isRead = deflate.write(zeros.subarray(0, Math.min(left, zeros.length)))
    if (!isRead) await new Promise((resolve) => deflate.once('drain', resolve))
  }
  await new Promise((resolve) => deflate.once('end', resolve).end())
  return pngOf({ width, height }, Buffer.concat(parts))
}

/** A text that takes about a thousandth of its length in the file. */
export function packedText(length: number): Buffer {
  return pngChunk('zTXt', Buffer.concat([Buffer.from('Comment\0\0'), deflateSync(Buffer.alloc(length, 'a'))]))
}
