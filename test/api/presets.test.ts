import sharp from 'sharp'
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { overlap } from '../../bench/eval/protocol.ts'
import { type AnyFace, MTCNN } from '../../src/index.node.ts'
import { PRESETS } from '../../src/options/options.ts'
import { type Photograph, photograph } from '../helpers/photographs.ts'

let classic: MTCNN
let accurate: MTCNN
let fast: MTCNN
let full: Photograph

beforeAll(async () => {
  classic = await MTCNN.create({ clip: false })
  accurate = await MTCNN.create({ preset: 'accurate', clip: false })
  fast = await MTCNN.create({ preset: 'fast', clip: false })
  full = await photograph('tracking', 'examples/assets/faces.jpg')
})

afterAll(() => {
  for (const detector of [classic, accurate, fast]) detector.dispose()
})

async function shrunk(factor: number, mirrored = false): Promise<Photograph> {
  const { data, width, height } = full
  const image = sharp(data, { raw: { width, height, channels: 3 } }).resize(
    Math.round(width / factor),
    Math.round(height / factor),
    { fit: 'fill' },
  )
  const { data: small, info } = await image.flop(mirrored).raw().toBuffer({ resolveWithObject: true })
  return { data: Uint8Array.from(small), width: info.width, height: info.height }
}

const scaled = ({ box }: AnyFace, by: number) => {
  return { x: box.x * by, y: box.y * by, width: box.width * by, height: box.height * by }
}

/** Mean overlap of the faces of the whole photograph with those of the small one, times `factor`; 0 where there is none. */
function agreement(large: AnyFace[], small: AnyFace[], factor: number): number {
  const best = large.map(({ box }) => Math.max(0, ...small.map((face) => overlap(box, scaled(face, factor)))))
  return best.reduce((a, b) => a + b, 0) / best.length
}

describe("preset 'accurate'", () => {
  it('finds faces of 12 pixels that the classic one does not, where they are', async () => {
    const factor = 9.5
    const small = await shrunk(factor)
    const large = await accurate.detectFaces(full)
    expect(large.length).toBe(3)
    const [few, all] = [await classic.detectFaces(small), await accurate.detectFaces(small)]
    expect(few.length).toBeLessThan(3)
    expect(all.length).toBe(3)
    expect(agreement(large, all, factor)).toBeGreaterThan(0.75)
    expect(agreement(large, all, factor)).toBeGreaterThan(agreement(large, few, factor))
  })

  it('finds in the mirror what it finds without', async () => {
    const [plain, mirrored] = await Promise.all([shrunk(4), shrunk(4, true)])
    const [faces, others] = [await accurate.detectFaces(plain), await accurate.detectFaces(mirrored)]
    expect(faces.length).toBe(3)
    expect(others.length).toBe(3)
    for (const { box, keypoints } of faces) {
      const turned = { ...box, x: plain.width - box.x - box.width }
      const other = others.find((face) => overlap(face.box, turned) > 0.8)!
      // Half a pixel: P-Net and R-Net do not look into the mirror.
      expect(Math.abs(plain.width - keypoints!.leftEye.x - other.keypoints!.rightEye.x)).toBeLessThan(0.5)
      expect(Math.abs(keypoints!.mouthRight.y - other.keypoints!.mouthLeft.y)).toBeLessThan(0.5)
    }
  })

  it('gives faces by descending confidence, over the threshold, in the roi and with boxes only too', async () => {
    const faces = await accurate.detectFaces(full, { thresholds: { output: 0 } })
    const scores = faces.map(({ confidence }) => confidence)
    expect(scores).toEqual([...scores].sort((a, b) => b - a))
    expect(scores.length).toBeGreaterThan(3)
    const over = await accurate.detectFaces(full)
    expect(over.every(({ confidence }) => confidence > 0.7)).toBe(true)
    const boxes = await accurate.detectFaces(full, { stages: 'boxes' })
    expect(agreement(over, boxes, 1)).toBeGreaterThan(0.6)
    const { x, y } = over[0]!.box
    const roi = { x: Math.floor(x) - 20, y: Math.floor(y) - 20, width: 150, height: 160 }
    const inside = await accurate.detectFaces(full, { roi })
    expect(overlap(inside[0]!.box, over[0]!.box)).toBeGreaterThan(0.95)
  })

  it('answers images too small or too flat for any face', async () => {
    for (const [width, height] of [
      [1, 1],
      [3, 200],
      [11, 11],
      [40, 40],
    ] as const) {
      const flat = { data: new Uint8Array(width * height * 3).fill(90), width, height }
      expect(await accurate.detectFaces(flat)).toEqual([])
    }
  })
})

describe('options laid over one another', () => {
  it('make one preset of another', async () => {
    const { signal: _, roi: __, transfer: ___, clip: ____, ...options } = PRESETS.accurate
    const small = await shrunk(5)
    expect(await classic.detectFaces(small, options)).toEqual(await accurate.detectFaces(small))
  })

  it('confirm with a second pass: fewer faces are left, and none is surer than at first', async () => {
    const small = await shrunk(5)
    const options = { confidence: 'output', thresholds: { output: 0.1 } } as const
    const once = await accurate.detectFaces(small, { ...options, passes: 1 })
    const twice = await accurate.detectFaces(small, options)
    expect(twice.length).toBeLessThanOrEqual(once.length)
    for (const face of twice) {
      const before = once.filter(({ box }) => overlap(box, face.box) > 0.5).map(({ confidence }) => confidence)
      expect(face.confidence).toBeLessThanOrEqual(Math.max(...before))
    }
  })
})

describe("preset 'balanced'", () => {
  it('finds what the accurate one finds of faces of 20 pixels and more, with a fraction of the patches', async () => {
    const small = await shrunk(4)
    const balanced = await MTCNN.create({ preset: 'balanced', clip: false })
    onTestFinished(() => balanced.dispose())
    const [some, all] = [await balanced.explain(small), await accurate.explain(small)]
    expect(some.faces.length).toBe(3)
    expect(agreement(all.faces, some.faces, 1)).toBeGreaterThan(0.85)
    expect(some.trace.proposals).toBeLessThan(0.6 * all.trace.proposals)
  })
})

describe("preset 'fast'", () => {
  it('finds faces of 100 pixels in a fraction of the levels', async () => {
    const [quick, usual] = [await fast.explain(full), await classic.explain(full)]
    expect(quick.faces.length).toBe(3)
    expect(agreement(usual.faces, quick.faces, 1)).toBeGreaterThan(0.8)
    expect(quick.trace.levels.length).toBeLessThan(usual.trace.levels.length)
  })
})
