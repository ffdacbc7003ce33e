import type { LevelTrace } from '../shared/trace.ts'
import type { Level } from '../wasm/nets.ts'
import type { Run } from './context.ts'
import { cellsAlong } from './pyramid.ts'

/**
 * P-Net over every level, suppression within each level and over all, regression. Leaves the proposals, squared and
 * truncated (not with subpixel patches), in list 0 by descending score.
 *
 * @returns How many there are.
 */
export async function propose(run: Run, levels: readonly Level[]): Promise<number> {
  const { core, nets, options, trace } = run
  const whole = options.patches !== 'subpixel'
  let held = 0
  for (const [n, level] of levels.entries()) {
    await run.checkpoint()
    core.useLevel(n)
    const passed = await nets.propose(level, options.thresholds.proposal, held)
    const afterNms = core.suppress(0, passed, options.nms.level, 'union', held)
    if (!whole) {
      const list = core.list(1, held + afterNms)
      for (let n = held; n < held + afterNms; n++) list.unround(n, level.scale)
    }
    held += afterNms
    const { scale, width, height } = level
    const cells: LevelTrace['cells'] = [cellsAlong(width), cellsAlong(height)]
    const told: LevelTrace = { scale, width, height, cells, passed, afterNms }
    trace.levels.push(told)
    run.lap('proposal')
    if (run.detail !== 'scores') continue
    told.scores = await scoreMap(run, level, cells, held)
    run.lap('detail')
  }
  const count = core.suppress(1, held, options.nms.pyramid, 'union')
  const proposals = core.list(0, count)
  for (let n = 0; n < count; n++) {
    proposals.regress(n, whole ? 0 : 1)
    proposals.square(n, whole)
  }
  run.lap('proposal')
  return count
}

/** P-Net once more, with a threshold that every cell reaches; `held` candidates of list 1 are kept. */
async function scoreMap({ core, nets }: Run, level: Level, [columns, rows]: LevelTrace['cells'], held: number) {
  const list = core.list(0, await nets.propose(level, 0, held))
  const scores = new Float32Array(columns * rows)
  for (let n = 0; n < scores.length; n++) {
    const order = list.order(n)
    scores[(order % rows) * columns + Math.floor(order / rows)] = list.score(n)
  }
  return scores
}
