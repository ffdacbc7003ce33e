import { describe, expect, it } from 'vitest'
import { planCrops } from '../../src/faces/crops.ts'
import { resolveCropFacesOptions } from '../../src/options/crop.ts'
import { DEFAULT_OPTIONS } from '../../src/options/options.ts'
import { refusal } from '../helpers/refusal.ts'

const FACE = { box: { x: 2, y: 1, width: 2, height: 1 }, confidence: 1 }
const FLOATS = Float32Array.from([0, 10.5, 255, 11.5, 127.5, 300])

function cropOf(given: object, floats = FLOATS) {
  const { crop } = resolveCropFacesOptions(DEFAULT_OPTIONS, { align: 'none', ...given })
  return planCrops([FACE], crop).cropsOf([floats])[0]!
}

describe('planCrops', () => {
  it('asks for the way from crop to image', () => {
    const { crop } = resolveCropFacesOptions(DEFAULT_OPTIONS, { align: 'none', size: [4, 2], fill: 'edge' })
    const { requests } = planCrops([FACE], crop)
    expect(requests).toEqual([{ toImage: [0.5, 0, 1.75, 0, 0.5, 0.75], width: 4, height: 2, fill: 'edge' }])
  })

  it('takes the whole box where it was cut at the edge of the image', () => {
    const { crop } = resolveCropFacesOptions(DEFAULT_OPTIONS, { align: 'none' })
    const cutFace = { ...FACE, unclipped: { x: -2, y: 1, width: 6, height: 3 } }
    expect(planCrops([cutFace], crop).requests[0]).toMatchObject({ width: 6, height: 3, toImage: [1, 0, -2, 0, 1, 1] })
  })

  it('gives bytes, rounded and within 0 to 255', () => {
    expect(cropOf({})).toEqual({
      data: Uint8ClampedArray.from([0, 10, 255, 255, 12, 128, 255, 255]),
      width: 2,
      height: 1,
      channels: 4,
      matrix: [1, 0, -2, 0, 1, -1],
    })
    expect(cropOf({ output: 'rgb' })).toMatchObject({
      data: Uint8ClampedArray.from([0, 10, 255, 12, 128, 255]),
      channels: 3,
    })
  })

  it('gives floats as nets want them', () => {
    const planes = cropOf({ output: 'float32', mean: 10, std: 2 })
    expect(planes.data).toEqual(Float32Array.from([-5, 0.75, 0.25, 58.75, 122.5, 145]))
    expect(planes.channels).toBe(3)
    const pixels = cropOf({ output: 'float32', mean: [0, 10, 0], std: [1, 2, 4], layout: 'nhwc' })
    expect(pixels.data).toEqual(Float32Array.from([0, 0.25, 63.75, 11.5, 58.75, 75]))
    expect(cropOf({ output: 'float32', layout: 'nhwc' }).data).toEqual(FLOATS)
  })

  it('names the face that cannot be cut out', () => {
    const { crop } = resolveCropFacesOptions(DEFAULT_OPTIONS, { align: 'arcface' })
    expect(refusal(() => planCrops([FACE], crop)).message).toMatch(/^face 0 has no keypoints/)
  })
})
