import { describe, expect, it } from 'vitest'
import { type AnnotatedPoints, heightOf, landmarkErrors, parseLandmarks } from '../../bench/eval/landmarks.ts'
import { type Detections, measure } from '../../bench/eval/measure.ts'
import { tables } from '../../bench/eval/report.ts'
import { draws, interval, median } from '../../bench/eval/statistics.ts'
import { parseAnnotations, sizeClass } from '../../bench/eval/truth.ts'
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
    roll: 0,
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
  const options = { confidence: 0.7, falsePositives: undefined, rounds: 100, seed: 1 }
  const variant = (faces: Face[][]): Detections => ({ faces, landmarkFaces: [faces[0]!] })
  const recalled = ({ faces }: ReturnType<typeof measure>[number]) =>
    faces!.recall.filter(({ faces }) => faces > 0).map(({ from, faces, found }) => [from, found, faces])

  it('counts what is found and what is not there', () => {
    const [good, bad] = measure(truth, points, [variant(exact), variant(poor)], options)
    expect(good!.faces!.ap.hard.value).toBe(1)
    expect(good!.faces!.ap.easy.value).toBe(1)
    expect([good!.faces!.detections, good!.faces!.falsePositives]).toEqual([3, 0])
    // The curve leaves c.jpg out, which has no faces; the count of false positives does not.
    expect([bad!.faces!.detections, bad!.faces!.falsePositives]).toEqual([3, 2])
    // hit at 1, wrong at 0.8, hit at 0: of three faces
    expect(bad!.faces!.ap.hard.value).toBeCloseTo((1 + 2 / 3) / 3, 12)
    expect(bad!.faces!.ap.hard.difference.value).toBeCloseTo((1 + 2 / 3) / 3 - 1, 12)
    expect(recalled(good!)).toEqual([
      [10, 1, 1],
      [24, 1, 1],
      [100, 1, 1],
    ])
    expect(recalled(bad!)).toEqual([
      [10, 0, 1],
      [24, 0, 1],
      [100, 1, 1],
    ])
    expect(bad!.landmarks!.error.value).toBeCloseTo(0.5, 12)
    expect(bad!.landmarks!.median).toBeCloseTo(0.5, 12)
    expect(bad!.landmarks!.medianOfFirst).toBeCloseTo(0, 12)
    const text = tables(
      [
        { name: 'good', measurement: good! },
        { name: 'bad', measurement: bad! },
      ],
      0.7,
    )
    expect(text).toMatch(/\| bad +\| 1\.000 .* 0\.556 .*difference to 'good'/s)
  })

  it('takes the figures at the confidence that is asked for', () => {
    const at = (confidence: number) => measure(truth, [], [variant(poor)], { ...options, confidence })[0]!.faces!
    expect([at(0.4).detections, at(0.4).falsePositives]).toEqual([4, 2])
    expect([at(0.85).detections, at(0.85).falsePositives]).toEqual([2, 1])
    expect(at(0.4).recall.reduce((sum, { found }) => sum + found, 0)).toBe(2)
  })

  it('asks for no face that is marked as invalid, and takes none for wrong', () => {
    const marked = parseAnnotations('a.jpg\n2\n0 0 100 100 0 0 0 1 0 0\n200 0 25 25 0 0 0 0 0 0\n')
    const [both, none] = measure(marked, [], [variant([exact[0]!]), variant([[]])], options)
    expect(recalled(both!)).toEqual([[24, 1, 1]])
    expect(recalled(none!)).toEqual([[24, 0, 1]])
    expect([both!.faces!.detections, both!.faces!.falsePositives]).toEqual([2, 0])
    expect(both!.faces!.reliability.classes.reduce((sum, { detections }) => sum + detections, 0)).toBe(1)
  })

  it('pairs variants: one compared with itself differs by nothing in every draw', () => {
    const [, again] = measure(truth, points, [variant(poor), variant(poor)], options)
    const { ap, foundAt } = again!.faces!
    expect(ap.hard.difference).toEqual({ value: 0, interval: [0, 0] })
    expect(ap.hard.interval[0]).toBeLessThan(ap.hard.interval[1])
    for (const { found } of foundAt) expect(found.difference).toEqual({ value: 0, interval: [0, 0] })
  })

  it('compares the faces found where the first variant has its false positives, and at rounder numbers', () => {
    // One in ten of three images is none, three in ten one, as many as there are three; two has the first.
    const [first, second] = measure(truth, [], [variant(poor), variant(exact)], options)
    const brief = ({ faces }: typeof first & object) =>
      faces!.foundAt.map(({ falsePositives, threshold, found }) => [falsePositives, threshold, found.value])
    expect(brief(first!)).toEqual([
      [0, 0.99, 1],
      [1, 0.9, 1],
      [2, 0.4, 2],
      [3, 0.4, 2],
    ])
    expect(brief(second!)).toEqual([0, 1, 2, 3].map((count) => [count, 0.75, 3]))
    const given = measure(truth, [], [variant(poor)], { ...options, falsePositives: [1] })[0]!.faces!.foundAt
    expect(given.map(({ falsePositives }) => falsePositives)).toEqual([1])
  })

  it('has no figures of what there is no truth for, and no tables', () => {
    const nothing = { images: [], splits: 'none' }
    const [landmarks] = measure(nothing, points, [variant(exact)], options)
    expect(landmarks!.faces).toBeUndefined()
    expect(landmarks!.landmarks!.found).toBe(1)
    const ofLandmarks = tables([{ name: 'good', measurement: landmarks! }], 0.7)
    expect(ofLandmarks).toContain('Landmark error')
    expect(ofLandmarks).not.toMatch(/precision|false positives|Recall|Reliability|NaN/)
    const [faces] = measure(truth, [], [variant(exact)], options)
    expect(faces!.landmarks).toBeUndefined()
    expect(tables([{ name: 'good', measurement: faces! }], 0.7)).not.toMatch(/Landmark|NaN/)
  })

  it('knows the classes of height', () => {
    expect([5, 10, 15.9, 16, 99, 100, 5000].map(sizeClass)).toEqual([0, 1, 1, 2, 5, 6, 7])
  })
})

describe('the bootstrap', () => {
  it('draws the same for the same seed, from all images', () => {
    expect(draws(50, 3, 7)).toEqual(draws(50, 3, 7))
    expect(draws(50, 3, 7)).not.toEqual(draws(50, 3, 8))
    const drawn = new Set(draws(50, 20, 7).flatMap((draw) => [...draw]))
    expect([Math.min(...drawn), Math.max(...drawn), drawn.size]).toEqual([0, 49, 50])
  })

  it('has a median where one half lies below', () => {
    expect([median([3, 1, 2]), median([4, 1, 3, 2]), median([])]).toEqual([2, 2.5, Number.NaN])
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
      kind: 'ours',
      name: 'classic minFaceSize=10 thresholds.refine=0.6 thresholds.output=0 clip=false',
      options: { preset: 'classic', minFaceSize: 10, thresholds: { refine: 0.6, output: 0 }, clip: false },
      order: 'rgb',
    })
    expect(parseVariant('fast stages=boxes').options).toEqual({ preset: 'fast', stages: 'boxes' })
    expect(parseVariant('classic order=bgr')).toMatchObject({ options: { preset: 'classic' }, order: 'bgr' })
    expect(() => parseVariant('classic order=rbg')).toThrow(/rgb or bgr, not 'rbg'/)
    expect(() => parseVariant('classic minFaceSize')).toThrow(/name=value/)
  })
})
