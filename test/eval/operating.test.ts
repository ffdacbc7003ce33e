import { describe, expect, it } from 'vitest'
import { CONFIDENCES, OperatingCurve, reliability, weightsOf } from '../../bench/eval/operating.ts'
import type { Verdict } from '../../bench/eval/protocol.ts'

const right = (confidence: number): Verdict => ({ confidence, outcome: 'found', face: 0 })
const wrong = (confidence: number): Verdict => ({ confidence, outcome: 'false', face: -1 })
const ignored = (confidence: number): Verdict => ({ confidence, outcome: 'ignored', face: 0 })

describe('faces found at so many false positives', () => {
  const curve = new OperatingCurve([
    [right(0.9), wrong(0.8), right(0.7), ignored(0.95)],
    [right(0.8), wrong(0.6), right(0.5)],
  ])

  it('are those over the lowest threshold that keeps to the number', () => {
    expect(curve.at(0)).toEqual({ threshold: 0.9, found: 1 })
    expect(curve.at(1)).toEqual({ threshold: 0.7, found: 3 })
    expect(curve.at(2)).toEqual({ threshold: 0.5, found: 4 })
    expect(curve.at(100)).toEqual({ threshold: 0.5, found: 4 })
  })

  it('come in together where confidences are the same, in whatever order', () => {
    for (const verdicts of [
      [right(0.8), wrong(0.8)],
      [wrong(0.8), right(0.8)],
    ]) {
      expect(new OperatingCurve([verdicts]).at(0)).toEqual({ threshold: Number.NaN, found: 0 })
      expect(new OperatingCurve([verdicts]).at(1)).toEqual({ threshold: 0.8, found: 1 })
    }
  })

  it('count an image as often as it was drawn', () => {
    expect(weightsOf(Uint32Array.from([1, 1, 0, 3]), 4)).toEqual(Float64Array.from([1, 2, 0, 1]))
    expect(curve.at(0, weightsOf([1, 1], 2)).found).toBe(2)
    expect(curve.at(1, weightsOf([1, 1], 2)).found).toBe(2)
    expect(curve.at(2, weightsOf([1, 1], 2)).found).toBe(4)
  })

  it('are none where nothing was detected', () => {
    expect(new OperatingCurve([[], []]).at(5)).toEqual({ threshold: Number.NaN, found: 0 })
  })
})

describe('reliability', () => {
  const of = (verdicts: Verdict[], from: number) => {
    const { classes } = reliability(verdicts)
    return classes.find((one) => one.from === from)!
  }

  it('says of each class what share is right, and what was said', () => {
    const verdicts = [right(0.9), right(0.92), wrong(0.94), right(0.949), right(1), wrong(0.02), ignored(0.93)]
    expect(of(verdicts, 0.9)).toEqual({ from: 0.9, detections: 4, right: 3, said: expect.closeTo(0.92725, 12) })
    expect(of(verdicts, 0.99)).toEqual({ from: 0.99, detections: 1, right: 1, said: 1 })
    expect(of(verdicts, 0)).toMatchObject({ detections: 1, right: 0 })
    expect(of(verdicts, 0.5)).toMatchObject({ detections: 0, said: Number.NaN })
    expect(reliability(verdicts).classes.map(({ from }) => from)).toEqual([...CONFIDENCES])
  })

  it('has no error where nine in ten of those said to be 0.9 are right, and one where all are', () => {
    const tenth = Array.from({ length: 10 }, (_, n) => (n === 0 ? wrong(0.9) : right(0.9)))
    expect(reliability(tenth).error).toBeCloseTo(0, 12)
    expect(reliability(Array.from({ length: 10 }, () => right(0.9))).error).toBeCloseTo(0.1, 12)
    // What lies below one half is not shown to anyone, and counts for nothing here.
    expect(reliability([...tenth, wrong(0.4)]).error).toBeCloseTo(0, 12)
  })
})
