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
