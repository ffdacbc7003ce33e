import type { CandidateList } from '../wasm/candidates.ts'
import { type PatchNet, REFINE_NET, REGRESSION_AT } from '../wasm/nets.ts'
import type { Corners, SearchContext } from './context.ts'
import { meanOfFlipped } from './flip.ts'

/** What a net says of the candidates, by their index. */
export interface Answers {
  /** The net's answer to each; undefined for a box without a pixel, which has no patch. */
  of(index: number): Float32Array | undefined
}

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
 * Runs a net on the patches of all candidates, batch by batch, and leaves the candidates as they are.
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
  const { core, nets, options, checkpoint } = context
  const plain = { interpolated: options.patches !== 'area' }
  const flipped = { ...plain, flipped: true }
  /** Patches of one candidate. */
  const each = flip ? 2 : 1
  const list = core.candidates
  const count = list.length
  const order = nearby(list)
  await loadRowsOf(context, list, boxOf)
  const inputs = new Int32Array(net.batch)
  const answers = new Float32Array(count * net.answer)
  const answered = new Uint8Array(count)
  for (let next = 0; next < count; ) {
    let filled = 0
    for (; next < count && (filled + 1) * each <= net.batch; next++) {
      if (checkpoint) await checkpoint()
      const index = order[next]!
      const seen = boxOf(list.corners(index))
      if (!seen) continue
      const box = [seen.x1, seen.y1, seen.x2, seen.y2] as const
      if (!core.makePatch(net, filled * each, ...box, plain)) continue
      if (flip) core.makePatch(net, filled * each + 1, ...box, flipped)
      inputs[filled++] = index
    }
    context.addTime('patches')
    if (filled === 0) continue
    await nets.run(net, filled * each)
    const batch = core.answers(net, filled * each)
    const answerOf = (patch: number) => batch.subarray(patch * net.answer, (patch + 1) * net.answer)
    for (let n = 0; n < filled; n++) {
      const answer = answerOf(n * each)
      if (flip) meanOfFlipped(net, answer, answerOf(n * each + 1))
      answers.set(answer, inputs[n]! * net.answer)
      answered[inputs[n]!] = 1
    }
    context.addTime(net.stage)
  }
  return {
    of: (index) => (answered[index] ? answers.subarray(index * net.answer, (index + 1) * net.answer) : undefined),
  }
}

/** Where rows of the frame come in as they are wanted, those under the candidates. */
async function loadRowsOf(
  { loadRows }: SearchContext,
  list: CandidateList,
  boxOf: (box: Corners) => Corners | undefined,
): Promise<void> {
  if (!loadRows) return
  for (let n = 0; n < list.length; n++) {
    const box = boxOf(list.corners(n))
    if (!box) continue
    // Interpolation reaches a pixel of the patch beyond the box.
    const reach = (box.y2 - box.y1 + 1) / REFINE_NET.side + 2
    await loadRows({ first: Math.floor(box.y1 - reach), end: Math.ceil(box.y2 + reach) })
  }
}

/** Patches are cut in rows of this height, image pixels, each from left to right. */
const SORT_ROWS = 400

/** An order in which neighbours follow each other, so that the pixels they share are still in the cache. */
export function nearby(list: CandidateList): Int32Array {
  const count = list.length
  const steps = 2 ** 16
  // Boxes may lie anywhere; an order needs none.
  const step = (value: number) => Math.min(Math.max(Math.trunc(value), 0) || 0, steps - 1)
  const keys = new Float64Array(count)
  for (let n = 0; n < count; n++) {
    keys[n] = (step((list.y1(n) + list.y2(n)) / 2 / SORT_ROWS) * steps + step(list.x1(n))) * count + n
  }
  return Int32Array.from(keys.sort(), (key) => key % count)
}
