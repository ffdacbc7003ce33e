import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { DEFAULT_OPTIONS, PRESETS, type Preset } from '../../src/options/options.ts'
import { resolveCreateOptions, resolveOptions, resolvePoolOptions, roiIn } from '../../src/options/resolve.ts'
import { editDistance, nearestName } from '../../src/options/suggest.ts'
import { MtcnnError } from '../../src/shared/errors.ts'
import { refusal } from '../helpers/refusal.ts'

const message = (given: unknown) => refusal(() => resolveOptions(DEFAULT_OPTIONS, given)).message

describe('resolveOptions', () => {
  it('gives the documented defaults where nothing is given', () => {
    expect(resolveCreateOptions().detect).toEqual({
      minFaceSize: 20,
      scaleFactor: 0.709,
      thresholds: { proposal: 0.6, refine: 0.7, output: 0.7 },
      nms: { level: 0.5, pyramid: 0.7, refine: 0.7, output: 0.7 },
      maxFaces: Number.POSITIVE_INFINITY,
      stages: 'full',
      patches: 'area',
      flip: false,
      passes: 1,
      confidence: 'output',
      rotate: [0],
      pad: 0,
      clip: true,
      roi: null,
      signal: undefined,
      transfer: false,
      strict: false,
      maxPixels: 100_000_000,
      maxBytes: 268_435_456,
    })
    expect(resolveOptions(DEFAULT_OPTIONS, {})).toEqual(DEFAULT_OPTIONS)
    expect(resolveOptions(DEFAULT_OPTIONS, { minFaceSize: undefined, thresholds: undefined })).toEqual(DEFAULT_OPTIONS)
  })

  it('takes the turns of rotate in any order, each once', () => {
    const rotate = (value: unknown) => resolveOptions(DEFAULT_OPTIONS, { rotate: value }).rotate
    expect(rotate(true)).toEqual([0, 90, 180, 270])
    expect(rotate(false)).toEqual([0])
    expect(rotate([270, 0, 270])).toEqual([0, 270])
    expect(Object.isFrozen(rotate([90]))).toBe(true)
    for (const wrong of [[], [45], [0, -90], ['90'], 90, null])
      expect(() => rotate(wrong)).toThrow(/option 'rotate' must be/)
    expect(() => rotate([0, 45])).toThrow(/got 45/)
  })

  it('lays a call over the detector field by field', () => {
    const { detect } = resolveCreateOptions({ minFaceSize: 40, thresholds: { proposal: 0.5, refine: 0.4 } })
    const call = resolveOptions(detect, { scaleFactor: 0.8, thresholds: { refine: 0.9 }, nms: { output: 0 } })
    expect(call.minFaceSize).toBe(40)
    expect(call.scaleFactor).toBe(0.8)
    expect(call.thresholds).toEqual({ proposal: 0.5, refine: 0.9, output: 0.7 })
    expect(call.nms).toEqual({ level: 0.5, pyramid: 0.7, refine: 0.7, output: 0 })
    expect(detect.thresholds.refine).toBe(0.4)
    expect(DEFAULT_OPTIONS.thresholds.refine).toBe(0.7)
  })

  it('replaces a roi as a whole and takes it back with null', () => {
    const { detect } = resolveCreateOptions({ roi: { x: 1, y: 2, width: 3, height: 4 } })
    expect(resolveOptions(detect, {}).roi).toEqual({ x: 1, y: 2, width: 3, height: 4 })
    expect(resolveOptions(detect, { roi: null }).roi).toBeNull()
    expect(message({ roi: { x: 1 } })).toMatch(/roi\.y/)
  })

  it('takes a rectangle whose fields are inherited, as those of a DOMRect are', () => {
    class Rectangle {
      get x() {
        return 5
      }
      get y() {
        return 6
      }
      get width() {
        return 7
      }
      get height() {
        return 8
      }
    }
    expect(resolveOptions(DEFAULT_OPTIONS, { roi: new Rectangle() }).roi).toEqual({ x: 5, y: 6, width: 7, height: 8 })
  })

  it('the signal of create is of the creation, not a default of calls', () => {
    const { signal } = new AbortController()
    const created = resolveCreateOptions({ signal })
    expect(created.signal).toBe(signal)
    expect(created.detect.signal).toBeUndefined()
    expect(resolvePoolOptions({ signal }).create.signal).toBe(signal)
    expect(resolveOptions(created.detect, {}).signal).toBeUndefined()
    expect(resolveOptions(created.detect, { signal }).signal).toBe(signal)
    expect(resolveOptions(created.detect, { signal: null }).signal).toBeUndefined()
  })

  it('takes signals of other implementations, and refuses what only looks like one', () => {
    const listeners = { addEventListener() {}, removeEventListener() {} }
    const signal = { aborted: false, ...listeners } as unknown as AbortSignal
    expect(resolveOptions(DEFAULT_OPTIONS, { signal }).signal).toBe(signal)
    for (const wrong of [{ aborted: false, throwIfAborted() {} }, { ...listeners }, new AbortController(), 5000]) {
      expect(() => resolveOptions(DEFAULT_OPTIONS, { signal: wrong })).toThrow(/'signal' must be an AbortSignal/)
    }
  })

  it.each([
    ['minFaceSize', 1, true],
    ['minFaceSize', 0.999, false],
    ['minFaceSize', Number.POSITIVE_INFINITY, false],
    ['minFaceSize', Number.NaN, false],
    ['minFaceSize', '20', false],
    ['minFaceSize', null, false],
    ['scaleFactor', 0.1, true],
    ['scaleFactor', 0.99, true],
    ['scaleFactor', 1, false],
    ['scaleFactor', 0.09, false],
    ['maxFaces', 1, true],
    ['maxFaces', Number.POSITIVE_INFINITY, true],
    ['maxFaces', 0, false],
    ['maxFaces', 1.5, false],
    ['maxFaces', Number.NaN, false],
    ['stages', 'boxes', true],
    ['stages', 'toString', false],
    ['patches', 'subpixel', true],
    ['patches', 'bilinear', false],
    ['flip', true, true],
    ['flip', 1, false],
    ['passes', 2, true],
    ['passes', '2', false],
    ['passes', 3, false],
    ['confidence', 'consensus', true],
    ['confidence', 0.7, false],
    ['confidence', 'Output', false],
    ['clip', false, true],
    ['clip', 0, false],
    ['strict', true, true],
    ['strict', 'yes', false],
    ['maxPixels', 1, true],
    ['maxPixels', Number.POSITIVE_INFINITY, true],
    ['maxPixels', 0, false],
    ['maxPixels', 1e6 + 0.5, false],
    ['maxPixels', '100', false],
    ['maxBytes', 1, true],
    ['maxBytes', Number.POSITIVE_INFINITY, true],
    ['maxBytes', -1, false],
    ['maxBytes', Number.NaN, false],
    ['maxBytes', '1 MB', false],
    ['thresholds', { proposal: 0 }, true],
    ['thresholds', { proposal: 1 }, true],
    ['thresholds', { proposal: 1.01 }, false],
    ['thresholds', { refine: -0.01 }, false],
    ['thresholds', [0.6, 0.7, 0.7], false],
    ['thresholds', 0.5, false],
    ['nms', { level: 1 }, true],
    ['nms', { level: Number.NaN }, false],
    ['roi', { x: 0, y: 0, width: 1, height: 1 }, true],
    ['roi', { x: 0.5, y: -3, width: 1.25, height: 1e9 }, true],
    ['roi', { x: Number.NaN, y: 0, width: 1, height: 1 }, false],
    ['roi', { x: 0, y: Number.NEGATIVE_INFINITY, width: 1, height: 1 }, false],
    ['roi', { x: 0, y: 0, width: 0, height: 1 }, false],
    ['roi', { x: 0, y: 0, width: 1, height: -1 }, false],
    ['roi', { x: 0, y: 0, width: Number.POSITIVE_INFINITY, height: 1 }, false],
    ['roi', { x: '0', y: 0, width: 1, height: 1 }, false],
    ['roi', [0, 0, 1, 1], false],
    ['signal', {}, false],
    ['signal', 'abort', false],
  ])('%s %s: allowed %s', (name, value, allowed) => {
    const given = { [name]: value }
    if (allowed) {
      expect(resolveOptions(DEFAULT_OPTIONS, given)).toMatchObject(given)
    } else {
      const error = refusal(() => resolveOptions(DEFAULT_OPTIONS, given))
      expect(error.code).toBe('INVALID_OPTION')
      expect(error.message).toContain(`option '${name}`)
    }
  })

  it('refuses unknown names with the nearest known one', () => {
    expect(message({ minFacesize: 20 })).toBe("unknown option 'minFacesize': did you mean 'minFaceSize'?")
    expect(message({ min_face_size: 20 })).toContain("did you mean 'minFaceSize'?")
    expect(message({ sclaeFactor: 0.7 })).toContain("did you mean 'scaleFactor'?")
    expect(message({ treshold: {} })).toContain("did you mean 'thresholds'?")
    expect(message({ thresholds: { propsal: 0.5 } })).toBe(
      "unknown option 'thresholds.propsal': did you mean 'thresholds.proposal'?",
    )
    expect(message({ roi: { x: 0, y: 0, width: 1, heigth: 1, height: 1 } })).toContain("did you mean 'roi.height'?")
    expect(message({ somethingElse: 1 })).toMatch(
      /known here are minFaceSize, .*signal, transfer, strict, maxPixels, maxBytes$/,
    )
    expect(message({ constructor: 1 })).toContain('unknown option')
  })

  it('refuses what does not say anything, and what is set once', () => {
    for (const given of [null, 1, 'x', [], new Map(), new (class Options {})(), () => {}]) {
      expect(message(given)).toMatch(/options must be a plain object/)
    }
    expect(message({ weights: new Uint8Array(1) })).toMatch(/set once, in MTCNN.create/)
  })

  it('says so where reading the options throws, and keeps the cause', () => {
    const cause = new Error('boom')
    const given = {
      get minFaceSize(): number {
        throw cause
      },
    }
    expect(refusal(() => resolveOptions(DEFAULT_OPTIONS, given)).cause).toBe(cause)
    const { proxy, revoke } = Proxy.revocable({}, {})
    revoke()
    expect(refusal(() => resolveOptions(DEFAULT_OPTIONS, proxy)).code).toBe('INVALID_OPTION')
  })

  it('says of a signal what it lacks, and takes one of any class that can do what is needed', () => {
    const able = { aborted: false, throwIfAborted() {}, addEventListener() {}, removeEventListener() {} }
    expect(resolveOptions(DEFAULT_OPTIONS, { signal: able }).signal).toBe(able)
    const { removeEventListener: _, ...deaf } = able
    expect(message({ signal: deaf })).toBe(
      "option 'signal' must be an AbortSignal; got an object { aborted, throwIfAborted, addEventListener } without a method removeEventListener",
    )
    expect(message({ signal: { aborted: false, throwIfAborted() {} } })).toContain('without a method addEventListener')
    expect(message({ signal: { ...able, aborted: 'no' } })).toContain('without a property aborted')
    expect(message({ signal: new AbortController() })).toMatch(/such as controller.signal; got an AbortController/)
  })

  it('says which property of a face is a roi', () => {
    expect(message({ roi: { box: { x: 0, y: 0, width: 1, height: 1 }, confidence: 1 } })).toMatch(/property box; got/)
  })

  it('keeps messages short, whatever the name', () => {
    expect(message({ ['x'.repeat(1e6)]: 1 }).length).toBeLessThan(500)
    expect(message({ thresholds: { ['\n'.repeat(1e5)]: 1 } }).length).toBeLessThan(500)
    expect(message({ stages: 'x'.repeat(1e6) }).length).toBeLessThan(200)
  })

  it('gives frozen options, so that a running search cannot be changed', () => {
    const { detect } = resolveCreateOptions({ thresholds: { output: 0.8 } })
    expect(Object.isFrozen(detect)).toBe(true)
    expect(Object.isFrozen(detect.thresholds)).toBe(true)
  })

  it('answers junk with an MtcnnError or with options in range, never anything else', () => {
    const names = [...Object.keys(DEFAULT_OPTIONS), 'preset', 'weights', 'x', 'proposal', 'level']
    const junk = fc.anything({ withNullPrototype: true, withTypedArray: true, withMap: true, withDate: true })
    const some = fc.oneof(junk, fc.dictionary(fc.constantFrom(...names), fc.oneof(junk, fc.double(), fc.boolean())))
    fc.assert(
      fc.property(some, (given) => {
        let resolved: ReturnType<typeof resolveCreateOptions>
        try {
          resolved = resolveCreateOptions(given)
        } catch (error) {
          return error instanceof MtcnnError && error.code === 'INVALID_OPTION'
        }
        const { minFaceSize, scaleFactor, maxFaces, thresholds, nms } = resolved.detect
        const shares = [...Object.values(thresholds), ...Object.values(nms)]
        return (
          minFaceSize >= 1 &&
          scaleFactor < 1 &&
          maxFaces >= 1 &&
          shares.length === 7 &&
          shares.every((t) => t >= 0 && t <= 1)
        )
      }),
      { numRuns: 1000 },
    )
  })
})

