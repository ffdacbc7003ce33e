import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import sharp from 'sharp'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { decodeFile } from '../../../src/image/node/decode.ts'
import { DEFAULT_OPTIONS } from '../../../src/options/options.ts'
import { fixtures, photographFile } from '../../helpers/photographs.ts'
import { blackPng, packedText, png, pngChunk, pngOf } from '../../helpers/png.ts'
import { rejection } from '../../helpers/refusal.ts'

/** From a copy: the bytes are given away. */
const decode = (bytes: Uint8Array, options: Partial<typeof DEFAULT_OPTIONS> = {}) =>
  decodeFile(new Uint8Array(bytes), 'the file', { ...DEFAULT_OPTIONS, ...options })

/** Every pixel of a decoded image, as triples. */
async function pixels(file: Uint8Array): Promise<number[][]> {
  const { data, channels, width, height } = await decode(file)
  expect([channels, data.length]).toEqual([3, width * height * 3])
  return Array.from({ length: width * height }, (_, at) => [...data.subarray(at * 3, at * 3 + 3)])
}

describe('decodeFile', () => {
  const photographs = new Map(
    fixtures.filter(({ image }) => image.package !== undefined).map(({ image }) => [image.sha256OfRgb, image]),
  )

  it.each([...photographs.values()].map((image) => [`${image.package} ${image.path}`, image] as const))(
    'gives the pixels of the fixtures: %s',
    async (_name, image) => {
      const decoded = await decode(await readFile(photographFile(image.package!, image.path!)))
      expect(decoded).toMatchObject({ width: image.width, height: image.height, channels: 3, order: 'rgb' })
      expect(decoded.stride).toBe(image.width * 3)
      expect(createHash('sha256').update(decoded.data).digest('hex')).toBe(image.sha256OfRgb)
    },
  )

  it.each([1, 2, 3, 4, 5, 6, 7, 8])('applies EXIF orientation %i', async (orientation) => {
    // As a camera stores it, and as it is to be seen: 3 x 2 with four marked corners.
    const colours = { r: [255, 0, 0], g: [0, 255, 0], b: [0, 0, 255], w: [255, 255, 255], k: [0, 0, 0] }
    const upright = ['rkg', 'bkw']
    const stored: Record<number, string[]> = {
      1: ['rkg', 'bkw'],
      2: ['gkr', 'wkb'],
      3: ['wkb', 'gkr'],
      4: ['bkw', 'rkg'],
      5: ['rb', 'kk', 'gw'],
      6: ['gw', 'kk', 'rb'],
      7: ['wg', 'kk', 'br'],
      8: ['br', 'kk', 'wg'],
    }
    const rows = stored[orientation]!
    const paint = (lines: string[]) => lines.flatMap((line) => [...line].map((c) => colours[c as keyof typeof colours]))
    const raw = { width: rows[0]!.length, height: rows.length, channels: 3 as const }
    const file = await sharp(Buffer.from(paint(rows).flat()), { raw })
      .withMetadata({ orientation })
      .png()
      .toBuffer()
    expect((await decode(file)).width).toBe(3)
    expect(await pixels(file)).toEqual(paint(upright))
  })

  it('ignores alpha: the colour behind it counts, nothing is composited', async () => {
    const row = Uint8Array.of(200, 100, 50, 0, 1, 2, 3, 128)
    expect(await pixels(png({ width: 2, height: 1, colour: 6 }, [row]))).toEqual([
      [200, 100, 50],
      [1, 2, 3],
    ])
  })

  it('replicates grey, with and without alpha', async () => {
    const wanted = [
      [0, 0, 0],
      [77, 77, 77],
      [255, 255, 255],
    ]
    expect(await pixels(png({ width: 3, height: 1 }, [Uint8Array.of(0, 77, 255)]))).toEqual(wanted)
    expect(await pixels(png({ width: 3, height: 1, colour: 4 }, [Uint8Array.of(0, 9, 77, 0, 255, 128)]))).toEqual(
      wanted,
    )
    expect(await pixels(png({ width: 3, height: 1, depth: 1 }, [Uint8Array.of(0b01100000)]))).toEqual([
      wanted[0],
      wanted[2],
      wanted[2],
    ])
  })

  it('brings 16 bit down to the upper eight', async () => {
    const samples = Uint8Array.of(0xff, 0xff, 0x80, 0x00, 0x12, 0x34)
    expect(await pixels(png({ width: 1, height: 1, depth: 16, colour: 2 }, [samples]))).toEqual([[0xff, 0x80, 0x12]])
    expect(await pixels(png({ width: 3, height: 1, depth: 16 }, [samples]))).toEqual([
      [0xff, 0xff, 0xff],
      [0x80, 0x80, 0x80],
      [0x12, 0x12, 0x12],
    ])
  })

  it('converts palettes and CMYK', async () => {
    const plain = sharp({ create: { width: 8, height: 8, channels: 3, background: { r: 200, g: 100, b: 50 } } })
    const palette = await plain.clone().png({ palette: true }).toBuffer()
    expect((await sharp(palette).metadata()).isPalette).toBe(true)
    expect((await pixels(palette))[0]).toEqual([200, 100, 50])
    const cmyk = await plain.clone().toColourspace('cmyk').jpeg({ quality: 100 }).toBuffer()
    expect((await sharp(cmyk).metadata()).space).toBe('cmyk')
    const [red, green, blue] = (await pixels(cmyk))[0]!
    // Through a press profile and back: near, not equal.
    expect(Math.abs(red! - 200) + Math.abs(green! - 100) + Math.abs(blue! - 50)).toBeLessThan(60)
  })
})

