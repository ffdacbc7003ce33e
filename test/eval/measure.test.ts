import { describe, expect, it } from 'vitest'
import { type AnnotatedPoints, heightOf, landmarkErrors, parseLandmarks } from '../../bench/eval/landmarks.ts'
import { type Detections, measure, sizeClass } from '../../bench/eval/measure.ts'
import { tables } from '../../bench/eval/report.ts'
import { draws, interval } from '../../bench/eval/statistics.ts'
import { parseAnnotations } from '../../bench/eval/truth.ts'
import { parseVariant } from '../../bench/eval/variants.ts'
import type { Face } from '../../src/shared/face.ts'

const header =
  'image,left_eye_x,left_eye_y,right_eye_x,right_eye_y,nose_x,nose_y,mouth_left_x,mouth_left_y,mouth_right_x,mouth_right_y'

/** A face of `side` pixels with its corner at (x, y); landmarks moved by `off` pixels to the right. */
function face(x: number, y: number, side: number, confidence: number, off = 0): Face {
  const at = (u: number, v: number) => ({ x: x + u * side + off, y: y + v * side })
  return {
    box: { x, y, width: side, height: side },
    confidence,
    keypoints: {
      leftEye: at(0.3, 0.4),
      rightEye: at(0.7, 0.4),
      nose: at(0.5, 0.6),
      mouthLeft: at(0.35, 0.8),
      mouthRight: at(0.65, 0.8),
    },
  }
}

function annotated(x: number, y: number, side: number, boxed = false): AnnotatedPoints {
  const { box, keypoints } = face(x, y, side, 1)
  return { image: 'a.jpg', points: Object.values(keypoints!), box: boxed ? box : undefined }
}

describe('landmarks', () => {
  it('are measured in distances of the eyes', () => {
    // Eyes 40 px apart, every point 4 px off.
    expect(landmarkErrors([annotated(0, 0, 100)], [face(0, 0, 100, 0.9, 4)])[0]).toBeCloseTo(0.1, 12)
    expect(landmarkErrors([annotated(0, 0, 100, true)], [face(0, 0, 100, 0.9)])).toEqual([0])
    expect(landmarkErrors([annotated(0, 0, 100, true)], [])).toEqual([Number.NaN])
  })

  it('belong to the face they lie in, not to its neighbour', () => {
    const two = [annotated(0, 0, 100), annotated(60, 0, 100)]
    const errors = landmarkErrors(two, [face(60, 0, 100, 0.99, 8), face(0, 0, 100, 0.9, 4)])
    expect(errors.map((error) => error.toFixed(6))).toEqual(['0.100000', '0.200000'])
    expect(landmarkErrors(two, [face(60, 0, 100, 0.99, 8)]).map(Number.isNaN)).toEqual([true, false])
    const boxed = [annotated(0, 0, 100, true), annotated(60, 0, 100, true)]
    expect(landmarkErrors(boxed, [face(60, 0, 100, 0.99, 8)]).map(Number.isNaN)).toEqual([true, false])
  })

  it('come from a CSV by the names of its columns', () => {
    const [first] = parseLandmarks(`${header}\na.jpg,1,2,3,2,5,6,7,8,9,10\n`)
    expect(first).toEqual({
      image: 'a.jpg',
      points: [
        { x: 1, y: 2 },
        { x: 3, y: 2 },
        { x: 5, y: 6 },
        { x: 7, y: 8 },
        { x: 9, y: 10 },
      ],
      box: undefined,
    })
    expect(heightOf(first!)).toBe(5)
    const [boxed] = parseLandmarks(`x,y,width,height,${header}\r\n0,1,20,30,b.jpg,1,2,3,2,5,6,7,8,9,10\r\n`)
    expect(boxed!.box).toEqual({ x: 0, y: 1, width: 20, height: 30 })
    expect(heightOf(boxed!)).toBe(30)
  })

  it('are refused with what is wrong', () => {
    expect(() => parseLandmarks(`${header.replace(',nose_x', '')}\n`)).toThrow(/lacks nose_x/)
    expect(() => parseLandmarks(`${header}\na.jpg,1,2,3,2,5,6,7,8,9\n`)).toThrow(/line 2 .*mouth_right_y/)
    expect(() => parseLandmarks(`${header}\na.jpg,1,2,3,2,x,6,7,8,9,1\n`)).toThrow(/line 2 .*nose_x is no number: 'x'/)
  })
})

