import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type AnyFace, type DetectOptions, MTCNN, toReference } from '../../src/index.node.ts'
import { cut, type Photograph, photograph } from '../helpers/photographs.ts'
import { nms as suppressed } from '../reference/nms.ts'

let image: Photograph
let detector: MTCNN

beforeAll(async () => {
  image = await photograph('tracking', 'examples/assets/faces.jpg')
  detector = await MTCNN.create()
})
afterAll(() => detector.dispose())

const detect = (options?: DetectOptions) => detector.detectFaces(image, options)
const confidences = (faces: readonly AnyFace[]) => faces.map(({ confidence }) => confidence)

describe('each option does what it says', () => {
  it('minFaceSize: the size of the smallest face that fits the first level', async () => {
    const { trace } = await detector.explain(image, { minFaceSize: 37 })
    expect(trace.levels[0]!.scale).toBe(12 / 37)
    // The faces are 83 to 90 pixels wide.
    expect((await detect({ minFaceSize: 60 })).length).toBe(3)
    // The image is 346 pixels high.
    expect((await detector.explain(image, { minFaceSize: 345 })).trace.levels.length).toBe(1)
    for (const minFaceSize of [346.1, 1e9]) {
      const nothing = await detector.explain(image, { minFaceSize })
      expect([nothing.trace.levels, nothing.faces]).toEqual([[], []])
    }
  })

  it('scaleFactor: from level to level', async () => {
    for (const scaleFactor of [0.5, 0.8]) {
      const { levels } = (await detector.explain(image, { scaleFactor })).trace
      levels.slice(1).forEach(({ scale }, n) => {
        expect(scale / levels[n]!.scale).toBeCloseTo(scaleFactor, 12)
      })
    }
  })

  it('thresholds: each net on its own', async () => {
    const counts = async (thresholds: DetectOptions['thresholds']) => {
      const { trace, faces } = await detector.explain(image, { thresholds })
      const { proposals, refinePassed, outputPassed } = trace
      return { proposals, refinePassed, outputPassed, faces: faces.length }
    }
    const base = await counts({})
    expect((await counts({ proposal: 0.9 })).proposals).toBeLessThan(base.proposals)
    const refine = await counts({ refine: 0.95 })
    expect(refine.proposals).toBe(base.proposals)
    expect(refine.refinePassed).toBeLessThan(base.refinePassed)
    const output = await counts({ output: 0.9999995 })
    expect(output.refinePassed).toBe(base.refinePassed)
    expect(output.outputPassed).toBeLessThan(base.outputPassed)
    expect(await counts({ output: 1 })).toMatchObject({ outputPassed: 0, faces: 0 })
    expect(await counts({ refine: 1 })).toMatchObject({ refinePassed: 0, faces: 0 })
    expect(await counts({ proposal: 1 })).toMatchObject({ proposals: 0, faces: 0 })
    // Over a threshold close to 1 a cell whose float32 score rounds up to it still passes.
    const scores = (await detector.explain(image, { thresholds: { proposal: 0.99 } })).trace.proposalScores
    const highest = Math.max(...scores)
    expect(highest).toBeLessThan(1)
    expect((await detector.explain(image, { thresholds: { proposal: highest } })).trace.proposals).toBe(1)
  })

  it('threshold 0 for P-Net lets every cell pass', async () => {
    const part = cut(image, 40, 60, 60, 50)
    const { levels } = (await detector.explain(part, { thresholds: { proposal: 0 } })).trace
    for (const { passed, cells } of levels) expect(passed).toBe(cells[0] * cells[1])
  })

  it('nms: each of the four', async () => {
    const trace = async (nms: DetectOptions['nms']) => {
      const explained = await detector.explain(image, { nms })
      return { ...explained.trace, faces: explained.faces.length }
    }
    const sum = (levels: readonly { afterNms: number }[]) => levels.reduce((total, { afterNms }) => total + afterNms, 0)
    const base = await trace({})
    const level = await trace({ level: 1 })
    expect(sum(level.levels)).toBe(level.levels.reduce((total, { passed }) => total + passed, 0))
    expect(sum((await trace({ level: 0.1 })).levels)).toBeLessThan(sum(base.levels))
    const pyramid = await trace({ pyramid: 1 })
    expect(pyramid.proposals).toBe(sum(base.levels))
    expect((await trace({ pyramid: 0.3 })).proposals).toBeLessThan(base.proposals)
    const refine = await trace({ refine: 1 })
    expect(refine.refined).toBe(base.refinePassed)
    expect((await trace({ refine: 0.2 })).refined).toBeLessThan(base.refined)
    const output = await trace({ output: 1 })
    expect(output.faces).toBe(base.outputPassed)
    expect(base.faces).toBeLessThan(output.faces)
  })

  it('nms.output: what it drops is what the naive twin drops', async () => {
    const all = await detect({ nms: { output: 1 }, clip: false })
    const candidates = all.map(({ box: { x, y, width, height }, confidence }) => ({
      box: [x, y, x + width, y + height] as [number, number, number, number],
      score: confidence,
    }))
    const kept = suppressed(candidates, 0.7, 'min').map((index) => candidates[index]!.box[0])
    expect((await detect({ clip: false })).map(({ box }) => box.x).sort()).toEqual(kept.sort())
  })

  it('maxFaces: the most confident', async () => {
    const all = await detect()
    for (const maxFaces of [1, 2, 3, 4, Number.POSITIVE_INFINITY]) {
      expect(await detect({ maxFaces })).toEqual(all.slice(0, maxFaces))
    }
  })

  it("stages 'boxes': R-Net's answer, no keypoints", async () => {
    const { faces, trace } = await detector.explain(image, { stages: 'boxes' })
    expect(faces.length).toBe(trace.refined)
    expect(trace.outputPassed).toBe(0)
    for (const face of faces) expect(face).not.toHaveProperty('keypoints')
    expect(confidences(faces)).toEqual(confidences(faces).sort((a, b) => b - a))
    expect(toReference(faces)[0]).not.toHaveProperty('keypoints')
    // Every face of O-Net has its box there.
    for (const { box } of await detect()) {
      const near = faces.some((other) => Math.abs(other.box.x - box.x) < 25 && Math.abs(other.box.y - box.y) < 25)
      expect(near).toBe(true)
    }
  })

  it('clip: cuts boxes at the edges, and nothing else', async () => {
    // Cut through two faces.
    const part = cut(image, 80, 0, 220, 200)
    const [loose, cutOff] = [
      await detector.detectFaces(part, { clip: false }),
      await detector.detectFaces(part, { clip: true }),
    ]
    expect(loose.some(({ box }) => box.x < 0 || box.y + box.height > 200)).toBe(true)
    expect(await detector.detectFaces(part)).toEqual(cutOff)
    loose.forEach(({ box, ...face }, n) => {
      const x = Math.max(0, box.x)
      const y = Math.max(0, box.y)
      const width = Math.min(220, box.x + box.width) - x
      const height = Math.min(200, box.y + box.height) - y
      const cut = { box: { x, y, width, height }, ...face }
      const within = x === box.x && y === box.y && width === box.width && height === box.height
      expect(cutOff[n]).toEqual(within ? cut : { ...cut, unclipped: box })
    })
    expect(toReference(cutOff)).toEqual(toReference(loose))
  })
})

