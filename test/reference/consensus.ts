/**
 * The confidence by consensus: a logistic regression over what the nets said about a face.
 */
import type { Corners } from './boxes.ts'
import { overlap } from './nms.ts'

/** A box of R-Net's, regressed, before suppression, and its score. */
export interface Vote {
  box: Corners
  score: number
}

/**
 * outputLogits  O-Net's, of each look and of each flipped one
 * refineLogits  R-Net's of the box O-Net gave first, squared; and flipped
 * votes         what R-Net accepted in the whole image
 */
export function consensus(
  box: Corners,
  outputLogits: readonly number[],
  refineLogits: readonly number[],
  votes: readonly Vote[],
): number {
  const sum = votes
    .filter((vote) => overlap(box, vote.box, 'union') > 0.4)
    .reduce((total, { score }) => total + score, 0)
  const logit = 0.6 * mean(outputLogits) + 0.3 * mean(refineLogits) + 0.7 * Math.log(sum + 0.3) - 2.4
  return 1 / (1 + Math.exp(-logit))
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length
}