describe('measure', () => {
  const truth = parseAnnotations('a.jpg\n2\n0 0 100 100\n200 0 25 25\nb.jpg\n1\n50 50 14 14\nc.jpg\n0\n')
  const exact = [[face(0, 0, 100, 0.99), face(200, 0, 25, 0.8)], [face(50, 50, 14, 0.75)], []]
  const poor = [[face(0, 0, 100, 0.99, 20), face(400, 0, 25, 0.8)], [face(50, 50, 14, 0.4)], [face(0, 0, 30, 0.9)]]
  const points = [[annotated(0, 0, 100)]]
  const rounds = { images: draws(3, 100, 1), landmarks: draws(1, 100, 1) }
  const variant = (faces: Face[][]): Detections => ({ faces, landmarkFaces: [faces[0]!] })

  it('counts what is found and what is not there', () => {
    const [good, bad] = measure(truth, points, [variant(exact), variant(poor)], rounds)
    expect(good!.ap.hard.value).toBe(1)
    expect(good!.ap.easy.value).toBe(1)
    expect([good!.detections, good!.falsePositives]).toEqual([3, 0])
    // The curve leaves c.jpg out, which has no faces; the count of false positives does not.
    expect([bad!.detections, bad!.falsePositives]).toEqual([3, 2])
    // hit at 1, wrong at 0.8, hit at 0: of three faces
    expect(bad!.ap.hard.value).toBeCloseTo((1 + 2 / 3) / 3, 12)
    expect(bad!.ap.hard.difference.value).toBeCloseTo((1 + 2 / 3) / 3 - 1, 12)
    const recalled = (m: typeof good) =>
      m!.recall.filter(({ faces }) => faces > 0).map(({ from, found }) => [from, found])
    expect(recalled(good)).toEqual([
      [12, 1],
      [20, 1],
      [100, 1],
    ])
    expect(recalled(bad)).toEqual([
      [12, 0],
      [20, 0],
      [100, 1],
    ])
    expect(bad!.landmarks!.error.value).toBeCloseTo(0.5, 12)
    expect(
      tables([
        { name: 'good', measurement: good! },
        { name: 'bad', measurement: bad! },
      ]),
    ).toMatch(/\| bad +\| 1\.000 .* 0\.556 .*difference to 'good'/s)
  })

  it('pairs variants: one compared with itself differs by nothing in every draw', () => {
    const [, again] = measure(truth, points, [variant(poor), variant(poor)], rounds)
    expect(again!.ap.hard.difference).toEqual({ value: 0, interval: [0, 0] })
    expect(again!.ap.hard.interval[0]).toBeLessThan(again!.ap.hard.interval[1])
  })

  it('knows the classes of height', () => {
    expect([5, 12, 15.9, 16, 99, 100, 5000].map(sizeClass)).toEqual([0, 1, 1, 2, 5, 6, 7])
  })
})

describe('the bootstrap', () => {
  it('draws the same for the same seed, from all images', () => {
    expect(draws(50, 3, 7)).toEqual(draws(50, 3, 7))
    expect(draws(50, 3, 7)).not.toEqual(draws(50, 3, 8))
    const drawn = new Set(draws(50, 20, 7).flatMap((draw) => [...draw]))
    expect([Math.min(...drawn), Math.max(...drawn), drawn.size]).toEqual([0, 49, 50])
  })

  it('has its interval where 95 of 100 lie', () => {
    const hundred = Array.from({ length: 1001 }, (_, n) => (n * 7919) % 1001)
    expect(interval(hundred)).toEqual([25, 975])
    expect(interval([])).toEqual([Number.NaN, Number.NaN])
  })
})

describe('variants', () => {
  it('are a preset and options', () => {
    expect(parseVariant(' classic  minFaceSize=10 thresholds.refine=0.6 thresholds.output=0 clip=false')).toEqual({
      name: 'classic minFaceSize=10 thresholds.refine=0.6 thresholds.output=0 clip=false',
      options: { preset: 'classic', minFaceSize: 10, thresholds: { refine: 0.6, output: 0 }, clip: false },
    })
    expect(parseVariant('fast stages=boxes').options).toEqual({ preset: 'fast', stages: 'boxes' })
    expect(() => parseVariant('classic minFaceSize')).toThrow(/name=value/)
  })
})
