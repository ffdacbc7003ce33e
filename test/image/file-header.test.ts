import sharp from 'sharp'
import { describe, expect, it } from 'vitest'
import { HEADER_BYTES, isSvg, sizeInHeader } from '../../src/image/file-header.ts'
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

describe('sizeInHeader', () => {
  it.each<[string, () => Promise<Uint8Array>]>([
    ['PNG', () => picture().png().toBuffer()],
    ['JPEG', () => picture().jpeg().toBuffer()],
    ['progressive JPEG', () => picture().jpeg({ progressive: true }).toBuffer()],
    [
      'JPEG with a thumbnail’s worth of EXIF and a colour profile before its frame',
      () =>
        picture()
          .withExif({ IFD0: { ImageDescription: 'x'.repeat(50_000) } })
          .withIccProfile('p3')
          .jpeg()
          .toBuffer(),
    ],
    ['lossy WebP', () => picture().webp().toBuffer()],
    ['lossless WebP', () => picture().webp({ lossless: true }).toBuffer()],
    ['WebP with alpha', () => picture().ensureAlpha(0.5).webp().toBuffer()],
    ['GIF', () => picture().gif().toBuffer()],
    ['AVIF', () => picture().avif({ effort: 0 }).toBuffer()],
  ])('knows the size of a %s', async (_, make) => {
    expect(sizeInHeader((await make()).subarray(0, HEADER_BYTES))).toEqual(size)
  })

  it('takes the largest size in a HEIC file: others are of its tiles and of its thumbnail', () => {
    const type = box('ftyp', bytes('heic\0\0\0\0mif1heic'))
    const file = new Uint8Array([...type, ...ispe(512, 512), ...ispe(4032, 3024), ...ispe(320, 240)])
    expect(sizeInHeader(file)).toEqual({ width: 4032, height: 3024 })
  })

  it.each([480, -480])('knows the size of a BMP with %d rows', (rows) => {
    expect(sizeInHeader(bmp(rows))).toEqual({ width: 640, height: 480 })
  })

  it.each<[string, Uint8Array]>([
    ['nothing', new Uint8Array(0)],
    ['text', bytes('just text')],
    ['an icon', new Uint8Array([0, 0, 1, 0, 1])],
    ['a vector image', bytes('<svg width="100" height="100"/>')],
    ['a PNG without a width', new Uint8Array([0x89, 0x50, 0x4e, 0x47, ...new Uint8Array(20)])],
    ['a video', box('ftyp', bytes('isom\0\0\0\0mp42'))],
  ])('knows none of %s', (_, file) => {
    expect(sizeInHeader(file)).toBeUndefined()
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
        const found = sizeInHeader(file.subarray(0, length))
        if (found) expect(found.width <= width && found.height <= height).toBe(true)
      }
      expect(sizeInHeader(file)).toEqual(size)
    }
  })
})

describe('isSvg', () => {
  it.each([
    '<svg xmlns="http://www.w3.org/2000/svg"/>',
    '\uFEFF<?xml version="1.0"?>\n<!-- made by hand --><!DOCTYPE svg PUBLIC "x" "y">\n<svg\n width="1">',
    '<!-- <html> --><s:svg xmlns:s="http://www.w3.org/2000/svg">',
  ])('%s is one', (text) => {
    expect(isSvg(bytes(text))).toBe(true)
  })

  it('so is the same text in UTF-16', () => {
    expect(isSvg(new Uint8Array(Buffer.from('\uFEFF<svg >', 'utf16le')))).toBe(true)
  })

  it.each(['', 'svg', '\n<!DOCTYPE html><svg>', '<html><svg>', '<svgx>', 'text <svg>', '<!----><!---->'.repeat(300)])(
    '%s is none',
    (text) => {
      expect(isSvg(bytes(text))).toBe(false)
    },
  )
})
