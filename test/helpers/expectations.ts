/**
 * What "gives the reference's answer" means, for the naive cascade and for the real detector alike.
 *
 * Counts are exact. The reference sums in float32 in another order, so scores agree to about 1e-5 and two candidates
 * whose scores are that close may change places; nothing else may.
 */
import { expect } from 'vitest'
import type { Fixture } from './photographs.ts'
import { CONFIDENCE, PIXELS, SAME_SCORE } from './tolerances.ts'

/** The reference's scales come from a power function that is off by up to one unit in the last place. */
const SCALE = 2.3e-16

type Box = readonly [number, number, number, number]

export interface ActualTrace {
  levels: readonly { scale: number; cells: readonly [number, number]; passed: number; afterNms: number }[]
  proposals: number
  refinePassed: number
  refined: number
  outputPassed: number
  /** boxes that went into R-Net, in order: all of them, or at least as many as the fixture lists */
  proposalBoxes?: readonly Box[]
  /** their P-Net scores; without them no two boxes may change places */
  proposalScores?: readonly number[]
}

export interface ActualFace {
  /** x1, y1, x2, y2, not clipped */
  rect: Box
  confidence: number
  points: readonly (readonly [number, number])[]
}

/**
 * Holds a trace against a fixture's.
 */
export function expectTrace(actual: ActualTrace, expected: Fixture['trace']): void {
  const counts = ({ proposals, refinePassed, refined, outputPassed, levels }: ActualTrace) => ({
    levels: levels.map(({ cells, passed, afterNms }) => ({ cells: [...cells], passed, afterNms })),
    proposals,
    refinePassed,
    refined,
    outputPassed,
  })
  expect(counts(actual)).toEqual(counts(expected))
  expected.levels.forEach(({ scale }, n) => {
    expect(Math.abs(actual.levels[n]!.scale / scale - 1), `scale of level ${n}`).toBeLessThanOrEqual(SCALE)
  })
  if (actual.proposalBoxes) {
    expectProposals(actual.proposalBoxes, actual.proposalScores ?? [], expected.proposalBoxes)
  }
}

/**
 * Every expected box is there, at its place or at that of a box with nearly the same score; each box counts once.
 */
function expectProposals(actual: readonly Box[], scores: readonly number[], expected: readonly Box[]): void {
  expect(actual.length, 'proposal boxes').toBeGreaterThanOrEqual(expected.length)
  const places = new Map<string, number[]>()
  actual.forEach((box, place) => {
    const key = box.join()
    places.set(key, [...(places.get(key) ?? []), place])
  })
  const wrong = expected.flatMap((box, place) => {
    const free = places.get(box.join()) ?? []
    const distance = (other: number) => (other === place ? 0 : Math.abs(scores[other]! - scores[place]!))
    const found = free.findIndex((other) => distance(other) <= SAME_SCORE)
    if (found >= 0) free.splice(found, 1)
    return found >= 0 ? [] : [{ place, expected: box, actual: actual[place] }]
  })
  expect(wrong, 'proposal boxes that differ').toEqual([])
}

/**
 * Holds faces against a fixture's, both by descending confidence.
 */
export function expectFaces(actual: readonly ActualFace[], expected: Fixture['faces']): void {
  expect(actual.length, 'faces').toBe(expected.length)
  actual.slice(1).forEach((face, n) => {
    expect(face.confidence, 'order of faces').toBeLessThanOrEqual(actual[n]!.confidence)
  })
  const left = [...actual]
  for (const face of expected) {
    const far = (other: ActualFace) => farthest(other.rect, face.rect)
    const nearest = left.reduce((best, other) => (far(other) < far(best) ? other : best))
    left.splice(left.indexOf(nearest), 1)
    const place = `face at ${face.rect.map(Math.round)}`
    expect(far(nearest), `${place}: rect, px off`).toBeLessThanOrEqual(PIXELS)
    expect(Math.abs(nearest.confidence - face.confidence), `${place}: confidence off`).toBeLessThanOrEqual(CONFIDENCE)
    expect(farthest(nearest.points.flat(), face.points.flat()), `${place}: points, px off`).toBeLessThanOrEqual(PIXELS)
  }
}

function farthest(a: readonly number[], b: readonly number[]): number {
  if (a.length !== b.length) return Number.POSITIVE_INFINITY
  return Math.max(...a.map((value, n) => Math.abs(value - b[n]!)))
}