describe('resolvePoolOptions', () => {
  it.each<Preset>(['classic', 'accurate', 'balanced', 'fast'])(
    "preset '%s' says what it says for a detector",
    (preset) => {
      const given = { preset, thresholds: { output: 0.9 } }
      const { detect } = resolveCreateOptions(given)
      expect(resolvePoolOptions({ size: 2, ...given })).toMatchObject({ pool: { size: 2 }, create: { preset, detect } })
      expect(resolvePoolOptions({ preset }).create.detect).toEqual(PRESETS[preset])
    },
  )
})

describe('resolveCreateOptions', () => {
  it('takes weights as bytes, URL or path, and refuses the rest', () => {
    for (const weights of [new Uint8Array(1), Buffer.alloc(1), new ArrayBuffer(1), new URL('file:///w.bin'), 'w.bin']) {
      expect(resolveCreateOptions({ weights }).weights).toBe(weights)
    }
    for (const weights of ['', 1, null, {}, new Float32Array(1)]) {
      expect(refusal(() => resolveCreateOptions({ weights })).message).toMatch(/option 'weights' must be/)
    }
  })

  it('takes what is not given from the preset', () => {
    expect(resolveCreateOptions({}).preset).toBe('classic')
    expect(resolveCreateOptions({ preset: 'classic' }).detect).toEqual(DEFAULT_OPTIONS)
    expect(resolveCreateOptions({ preset: 'accurate' })).toMatchObject({ preset: 'accurate', detect: PRESETS.accurate })
    expect(resolveCreateOptions({ preset: 'fast' }).detect).toEqual(PRESETS.fast)
    const { detect } = resolveCreateOptions({ preset: 'accurate', minFaceSize: 15, thresholds: { output: 0.9 } })
    expect(detect).toMatchObject({ minFaceSize: 15, patches: 'subpixel', passes: 2, flip: true })
    expect(detect.thresholds).toEqual({ ...PRESETS.accurate.thresholds, output: 0.9 })
    expect(detect.nms).toEqual(PRESETS.accurate.nms)
    // What is given counts, even where it is what another preset says.
    expect(resolveCreateOptions({ preset: 'accurate', passes: 1, patches: 'area' }).detect).toMatchObject({
      passes: 1,
      patches: 'area',
    })
  })

  it('refuses unknown presets, and one for a single call', () => {
    expect(refusal(() => resolveCreateOptions({ preset: 'best' })).message).toMatch(
      /'classic' or 'accurate' or 'balanced' or 'fast'/,
    )
    expect(message({ preset: 'fast' })).toMatch(/set once, in MTCNN.create/)
  })
})

