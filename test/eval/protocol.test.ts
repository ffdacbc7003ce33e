import { describe, expect, it } from 'vitest'
import {
  averagePrecision,
  type Found,
  judge,
  normaliser,
  overlap,
  stepsOf,
  THRESHOLDS,
} from '../../bench/eval/protocol.ts'
import type { Rectangle } from '../../bench/eval/truth.ts'

const box = (x: number, y: number, width = 40, height = 50): Rectangle => ({ x, y, width, height })
const found = (confidence: number, x: number, y: number, width = 40, height = 50): Found => {
  return { box: box(x, y, width, height), confidence }
}

interface Scene {
  faces: Rectangle[]
  counts?: boolean[]
  found: Found[]
}

function ap(scenes: Scene[]): number {
  const normalise = normaliser(scenes.map((scene) => scene.found))
  const steps = scenes.map(({ found, faces, counts = faces.map(() => true) }) => {
    return stepsOf(found, faces, counts, normalise)
  })
  return averagePrecision(steps)
}

const faces = [box(0, 0), box(100, 0), box(200, 0), box(300, 0)]

describe('average precision', () => {
  it('is 1 for perfect detections, whatever their scores', () => {
    expect(ap([{ faces, found: faces.map(({ x, y }, n) => found(0.2 + n / 5, x, y)) }])).toBe(1)
    expect(ap([{ faces, found: faces.map(({ x, y }) => found(0.3, x, y)) }])).toBe(1)
  })

  it('is 0 for none, and for detections that are all elsewhere', () => {
    expect(ap([{ faces, found: [] }])).toBe(0)
    expect(ap([{ faces, found: faces.map(({ x, y }, n) => found(0.9 - n / 10, x, y + 300)) }])).toBe(0)
  })

  it('counts a second detection on a face as wrong', () => {
    const doubled = faces.flatMap(({ x, y }, n) => [found(0.9 - n / 10, x, y), found(0.89 - n / 10, x, y)])
    // Precision at the four hits: 1/1, 2/3, 3/5, 4/7, each at a quarter of the recall.
    expect(ap([{ faces, found: doubled }])).toBeCloseTo((1 + 2 / 3 + 3 / 5 + 4 / 7) / 4, 12)
  })

  it('accepts a shift up to IoU 0.5 and no more', () => {
    // A shift by a third of the side leaves 2/3 of each and an overlap of 1/2: with both edges counted 41 px wide.
    const shifted = (by: number) => [{ faces: [box(0, 0)], found: [found(0.9, by, 0)] }]
    expect(overlap(box(0, 0), box(13, 0))).toBeCloseTo(28 / 54, 12)
    expect(ap(shifted(13))).toBe(1)
    expect(overlap(box(0, 0), box(14, 0))).toBeCloseTo(27 / 55, 12)
    expect(ap(shifted(14))).toBe(0)
  })

  it('is what one computes by hand', () => {
    // By score: hit, wrong, hit, wrong, wrong, hit; four faces, one never found.
    const mixed = [
      found(0.9, 0, 0),
      found(0.8, 0, 500),
      found(0.7, 100, 0),
      found(0.6, 100, 500),
      found(0.5, 200, 500),
      found(0.4, 200, 0),
    ]
    // Precision at the hits 1, 2/3, 1/2; falling already.
    expect(ap([{ faces, found: mixed }])).toBeCloseTo((1 + 2 / 3 + 1 / 2) / 4, 12)
  })

  it('takes the best precision at this recall or a higher one', () => {
    // Wrong, hit, hit: precision 0, 1/2, 2/3 -> both hits at 2/3.
    const late = [found(0.9, 0, 500), found(0.8, 0, 0), found(0.7, 100, 0)]
    expect(ap([{ faces: faces.slice(0, 2), found: late }])).toBeCloseTo(2 / 3, 12)
  })

  it('neither demands nor punishes ignored faces', () => {
    const counts = [true, false, true, false]
    const some = [found(0.9, 0, 0), found(0.8, 100, 0), found(0.7, 101, 0), found(0.6, 200, 0)]
    expect(ap([{ faces, counts, found: some }])).toBe(1)
    expect(ap([{ faces, counts, found: [found(0.9, 100, 0)] }])).toBe(0)
    expect(ap([{ faces, counts: faces.map(() => false), found: some }])).toBeNaN()
  })

  it('leaves images without annotated faces out, as the evaluation does', () => {
    expect(
      ap([
        { faces: [box(0, 0)], found: [found(0.5, 0, 0)] },
        { faces: [], found: [found(0.9, 0, 0), found(0.1, 50, 50)] },
      ]),
    ).toBe(1)
  })

  it('ranks over all images together', () => {
    const scenes: Scene[] = [
      { faces: [box(0, 0)], found: [found(0.9, 0, 0), found(0.6, 0, 300)] },
      { faces: [box(0, 0)], found: [found(0.8, 300, 0), found(0.5, 0, 0)] },
    ]
    // hit, wrong, wrong, hit
    expect(ap(scenes)).toBeCloseTo((1 + 2 / 4) / 2, 12)
  })

  it('draws images with repeats', () => {
    const good = stepsOf([found(1, 0, 0)], [box(0, 0)], [true], (score) => score)
    const bad = stepsOf([found(1, 0, 400)], [box(0, 0)], [true], (score) => score)
    expect(averagePrecision([good, bad], [0, 0])).toBe(1)
    expect(averagePrecision([good, bad], [1, 1])).toBe(0)
    expect(averagePrecision([good, bad], [0, 0, 0, 1])).toBeCloseTo(0.75 * 0.75, 12)
  })

  it('cannot tell scores apart that share one of the 1000 thresholds', () => {
    // 0.50005 and 0.50010 fall between the same thresholds: both come in at once, at precision 1/2.
    const scores = [found(1, 0, 0), found(0.5001, 0, 500), found(0.50005, 100, 0), found(0, 0, 600)]
    expect(ap([{ faces: faces.slice(0, 2), found: scores }])).toBeCloseTo((1 + 2 / 3) / 2, 12)
    const apart = [found(1, 0, 0), found(0.5001, 100, 0), found(0.49, 0, 500), found(0, 0, 600)]
    expect(ap([{ faces: faces.slice(0, 2), found: apart }])).toBe(1)
    expect(THRESHOLDS).toBe(1000)
  })
})

describe('judge', () => {
  it('gives each detection to the face it overlaps most', () => {
    const close = [box(0, 0), box(10, 0)]
    const verdicts = judge([found(0.5, 9, 0), found(0.9, 1, 0)], close, [true, true])
    expect(verdicts.map(({ face, outcome }) => [face, outcome])).toEqual([
      [0, 'found'],
      [1, 'found'],
    ])
  })
})
