import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import sharp from 'sharp'
import { describe, expect, it } from 'vitest'
import { fileKind } from '../../src/image/file-kind.ts'
import { photographFile } from '../helpers/photographs.ts'

/** Bytes from text of one letter a byte. */
const bytes = (text: string) => Uint8Array.from(text, (letter) => letter.charCodeAt(0))
const isoFile = (brand: string, compatible = '') => bytes(`\0\0\0\x18ftyp${brand}\0\0\0\0${compatible}`)

describe('fileKind', () => {
  it('knows a photograph, and what an encoder writes', async () => {
    expect(fileKind(readFileSync(photographFile('tracking', 'examples/assets/faces.jpg')))).toMatchObject({
      name: 'a JPEG file',
      family: 'common',
    })
    const image = sharp({ create: { width: 8, height: 8, channels: 3, background: 'red' } })
    for (const [format, name] of [
      ['png', 'a PNG file'],
      ['gif', 'a GIF file'],
      ['webp', 'a WebP file'],
      ['tiff', 'a TIFF file'],
      ['avif', 'an AVIF file'],
    ] as const) {
      expect(fileKind(await image.clone().toFormat(format).toBuffer())).toEqual({ name, family: 'common' })
    }
  })

  it.each([
    ['a HEIC file', 'rare', isoFile('heic')],
    ['a HEIC file', 'rare', isoFile('mif1', 'heic')],
    ['an AVIF file', 'common', isoFile('mif1', 'avif')],
    ['a Canon RAW file (CR3)', 'rare', isoFile('crx ')],
    ['a video (MP4 or QuickTime)', 'other', isoFile('isom')],
    ['a Canon RAW file (CR2)', 'rare', bytes('II*\0\x10\0\0\0CR\x02\0')],
    ['a JPEG 2000 file', 'rare', bytes('\xff\x4f\xff\x51\0')],
    ['a BMP file', 'rare', bytes('BM\x36\x84\x03\0\0\0\0\0\x36')],
    ['a PDF file', 'other', bytes('%PDF-1.7')],
    ['a ZIP archive', 'other', bytes('PK\x03\x04\x14')],
    ['an SVG file', 'common', bytes('<?xml version="1.0"?>\n<svg xmlns="http://www.w3.org/2000/svg"/>')],
  ])('tells %s', (name, family, given) => {
    expect(fileKind(given)).toEqual({ name, family })
  })

  it.each([
    [/^an HTML page, perhaps an error page/, '<!DOCTYPE html><title>404</title>'],
    [/^the text of a data: URL/, 'data:image/png;base64,iVBORw0KGgo='],
    [/^base64 text/, `/9j/${'A'.repeat(400)}`],
    [/^JSON, perhaps an error message .*begins with '\{"error":/, '{"error":"not found"}'],
    [/^a Git LFS pointer/, 'version https://git-lfs.github.com/spec/v1\noid sha256:0'],
    [/^text \(it begins with 'hello'\)/, 'hello'],
  ])('tells text apart: %s', (name, text) => {
    expect(fileKind(bytes(text))).toMatchObject({ name: expect.stringMatching(name), family: 'other' })
  })

  it('says nothing of no bytes and of bytes without a meaning', () => {
    expect(fileKind(new Uint8Array(0))).toBeUndefined()
    expect(fileKind(new Uint8Array(100))).toBeUndefined()
    expect(fileKind(Uint8Array.of(0xfe, 0xed, 1, 2, 3))).toBeUndefined()
  })

  it('takes shared memory, and never throws; names are short and of one line', () => {
    const shared = new Uint8Array(new SharedArrayBuffer(4))
    shared.set(bytes('GIF8'))
    expect(fileKind(shared)?.name).toBe('a GIF file')
    fc.assert(
      fc.property(fc.oneof(fc.uint8Array({ maxLength: 80 }), fc.string({ maxLength: 300 }).map(bytes)), (given) => {
        const name = fileKind(given)?.name ?? ''
        return name.length < 200 && !name.includes('\n')
      }),
    )
  })

  it('takes no longer for text that is made to be slow', () => {
    const start = performance.now()
    fileKind(bytes(`${'<!---->'.repeat(140)}x`))
    fileKind(bytes('<!--'.repeat(250)))
    expect(performance.now() - start).toBeLessThan(1000)
  })
})
