import fc from 'fast-check'
import { beforeAll, describe, expect, it } from 'vitest'
import { type Selection, selectFaces } from '../../src/faces/select.ts'
import { type BoxFace, type Faces, MTCNN } from '../../src/index.node.ts'
import { measuredIn } from '../../src/shared/face.ts'
import { photograph } from '../helpers/photographs.ts'
import { refusal } from '../helpers/refusal.ts'

const face = (x: number, y: number, side: number, confidence: number): BoxFace => ({
  box: { x, y, width: side, height: side },
  confidence,
})
/** In an image of 100 x 100: in a corner and large, in the middle and small, beside the middle. */
const corner = face(0, 0, 40, 0.9)
const middle = face(45, 45, 10, 0.8)
const beside = face(40, 50, 20, 0.99)
const faces = measuredIn([corner, middle, beside], { width: 100, height: 100 })

let found: Faces

beforeAll(async () => {
  const detector = await MTCNN.create()
  found = await detector.detectFaces(await photograph('tracking', 'examples/assets/faces.jpg'))
  detector.dispose()
})

describe('selectFaces', () => {
  it.each<[Selection, BoxFace[]]>([
    ['largest', [corner, beside, middle]],
    ['confident', [beside, corner, middle]],
    ['central', [middle, beside, corner]],
    // 1600 - 2 * 1800, 100 - 0, 400 - 2 * 100
    ['central-and-large', [beside, middle, corner]],
  ])('by %s', (by, order) => {
    expect([...selectFaces(faces, by)]).toEqual(order.slice(0, 1))
    expect([...selectFaces(faces, by, { count: 2 })]).toEqual(order.slice(0, 2))
    expect([...selectFaces(faces, by, { count: Number.POSITIVE_INFINITY })]).toEqual(order)
    expect([...faces]).toEqual([corner, middle, beside])
  })

  it('of equals, takes the more confident one, then the one that came first', () => {
    const equals = [face(0, 0, 5, 0.5), face(5, 5, 5, 0.7), face(9, 9, 5, 0.7)]
    expect(selectFaces(equals, 'largest', { count: 3 })).toEqual([equals[1], equals[2], equals[0]])
    expect(selectFaces(equals, 'confident')).toEqual([equals[1]])
  })

  it('gives the faces themselves, with the size of their image', () => {
    const best = selectFaces(found, 'largest', { count: 2 })
    expect(best).toHaveLength(2)
    expect(best.every((one) => found.includes(one))).toBe(true)
    expect([best.imageWidth, best.imageHeight]).toEqual([600, 346])
    const areas = found.map(({ box }) => box.width * box.height).sort((a, b) => b - a)
    expect(best.map(({ box }) => box.width * box.height)).toEqual(areas.slice(0, 2))
    expect(selectFaces([], 'central', { image: { width: 1, height: 1 } })).toEqual([])
  })

  it('a copy needs the size of the image where the middle matters', () => {
    expect(selectFaces([...found], 'largest').imageWidth).toBeUndefined()
    const error = refusal(() => selectFaces([...found], 'central'))
    expect(error.code).toBe('INVALID_OPTION')
    expect(error.message).toMatch(/give option image: \{ width, height \}/)
    const image = { width: 600, height: 346 }
    expect(selectFaces([...found], 'central', { image })[0]).toBe(selectFaces(found, 'central')[0])
  })

  it('orders any faces without losing one', () => {
    const number = fc.double({ min: -50, max: 150, noNaN: true })
    const some = fc.array(
      fc.tuple(number, number, fc.double({ min: 0, max: 90, noNaN: true }), fc.double({ min: 0, max: 1, noNaN: true })),
    )
    const property = fc.property(
      some,
      fc.constantFrom<Selection>('largest', 'confident', 'central', 'central-and-large'),
      (list, by) => {
        const given = list.map((numbers) => face(...numbers))
        const all = selectFaces(given, by, { count: Number.POSITIVE_INFINITY, image: { width: 100, height: 80 } })
        expect(new Set(all)).toEqual(new Set(given))
        expect(all).toHaveLength(given.length)
      },
    )
    fc.assert(property)
  })

  it.each([
    [null, 'largest', {}, /selectFaces takes an array of faces/],
    [[], 'biggest', {}, /faces are selected by 'largest' or .*; got "biggest"/],
    [[], 'largest', { count: 0 }, /option 'count' must be a whole number of at least 1/],
    [[], 'largest', { cuont: 1 }, /did you mean 'count'\?/],
    [[], 'central', { image: { width: 0, height: 5 } }, /option 'image' must be/],
    [[], 'central', { image: null }, /option 'image' must be/],
    [[], 'largest', 3, /options must be a plain object/],
  ])('refuses %j by %j with %j', (given, by, options, message) => {
    const error = refusal(() => selectFaces(given as never, by as never, options as never))
    expect(error.code).toBe('INVALID_OPTION')
    expect(error.message).toMatch(message)
  })
})
