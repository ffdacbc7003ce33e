import { OUTPUT_NET } from '../wasm/nets.ts'

/** Where O-Net's landmarks begin in its answer: five x, then five y. */
export const LANDMARKS = 5

/** What each landmark is in the mirror: left eye and right eye change places, and so do the corners of the mouth. */
const COUNTERPART = [1, 0, 2, 4, 3] as const

/**
 * Lays what O-Net said of a patch and of its mirror image together: the mean score, and the mean of where either has the
 * edges and the landmarks. `answer` becomes the mean; `mirrored` is left as it is.
 */
export function meanOfMirrored(answer: Float32Array, mirrored: Float32Array): void {
  const { scoreAt } = OUTPUT_NET
  answer[scoreAt] = (answer[scoreAt]! + mirrored[scoreAt]!) / 2
  const [left, top, right, bottom] = [answer[1]!, answer[2]!, answer[3]!, answer[4]!]
  answer[1] = (left - mirrored[3]!) / 2
  answer[2] = (top + mirrored[2]!) / 2
  answer[3] = (right - mirrored[1]!) / 2
  answer[4] = (bottom + mirrored[4]!) / 2
  const own = answer.slice(LANDMARKS, LANDMARKS + 10)
  for (let n = 0; n < 5; n++) {
    const other = LANDMARKS + COUNTERPART[n]!
    answer[LANDMARKS + n] = (own[n]! + 1 - mirrored[other]!) / 2
    answer[LANDMARKS + 5 + n] = (own[5 + n]! + mirrored[other + 5]!) / 2
  }
}
