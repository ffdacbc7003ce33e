import { describe, expect, it } from 'vitest'
import { prepareFile } from '../../../src/image/node/prepare.ts'
import { png, pngChunk } from '../../helpers/png.ts'

const head = { width: 1, height: 1 }
const rows = [Uint8Array.of(7)]
const text = pngChunk('tEXt', Buffer.from('Comment\0hello'))
const prepared = (file: Uint8Array, strict = false) => Buffer.from(prepareFile(new Uint8Array(file), strict))

describe('prepareFile', () => {
  it('leaves a PNG without texts as it is', () => {
    const file = png(head, rows)
    expect(prepared(file)).toEqual(file)
  })

  it('takes texts and unknown chunks out of a PNG, wherever they are, and repeated ones', () => {
    const colours = pngChunk('gAMA', Buffer.of(0, 0, 0xb1, 0x8f))
    const plain = png(head, rows, [colours])
    const time = pngChunk('tIME', Buffer.alloc(7))
    expect(prepared(png(head, rows, [text, colours, time, colours, text]))).toEqual(plain)
    const end = plain.length - 12
    expect(prepared(Buffer.concat([plain.subarray(0, end), text, plain.subarray(end)]))).toEqual(plain)
  })

  it('keeps orientation, transparency and colour profile', () => {
    const kept = ['eXIf', 'tRNS', 'iCCP', 'sRGB', 'cHRM'].map((type) => pngChunk(type, Buffer.alloc(5)))
    expect(prepared(png(head, rows, [text, ...kept]))).toEqual(png(head, rows, kept))
  })

  it('keeps what follows a length that cannot be, and a chunk that is cut off', () => {
    const whole = png(head, rows, [text])
    const without = png(head, rows)
    expect(prepared(whole.subarray(0, -20))).toEqual(without.subarray(0, -20))
    const damaged = Buffer.from(png(head, rows, [text, text]))
    // The length of the second text: behind signature, header and first text.
    damaged.writeUInt32BE(0xffffffff, 8 + 25 + text.length)
    expect(prepared(damaged).length).toBe(damaged.length - text.length)
    expect(prepared(whole.subarray(0, 10))).toEqual(whole.subarray(0, 10))
  })

  it('fills a WebP that was cut off, but not with strict and not one of which next to nothing is there', () => {
    const webp = (length: number, there: number) => {
      const file = Buffer.alloc(there, 1)
      file.write('RIFF', 0)
      file.writeUInt32LE(length - 8, 4)
      file.write('WEBP', 8)
      return file
    }
    expect(prepared(webp(300, 100))).toEqual(Buffer.concat([webp(300, 100), Buffer.alloc(200)]))
    expect(prepared(webp(300, 100), true)).toEqual(webp(300, 100))
    expect(prepared(webp(300, 300))).toEqual(webp(300, 300))
    expect(prepared(webp(2 ** 32 - 1, 100)).length).toBe(100)
  })

  it('leaves everything else as it is', () => {
    for (const file of [new Uint8Array(0), Uint8Array.of(0xff, 0xd8, 0xff), Buffer.from('RIFF')]) {
      expect(prepared(file)).toEqual(Buffer.from(file))
    }
  })
})
