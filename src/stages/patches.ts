import type { PatchNet } from '../core.ts'
import type { Run } from './stage.ts'

/**
 * Asks a net about `count` candidates of a list, batch by batch, and keeps those over the threshold at its front, in
 * their order, with the new score and regression. A box without a pixel has no patch and is dropped.
 *
 * @param passed - Called with each answer that passes; what it gives is kept as the candidate's tag.
 * @returns How many pass.
 */
export async function askAbout(
  run: Run,
  net: PatchNet,
  which: 0 | 1,
  count: number,
  threshold: number,
  passed: (answer: Float32Array, index: number) => number = () => 0,
): Promise<number> {
  const { core, nets } = run
  const asked = new Int32Array(net.batch)
  let kept = 0
  for (let next = 0; next < count; ) {
    await run.checkpoint()
    const list = core.list(which, count)
    let filled = 0
    for (; next < count && filled < net.batch; next++) {
      if (!core.makePatch(net, filled, list.x1(next), list.y1(next), list.x2(next), list.y2(next))) continue
      asked[filled++] = next
    }
    run.lap('patches')
    if (filled === 0) continue
    await nets.run(net, filled)
    const answers = core.answers(net, filled)
    for (let n = 0; n < filled; n++) {
      const answer = answers.subarray(n * net.answer, (n + 1) * net.answer)
      const score = answer[net.scoreAt]!
      if (!(score > threshold)) continue
      list.advance(asked[n]!, kept, score, answer.subarray(1, 5), passed(answer, asked[n]!))
      kept++
    }
    run.lap(net.side === 24 ? 'refine' : 'output')
  }
  return kept
}
