/** The detector against the naive cascade of test/reference, which is readable and shares nothing with it. */
import fc from 'fast-check'
import type { MTCNN } from 'mtcnn-wasm'
import { CONFIDENCE, PIXELS, SAME_SCORE } from '../helpers/tolerances.ts'
import { referenceDetect } from '../reference/cascade.ts'
import { loadParameters } from '../reference/parameters.ts'
import { affordable } from './options.ts'
import { draw, pictures } from './pictures.ts'
import { type Property, property } from './property.ts'

/** Small: the naive cascade takes a second for 150 x 150 pixels. */
const SIDE = 120

const threshold = fc.double({ min: 0.05, max: 0.99, noNaN: true })
const cases = fc.record({
  picture: pictures(SIDE),
  minFaceSize: fc.double({ min: 12, max: 60, noNaN: true }),
  scaleFactor: fc.double({ min: 0.3, max: 0.8, noNaN: true }),
  thresholds: fc.tuple(threshold, threshold, threshold),
})

export function twinProperty(detector: MTCNN): Property<never> {
  const parameters = loadParameters()
  const check = property('naive twin', cases, async ({ picture, scaleFactor, thresholds, minFaceSize: least }) => {
    const image = draw(picture)
    const [proposal, refine, output] = thresholds
    const given = { thresholds: { proposal, refine, output }, scaleFactor, minFaceSize: least, clip: false }
    const options = affordable(picture, given)
    const minFaceSize = options.minFaceSize!
    const { faces, trace } = await detector.explain(image, options)
    const twin = referenceDetect(image, { minFaceSize, scaleFactor, thresholds }, parameters)

    const counts = ({ levels, proposals, refinePassed, refined, outputPassed }: typeof twin.trace | typeof trace) => {
      const of = levels.map(({ cells, passed, afterNms }) => `${cells}: ${passed}, ${afterNms}`)
      return JSON.stringify([of, proposals, refinePassed, refined, outputPassed])
    }
    const differences: string[] = []
    const [ours, theirs] = [counts(trace), counts(twin.trace)]
    if (ours !== theirs) differences.push(`counts ${ours}, not ${theirs}`)
    if (faces.length !== twin.faces.length) differences.push(`${faces.length} faces, not ${twin.faces.length}`)
    faces.forEach(({ box: { x, y, width, height }, confidence, keypoints }, n) => {
      const other = twin.faces[n]
      if (!other) return
      const rect = [x, y, x + width, y + height]
      const points = Object.values(keypoints ?? {}).flatMap((point) => [point.x, point.y])
      const far = Math.max(distance(rect, other.rect), distance(points, other.points.flat()))
      if (!(far <= PIXELS)) differences.push(`face ${n} is ${far} px off`)
      const unlike = Math.abs(confidence - other.confidence)
      if (!(unlike <= CONFIDENCE)) differences.push(`confidence ${n} is ${unlike} off`)
    })
    if (differences.length === 0) return
    // Float32 and float64 may fall on different sides of a threshold, and of a whole number where boxes are truncated.
    const { closest } = twin.trace
    if (Math.min(closest.refine, closest.output, closest.proposal) < SAME_SCORE) return 'unsure'
    if (aPixelOff(trace.proposalBoxes, twin.trace.proposalBoxes)) return 'unsure'
    if (aPixelOff(trace.refinedBoxes, twin.trace.refinedBoxes)) return 'unsure'
    throw new Error(differences.join('\n'))
  })
  return check as unknown as Property<never>
}

/** Whether two lists of truncated boxes differ, in a pixel of a box here and there only. */
function aPixelOff(a: readonly (readonly number[])[], b: readonly (readonly number[])[]): boolean {
  const steps = a.map((box, n) => (b[n] ? distance(box, b[n]) : Number.POSITIVE_INFINITY))
  return a.length === b.length && Math.max(0, ...steps) === 1 && steps.filter((step) => step > 0).length <= 2
}

function distance(a: readonly number[], b: readonly number[]): number {
  return a.length === b.length ? Math.max(0, ...a.map((value, n) => Math.abs(value - b[n]!))) : Number.POSITIVE_INFINITY
}