describe('roiIn', () => {
  it('takes every pixel that is touched, and nothing outside the image', () => {
    expect(roiIn(null, 1, 1)).toBeNull()
    expect(roiIn({ x: 2, y: 3, width: 8, height: 7 }, 10, 10)).toEqual({ x: 2, y: 3, width: 8, height: 7 })
    expect(roiIn({ x: 2.9, y: 3.1, width: 0.2, height: 0.2 }, 10, 10)).toEqual({ x: 2, y: 3, width: 2, height: 1 })
    expect(roiIn({ x: -3.5, y: -0.1, width: 1e9, height: 1e9 }, 10, 8)).toEqual({ x: 0, y: 0, width: 10, height: 8 })
    expect(roiIn({ x: 9.5, y: 7, width: 3, height: 1e-12 }, 10, 8)).toEqual({ x: 9, y: 7, width: 1, height: 1 })
    // The sum is a little over 100 in floating point.
    expect(roiIn({ x: 16.4, y: 0, width: 100 - 16.4, height: 1 }, 200, 1)).toMatchObject({ x: 16, width: 84 })
  })

  it('refuses one that misses the image, edges included', () => {
    for (const roi of [
      { x: 10, y: 0, width: 5, height: 5 },
      { x: 0, y: 8, width: 5, height: 5 },
      { x: -5, y: 0, width: 5, height: 5 },
      { x: 0, y: -7.5, width: 5, height: 7.5 },
      { x: -1e300, y: 0, width: 1, height: 1 },
      { x: 1e308, y: 0, width: 1e308, height: 1 },
    ]) {
      const error = refusal(() => roiIn(roi, 10, 8))
      expect(error.code).toBe('INVALID_OPTION')
      expect(error.message).toMatch(/must overlap the image of 10 x 8; got/)
    }
  })

  it('is inside the image and around the roi, whatever the roi', () => {
    const place = fc.double({ min: -50, max: 150, noNaN: true })
    const length = fc.double({ min: 1e-9, max: 300, noNaN: true })
    fc.assert(
      fc.property(place, place, length, length, (x, y, width, height) => {
        let roi: ReturnType<typeof roiIn>
        try {
          roi = roiIn({ x, y, width, height }, 100, 60)
        } catch {
          return x >= 100 || y >= 60 || x + width <= 0 || y + height <= 0
        }
        const { x: left, y: top, width: across, height: down } = roi!
        const whole = [left, top, across, down].every(Number.isInteger)
        const inside = left >= 0 && top >= 0 && across >= 1 && down >= 1 && left + across <= 100 && top + down <= 60
        const around = left <= Math.max(x, 0) && left + across >= Math.min(x + width, 100) - 1e-9
        return whole && inside && around
      }),
    )
  })
})

describe('nearestName', () => {
  it('counts edits, a swap of neighbours as one', () => {
    expect(editDistance('kitten', 'sitting')).toBe(3)
    expect(editDistance('ab', 'ba')).toBe(1)
    expect(editDistance('', 'abc')).toBe(3)
  })

  it('suggests nothing for what resembles nothing', () => {
    expect(nearestName('zzz', ['roi', 'nms', 'clip'])).toBeUndefined()
    expect(nearestName('', ['roi'])).toBeUndefined()
    expect(nearestName('x'.repeat(1e6), ['roi'])).toBeUndefined()
  })

  it('is symmetric and zero only for equal words', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 12 }), fc.string({ maxLength: 12 }), (a, b) => {
        expect(editDistance(a, b)).toBe(editDistance(b, a))
        expect(editDistance(a, b) === 0).toBe(a === b)
      }),
    )
  })
})
