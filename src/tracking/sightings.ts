import type { FollowOutcome, Sighting } from '../cascade/sighting.ts'
import { likeness, type Thumbnail } from '../cascade/thumbnail.ts'
import { type Edges, smallerOverlap, unionOverlap } from '../shared/overlap.ts'

/** A face in a frame, as all that was seen of it says. */
export interface Observation {
  sighting: Sighting
  /** Which of the looks found it, by its index; -1: only the search for new faces. */
  look: number
  /** Whether all nets have found it, P-Net too. */
  searched: boolean
}

/** Two sightings that overlap by more are of the same face: as a share of the smaller one, and of both. */
const SAME_BY_SMALLER = 0.6
const SAME_BY_UNION = 0.45

/** All faces in a frame, each once. What a look found stays, rather than what the search for new faces found: it trembles less. */
export function observations({ looks, found }: FollowOutcome): Observation[] {
  const all = looks.flatMap((sightings, look) => sightings.map((sighting) => ({ sighting, look })))
  const rest = found.map((sighting) => ({ sighting, look: -1 }))
  const byConfidence = (a: { sighting: Sighting }, b: { sighting: Sighting }) =>
    b.sighting.confidence - a.sighting.confidence
  const kept: Observation[] = []
  for (const { sighting, look } of [...all.sort(byConfidence), ...rest.sort(byConfidence)]) {
    const same = kept.find((other) => isSame(other.sighting, sighting))
    if (same) {
      same.searched ||= sighting.searched
      if (sighting.searched && sighting.votes !== undefined) same.sighting = { ...same.sighting, votes: sighting.votes }
    } else kept.push({ sighting, look, searched: sighting.searched })
  }
  return kept
}

function isSame(a: Edges, b: Edges): boolean {
  return unionOverlap(a, b) > SAME_BY_UNION || smallerOverlap(a, b) > SAME_BY_SMALLER
}

/** What is known of a face that was followed so far. */
export interface Expectation {
  readonly box: Edges
  readonly look: Thumbnail
  /** Frames since it was seen last. */
  readonly seen: number
  /** Whether its speed is known. */
  readonly known: boolean
  /** Whether another face is near, which may hide it. */
  readonly near: boolean
}

/** A face that is expected may be so far from there, in sizes of it: at first, and more for each frame that it was not seen. */
const REACH = 0.7
const REACH_UNKNOWN = 1.2
const REACH_EACH = 0.2
const FARTHEST = 1.6
/** It may be so many times larger or smaller. */
const OTHER_SIZE = 1.7
/** Faces of which one look is nothing like the other are different, unless one lies where the other is expected. */
const UNLIKE = 0.3
/** Beside another face it must be where it is expected: half a face that is hidden is found anywhere, and in any size. */
const PLACE_BESIDE = 0.45
/** After a cut a face is the same only where it lies in the same place, and looks the same. */
const SAME_LOOK = 0.85
const SAME_PLACE = 0.4

/** What it costs to take a face for one that was followed, beside how far away it is, in sizes of it. */
const COST_OF_SIZE = 0.5
const COST_OF_LOOK = 0.8
const COST_OF_OTHER = 0.15

/** More than any match costs. */
export const COST_OF_NONE = 3

/**
 * What speaks against it that an observation is an expected face; Infinity where it cannot be.
 *
 * @param own - Whether the look that found it looked for that face.
 */
export function costOf(
  { box, look, seen, known, near }: Expectation,
  { sighting }: Observation,
  own: boolean,
  cut: boolean,
): number {
  const overlap = unionOverlap(box, sighting)
  if (cut) {
    const alike = overlap >= SAME_PLACE ? likeness(look, sighting.look) : 0
    return alike >= SAME_LOOK ? 1 - alike : Number.POSITIVE_INFINITY
  }
  const size = (edges: Edges) => (edges.x2 - edges.x1 + edges.y2 - edges.y1) / 2
  const [expected, actual] = [size(box), size(sighting)]
  const ratio = Math.max(expected / actual, actual / expected)
  if (near && known && overlap < PLACE_BESIDE) return Number.POSITIVE_INFINITY
  const x = (sighting.x1 + sighting.x2 - box.x1 - box.x2) / 2
  const y = (sighting.y1 + sighting.y2 - box.y1 - box.y2) / 2
  const distance = Math.sqrt(x * x + y * y) / Math.max(expected, actual)
  const reach = Math.min((known ? REACH : REACH_UNKNOWN) + REACH_EACH * seen, FARTHEST)
  if (!(distance < reach && ratio < OTHER_SIZE)) return Number.POSITIVE_INFINITY
  const alike = likeness(look, sighting.look)
  if (alike < UNLIKE && overlap < SAME_PLACE) return Number.POSITIVE_INFINITY
  return distance + COST_OF_SIZE * (ratio - 1) + COST_OF_LOOK * (1 - alike) + (own ? 0 : COST_OF_OTHER)
}
