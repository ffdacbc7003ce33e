import type { PatchNet } from '../patch-nets.ts'
import { meanOfMirrored } from './mirror.ts'
import type { Run } from './stage.ts'

/**
 * Asks a net about `count` candidates of a list, batch by batch, and keeps those over the threshold at its front, in
 * their order, with the new score and regression. A box without a pixel has no patch and is dropped.
 *
 * @param mirrored - Whether it is asked about each patch as in a mirror too, and the mean taken.
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
  const asked = new Int32Array(net.batch)
  let kept = 0
  for (let next = 0; next < count; ) {
    await run.checkpoint()
    const list = core.list(which, count)
    let filled = 0
    for (; next < count && (filled + 1) * each <= net.batch; next++) {
      const box = [list.x1(next), list.y1(next), list.x2(next), list.y2(next)] as const
      if (!core.makePatch(net, filled * each, ...box, interpolated)) continue
      if (mirrored) core.makePatch(net, filled * each + 1, ...box, interpolated, true)
      asked[filled++] = next
    }
    run.lap('patches')
    if (filled === 0) continue
    await nets.run(net, filled * each)
    const answers = core.answers(net, filled * each)
    const answerOf = (patch: number) => answers.subarray(patch * net.answer, (patch + 1) * net.answer)
    for (let n = 0; n < filled; n++) {
      const answer = answerOf(n * each)
      if (mirrored) meanOfMirrored(net, answer, answerOf(n * each + 1))
      const score = answer[net.scoreAt]!
      if (!(score > threshold)) continue
      list.advance(asked[n]!, kept, score, answer.subarray(1, 5), passed(answer, asked[n]!))
      kept++
    }
    run.lap(net.side === 24 ? 'refine' : 'output')
  }
  return kept
}