describe('roi', () => {
  it.each([
    [0, 0, 600, 346],
    [30, 40, 150, 200],
    [201, 101, 155, 180],
    [599, 345, 1, 1],
    [0, 345, 600, 1],
    [440, 30, 160, 160],
  ])('gives what the cut image gives, moved: %i, %i, %i x %i', async (x, y, width, height) => {
    const options = { clip: false, minFaceSize: 30 }
    const inside = await detect({ ...options, roi: { x, y, width, height } })
    const alone = await detector.detectFaces(cut(image, x, y, width, height), options)
    expect(confidences(inside)).toEqual(confidences(alone))
    inside.forEach((face, n) => {
      const { box, keypoints } = alone[n]!
      expect(face.box.x).toBe(box.x + x)
      expect(face.box.y).toBe(box.y + y)
      expect(face.box.width).toBeCloseTo(box.width, 9)
      expect(face.box.height).toBeCloseTo(box.height, 9)
      for (const name of ['leftEye', 'rightEye', 'nose', 'mouthLeft', 'mouthRight'] as const) {
        expect(face.keypoints![name]).toEqual({ x: keypoints![name].x + x, y: keypoints![name].y + y })
      }
    })
  })

  it('of grey, RGBA and BGR pixels with padded rows too', async () => {
    const { data, width, height } = image
    const roi = { x: 31, y: 41, width: 151, height: 203 }
    const expected = await detect({ roi })
    const stride = width * 4 + 12
    const rgba = new Uint8Array(stride * height).fill(77)
    for (let n = 0; n < width * height; n++) {
      const at = Math.floor(n / width) * stride + (n % width) * 4
      for (let c = 0; c < 3; c++) rgba[at + c] = data[3 * n + c]!
    }
    expect(await detector.detectFaces({ data: rgba, width, height, channels: 4, stride }, { roi })).toEqual(expected)
    expect(expected.length).toBe(1)
  })

  it.each([
    [{ x: 30.25, y: 39.9, width: 149.5, height: 200.2 }, [30, 39, 150, 202]],
    [{ x: -40.5, y: -1, width: 220, height: 300 }, [0, 0, 180, 299]],
    [{ x: 430.5, y: 100, width: 1e6, height: 1e6 }, [430, 100, 170, 246]],
    [{ x: -5, y: -5, width: 1e9, height: 1e9 }, [0, 0, 600, 346]],
  ] as const)('may have fractions and reach out of the image: %j', async (roi, [x, y, width, height]) => {
    for (const clip of [true, false]) {
      const options = { minFaceSize: 30, clip }
      const rounded = await detect({ ...options, roi: { x, y, width, height } })
      expect(await detect({ ...options, roi })).toEqual(rounded)
      expect(rounded.length).toBeGreaterThan(0)
      const alone = await detector.detectFaces(cut(image, x, y, width, height), { ...options, clip: false })
      expect(confidences(rounded)).toEqual(confidences(alone))
      expect(rounded[0]!.keypoints!.nose.x).toBe(alone[0]!.keypoints!.nose.x + x)
    }
  })

  it('may be the box of a face, also of one over the edge of the image', async () => {
    const part = cut(image, 80, 0, 220, 200)
    for (const clip of [true, false]) {
      for (const { box } of await detector.detectFaces(part, { clip })) {
        const [near] = await detector.detectFaces(part, { roi: box, minFaceSize: 30, clip })
        if (near) expect(Math.abs(near.box.x - box.x)).toBeLessThan(30)
      }
    }
  })

  it('must overlap the image', async () => {
    for (const roi of [
      { x: 600, y: 0, width: 1, height: 1 },
      { x: 0, y: 346, width: 1, height: 1 },
      { x: -10, y: 0, width: 10, height: 10 },
    ]) {
      await expect(detect({ roi })).rejects.toMatchObject({ code: 'INVALID_OPTION' })
      await expect(detect({ roi })).rejects.toThrow('must overlap the image of 600 x 346')
    }
  })
})

