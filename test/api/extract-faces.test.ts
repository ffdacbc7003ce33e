import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Crop, type Face, MTCNN, MTCNNPool, MtcnnError, type Point } from '../../src/index.node.ts'
import { inverseOf } from '../../src/shared/affine.ts'
import { cut, type Photograph, photograph, photographFile } from '../helpers/photographs.ts'
import { rejection } from '../helpers/refusal.ts'
import { farthest } from '../kernels/inputs.ts'
import { warp } from '../reference/warp.ts'

/** Three people who look into the camera. */
let group: Photograph
let detector: MTCNN
let worker: MTCNN
let found: { faces: Face[]; crops: Crop[] }

beforeAll(async () => {
  group = await photograph('tracking', 'examples/assets/faces.jpg')
  detector = await MTCNN.create()
  worker = await MTCNN.create({ worker: true })
  found = await detector.extractFaces(group)
})
afterAll(() => {
  detector.dispose()
  worker.dispose()
})

const ARCFACE = [
  [38.2946, 51.6963],
  [73.5318, 51.5014],
  [56.0252, 71.7366],
  [41.5493, 92.3655],
  [70.7299, 92.2041],
] as const

function pointsOf({ keypoints }: Face): Point[] {
  const { leftEye, rightEye, nose, mouthLeft, mouthRight } = keypoints
  return [leftEye, rightEye, nose, mouthLeft, mouthRight]
}

function turn(left: Point, right: Point): number {
  return (Math.atan2(right.y - left.y, right.x - left.x) * 180) / Math.PI
}

