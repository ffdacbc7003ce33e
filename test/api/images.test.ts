import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { MTCNN, type PixelImage } from '../../src/index.node.ts'
import { flawsOf } from '../helpers/flaws.ts'
import { noise, type Photograph, photograph } from '../helpers/photographs.ts'
import { sameBytes } from '../kernels/inputs.ts'

let image: Photograph
let detector: MTCNN

beforeAll(async () => {
  image = await photograph('tracking', 'examples/assets/faces.jpg')
  detector = await MTCNN.create({ minFaceSize: 40 })
})
afterAll(() => detector.dispose())

/** The photograph in another layout: bytes of a pixel from its red, green and blue. */
function arranged(
  channels: 1 | 3 | 4,
  pixel: (rgb: Uint8Array) => number[],
  padding = 0,
  order: 'rgb' | 'bgr' = 'rgb',
): PixelImage & { data: Uint8Array } {
  const { width, height, data } = image
  const stride = width * channels + padding
  const bytes = new Uint8Array(stride * height).map((_, n) => (n * 31) & 255)
  for (let n = 0; n < width * height; n++) {
    const at = Math.floor(n / width) * stride + (n % width) * channels
    bytes.set(pixel(data.subarray(3 * n, 3 * n + 3)), at)
  }
  return { data: bytes, width, height, channels, order, stride }
}

describe('the same picture in any layout gives the same faces, to the bit', () => {
  const rgb = (p: Uint8Array) => [...p]
  const bgr = (p: Uint8Array) => [p[2]!, p[1]!, p[0]!]
  const alpha = (p: Uint8Array) => [...p, (p[0]! * 7) & 255]

  it.each([
    ['RGB with padded rows', () => arranged(3, rgb, 5)],
    ['BGR', () => arranged(3, bgr, 0, 'bgr')],
    ['BGR with padded rows', () => arranged(3, bgr, 1, 'bgr')],
    ['RGBA', () => arranged(4, alpha)],
    ['RGBA with padded rows', () => arranged(4, alpha, 7)],
    ['BGRA', () => arranged(4, (p) => [...bgr(p), 9], 0, 'bgr')],
    ['a Uint8ClampedArray', () => ({ ...image, data: new Uint8ClampedArray(image.data) })],
    ['a Buffer at an odd place', () => ({ ...image, data: Buffer.concat([Buffer.alloc(3), image.data]).subarray(3) })],
    [
      'a last row without padding',
      () => {
        const padded = arranged(3, rgb, 64)
        return { ...padded, data: padded.data.subarray(0, padded.data.length - 64) }
      },
    ],
  ] as [string, () => PixelImage][])('%s', async (_, make) => {
    const expected = await detector.detectFaces(image)
    expect(expected.length).toBe(3)
    const given = make()
    const before = Uint8Array.from(given.data)
    expect(await detector.detectFaces(given)).toEqual(expected)
    expect(sameBytes(given.data, before)).toBe(true)
  })

  it('grey is the picture with three equal colours', async () => {
    const luma = (p: Uint8Array) => Math.round(0.299 * p[0]! + 0.587 * p[1]! + 0.114 * p[2]!)
    const expected = await detector.detectFaces(arranged(3, (p) => [luma(p), luma(p), luma(p)]))
    expect(expected.length).toBe(3)
    for (const padding of [0, 3]) {
      expect(await detector.detectFaces(arranged(1, (p) => [luma(p)], padding))).toEqual(expected)
      const bgrGrey = arranged(1, (p) => [luma(p)], padding, 'bgr')
      expect(await detector.detectFaces(bgrGrey)).toEqual(expected)
    }
  })

  it('red and blue exchanged by mistake is another picture', async () => {
    const wrong = await detector.detectFaces(arranged(3, bgr))
    expect(wrong).not.toEqual(await detector.detectFaces(image))
  })
})

describe('no image is an error for its size or content', () => {
  const flat = (width: number, height: number, value: number) => {
    return { data: new Uint8Array(width * height * 3).fill(value), width, height }
  }
  const sizes = [
    [1, 1],
    [1, 2],
    [2, 1],
    [1, 5000],
    [5000, 1],
    [11, 11],
    [11, 12],
    [12, 11],
    [12, 12],
    [13, 12],
    [12, 13],
    [12, 900],
    [900, 13],
    [19, 20],
    [20, 20],
    [21, 20],
    [333, 17],
  ] as const

  it.each(sizes)('%i x %i', async (width, height) => {
    for (const picture of [noise(width, height), flat(width, height, 0), flat(width, height, 255)]) {
      for (const minFaceSize of [1, 12, 20, 100]) {
        // A strip enlarged twelve times is searched in no time.
        const faces = await detector.detectFaces(picture, { minFaceSize })
        expect(flawsOf(faces, width, height)).toEqual([])
      }
    }
  })

  it.each([0, 1, 127, 254, 255])('flat, all bytes %i: no face', async (value) => {
    expect(await detector.detectFaces(flat(300, 200, value), { minFaceSize: 12 })).toEqual([])
  })

  it('every cell, every proposal and every refined box let through', async () => {
    const thresholds = { proposal: 0, refine: 0, output: 0 }
    for (const picture of [noise(70, 50), flat(64, 64, 0), flat(12, 12, 255), flat(90, 12, 128)]) {
      const { faces, trace } = await detector.explain(picture, { minFaceSize: 12, thresholds, nms: { output: 1 } })
      expect(trace.levels[0]!.passed).toBe(trace.levels[0]!.cells[0] * trace.levels[0]!.cells[1])
      expect(faces.length).toBe(trace.outputPassed)
      expect(flawsOf(faces, picture.width, picture.height)).toEqual([])
    }
  })

  it('all overlaps suppressed, or none', async () => {
    for (const overlap of [0, 1]) {
      const nms = { level: overlap, pyramid: overlap, refine: overlap, output: overlap }
      const thresholds = { proposal: 0.2, refine: 0.1, output: 0.1 }
      const faces = await detector.detectFaces(image, { nms, thresholds, minFaceSize: 60 })
      expect(faces.length).toBeGreaterThanOrEqual(3)
    }
  })
})
