import { REFINE_NET } from '../wasm/nets.ts'
import type { Run } from './context.ts'
import { askAbout } from './patches.ts'

/**
 * R-Net on the `count` proposals in list 0, suppression, regression. Leaves what it refined in list 1 by descending
 * score, squared and truncated (not with subpixel patches).
 *
 * @returns How many there are.
 */
export async function refine(run: Run, count: number): Promise<number> {
  const { core, options, trace } = run
  const passed = await askAbout(run, REFINE_NET, 0, count, options.thresholds.refine, false)
  const refined = core.suppress(0, passed, options.nms.refine, 'union')
  const list = core.list(1, refined)
  for (let n = 0; n < refined; n++) {
    list.regress(n, 1)
    if (options.stages === 'full') list.square(n, options.patches !== 'subpixel')
  }
  trace.refinePassed = passed
  trace.refined = refined
  run.lap('refine')
  return refined
}
