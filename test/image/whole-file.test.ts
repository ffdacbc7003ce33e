import fc from 'fast-check'
import sharp from 'sharp'
import { describe, expect, it } from 'vitest'
import { isWhole } from '../../src/image/whole-file.ts'
import { photograph } from '../helpers/photographs.ts'

const { data, width, height } = await photograph('tracking', 'examples/assets/faces.jpg')
const picture = () => sharp(data, { raw: { width, height, channels: 3 } })
const small = () => picture().resize(40, 30)

const FILES: [string, Uint8Array][] = [
  ['PNG', await picture().png().toBuffer()],
  ['PNG with a palette', await picture().png({ palette: true }).toBuffer()],
  ['JPEG', await picture().jpeg().toBuffer()],
  ['progressive JPEG', await picture().jpeg({ progressive: true }).toBuffer()],
  [
    'JPEG with EXIF and a colour profile',
    await picture()
      .withExif({ IFD0: { Make: 'x' } })
      .withIccProfile('p3')
      .jpeg()
      .toBuffer(),
  ],
  ['lossy WebP', await picture().webp().toBuffer()],
  ['lossless WebP', await picture().webp({ lossless: true }).toBuffer()],
  ['GIF', await picture().gif().toBuffer()],
  ['tiny JPEG', await small().jpeg().toBuffer()],
  ['tiny GIF', await small().gif().toBuffer()],
]

describe.each(FILES)('%s', (_, file) => {
  it('is whole, whatever lies behind its end', () => {
    expect(isWhole(file)).toBe(true)
    expect(isWhole(new Uint8Array([...file, 1, 2, 3]))).toBe(true)
    // In a buffer of something else.
    const larger = new Uint8Array(file.length + 20)
    larger.set(file, 10)
    expect(isWhole(larger.subarray(10, 10 + file.length))).toBe(true)
  })

  it('is not whole where it is cut, wherever that is', () => {
    expect(isWhole(file.subarray(0, file.length - 1))).toBe(false)
    const cuts = fc.integer({ min: 12, max: file.length - 1 })
    fc.assert(
      fc.property(cuts, (end) => !isWhole(file.subarray(0, end))),
      { numRuns: 60 },
    )
  })
})

it('a PNG whose picture has a wrong checksum is damaged; other chunks do not matter', async () => {
  const file = await small().withMetadata().png().toBuffer()
  const at = file.indexOf('IDAT')
  const damaged = Uint8Array.from(file)
  damaged[at + 10]! ^= 1
  expect(isWhole(damaged)).toBe(false)
  const elsewhere = Uint8Array.from(file)
  elsewhere[file.indexOf('pHYs') + 5]! ^= 1
  expect(isWhole(elsewhere)).toBe(true)
})

it('says nothing of other formats, and never throws', () => {
  expect(isWhole(new TextEncoder().encode('<svg xmlns="http://www.w3.org/2000/svg"/>'))).toBe(true)
  expect(isWhole(new Uint8Array())).toBe(true)
  const starts = fc.constantFrom('\x89PNG\r\n\x1a\n', '\xff\xd8\xff', 'GIF89a', 'RIFF')
  fc.assert(
    fc.property(starts, fc.uint8Array({ maxLength: 300 }), (start, rest) => {
      const bytes = new Uint8Array([...Array.from(start, (letter) => letter.charCodeAt(0)), ...rest])
      return typeof isWhole(bytes) === 'boolean'
    }),
    { numRuns: 300 },
  )
})
