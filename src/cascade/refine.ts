import { REFINE_NET } from '../wasm/nets.ts'
import type { SearchContext } from './context.ts'
import { classifyPatches } from './patches.ts'

/**
 * R-Net on the proposals, suppression, regression. The core's candidates are then what it refined by descending score,
 * squared and truncated (not with subpixel patches) where O-Net follows.
 *
 * @returns How many there are.
 */
export async function refine(context: SearchContext): Promise<number> {
  const { core, options, trace } = context
  trace.refinePassed = await classifyPatches(context, REFINE_NET, options.thresholds.refine)
  if (options.confidence === 'consensus') collectVotes(context)
  core.suppress(options.nms.refine, 'union')
  const list = core.candidates
  core.keep(
    list.filter((n) => {
      list.regress(n, 1)
      if (options.stages === 'full') list.square(n, options.patches === 'subpixel' ? 'none' : 'truncated')
      return list.isBox(n)
    }),
  )
  trace.refined = core.candidates.length
  context.addTime('refine')
  return trace.refined
}

/** Those that are about to be suppressed vote, too. */
function collectVotes({ core, votes }: SearchContext): void {
  const list = core.candidates
  for (let n = 0; n < list.length; n++) {
    const [x1, y1, x2, y2] = [list.x1(n), list.y1(n), list.x2(n), list.y2(n)]
    const width = x2 - x1 + 1
    const height = y2 - y1 + 1
    votes.push({
      x1: x1 + list.regression(n, 0) * width,
      y1: y1 + list.regression(n, 1) * height,
      x2: x2 + list.regression(n, 2) * width,
      y2: y2 + list.regression(n, 3) * height,
      score: list.score(n),
    })
  }
}
