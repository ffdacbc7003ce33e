import { describe, expect, it } from 'vitest'
import { DEFAULT_OPTIONS } from '../../src/options/options.ts'
import { resolveOptions } from '../../src/options/resolve.ts'
import { resolveNextOptions, resolveTrackOptions } from '../../src/options/track.ts'
import { refusal } from '../helpers/refusal.ts'

describe('options of a tracker', () => {
  it('have defaults, and those of the detector', () => {
    const base = resolveOptions(DEFAULT_OPTIONS, { minFaceSize: 33 })
    const tracking = { searchEvery: 10, keep: 5, smooth: true }
    expect(resolveTrackOptions(base)).toEqual({ detect: base, tracking })
    expect(resolveTrackOptions(base, {})).toEqual({ detect: base, tracking })
  })

  it('those given replace them', () => {
    const given = { searchEvery: 1, keep: 0, smooth: false, minFaceSize: 50, thresholds: { output: 0.9 } }
    const { detect, tracking } = resolveTrackOptions(DEFAULT_OPTIONS, given)
    expect(tracking).toEqual({ searchEvery: 1, keep: 0, smooth: false })
    expect(detect).toMatchObject({ minFaceSize: 50, thresholds: { refine: 0.7, output: 0.9 } })
    expect(Object.keys(detect).sort()).toEqual(Object.keys(DEFAULT_OPTIONS).sort())
  })

  it.each([
    [{ searchEvery: 0 }, "option 'searchEvery' must be a whole number from 1 to 1000; got 0"],
    [{ searchEvery: 2.5 }, "option 'searchEvery' must be a whole number from 1 to 1000; got 2.5"],
    [{ keep: -1 }, "option 'keep' must be a whole number from 0 to 1000; got -1"],
    [{ keep: '5' }, 'option \'keep\' must be a whole number from 0 to 1000; got "5"'],
    [{ smooth: 1 }, "option 'smooth' must be true or false; got 1"],
    [{ searchevery: 5 }, "unknown option 'searchevery': did you mean 'searchEvery'?"],
    [{ worker: true }, "option 'worker' is set once, in MTCNN.create, not per call"],
    [[], 'options must be a plain object; got an array'],
  ])('%j is refused', (given, message) => {
    const { code, message: actual } = refusal(() => resolveTrackOptions(DEFAULT_OPTIONS, given))
    expect(code).toBe('INVALID_OPTION')
    expect(actual).toContain(message)
  })
})

describe('options of a frame', () => {
  it('may be missing', () => {
    expect(resolveNextOptions()).toEqual({ timestamp: undefined, signal: undefined })
    expect(resolveNextOptions({ signal: null })).toEqual({ timestamp: undefined, signal: undefined })
    expect(resolveNextOptions({ timestamp: -3.5 }).timestamp).toBe(-3.5)
  })

  it.each([
    [{ timestamp: Number.NaN }, "option 'timestamp' must be a finite number of milliseconds; got NaN"],
    [{ timestamp: '12' }, 'option \'timestamp\' must be a finite number of milliseconds; got "12"'],
    [{ signal: 5 }, "option 'signal' must be an AbortSignal; got 5"],
    [{ keep: 5 }, "unknown option 'keep': known here are timestamp, signal"],
    [7, 'options must be a plain object; got 7'],
  ])('%j is refused', (given, message) => {
    const { code, message: actual } = refusal(() => resolveNextOptions(given))
    expect(code).toBe('INVALID_OPTION')
    expect(actual).toContain(message)
  })
})