describe('where options come from', () => {
  it('those of the call win over those of create, field by field', async () => {
    const other = await MTCNN.create({ minFaceSize: 50, thresholds: { proposal: 0.5, output: 0.99 }, maxFaces: 1 })
    expect((await other.detectFaces(image)).length).toBe(1)
    const { trace, faces } = await other.explain(image, { thresholds: { proposal: 0.6 }, maxFaces: 2 })
    const same = await detector.explain(image, { minFaceSize: 50, thresholds: { output: 0.99 }, maxFaces: 2 })
    expect(faces).toEqual(same.faces)
    expect(trace.levels).toEqual(same.trace.levels)
    other.dispose()
  })

  it('a wrong one is refused before anything is read', async () => {
    await expect(detector.detectFaces('/nowhere.jpg', { minFaceSize: 0 })).rejects.toMatchObject({
      code: 'INVALID_OPTION',
    })
    await expect(MTCNN.create({ scaleFactor: 1 })).rejects.toMatchObject({ code: 'INVALID_OPTION' })
  })

  it('weights of the caller: the shipped container gives the same bits, another is refused', async () => {
    const file = new URL('../../weights/mtcnn-f32.bin', import.meta.url)
    const own = await MTCNN.create({ weights: file })
    expect(await own.detectFaces(image)).toEqual(await detect())
    own.dispose()
    await expect(MTCNN.create({ weights: new Uint8Array(100) })).rejects.toMatchObject({ code: 'INVALID_WEIGHTS' })
    await expect(MTCNN.create({ weights: 'nowhere.bin' })).rejects.toMatchObject({ code: 'INVALID_WEIGHTS' })
  })
})

describe('explain', () => {
  it('names what happened: counts that fit together, all times', async () => {
    const { faces, trace } = await detector.explain(image)
    expect(faces).toEqual(await detect())
    expect(trace.proposalBoxes.length).toBe(trace.proposals)
    expect(trace.proposals).toBeGreaterThanOrEqual(trace.refinePassed)
    expect(trace.refinePassed).toBeGreaterThanOrEqual(trace.refined)
    expect(trace.refined).toBeGreaterThanOrEqual(trace.outputPassed)
    expect(trace.outputPassed).toBeGreaterThanOrEqual(faces.length)
    const { total, ...parts } = trace.milliseconds
    for (const time of Object.values(parts)) expect(time).toBeGreaterThanOrEqual(0)
    const sum = Object.values(parts).reduce((a, b) => a + b, 0)
    expect(sum).toBeLessThanOrEqual(total + 0.01)
    expect(sum).toBeGreaterThan(0.5 * total)
  })
})