describe('extractFaces', () => {
  it('finds what detectFaces finds, with a crop of each', async () => {
    const faces = await detector.detectFaces(group)
    expect(found.faces).toEqual(faces)
    expect(faces).toHaveLength(3)
    expect(found.crops).toHaveLength(3)
    for (const { data, width, height, channels } of found.crops) {
      expect([width, height, channels]).toEqual([112, 112, 4])
      expect(data).toBeInstanceOf(Uint8ClampedArray)
      expect(data).toHaveLength(112 * 112 * 4)
    }
  })

  it('brings the landmarks to the template: eyes level, each within 4 px at 112 where the face looks straight ahead', () => {
    for (const [n, face] of found.faces.entries()) {
      // The second looks a little to the side.
      const most = n === 1 ? 5 : 4
      const [a, b, tx, c, d, ty] = found.crops[n]!.matrix
      const points = pointsOf(face).map(({ x, y }) => ({ x: a * x + b * y + tx, y: c * x + d * y + ty }))
      expect(Math.abs(turn(points[0]!, points[1]!))).toBeLessThan(1)
      for (const [k, { x, y }] of points.entries()) {
        expect(Math.hypot(x - ARCFACE[k]![0], y - ARCFACE[k]![1])).toBeLessThan(most)
      }
    }
  })

  it('shows faces that are found again, upright, where they should be', async () => {
    for (const crop of found.crops) {
      const [again] = await detector.detectFaces(crop)
      expect(again!.confidence).toBeGreaterThan(0.95)
      // O-Net places points anew, on another picture: a little of its own noise.
      expect(Math.abs(turn(again!.keypoints.leftEye, again!.keypoints.rightEye))).toBeLessThan(2)
      for (const [k, { x, y }] of pointsOf(again!).entries()) {
        expect(Math.hypot(x - ARCFACE[k]![0], y - ARCFACE[k]![1])).toBeLessThan(6)
      }
    }
  })

  it('gives the pixels that the definition gives', () => {
    for (const { data, matrix } of found.crops) {
      const expected = warp({ ...group, channels: 3 }, inverseOf(matrix), 112, 112, [0, 0, 0])
      const colours = data.filter((_, n) => n % 4 !== 3)
      // Bytes against numbers that are not rounded.
      expect(farthest(colours, expected.data)).toBeLessThan(0.501)
      expect(data.every((value, n) => n % 4 !== 3 || value === 255)).toBe(true)
    }
  })

  it('gives the same from a worker, a pool, a file, and with a roi around the face', async () => {
    expect(await worker.extractFaces(group)).toEqual(found)
    const pool = await MTCNNPool.create({ size: 1 })
    expect(await pool.extractFaces(photographFile('tracking', 'examples/assets/faces.jpg'))).toEqual(found)
    pool.dispose()
    const { box } = found.faces[0]!
    const roi = { x: box.x - 30, y: box.y - 30, width: box.width + 60, height: box.height + 60 }
    const part = await detector.extractFaces(group, { roi, align: 'none', size: 64, margin: 2 })
    // The crop shows more than was searched: it comes from the whole image.
    const again = await detector.cropFaces(group, part.faces, { align: 'none', size: 64, margin: 2 })
    expect(part.crops).toEqual(again)
    expect(part.crops[0]!.data.some((value) => value !== 0)).toBe(true)
  })

  it('turns what lies on its side upright', async () => {
    const [face] = found.faces
    const { x, y } = pointsOf(face!)[2]!
    // The picture turned by 20 degrees about the nose, by the crop of a box that is the picture.
    const angle = (20 * Math.PI) / 180
    const [cos, sin] = [Math.cos(angle), Math.sin(angle)]
    const turned = warp(
      { ...group, channels: 3 },
      [cos, -sin, x - cos * 150 + sin * 150, sin, cos, y - sin * 150 - cos * 150],
      300,
      300,
      'edge',
    )
    const image = { data: Uint8Array.from(turned.data, Math.round), width: 300, height: 300 }
    const { faces, crops } = await detector.extractFaces(image, { maxFaces: 1 })
    expect(Math.abs(turn(faces[0]!.keypoints.leftEye, faces[0]!.keypoints.rightEye))).toBeGreaterThan(10)
    const [again] = await detector.detectFaces(crops[0]!)
    expect(Math.abs(turn(again!.keypoints.leftEye, again!.keypoints.rightEye))).toBeLessThan(3)
  })

  it('takes the options of a search, and refuses what is none', async () => {
    const { faces, crops } = await detector.extractFaces(group, { maxFaces: 1, output: 'float32', size: 16 })
    expect(faces).toEqual(found.faces.slice(0, 1))
    expect(crops).toHaveLength(1)
    expect(crops[0]!.data).toBeInstanceOf(Float32Array)
    expect(crops[0]!.data).toHaveLength(16 * 16 * 3)
    const nothing = await worker.extractFaces(cut(group, 0, 0, 60, 40))
    expect(nothing).toEqual({ faces: [], crops: [] })
    expect((await rejection(detector.extractFaces(group, { sise: 112 } as never))).message).toMatch(
      /did you mean 'size'/,
    )
    const boxes = await detector.extractFaces(group, { stages: 'boxes', align: 'facenet' })
    expect(boxes.crops[0]).toMatchObject({ width: 160, height: 160 })
  })

  it('can be aborted, and the detector goes on', async () => {
    const controller = new AbortController()
    const answer = worker.extractFaces(group, { signal: controller.signal })
    controller.abort(new Error('enough'))
    await expect(answer).rejects.toThrow('enough')
    expect(await worker.extractFaces(group)).toEqual(found)
  })

  it('pixels that were handed over are still cut', async () => {
    const data = group.data.slice()
    expect(await worker.extractFaces({ ...group, data }, { transfer: true })).toEqual(found)
    expect(data).toHaveLength(0)
  })
})

