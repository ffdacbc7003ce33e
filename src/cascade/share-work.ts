import { clockFor, emptyThreadTimes, type ThreadTimes } from '../shared/trace.ts'
import type { Checkpoint, Core } from '../wasm/core.ts'
import type { Level } from '../wasm/nets.ts'
import type { SearchContext, Source } from './context.ts'
import type { Share } from './shares.ts'

/** What a thread does of P-Net, and what it knows of the search. */
export interface ProposalWork {
  readonly source: Source
  readonly levels: readonly Level[]
  readonly cells: Share
  readonly threshold: number
  readonly everyCell: boolean
}

export interface WorkOptions {
  /** Whether other rows of the frame may be wanted later: there has to be room for them. */
  readonly rest: 'later' | 'never'
  readonly addTime: SearchContext['addTime']
  readonly checkpoint: Checkpoint | undefined
}

/**
 * Does a share of P-Net: brings in the rows that it takes, resizes them, and copies what passes.
 *
 * @returns For each level the candidates, as the core has them.
 */
export async function proposeShare(
  core: Core,
  { source, levels, cells, threshold, everyCell }: ProposalWork,
  { rest, addTime, checkpoint }: WorkOptions,
): Promise<Uint8Array<ArrayBuffer>[]> {
  const { pixels, region, turn, pad } = source
  await core.loadFrame(pixels, region, levels, { turn, pad, cells, rest, addTime, checkpoint })
  const found: Uint8Array<ArrayBuffer>[] = []
  for (const [n, level] of levels.entries()) {
    const rows = cells[n]!
    if (rows.end > rows.first) {
      if (checkpoint) await checkpoint()
      core.useLevel(n)
      const count = await core.propose(level, threshold, { everyCell, cells: rows, checkpoint })
      found.push(core.copyLevelCandidates(count))
    } else found.push(new Uint8Array())
  }
  addTime('proposal')
  return found
}

/** A clock for one thread's share. */
export function threadClock(): { times: ThreadTimes; addTime: SearchContext['addTime'] } {
  const times = emptyThreadTimes()
  return { times, addTime: clockFor(times) }
}
