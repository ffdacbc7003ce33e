/** What an answer is worth beside the truth. */

import type { Box } from '../../../src/shared/face.ts'
import type { TrueFace } from './clip.ts'

/** Overlap of two boxes: the area of both by the area of either. */
export function overlap(a: Box, b: Box): number {
  const width = Math.min(a.x + a.width, b.x + b.width) - Math.max(a.x, b.x)
  const height = Math.min(a.y + a.height, b.y + b.height) - Math.max(a.y, b.y)
  if (width <= 0 || height <= 0) return 0
  const both = width * height
  return both / (a.width * a.height + b.width * b.height - both)
}

interface Boxed {
  box: Box
  unclipped?: Box
}

const whole = ({ box, unclipped }: Boxed) => unclipped ?? box

/** A true face and an answer are the same from this overlap on. */
const SAME = 0.4
/** Where so much of a face is hidden, another in its place is told apart from it first. */
const MOSTLY = 0.5

/**
 * Which answer is which true face: each at most once, those seen best first. What remains is false: no face, or a second
 * answer for one.
 */
export function matched<F extends Boxed>(
  answers: readonly F[],
  truth: readonly TrueFace[],
): { byWho: Map<string, F>; wrong: F[] } {
  const pairs = truth.flatMap((face) =>
    answers.map((answer) => ({ face, answer, same: overlap(whole(answer), face.box), seen: face.hidden < MOSTLY })),
  )
  const sorted = pairs
    .filter(({ same }) => same >= SAME)
    .sort((a, b) => Number(b.seen) - Number(a.seen) || b.same - a.same)
  const byWho = new Map<string, F>()
  const used = new Set<F>()
  for (const { face, answer } of sorted) {
    if (byWho.has(face.who) || used.has(answer)) continue
    byWho.set(face.who, answer)
    used.add(answer)
  }
  return { byWho, wrong: answers.filter((answer) => !used.has(answer)) }
}

/** Whether a face is told from all others: in view, and with no other true face in its place. */
export function isClear(face: TrueFace, truth: readonly TrueFace[]): boolean {
  return face.hidden < 0.3 && truth.every((other) => other === face || overlap(other.box, face.box) < 0.3)
}
