/**
 * Non-maximum suppression, the same in all stages.
 */
import type { Corners } from './boxes.ts'

/**
 * Greedy suppression by descending score: takes the best box left and drops every other whose overlap with it is
 * greater than `threshold`. Among equal scores the LATER candidate goes first.
 *
 * Sides count both end pixels, `(x2 - x1 + 1) * (y2 - y1 + 1)`, for areas and intersections. The intersection is
 * divided by the area of the union or, with `min`, by the smaller of the two areas.
 * returns indices of the survivors in the order they were picked
 */
export function nms(
  candidates: readonly { box: Corners; score: number }[],
  threshold: number,
  method: 'union' | 'min',
): number[] {
  const order = candidates.map((_, index) => index)
  order.sort((a, b) => candidates[b]!.score - candidates[a]!.score || b - a)
  const picked: number[] = []
  let left = order
  while (left.length > 0) {
    const best = left[0]!
    picked.push(best)
    left = left.slice(1).filter((other) => overlap(candidates[best]!.box, candidates[other]!.box, method) <= threshold)
  }
  return picked
}

function area([x1, y1, x2, y2]: Corners): number {
  return (x2 - x1 + 1) * (y2 - y1 + 1)
}

/**
 * Overlap of two boxes, 0 to 1.
 */
export function overlap(a: Corners, b: Corners, method: 'union' | 'min'): number {
  const w = Math.max(0, Math.min(a[2], b[2]) - Math.max(a[0], b[0]) + 1)
  const h = Math.max(0, Math.min(a[3], b[3]) - Math.max(a[1], b[1]) + 1)
  const both = w * h
  return both / (method === 'min' ? Math.min(area(a), area(b)) : area(a) + area(b) - both)
}
