import sharp from 'sharp'
import { describe, expect, it } from 'vitest'
import { HEADER_BYTES, readHeader } from '../../src/image/file-header.ts'
import { photograph } from '../helpers/photographs.ts'

const { data, width, height } = await photograph('tracking', 'examples/assets/faces.jpg')
const size = { width, height }
const picture = () => sharp(data, { raw: { width, height, channels: 3 } })
const bytes = (text: string) => new TextEncoder().encode(text)

/** A box of the format that MP4, HEIC and AVIF share: length, name, content. */
const box = (name: string, content: Uint8Array) => {
  const made = new Uint8Array(8 + content.length)
  new DataView(made.buffer).setUint32(0, made.length)
  made.set(bytes(name), 4)
  made.set(content, 8)
  return made
}
const ispe = (w: number, h: number) => {
  const content = new DataView(new ArrayBuffer(12))
  content.setUint32(4, w)
  content.setUint32(8, h)
  return box('ispe', new Uint8Array(content.buffer))
}
const bmp = (rows: number) => {
  const header = new DataView(new ArrayBuffer(54))
  header.setUint16(0, 0x424d)
  header.setInt32(18, 640, true)
  header.setInt32(22, rows, true)
  return new Uint8Array(header.buffer)
}

describe('readHeader', () => {
  it.each<[string, string, () => Promise<Uint8Array>]>([
    ['PNG', 'PNG', () => picture().png().toBuffer()],
    ['JPEG', 'JPEG', () => picture().jpeg().toBuffer()],
    ['progressive JPEG', 'JPEG', () => picture().jpeg({ progressive: true }).toBuffer()],
    [
      'JPEG with a thumbnail’s worth of EXIF and a colour profile before its frame',
      'JPEG',
      () =>
        picture()
          .withExif({ IFD0: { ImageDescription: 'x'.repeat(50_000) } })
          .withIccProfile('p3')
          .jpeg()
          .toBuffer(),
    ],
    ['lossy WebP', 'WebP', () => picture().webp().toBuffer()],
    ['lossless WebP', 'WebP', () => picture().webp({ lossless: true }).toBuffer()],
    ['WebP with alpha', 'WebP', () => picture().ensureAlpha(0.5).webp().toBuffer()],
    ['GIF', 'GIF', () => picture().gif().toBuffer()],
    ['AVIF', 'AVIF', () => picture().avif({ effort: 0 }).toBuffer()],
  ])('knows the size of a %s', async (_, format, make) => {
    expect(readHeader((await make()).subarray(0, HEADER_BYTES))).toEqual({ format, size })
  })

  it('takes the largest size in a HEIC file: others are of its tiles and of its thumbnail', () => {
    const type = box('ftyp', bytes('heic\0\0\0\0mif1heic'))
    const file = new Uint8Array([...type, ...ispe(512, 512), ...ispe(4032, 3024), ...ispe(320, 240)])
    expect(readHeader(file)).toEqual({ format: 'HEIC', size: { width: 4032, height: 3024 } })
  })

  it.each([480, -480])('knows the size of a BMP with %d rows', (rows) => {
    expect(readHeader(bmp(rows))).toEqual({ format: 'BMP', size: { width: 640, height: 480 } })
  })

  it.each<[string, string | Uint8Array]>([
    ['SVG', '<svg xmlns="http://www.w3.org/2000/svg"/>'],
    ['SVG', '\uFEFF<?xml version="1.0"?>\n<!-- made by hand --><!DOCTYPE svg PUBLIC "x" "y">\n<svg\n width="1">'],
    ['SVG', '<!-- <html> --><s:svg xmlns:s="http://www.w3.org/2000/svg">'],
    ['HTML', '\n<!DOCTYPE html><html><svg></svg>'],
    ['JSON', '{ "error": "not found" }'],
    ['PDF', '%PDF-1.7'],
    ['ZIP', 'PK\x03\x04'],
    ['TIFF or raw camera', 'II*\0'],
    ['icon', new Uint8Array([0, 0, 1, 0, 1])],
    ['video', box('ftyp', bytes('isom\0\0\0\0mp42'))],
    ['JPEG XL', new Uint8Array([0xff, 0x0a, 0])],
  ])('knows %s, without a size', (format, file) => {
    expect(readHeader(typeof file === 'string' ? bytes(file) : file)).toEqual({ format })
  })

  it.each<[string, Uint8Array]>([
    ['nothing', new Uint8Array(0)],
    ['text', bytes('just text')],
    ['comments that never end', bytes('<!----><!---->'.repeat(300))],
  ])('knows nothing of %s', (_, file) => {
    expect(readHeader(file)).toBeUndefined()
  })

  it('a cut header gives no size, at whatever byte it is cut, and no error', async () => {
    const files = await Promise.all([
      picture().png().toBuffer(),
      picture().jpeg().toBuffer(),
      picture().webp().toBuffer(),
      picture().gif().toBuffer(),
    ])
    for (const file of files) {
      for (let length = 0; length < 700; length++) {
        const found = readHeader(file.subarray(0, length))?.size
        if (found) expect(found.width <= width && found.height <= height).toBe(true)
      }
      expect(readHeader(file)?.size).toEqual(size)
    }
  })
})
