import { cellsAlong, type Level } from '../pyramid.ts'
import type { Run } from './stage.ts'

/**
 * P-Net over every level, suppression within each level and over all, regression. Leaves the proposals, squared and
 * truncated, in list 0 by descending score.
 *
 * @returns How many there are.
 */
export async function propose(run: Run, levels: readonly Level[]): Promise<number> {
  const { core, nets, options, trace } = run
  let held = 0
  for (const level of levels) {
    await run.checkpoint()
    core.makeLevel(level)
    run.lap('resize')
    const passed = await nets.propose(level, options.thresholds.proposal, held)
    const afterNms = core.suppress(0, passed, options.nms.level, 'union', held)
    held += afterNms
    const { scale, width, height } = level
    trace.levels.push({ scale, width, height, cells: [cellsAlong(width), cellsAlong(height)], passed, afterNms })
    run.lap('proposal')
  }
  const count = core.suppress(1, held, options.nms.pyramid, 'union')
  const proposals = core.list(0, count)
  for (let n = 0; n < count; n++) {
    proposals.regress(n, 0)
    proposals.square(n)
  }
  run.lap('proposal')
  return count
}
