import { type PatchNet, REGRESSION_AT } from '../wasm/nets.ts'
import { answerBoxes } from './answers.ts'
import type { Answers, Asked, Corners, SearchContext } from './context.ts'
import { rowsOfBoxes } from './shares.ts'

/** How a net is asked about the candidates. */
export interface ClassifyOptions {
  /** The net sees each patch flipped, too, and the mean of both answers is taken; default false. */
  readonly flip?: boolean
  /** Called with each answer that is accepted; what it returns becomes the candidate's tag. Default: 0. */
  readonly accept?: (answer: Float32Array, index: number) => number
}

/**
 * Runs a net on the patches of all candidates, batch by batch, and keeps the candidates over the threshold, in their order,
 * with the new score and regression. A box without a pixel has no patch and is dropped.
 *
 * @returns How many are kept.
 */
export async function classifyPatches(
  context: SearchContext,
  net: PatchNet,
  threshold: number,
  { flip = false, accept = () => 0 }: ClassifyOptions = {},
): Promise<number> {
  const answers = await answerPatches(context, net, flip)
  const list = context.core.candidates
  let accepted = 0
  for (let n = 0; n < list.length; n++) {
    const answer = answers.of(n)
    if (!answer) continue
    const score = answer[net.scoreAt]!
    if (!(score > threshold)) continue
    list.advance(n, accepted, score, answer.subarray(REGRESSION_AT, REGRESSION_AT + 4), accept(answer, n))
    accepted++
  }
  context.core.keep(accepted)
  return accepted
}

/**
 * Asks a net about the boxes of all candidates, and leaves the candidates as they are.
 *
 * @param flip - The net sees each patch flipped, too, and the mean of both answers is taken.
 * @param boxOf - What the net sees in place of a candidate's box; undefined: nothing.
 */
export async function answerPatches(
  context: SearchContext,
  net: PatchNet,
  flip: boolean,
  boxOf: (box: Corners) => Corners | undefined = (box) => box,
): Promise<Answers> {
  const list = context.core.candidates
  const boxes = new Float64Array(4 * list.length).fill(Number.NaN)
  for (let n = 0; n < list.length; n++) {
    const seen = boxOf(list.corners(n))
    if (seen) boxes.set([seen.x1, seen.y1, seen.x2, seen.y2], 4 * n)
  }
  const asked: Asked = { net, boxes, flip, interpolated: context.options.patches !== 'area' }
  if (context.sharing) return context.sharing.answer(context, asked)
  // Where rows of the frame come in as they are wanted.
  if (context.loadRows) {
    for (let n = 0; n < boxes.length; n += 4) {
      await context.loadRows(rowsOfBoxes(boxes.subarray(n, n + 4), net, Number.POSITIVE_INFINITY))
    }
  }
  return answerBoxes(context, asked)
}
