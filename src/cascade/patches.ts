import type { CandidateList } from '../wasm/candidates.ts'
import type { PatchNet } from '../wasm/nets.ts'
import type { Run } from './context.ts'
import { meanOfMirrored } from './flip.ts'

/**
 * Asks a net about `count` candidates of a list, batch by batch, and keeps those over the threshold at its front, in
 * their order, with the new score and regression. A box without a pixel has no patch and is dropped.
 *
 * @param mirrored - O-Net only: whether it is asked about each patch as in a mirror too, and the mean taken.
 * @param passed - Called with each answer that passes; what it gives is kept as the candidate's tag.
 * @returns How many pass.
 */
export async function askAbout(
  run: Run,
  net: PatchNet,
  which: 0 | 1,
  count: number,
  threshold: number,
  mirrored: boolean,
  passed: (answer: Float32Array, index: number) => number = () => 0,
): Promise<number> {
  const { core, nets, options } = run
  const interpolated = options.patches !== 'area'
  /** Patches of one candidate. */
  const each = mirrored ? 2 : 1
  const order = nearby(core.list(which, count), count)
  const asked = new Int32Array(net.batch)
  const answers = new Float32Array(count * net.answer)
  const answered = new Uint8Array(count)
  for (let next = 0; next < count; ) {
    await run.checkpoint()
    const list = core.list(which, count)
    let filled = 0
    for (; next < count && (filled + 1) * each <= net.batch; next++) {
      const index = order[next]!
      const box = [list.x1(index), list.y1(index), list.x2(index), list.y2(index)] as const
      if (!core.makePatch(net, filled * each, ...box, interpolated)) continue
      if (mirrored) core.makePatch(net, filled * each + 1, ...box, interpolated, true)
      asked[filled++] = index
    }
    run.lap('patches')
    if (filled === 0) continue
    await nets.run(net, filled * each)
    const batch = core.answers(net, filled * each)
    const answerOf = (patch: number) => batch.subarray(patch * net.answer, (patch + 1) * net.answer)
    for (let n = 0; n < filled; n++) {
      const answer = answerOf(n * each)
      if (mirrored) meanOfMirrored(answer, answerOf(n * each + 1))
      answers.set(answer, asked[n]! * net.answer)
      answered[asked[n]!] = 1
    }
    run.lap(net.side === 24 ? 'refine' : 'output')
  }
  const list = core.list(which, count)
  let kept = 0
  for (let n = 0; n < count; n++) {
    if (!answered[n]) continue
    const answer = answers.subarray(n * net.answer, (n + 1) * net.answer)
    const score = answer[net.scoreAt]!
    if (!(score > threshold)) continue
    list.advance(n, kept, score, answer.subarray(1, 5), passed(answer, n))
    kept++
  }
  return kept
}

/** Candidates of a strip of the frame so many pixels high are cut out together, left to right. */
const STRIP = 400

/** An order in which neighbours follow each other, so that the pixels they share are still in the cache. */
export function nearby(list: CandidateList, count: number): Int32Array {
  const places = 2 ** 16
  // Boxes may lie anywhere; an order needs none.
  const place = (value: number) => Math.min(Math.max(Math.trunc(value), 0) || 0, places - 1)
  const keys = new Float64Array(count)
  for (let n = 0; n < count; n++) {
    keys[n] = (place((list.y1(n) + list.y2(n)) / 2 / STRIP) * places + place(list.x1(n))) * count + n
  }
  return Int32Array.from(keys.sort(), (key) => key % count)
}
