import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { toFaces, toReference } from '../../src/api/format.ts'
import type { Detection } from '../../src/cascade/context.ts'
import { DEFAULT_OPTIONS } from '../../src/options/options.ts'
import { resolveOptions } from '../../src/options/resolve.ts'
import { MtcnnError } from '../../src/shared/errors.ts'
import type { AnyFace } from '../../src/shared/face.ts'
import { fixtureName, fixtures } from '../helpers/photographs.ts'

type FixtureFace = (typeof fixtures)[number]['faces'][number]

function detection({ rect: [x1, y1, x2, y2], confidence, points }: FixtureFace): Detection {
  const flat = Float64Array.from([...points.map(([x]) => x), ...points.map(([, y]) => y)])
  return { x1, y1, x2, y2, confidence, points: flat }
}

const options = (given: object) => resolveOptions(DEFAULT_OPTIONS, given)

describe('toReference', () => {
  const withFaces = fixtures.filter(({ faces }) => faces.length > 0)

  it.each(withFaces.map((fixture) => [fixtureName(fixture), fixture] as const))('%s', (_name, { faces, image }) => {
    const wanted = faces.map(({ box, confidence, points }) => {
      const [left_eye, right_eye, nose, mouth_left, mouth_right] = points.map((point) =>
        point.map((v) => Math.trunc(v) + 0),
      )
      return { box, confidence, keypoints: { left_eye, right_eye, nose, mouth_left, mouth_right } }
    })
    for (const clip of [true, false]) {
      expect(toReference(toFaces(faces.map(detection), image, options({ clip })))).toEqual(wanted)
    }
  })

  it('has fixtures with boxes over the left, upper and right edge, or the clipping is not tested (below: the lower)', () => {
    const all = fixtures.flatMap(({ faces, image }) => faces.map(({ rect }) => ({ rect, image })))
    expect(all.some(({ rect }) => rect[0] < 0)).toBe(true)
    expect(all.some(({ rect }) => rect[1] < 0)).toBe(true)
    expect(all.some(({ rect, image }) => rect[2] > image.width)).toBe(true)
  })

  const found: Detection = { x1: -3.5, y1: 10.9, x2: 120.2, y2: 90.7, confidence: 0.9 }
  const image = { width: 100, height: 80 }

  it('measures the width to the unclipped edge, from the clipped corner', () => {
    expect(toReference(toFaces([found], image, options({})))).toEqual([{ box: [0, 10, 120, 80], confidence: 0.9 }])
  })

  it('gives the same for every copy of a face', () => {
    const faces = toFaces([found, detection(withFaces[0]!.faces[0]!)], image, options({}))
    const wanted = toReference(faces)
    expect(wanted[0]!.box).toEqual([0, 10, 120, 80])
    for (const copy of [
      structuredClone(faces),
      JSON.parse(JSON.stringify(faces)),
      [...faces],
      faces.map((face) => ({ ...face, box: { ...face.box } })),
    ]) {
      expect(toReference(copy)).toEqual(wanted)
    }
  })

  it('measures the box where there is no unclipped one, and follows what the caller changes', () => {
    const [{ unclipped: _, ...face }] = toFaces([found], image, options({})) as AnyFace[] as [AnyFace]
    expect(toReference([face])[0]!.box).toEqual([0, 10, 100, 70])
    face.box.width = 50
    expect(toReference([face])[0]!.box).toEqual([0, 10, 50, 70])
    expect(toReference([{ box: { x: 1.9, y: 2.9, width: 3, height: 4 }, confidence: 1 }])[0]!.box).toEqual([1, 2, 3, 4])
  })

  it('gives the integers of the edges themselves, whatever a width rounds away', () => {
    // An edge less than a billionth of a pixel from a whole number counts as that: a box is its corner and its size, whose
    // sum is rounded.
    const fraction = fc.double({ min: -500, max: 5000, noNaN: true })
    const distinct = fraction.filter((value) => Math.abs(value - Math.round(value)) > 1e-9)
    const edge = fc.oneof(fc.integer({ min: -500, max: 5000 }), distinct)
    fc.assert(
      fc.property(edge, edge, edge, edge, fc.boolean(), (x1, y1, x2, y2, clip) => {
        const [face] = toReference(toFaces([{ x1, y1, x2, y2, confidence: 1 }], image, options({ clip })))
        const [x, y] = [Math.max(0, Math.trunc(x1)), Math.max(0, Math.trunc(y1))]
        expect(face!.box).toEqual([x, y, Math.trunc(x2 - x) + 0, Math.trunc(y2 - y) + 0])
      }),
      { numRuns: 2000 },
    )
  })

  it.each([
    ['null', null, /pool with policy 'latest'/],
    ['nothing', undefined, /got undefined/],
    ['one face', { box: { x: 1, y: 1, width: 1, height: 1 }, confidence: 1 }, /array of faces/],
    ['a promise', Promise.resolve([]), /array of faces/],
    ['an explanation', { faces: [], width: 1, height: 1 }, /give its property faces/],
    ['text', 'faces', /array of faces/],
    ['a hole', new Array(2), /face 0 has no box: it is undefined/],
    ['an item without a box', [{ confidence: 1 }], /face 0 has no box/],
    ['null in the list', [null], /face 0 has no box: it is null/],
    ['a box as a list', [{ box: [1, 2, 3, 4], confidence: 1 }], /face 0 has a box that is not/],
    ['a box with NaN', [{ box: { x: Number.NaN, y: 0, width: 1, height: 1 }, confidence: 1 }], /finite numbers/],
    ['no confidence', [{ box: { x: 0, y: 0, width: 1, height: 1 } }], /confidence that is not a number but undefined/],
    [
      'a keypoint missing',
      [{ box: { x: 0, y: 0, width: 1, height: 1 }, confidence: 1, keypoints: { leftEye: { x: 1, y: 1 } } }],
      /of which rightEye/,
    ],
    [
      'what throws',
      [
        {
          get box() {
            throw new Error('boom')
          },
        },
      ],
      /could not be read/,
    ],
  ])('refuses %s', (_, faces, message) => {
    expect(() => toReference(faces as never)).toThrow(MtcnnError)
    expect(() => toReference(faces as never)).toThrow(expect.objectContaining({ code: 'INVALID_OPTION' }))
    expect(() => toReference(faces as never)).toThrow(message)
  })

  it('rounds keypoints toward zero and knows no negative zero', () => {
    const points = Float64Array.of(-0.7, 1.9, -2.9, 3, 4, 5, 6, 7, 8, 9)
    const [face] = toReference(toFaces([{ ...found, points }], image, options({})))
    expect(face!.keypoints).toEqual({
      left_eye: [0, 5],
      right_eye: [1, 6],
      nose: [-2, 7],
      mouth_left: [3, 8],
      mouth_right: [4, 9],
    })
  })

  it("prints the reference's JSON", () => {
    const points = Float64Array.of(1, 2, 3, 4, 5, 6, 7, 8, 9, 10)
    expect(JSON.stringify(toReference(toFaces([{ ...found, points }], image, options({}))))).toBe(
      '[{"box":[0,10,120,80],"confidence":0.9,"keypoints":{"left_eye":[1,6],"right_eye":[2,7],"nose":[3,8],"mouth_left":[4,9],"mouth_right":[5,10]}}]',
    )
  })
})