describe('cropFaces', () => {
  it('gives the crops of extractFaces, here and in a worker', async () => {
    expect(await detector.cropFaces(group, found.faces)).toEqual(found.crops)
    expect(await worker.cropFaces(group, found.faces)).toEqual(found.crops)
    expect(await detector.cropFaces(group, found.faces.slice(1, 2))).toEqual(found.crops.slice(1, 2))
    expect(await detector.cropFaces(group, [])).toEqual([])
  })

  it('takes faces that went through JSON, and faces outside of the image', async () => {
    const copies: Face[] = JSON.parse(JSON.stringify(found.faces))
    expect(await detector.cropFaces(group, copies)).toEqual(found.crops)
    const outside = { box: { x: 5000, y: -5000, width: 50, height: 50 }, confidence: 1 }
    // In as many pixels as they have: nothing is averaged.
    const options = { align: 'none', size: 50, output: 'rgb' } as const
    const [black] = await detector.cropFaces(group, [outside], options)
    expect(black!.data.every((value) => value === 0)).toBe(true)
    const [corner] = await detector.cropFaces(group, [outside], { ...options, fill: 'edge' })
    const pixel = group.data.subarray(3 * (group.width - 1), 3 * group.width)
    expect([...corner!.data]).toEqual(Array.from({ length: 2500 }, () => [...pixel]).flat())
  })

  it('refuses what are no faces, and faces that cannot be cut out', async () => {
    const told = async (faces: unknown, options?: object) => {
      const error = await rejection(detector.cropFaces(group, faces as Face[], options))
      expect(error.code).toBe('INVALID_OPTION')
      return error.message
    }
    expect(await told(found)).toMatch(/cropFaces takes an array of faces.*give its property faces/)
    const box = { x: 0, y: 0, width: 10, height: 10 }
    expect(await told([{ box, confidence: 1 }])).toMatch(/face 0 has no keypoints/)
    expect(await told([{ box: { ...box, width: 0 }, confidence: 1 }], { align: 'none' })).toMatch(
      /without width or height/,
    )
    const huge = { box: { x: 0, y: 0, width: 9000, height: 10 }, confidence: 1 }
    expect(await told([huge], { align: 'none' })).toMatch(/give option 'size'/)
  })

  it('answers any faces and any options with crops of numbers, or with an MtcnnError', async () => {
    const number = fc.oneof(
      fc.double({ noNaN: true, noDefaultInfinity: true }),
      fc.double({ min: -1000, max: 1000, noNaN: true }),
      fc.constantFrom(0, -0, 1e-300, 1e300, 5e-324),
    )
    const point = fc.record({ x: number, y: number })
    const face = fc.record({
      box: fc.record({ x: number, y: number, width: number, height: number }),
      confidence: fc.constant(1),
      keypoints: fc.option(
        fc.record({ leftEye: point, rightEye: point, nose: point, mouthLeft: point, mouthRight: point }),
        { nil: undefined },
      ),
    })
    const options = fc.record(
      {
        align: fc.constantFrom('arcface', 'facenet', 'none'),
        size: fc.oneof(fc.integer({ min: 1, max: 40 }), fc.constant(undefined)),
        margin: fc.double({ min: -0.9, max: 10, noNaN: true }),
        square: fc.boolean(),
        fill: fc.constantFrom('edge', [9, 8, 7]),
        output: fc.constantFrom('rgb', 'float32'),
        std: fc.constantFrom(1, 1e-3, [1, 2, 3]),
      },
      { requiredKeys: [] },
    )
    const small = cut(group, 100, 60, 90, 70)
    const property = fc.asyncProperty(fc.array(face, { maxLength: 3 }), options, async (faces, given) => {
      let crops: Crop<'rgb' | 'float32'>[]
      try {
        crops = (await detector.cropFaces(small, faces as Face[], given as never)) as never
      } catch (error) {
        expect(error).toBeInstanceOf(MtcnnError)
        return
      }
      expect(crops).toHaveLength(faces.length)
      for (const { data, width, height, matrix, channels } of crops) {
        expect(data.length).toBe(width * height * channels)
        expect(data.every(Number.isFinite)).toBe(true)
        expect(matrix.every(Number.isFinite)).toBe(true)
      }
    })
    await fc.assert(property, { numRuns: 300 })
  }, 60_000)

  it('is refused once the detector is disposed of', async () => {
    const gone = await MTCNN.create()
    gone.dispose()
    expect((await rejection(gone.cropFaces(group, found.faces))).code).toBe('DISPOSED')
    expect((await rejection(gone.extractFaces(group))).code).toBe('DISPOSED')
  })
})
