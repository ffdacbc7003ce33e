import { direction } from '../shared/angle.ts'
import type { Box, Size } from '../shared/face.ts'
import { smallerOverlap } from '../shared/overlap.ts'
import { addTimes, emptyThreadTimes, emptyTrace, type Trace, type TurnTrace } from '../shared/trace.ts'
import { TURNS, type Turn } from '../shared/turn.ts'
import type { Detection } from './context.ts'

/** How a frame shows the region that is searched. */
export interface Placement extends Readonly<Size> {
  readonly turn: Turn
  /** Width of the border, pixels. */
  readonly pad: number
}

type Corners = [x1: number, y1: number, x2: number, y2: number]

/** A place in the frame, as a place in the region. */
export function pointInRegion({ turn, pad, width, height }: Placement, x: number, y: number): [x: number, y: number] {
  const [u, v] = [x - pad, y - pad]
  if (turn === 90) return [width - v, u]
  if (turn === 180) return [width - u, height - v]
  return turn === 270 ? [v, height - u] : [u, v]
}

/** A place in the region, as a place in the frame. */
export function pointInFrame({ turn, pad, width, height }: Placement, x: number, y: number): [x: number, y: number] {
  if (turn === 90) return [y + pad, width - x + pad]
  if (turn === 180) return [width - x + pad, height - y + pad]
  return turn === 270 ? [height - y + pad, x + pad] : [x + pad, y + pad]
}

/** A box in the region, as a box in the frame. */
export function boxInFrame(placement: Placement, [x1, y1, x2, y2]: Readonly<Corners>): Corners {
  const [a, b] = pointInFrame(placement, x1, y1)
  const [c, d] = pointInFrame(placement, x2, y2)
  return [Math.min(a, c), Math.min(b, d), Math.max(a, c), Math.max(b, d)]
}

/** A box in the frame, as a box in the region. */
export function boxInRegion(placement: Placement, [x1, y1, x2, y2]: Readonly<Corners>): Corners {
  const [a, b] = pointInRegion(placement, x1, y1)
  const [c, d] = pointInRegion(placement, x2, y2)
  return [Math.min(a, c), Math.min(b, d), Math.max(a, c), Math.max(b, d)]
}

/** A detection in the frame, as one in the region; landmarks keep their names. */
export function inRegion(placement: Placement, found: Detection): Detection {
  const [x1, y1, x2, y2] = boxInRegion(placement, [found.x1, found.y1, found.x2, found.y2])
  const { points } = found
  const box = { ...found, x1, y1, x2, y2, turn: placement.turn }
  if (!points) return box
  const moved = new Float64Array(10)
  for (let n = 0; n < 5; n++) {
    const [x, y] = pointInRegion(placement, points[n]!, points[n + 5]!)
    moved[n] = x
    moved[n + 5] = y
  }
  return { ...box, points: moved }
}

/** Detections in pixels of a region, in those of the image that it is a part of. */
export function inImage(detections: readonly Detection[], { x, y }: Readonly<Box>): Detection[] {
  return detections.map((found) => {
    const moved = { ...found, x1: found.x1 + x, y1: found.y1 + y, x2: found.x2 + x, y2: found.y2 + y }
    return found.points ? { ...moved, points: found.points.map((value, n) => value + (n < 5 ? x : y)) } : moved
  })
}

/** Whether a detection lies in the region, at least in part; not all of it in the border. */
export function touches({ width, height }: Readonly<Size>, { x1, y1, x2, y2 }: Detection): boolean {
  return x1 < width && x2 > 0 && y1 < height && y2 > 0
}

/** What the search for one turn gave. */
export interface TurnOutcome {
  readonly turn: Turn
  readonly detections: Detection[]
  readonly trace: Trace
}

/** Above this share of the smaller area, boxes that different turns found are the same face; or above `nms.output`, if that is less. */
const SAME_FACE = 0.5

/**
 * The answers of several turns as one. A face is often found at a wrong turn, too, now and then with the higher confidence. Its
 * landmarks tell: each detection votes, with its confidence, for the turn that its own eyes are nearest to, and of the detections
 * on one face that stays whose turn has the most votes. Detections of the same turn have had their suppression.
 *
 * @param threshold - `nms.output`.
 */
export function mergeTurns(
  outcomes: readonly TurnOutcome[],
  threshold: number,
): { detections: Detection[]; trace: Trace } {
  const most = Math.min(threshold, SAME_FACE)
  const all = outcomes.flatMap(({ turn, detections }) =>
    detections.map((found) => ({ turn, found, says: turnOf(found) ?? turn })),
  )
  const judged = all.map(({ turn, found }) => {
    const voters = all.filter((other) => other.says === turn && smallerOverlap(found, other.found) > most)
    return { turn, found, votes: voters.reduce((sum, other) => sum + other.found.confidence, 0) }
  })
  judged.sort((a, b) => b.votes - a.votes || b.found.confidence - a.found.confidence)
  const kept: typeof judged = []
  for (const one of judged) {
    if (kept.every(({ turn, found }) => turn === one.turn || !(smallerOverlap(found, one.found) > most))) kept.push(one)
  }
  const detections = kept.map(({ found }) => found).sort((a, b) => b.confidence - a.confidence)
  return { detections, trace: sumOfTraces(outcomes) }
}

/** The turn that is nearest to how the eyes lie. */
function turnOf({ points }: Detection): Turn | undefined {
  if (!points) return undefined
  const quarters = Math.round(direction(points[1]! - points[0]!, points[6]! - points[5]!) / 90)
  return TURNS[(quarters + 4) % 4]
}

/** Lists one after another, counts and times added up. */
function sumOfTraces(outcomes: readonly TurnOutcome[]): Trace {
  const sum = emptyTrace()
  const turns = outcomes.map(({ turn, trace }): TurnTrace => ({ turn, ...trace }))
  for (const { levels, proposalBoxes, proposalScores, refinedBoxes, refinedScores, ...counts } of turns) {
    sum.levels = [...sum.levels, ...levels]
    sum.proposalBoxes = [...sum.proposalBoxes, ...proposalBoxes]
    sum.proposalScores = [...sum.proposalScores, ...proposalScores]
    sum.refinedBoxes = [...sum.refinedBoxes, ...refinedBoxes]
    sum.refinedScores = [...sum.refinedScores, ...refinedScores]
    sum.proposals += counts.proposals
    sum.refinePassed += counts.refinePassed
    sum.refined += counts.refined
    sum.outputPassed += counts.outputPassed
    for (const [n, times] of (counts.threads ?? []).entries()) {
      sum.threads ??= []
      sum.threads[n] ??= emptyThreadTimes()
      addTimes(sum.threads[n], times)
    }
    addTimes(sum.milliseconds, counts.milliseconds)
  }
  return { ...sum, turns }
}
