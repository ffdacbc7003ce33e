import type { LevelTrace } from '../shared/trace.ts'
import { isEmpty, type Rows } from '../wasm/bands.ts'
import type { CandidateList } from '../wasm/candidates.ts'
import type { Level } from '../wasm/nets.ts'
import type { SearchContext } from './context.ts'
import { cellsAlong } from './pyramid.ts'

/**
 * P-Net over every level, suppression within each level and over all, regression. The core's candidates are then the
 * proposals by descending score, squared and truncated (not with subpixel patches).
 *
 * @param cells - The rows of cells of each level that are searched; default all.
 * @returns How many there are.
 */
export async function propose(
  context: SearchContext,
  levels: readonly Level[],
  cells?: readonly Rows[],
): Promise<number> {
  const { core, options } = context
  const subpixel = options.patches === 'subpixel'
  core.clear()
  for (const [n, level] of levels.entries()) {
    const rows = cells?.[n]
    if (!rows || !isEmpty(rows)) await proposeLevel(context, n, level, subpixel, rows)
  }
  core.suppress(options.nms.pyramid, 'union')
  const list = core.candidates
  core.keep(
    list.filter((n) => {
      list.regress(n, subpixel ? 1 : 0)
      list.square(n, subpixel ? 'none' : 'truncated')
      return list.isBox(n)
    }),
  )
  context.addTime('proposal')
  return core.candidates.length
}

/** Adds the proposals of one level to the core's candidates. */
async function proposeLevel(
  context: SearchContext,
  index: number,
  level: Level,
  subpixel: boolean,
  rows: Rows | undefined,
): Promise<void> {
  const { core, nets, sharing, options, trace, checkpoint } = context
  if (checkpoint) await checkpoint()
  core.useLevel(index)
  const threshold = options.thresholds.proposal
  const everyCell = context.detail === 'scores'
  let passed = sharing
    ? sharing.propose(core, index)
    : await nets.propose(level, threshold, rows ? { everyCell, checkpoint, cells: rows } : { everyCell, checkpoint })
  const { scale, width, height } = level
  const cells: LevelTrace['cells'] = [cellsAlong(width), cellsAlong(height)]
  let scores: Float32Array<ArrayBuffer> | undefined
  if (everyCell) {
    context.addTime('proposal')
    const list = core.levelCandidates(passed)
    scores = scoreMap(list, cells)
    // As P-Net compares them.
    const least = Math.fround(threshold)
    passed = list.filter((n) => list.score(n) >= least)
    context.addTime('detail')
  }
  const afterNms = core.suppressLevel(passed, options.nms.level)
  if (subpixel) core.useExactWindows(level, afterNms)
  const levelTrace: LevelTrace = { scale, width, height, cells, passed, afterNms }
  if (scores) levelTrace.scores = scores
  trace.levels.push(levelTrace)
  context.addTime('proposal')
}

/** The scores of all cells, row by row; P-Net counts them column by column. */
function scoreMap(list: CandidateList, [columns, rows]: LevelTrace['cells']): Float32Array<ArrayBuffer> {
  const scores = new Float32Array(columns * rows)
  for (let n = 0; n < list.length; n++) {
    const cell = list.tag(n)
    scores[(cell % rows) * columns + Math.floor(cell / rows)] = list.score(n)
  }
  return scores
}
