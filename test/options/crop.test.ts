import { describe, expect, it } from 'vitest'
import { resolveCropFacesOptions, resolveExtractOptions } from '../../src/options/crop.ts'
import { DEFAULT_OPTIONS } from '../../src/options/options.ts'
import { resolveOptions } from '../../src/options/resolve.ts'
import { refusal } from '../helpers/refusal.ts'

const crop = (given?: object) => resolveExtractOptions(DEFAULT_OPTIONS, given).crop

describe('options of crops', () => {
  it('have defaults that go with the alignment', () => {
    const all = { margin: 0, square: false, fill: [0, 0, 0], output: 'rgba', layout: 'nchw' }
    const arcface = { size: { width: 112, height: 112 }, mean: [127.5, 127.5, 127.5], std: [127.5, 127.5, 127.5] }
    expect(crop()).toEqual({ ...all, align: 'arcface', ...arcface })
    const own = [0.3, 0.4, 0.7, 0.4, 0.5, 0.6, 0.35, 0.8, 0.65, 0.8]
    const align = [0, 2, 4, 6, 8].map((n) => [own[n], own[n + 1]])
    expect(crop({ align })).toEqual({ ...all, align: own, ...arcface })
    const facenet = { size: { width: 160, height: 160 }, mean: [127.5, 127.5, 127.5], std: [128, 128, 128] }
    expect(crop({ align: 'facenet' })).toEqual({ ...all, align: 'facenet', ...facenet })
    expect(crop({ align: 'none' })).toEqual({ ...all, align: 'none', size: null, mean: [0, 0, 0], std: [1, 1, 1] })
  })

  it('stand beside those of a search, and win over the detector', () => {
    const base = resolveOptions(DEFAULT_OPTIONS, { minFaceSize: 40, roi: { x: 0, y: 0, width: 9, height: 9 } })
    const extract = resolveExtractOptions(base, { maxFaces: 3, size: [96, 128] })
    expect(extract.detect).toEqual({ ...base, maxFaces: 3 })
    expect(extract.crop.size).toEqual({ width: 96, height: 128 })
    const { detect } = resolveCropFacesOptions(base, { maxPixels: 100, transfer: true })
    expect(detect).toEqual({ ...base, maxPixels: 100, transfer: true, roi: null })
  })

  it.each([
    [{ align: 'insightface' }, /option 'align' must be 'arcface', 'facenet', 'none' or five places/],
    [{ align: [[0, 0]] }, /option 'align' must be/],
    [{ align: [[0, 0], [1, 0], [0, 1], [1, 1], [0.5]] }, /option 'align' must be/],
    [{ align: { leftEye: { x: 0, y: 0 } } }, /option 'align' must be/],
    [{ align: [1, 2, 3, 4, 5] }, /option 'align' must be/],
    [{ align: new Array(5).fill([0.5, 0.5]) }, /five places that differ/],
    [{ size: 0 }, /option 'size' must be a whole number from 1 to 4096; got 0/],
    [{ size: [112] }, /option 'size' must be a whole number or \[width, height\]/],
    [{ size: [112, 5000] }, /option 'size\[1\]' must be a whole number from 1 to 4096; got 5000/],
    [{ margin: -1 }, /option 'margin' must be a number from -0.9 to 10/],
    [{ fill: 'red' }, /option 'fill' must be 'edge' or \[red, green, blue\] from 0 to 255; got "red"/],
    [{ fill: [0, 0, 256] }, /option 'fill' must be/],
    [{ fill: 7 }, /option 'fill' must be/],
    [{ output: 'tensor' }, /option 'output' must be 'rgba' or 'rgb' or 'float32'/],
    [{ layout: 'chw' }, /option 'layout' must be 'nchw' or 'nhwc'/],
    [{ mean: Number.NaN }, /option 'mean' must be a finite number/],
    [{ std: [1, 0, 1] }, /option 'std' must be a finite number other than 0/],
    [{ allign: 'none' }, /unknown option 'allign': did you mean 'align'\?/],
    [{ stages: 'boxes' }, /option 'align' must be 'none' or 'facenet' with stages: 'boxes'/],
    ['arcface', /options must be a plain object/],
  ])('%j is refused', (given, message) => {
    const error = refusal(() => resolveExtractOptions(DEFAULT_OPTIONS, given as never))
    expect(error.code).toBe('INVALID_OPTION')
    expect(error.message).toMatch(message)
  })

  it('a search for boxes goes with crops of boxes', () => {
    expect(resolveExtractOptions(DEFAULT_OPTIONS, { stages: 'boxes', align: 'facenet' }).detect.stages).toBe('boxes')
  })

  it('options of a search are none of cropFaces', () => {
    expect(refusal(() => resolveCropFacesOptions(DEFAULT_OPTIONS, { minFaceSize: 20 } as never)).message).toMatch(
      /unknown option 'minFaceSize'/,
    )
  })
})