describe('toFaces', () => {
  const points = Float64Array.of(1, 2, 3, 4, 5, 6, 7, 8, 9, 10)
  const found: Detection = { x1: -5, y1: -6, x2: 25, y2: 34, confidence: 0.9, points }

  it('moves boxes and keypoints by the corner of the roi and clips to the whole image', () => {
    const roi = { x: 10, y: 4, width: 20, height: 20 }
    const [face] = toFaces([found], { width: 100, height: 30 }, options({ roi }))
    expect(face!.box).toEqual({ x: 5, y: 0, width: 30, height: 30 })
    expect(face!.keypoints!.leftEye).toEqual({ x: 11, y: 10 })
    expect(face!.keypoints!.mouthRight).toEqual({ x: 15, y: 14 })
    expect(toReference([face!])[0]!.box).toEqual([5, 0, 30, 38])
  })

  it('leaves the box alone without clip, and the keypoints with it', () => {
    const size = { width: 3, height: 3 }
    expect(toFaces([found], size, options({ clip: false }))[0]!.box).toEqual({ x: -5, y: -6, width: 30, height: 40 })
    expect(toFaces([found], size, options({}))[0]!.keypoints!.mouthRight).toEqual({ x: 5, y: 10 })
  })

  it('keeps the first maxFaces and has no keypoints where there are no points', () => {
    const { points: _, ...bare } = found
    const faces = toFaces([bare, found, found], { width: 50, height: 50 }, options({ maxFaces: 2 }))
    expect(faces).toHaveLength(2)
    expect('keypoints' in faces[0]!).toBe(false)
  })

  it('gives plain data, with the whole box where it was cut', () => {
    const cut = toFaces([found], { width: 50, height: 50 }, options({}))[0]!
    expect(Reflect.ownKeys(cut)).toEqual(['box', 'confidence', 'keypoints', 'roll', 'unclipped'])
    expect(cut.unclipped).toEqual({ x: -5, y: -6, width: 30, height: 40 })
    expect(cut.box).toEqual({ x: 0, y: 0, width: 25, height: 34 })
    const inside = { ...found, x1: 0, y1: 0, x2: 50, y2: 50 }
    for (const face of [
      toFaces([inside], { width: 50, height: 50 }, options({}))[0]!,
      toFaces([found], { width: 50, height: 50 }, options({ clip: false }))[0]!,
    ]) {
      expect(Reflect.ownKeys(face)).toEqual(['box', 'confidence', 'keypoints', 'roll'])
    }
    expect(structuredClone(cut)).toEqual(cut)
  })

  it('says how far a face is turned, by its eyes; a box without landmarks has no roll', () => {
    const roll = (leftX: number, leftY: number, rightX: number, rightY: number) => {
      const points = Float64Array.from([leftX, rightX, 0, 0, 0, leftY, rightY, 0, 0, 0])
      return toFaces([{ ...found, points }], { width: 50, height: 50 }, options({}))[0]!.roll
    }
    expect(roll(10, 20, 30, 20)).toBe(0)
    // Clockwise, the face's left comes to lie above.
    expect(roll(20, 10, 20, 30)).toBe(90)
    expect(roll(30, 20, 10, 20)).toBe(180)
    expect(roll(20, 30, 20, 10)).toBe(-90)
    expect(roll(10, 20, 30, 40)).toBe(45)
    expect(roll(10, 20, 10, 20)).toBe(0)
    const { points: _, ...bare } = found
    expect(Reflect.ownKeys(toFaces([bare], { width: 50, height: 50 }, options({}))[0]!)).not.toContain('roll')
  })

  it.each([Number.NaN, '90', null])('of a face with a roll of %s: refused by toReference, which says so', (roll) => {
    const face = { ...toFaces([found], { width: 50, height: 50 }, options({}))[0]!, roll }
    expect(() => toReference([face as AnyFace])).toThrow(/face 0 has a roll that is not a finite number/)
  })

  it('keeps clipped boxes in the image, whatever the box', () => {
    const edge = fc.double({ min: -1e4, max: 1e4, noNaN: true })
    fc.assert(
      fc.property(edge, edge, edge, edge, (x1, y1, w, h) => {
        const it: Detection = { x1, y1, x2: x1 + Math.abs(w), y2: y1 + Math.abs(h), confidence: 1 }
        const { box } = toFaces([it], { width: 640, height: 480 }, options({}))[0]!
        expect(box.x).toBeGreaterThanOrEqual(0)
        expect(box.y).toBeGreaterThanOrEqual(0)
        expect(box.width).toBeGreaterThanOrEqual(0)
        expect(box.height).toBeGreaterThanOrEqual(0)
        expect(box.x + box.width).toBeLessThanOrEqual(640 + 1e-9)
        expect(box.y + box.height).toBeLessThanOrEqual(480 + 1e-9)
      }),
    )
  })
})