const photograph = await readFile(photographFile('tracking', 'examples/assets/faces.jpg'))
const small = sharp(photograph).resize(300)

describe('damaged files', () => {
  const cut = (file: Uint8Array, share: number) => file.subarray(0, Math.round(file.length * share))

  it.each<[string, () => Promise<Uint8Array>]>([
    ['JPEG', async () => photograph],
    ['progressive JPEG', () => small.clone().jpeg({ progressive: true }).toBuffer()],
    ['PNG', () => small.clone().png().toBuffer()],
    ['GIF', () => small.clone().gif().toBuffer()],
    ['WebP', () => small.clone().webp().toBuffer()],
    ['lossless WebP', () => small.clone().webp({ lossless: true }).toBuffer()],
  ])('%s: half a file is searched, and refused with strict', async (_name, make) => {
    const file = await make()
    const whole = await decode(file)
    const half = await decode(cut(file, 0.5))
    expect([half.width, half.height]).toEqual([whole.width, whole.height])
    // The first rows are the photograph's. A coarse scan of a progressive file comes near, a GIF's colours are not even.
    const rows = whole.stride * 10
    const difference = whole.data.subarray(0, rows).reduce((sum, v, at) => sum + Math.abs(v - half.data[at]!), 0) / rows
    expect(difference).toBeLessThan(4)
    expect(half.data.subarray(-3)).not.toEqual(whole.data.subarray(-3))
    expect((await decode(file, { strict: true })).data).toEqual(whole.data)
    const error = await rejection(decode(cut(file, 0.5), { strict: true }))
    expect(error.code).toBe('DECODE_FAILED')
    expect(error.message).toMatch(/it is a \w+ file that is damaged \(option strict refuses all damage\)/)
  })

  it('a warning of the decoder stops nothing but with strict', async () => {
    // Rubbish between two segments of a JPEG.
    const at = photograph.indexOf(Buffer.of(0xff, 0xdb))
    const file = Buffer.concat([photograph.subarray(0, at), Buffer.alloc(20, 1), photograph.subarray(at)])
    expect((await decode(file)).data).toEqual((await decode(photograph)).data)
    expect((await rejection(decode(file, { strict: true }))).code).toBe('DECODE_FAILED')
  })

  it('says what a file is that cannot be decoded at all, in a line of reasonable length', async () => {
    const box = (brand: string) =>
      Buffer.concat([Buffer.of(0, 0, 0, 24), Buffer.from(`ftyp${brand}`), Buffer.alloc(200)])
    const cases: [Uint8Array, RegExp][] = [
      [new Uint8Array(0), /it is empty$/],
      [photograph.subarray(0, 100), /it is a JPEG file that is damaged: /],
      [box('heic'), /it is a HEIC file, which sharp as installed cannot decode: convert it to JPEG or PNG/],
      [Buffer.from('\xff\x0a'.padEnd(100, 'x'), 'latin1'), /a JPEG XL file, which sharp/],
      [Buffer.from('BM\0\0\0\0\0\0\0\0'.padEnd(100, 'x')), /a BMP file, which sharp/],
      [box('isom'), /it is a video \(MP4 or QuickTime\), not an image file/],
      [Buffer.from('<!doctype html><title>Not found</title>'), /an HTML page, perhaps an error page .*<!doctype html>/],
      [Buffer.from('{"error":"no such key"}'), /JSON, perhaps an error message .*no such key/],
      [Buffer.from('just words'), /text \(it begins with 'just words'\), not an image file$/],
      [photograph.toString('base64'), /base64 text \(pass Buffer\.from\(text, 'base64'\)\)/],
      [new Uint8Array(1000), /in no format that is known/],
    ].map(([bytes, message]) => [Buffer.from(bytes as string), message as RegExp])
    for (const [bytes, message] of cases) {
      const error = await rejection(decode(bytes))
      expect(error.code).toBe('DECODE_FAILED')
      expect(error.message).toMatch(message)
      expect(error.message.length).toBeLessThan(350)
    }
  })
})

