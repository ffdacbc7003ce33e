import { LANDMARKS_AT, LOGIT_AT, type PatchNet } from '../wasm/nets.ts'

/** What each landmark is in the flipped patch: left eye and right eye change places, and so do the corners of the mouth. */
const COUNTERPART = [1, 0, 2, 4, 3] as const

/**
 * Combines a net's answers to a patch and to the same patch flipped, left and right exchanged: the mean logit, the mean
 * score, and the mean position of each edge and landmark. `answer` becomes the mean; `flipped` is left as it is.
 */
export function meanOfFlipped({ scoreAt, landmarks }: PatchNet, answer: Float32Array, flipped: Float32Array): void {
  answer[LOGIT_AT] = (answer[LOGIT_AT]! + flipped[LOGIT_AT]!) / 2
  answer[scoreAt] = (answer[scoreAt]! + flipped[scoreAt]!) / 2
  const [left, top, right, bottom] = [answer[1]!, answer[2]!, answer[3]!, answer[4]!]
  answer[1] = (left - flipped[3]!) / 2
  answer[2] = (top + flipped[2]!) / 2
  answer[3] = (right - flipped[1]!) / 2
  answer[4] = (bottom + flipped[4]!) / 2
  if (!landmarks) return
  const own = answer.slice(LANDMARKS_AT, LANDMARKS_AT + 10)
  for (let n = 0; n < 5; n++) {
    const other = LANDMARKS_AT + COUNTERPART[n]!
    answer[LANDMARKS_AT + n] = (own[n]! + 1 - flipped[other]!) / 2
    answer[LANDMARKS_AT + 5 + n] = (own[5 + n]! + flipped[other + 5]!) / 2
  }
}
