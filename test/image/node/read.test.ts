import { createHash } from 'node:crypto'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { runInNewContext } from 'node:vm'
import { deflateSync } from 'node:zlib'
import fc from 'fast-check'
import sharp from 'sharp'
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest'
import { crc32 } from '../../../src/assets/crc32.ts'
import { decode } from '../../../src/image/node/read.ts'
import { fixtures, photographFile } from '../../helpers/photographs.ts'
import { rejection } from '../../helpers/refusal.ts'

let folder = ''
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'mtcnn-decode-'))
})
afterAll(() => rm(folder, { recursive: true }))

const refusal = (input: unknown) => rejection(decode(input as string))

/** Every pixel of a decoded image, as triples. */
async function pixels(input: Parameters<typeof decode>[0]): Promise<number[][]> {
  const { data, channels, width, height } = await decode(input)
  expect([channels, data.length]).toEqual([3, width * height * 3])
  return Array.from({ length: width * height }, (_, at) => [...data.subarray(at * 3, at * 3 + 3)])
}

/** A PNG made by hand, so that its samples are known and not another encoder's idea of them. */
function png(width: number, height: number, depth: number, colour: number, rows: Uint8Array[]): Buffer {
  const chunk = (type: string, body: Uint8Array) => {
    const named = Buffer.concat([Buffer.from(type), body])
    const [length, check] = [Buffer.alloc(4), Buffer.alloc(4)]
    length.writeUInt32BE(body.length)
    check.writeUInt32BE(crc32(named))
    return Buffer.concat([length, named, check])
  }
  const head = Buffer.alloc(13)
  head.writeUInt32BE(width, 0)
  head.writeUInt32BE(height, 4)
  head.set([depth, colour], 8)
  const body = deflateSync(Buffer.concat(rows.map((row) => Buffer.concat([Buffer.of(0), row]))))
  const signature = Buffer.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a)
  return Buffer.concat([signature, chunk('IHDR', head), chunk('IDAT', body), chunk('IEND', Buffer.alloc(0))])
}

describe('decode', () => {
  const photographs = new Map(
    fixtures.filter(({ image }) => image.package !== undefined).map(({ image }) => [image.sha256OfRgb, image]),
  )

  it.each([...photographs.values()].map((image) => [`${image.package} ${image.path}`, image] as const))(
    'gives the pixels of the fixtures: %s',
    async (_name, image) => {
      const decoded = await decode(photographFile(image.package!, image.path!))
      expect(decoded).toMatchObject({ width: image.width, height: image.height, channels: 3, order: 'rgb' })
      expect(decoded.stride).toBe(image.width * 3)
      expect(createHash('sha256').update(decoded.data).digest('hex')).toBe(image.sha256OfRgb)
    },
  )

  it('takes a path, a file: URL as URL and as text, a Buffer, part of an ArrayBuffer, and bytes of another realm', async () => {
    const file = photographFile('tracking', 'examples/assets/faces.jpg')
    const bytes = await readFile(file)
    const memory = new Uint8Array(bytes.length + 20)
    memory.set(bytes, 7)
    const foreign = runInNewContext('Uint8Array.from(bytes)', { bytes }) as Uint8Array
    expect(foreign).not.toBeInstanceOf(Uint8Array)
    const wanted = (await decode(file)).data
    const url = pathToFileURL(file)
    const exact = Uint8Array.from(bytes).buffer
    for (const input of [url, url.href, bytes, memory.subarray(7, 7 + bytes.length), exact, foreign]) {
      expect(Buffer.compare((await decode(input)).data, wanted)).toBe(0)
    }
  })

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
    expect(await pixels(png(2, 1, 8, 6, [row]))).toEqual([
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
    expect(await pixels(png(3, 1, 8, 0, [Uint8Array.of(0, 77, 255)]))).toEqual(wanted)
    expect(await pixels(png(3, 1, 8, 4, [Uint8Array.of(0, 9, 77, 0, 255, 128)]))).toEqual(wanted)
    expect(await pixels(png(3, 1, 1, 0, [Uint8Array.of(0b01100000)]))).toEqual([wanted[0], wanted[2], wanted[2]])
  })

  it('brings 16 bit down to the upper eight', async () => {
    const samples = Uint8Array.of(0xff, 0xff, 0x80, 0x00, 0x12, 0x34)
    expect(await pixels(png(1, 1, 16, 2, [samples]))).toEqual([[0xff, 0x80, 0x12]])
    expect(await pixels(png(3, 1, 16, 0, [samples]))).toEqual([
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

  it('reads a file anew that has changed', async () => {
    const file = join(folder, 'changing.png')
    await writeFile(file, png(1, 1, 8, 0, [Uint8Array.of(1)]))
    expect(await pixels(file)).toEqual([[1, 1, 1]])
    await writeFile(file, png(1, 1, 8, 0, [Uint8Array.of(2)]))
    expect(await pixels(file)).toEqual([[2, 2, 2]])
  })

  it('says which file could not be read or decoded, and why', async () => {
    const missing = join(folder, 'missing.jpg')
    const error = await refusal(missing)
    expect(error.code).toBe('DECODE_FAILED')
    expect(error.message).toContain(missing)
    expect(error.cause).toMatchObject({ code: 'ENOENT' })
    expect((await refusal(folder)).cause).toMatchObject({ code: 'EISDIR' })
    expect((await refusal('')).code).toBe('DECODE_FAILED')
    const text = join(folder, 'text.jpg')
    await writeFile(text, 'no photograph')
    const bad = await refusal(text)
    expect(bad.code).toBe('DECODE_FAILED')
    expect(bad.message).toContain(text)
    expect(bad.cause).toBeInstanceOf(Error)
  })

  it('refuses bytes that are no image, none at all, and a photograph cut off', async () => {
    expect((await refusal(new Uint8Array(0))).message).toContain('the 0 bytes given')
    expect((await refusal(new Uint8Array(1000))).code).toBe('DECODE_FAILED')
    const bytes = await readFile(photographFile('tracking', 'examples/assets/faces.jpg'))
    expect((await refusal(bytes.subarray(0, 20000))).code).toBe('DECODE_FAILED')
  })

  it.each([
    'https://example.com/a.jpg',
    'HTTP://example.com/a.jpg',
    new URL('https://example.com/a.jpg'),
    'data:image/png;base64,AAAA',
    'blob:https://example.com/1',
    'file://elsewhere/a.jpg',
    42,
    null,
    {},
    [1],
    new Float32Array(4),
    { [Symbol.toStringTag]: 'URL' },
  ])('does not take %s', async (input) => {
    expect((await refusal(input)).code).toBe('UNSUPPORTED_IMAGE')
  })

  it('answers junk with an MtcnnError, never anything else', async () => {
    const junk = fc.anything({ withTypedArray: true, withNullPrototype: true, withDate: true })
    await fc.assert(
      fc.asyncProperty(fc.oneof(junk, fc.string(), fc.uint8Array(), fc.webUrl()), async (input) => {
        await refusal(input)
      }),
      { numRuns: 300 },
    )
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
    const { decode } = await import('../../../src/image/node/read.ts')
    const error = await decode(photographFile('tracking', 'examples/assets/faces.jpg')).catch(
      (thrown: unknown) => thrown,
    )
    // Modules were loaded anew, so the class is another.
    expect(error).toMatchObject({ name: 'MtcnnError', code: 'MISSING_DEPENDENCY' })
    expect((error as Error).message).toContain("run 'npm install sharp'")
    expect((error as Error).cause).toBeInstanceOf(Error)
  })
})
