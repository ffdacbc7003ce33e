import type { Corners, Vote } from './context.ts'

/** A vote counts for a box that it overlaps by more than this, intersection over union. */
const OVERLAP = 0.4

/**
 * The parts of the confidence: a logistic regression, fitted to 194 annotated photographs and rounded
 * (docs/accuracy.md). What stands for two looks of a net is the mean of their logits.
 */
const OUTPUT_WEIGHT = 0.6
const REFINE_WEIGHT = 0.3
const VOTES_WEIGHT = 0.7
const VOTES_LEAST = 0.3
const BIAS = -2.4

/**
 * How likely a box is a face, by all that the nets said about it.
 *
 * @param outputLogit - The mean of O-Net's.
 * @param refineLogit - R-Net's, looking at the box that O-Net gave.
 * @param votes - The sum of the scores of the boxes that vote for it.
 * @returns 0 to 1; NaN where a logit is none.
 */
export function consensus(outputLogit: number, refineLogit: number, votes: number): number {
  const outputs = OUTPUT_WEIGHT * outputLogit + REFINE_WEIGHT * refineLogit
  return 1 / (1 + exponential(-(outputs + VOTES_WEIGHT * logarithm(votes + VOTES_LEAST) + BIAS)))
}

/** The sum of the scores of those that vote for a box. */
export function votesFor(box: Corners, votes: readonly Vote[]): number {
  let sum = 0
  for (const vote of votes) if (overlapOf(box, vote) > OVERLAP) sum += vote.score
  return sum
}

/** Intersection over union, both edges inside. */
function overlapOf(a: Corners, b: Corners): number {
  const width = Math.min(a.x2, b.x2) - Math.max(a.x1, b.x1) + 1
  const height = Math.min(a.y2, b.y2) - Math.max(a.y1, b.y1) + 1
  if (!(width > 0 && height > 0)) return 0
  const both = width * height
  return both / (area(a) + area(b) - both)
}

function area({ x1, y1, x2, y2 }: Corners): number {
  return (x2 - x1 + 1) * (y2 - y1 + 1)
}

// Math.exp and Math.log differ between engines in the last bits. These are sums and products in a fixed order.

/** Beyond it a sigmoid is 0 or 1 as float32. */
const FARTHEST = 104
/** 2 ** HALVINGS steps. */
const HALVINGS = 9
const TERMS = 12

/** e ** x, to 13 digits for |x| up to 104; beyond that as at 104. */
export function exponential(x: number): number {
  const part = Math.min(Math.max(x, -FARTHEST), FARTHEST) / 2 ** HALVINGS
  // Taylor's series of a small power, squared again and again.
  let power = 1
  for (let n = TERMS; n > 0; n--) power = 1 + (part / n) * power
  for (let n = 0; n < HALVINGS; n++) power *= power
  return power
}

/** The natural logarithm, to 15 digits, of a positive number that is not tiny or huge: a step for each factor of 2. */
export function logarithm(x: number): number {
  let rest = x
  let twos = 0
  for (; rest > 1.5; twos++) rest /= 2
  for (; rest < 0.75; twos--) rest *= 2
  // ln((1 + t) / (1 - t)) = 2 (t + t^3 / 3 + t^5 / 5 ...); |t| is 0.2 at most.
  const t = (rest - 1) / (rest + 1)
  let sum = 0
  for (let n = 21; n > 0; n -= 2) sum = 1 / n + t * t * sum
  return twos * Math.LN2 + 2 * t * sum
}