describe('files that are made to cost much', () => {
  it('has at most maxPixels pixels, and says how many it has', async () => {
    const file = await blackPng(12_000, 12_000)
    expect(file.length).toBeLessThan(200_000)
    const error = await rejection(decode(file))
    expect(error.code).toBe('IMAGE_TOO_LARGE')
    expect(error.message).toMatch(/the file has 12000 x 12000 = 144000000 pixels; option 'maxPixels' allows 100000000/)
    const small = await blackPng(100, 50)
    expect((await decode(small, { maxPixels: 5000 })).width).toBe(100)
    expect((await decode(small, { maxPixels: Number.POSITIVE_INFINITY })).width).toBe(100)
    expect((await rejection(decode(small, { maxPixels: 4999 }))).code).toBe('IMAGE_TOO_LARGE')
  })

  it('counts the pixels of drawings, of animations and of any format', async () => {
    const drawing = Buffer.from('<svg xmlns="http://www.w3.org/2000/svg" width="20000" height="6000"/>')
    const files = [
      drawing,
      await small.clone().gif().toBuffer(),
      await small.clone().webp().toBuffer(),
      await small.clone().tiff().toBuffer(),
      await small.clone().avif().toBuffer(),
    ]
    for (const file of files) {
      const error = await rejection(decode(file, { maxPixels: 50_000 }))
      expect(error.code).toBe('IMAGE_TOO_LARGE')
    }
  })

  it('counts the pixels of the pictures in a drawing', async () => {
    const drawing = (addresses: string[]) => {
      const images = addresses.map((address) => `<image width="9" height="9" href="${address}"/>`)
      return Buffer.from(`<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9">${images.join('')}</svg>`)
    }
    const picture = await blackPng(100, 50)
    const base64 = `data:image/png;base64,${picture.toString('base64')}`
    const escaped = `data:image/png,${Array.from(picture, (byte) => `%${byte.toString(16).padStart(2, '0')}`).join('')}`
    const file = drawing([base64, 'data:image/png;base64,?', escaped])
    expect((await decode(file, { maxPixels: 10_000 })).width).toBe(9)
    const error = await rejection(decode(file, { maxPixels: 9999 }))
    expect(error.code).toBe('IMAGE_TOO_LARGE')
    expect(error.message).toMatch(/the pictures in the file have 10000 or more pixels; option 'maxPixels' allows 9999/)
  })

  it('texts of a PNG are left packed: they would be gigabytes', async () => {
    const text = packedText(7_900_000)
    const texts = Array.from({ length: 900 }, () => text)
    const file = png({ width: 1, height: 1 }, [Uint8Array.of(7)], texts)
    const start = performance.now()
    expect(await pixels(file)).toEqual([[7, 7, 7]])
    // Unpacked they take sharp about nine seconds.
    expect(performance.now() - start).toBeLessThan(4000)
  })

  it('more texts than a decoder of PNG takes are no hindrance', async () => {
    const texts = Array.from({ length: 5000 }, (_, at) => pngChunk('tEXt', Buffer.from(`key ${at}\0value`)))
    expect(await pixels(png({ width: 1, height: 1 }, [Uint8Array.of(7)], texts))).toEqual([[7, 7, 7]])
  })

  it('a header that promises more than the file holds costs no more than its pixels', async () => {
    const error = await rejection(decode(pngOf({ width: 2 ** 31 - 1, height: 2 ** 31 - 1 }, Buffer.alloc(10))))
    expect(['IMAGE_TOO_LARGE', 'DECODE_FAILED']).toContain(error.code)
  })
})

describe('without sharp', () => {
  afterEach(() => {
    vi.doUnmock('sharp')
    vi.resetModules()
  })

  it('names the package and the command that installs it', async () => {
    vi.resetModules()
    vi.doMock('sharp', () => {
      throw new Error("Cannot find package 'sharp'")
    })
    const { decodeFile } = await import('../../../src/image/node/decode.ts')
    const error = await decodeFile(Uint8Array.of(1), 'a file', DEFAULT_OPTIONS).catch((thrown: unknown) => thrown)
    // Modules were loaded anew, so the class is another.
    expect(error).toMatchObject({ name: 'MtcnnError', code: 'MISSING_DEPENDENCY' })
    expect((error as Error).message).toContain("run 'npm install sharp'")
    expect((error as Error).cause).toBeInstanceOf(Error)
  })
})
