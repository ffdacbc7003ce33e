import type { PatchNet } from '../wasm/nets.ts'
import type { Answers, Asked, SearchContext } from './context.ts'
import { meanOfFlipped } from './flip.ts'

/** Answers that come in one after another. */
export class AnswerList implements Answers {
  readonly #size: number
  /** As the net gives them; 0 where there is none. */
  readonly values: Float32Array<ArrayBuffer>
  /** 1 where there is an answer. */
  readonly given: Uint8Array<ArrayBuffer>

  constructor(net: PatchNet, count: number) {
    this.#size = net.answer
    this.values = new Float32Array(count * net.answer)
    this.given = new Uint8Array(count)
  }

  set(index: number, answer: Float32Array): void {
    this.values.set(answer, index * this.#size)
    this.given[index] = 1
  }

  of(index: number): Float32Array | undefined {
    return this.given[index] ? this.values.subarray(index * this.#size, (index + 1) * this.#size) : undefined
  }
}

/** Runs a net on the patches of boxes of the core's frame, batch by batch. */
export async function answerBoxes(
  { core, nets, checkpoint, addTime }: Pick<SearchContext, 'core' | 'nets' | 'checkpoint' | 'addTime'>,
  { net, boxes, flip, interpolated }: Asked,
): Promise<AnswerList> {
  const plain = { interpolated }
  const flipped = { ...plain, flipped: true }
  /** Patches of one box. */
  const each = flip ? 2 : 1
  const count = boxes.length / 4
  const order = nearby(boxes)
  const inputs = new Int32Array(net.batch)
  const answers = new AnswerList(net, count)
  for (let next = 0; next < count; ) {
    let filled = 0
    for (; next < count && (filled + 1) * each <= net.batch; next++) {
      if (checkpoint) await checkpoint()
      const index = order[next]!
      const at = 4 * index
      const box = [boxes[at]!, boxes[at + 1]!, boxes[at + 2]!, boxes[at + 3]!] as const
      if (!core.makePatch(net, filled * each, ...box, plain)) continue
      if (flip) core.makePatch(net, filled * each + 1, ...box, flipped)
      inputs[filled++] = index
    }
    addTime('patches')
    if (filled === 0) continue
    await nets.run(net, filled * each)
    const batch = core.answers(net, filled * each)
    const answerOf = (patch: number) => batch.subarray(patch * net.answer, (patch + 1) * net.answer)
    for (let n = 0; n < filled; n++) {
      const answer = answerOf(n * each)
      if (flip) meanOfFlipped(net, answer, answerOf(n * each + 1))
      answers.set(inputs[n]!, answer)
    }
    addTime(net.stage)
  }
  return answers
}

/** Patches are cut in rows of this height, image pixels, each from left to right. */
const SORT_ROWS = 400

/** An order in which neighbours follow each other, so that the pixels they share are still in the cache. */
export function nearby(boxes: Float64Array): Int32Array {
  const count = boxes.length / 4
  const steps = 2 ** 16
  // Boxes may lie anywhere; an order needs none.
  const step = (value: number) => Math.min(Math.max(Math.trunc(value), 0) || 0, steps - 1)
  const keys = new Float64Array(count)
  for (let n = 0; n < count; n++) {
    const [x1, y1, y2] = [boxes[4 * n]!, boxes[4 * n + 1]!, boxes[4 * n + 3]!]
    keys[n] = (step((y1 + y2) / 2 / SORT_ROWS) * steps + step(x1)) * count + n
  }
  return Int32Array.from(keys.sort(), (key) => key % count)
}
