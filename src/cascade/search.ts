import type { Pixels } from '../image/pixels.ts'
import type { ResolvedOptions } from '../options/options.ts'
import { nextTask } from '../shared/next-task.ts'
import { type Detail, emptyTrace, type Trace } from '../shared/trace.ts'
import type { Core } from '../wasm/core.ts'
import type { Detection, Nets, Run } from './context.ts'
import { output } from './output.ts'
import { propose } from './proposal.ts'
import { planPyramid } from './pyramid.ts'
import { refine } from './refine.ts'

/** What a search gives: the faces by descending confidence, in pixels of the searched region, and how it went. */
export interface Outcome {
  detections: Detection[]
  trace: Trace
}

/** Work goes on for so many milliseconds before a waiting abort gets its chance to arrive. */
const BREATH = 8

/**
 * Searches an image: pyramid, P-Net, R-Net, O-Net.
 *
 * @param nets - Who evaluates the nets; the core unless a benchmark says otherwise.
 * @param detail - What the trace holds.
 * @throws MtcnnError OUT_OF_MEMORY; the signal's reason where it is aborted.
 */
export async function search(
  core: Core,
  pixels: Pixels,
  options: ResolvedOptions,
  detail: Detail = 'counts',
  nets: Nets = core,
): Promise<Outcome> {
  const { signal } = options
  signal?.throwIfAborted()
  const trace = emptyTrace()
  const times = trace.milliseconds
  const start = performance.now()
  let last = start
  let breath = start
  const run: Run = {
    core,
    nets,
    options,
    trace,
    detail,
    lap(sum) {
      const now = performance.now()
      times[sum] += now - last
      last = now
    },
    async checkpoint() {
      if (!signal) return
      signal.throwIfAborted()
      if (performance.now() - breath < BREATH) return
      await nextTask()
      breath = performance.now()
      signal.throwIfAborted()
    },
  }
  const region = options.roi ?? { x: 0, y: 0, width: pixels.width, height: pixels.height }
  const levels = planPyramid(region.width, region.height, options.minFaceSize, options.scaleFactor)
  core.loadFrame(pixels, region, levels, run.lap)

  const proposals = await propose(run, levels)
  trace.proposals = proposals
  listCandidates(run, 0, proposals, trace.proposalBoxes, trace.proposalScores)
  const refined = await refine(run, proposals)
  listCandidates(run, 1, refined, trace.refinedBoxes, trace.refinedScores)
  const detections = options.stages === 'full' ? await output(run, refined) : refinedFaces(run, refined)
  if (options.patches === 'subpixel') fromEdges(detections)
  times.total = performance.now() - start
  return { detections, trace }
}

function listCandidates(run: Run, which: 0 | 1, count: number, boxes: Trace['proposalBoxes'], scores: number[]): void {
  if (run.detail === 'counts') return
  const list = run.core.list(which, count)
  for (let n = 0; n < count; n++) {
    boxes.push([list.x1(n), list.y1(n), list.x2(n), list.y2(n)])
    scores.push(list.score(n))
  }
  run.lap('detail')
}

/** Without O-Net, the boxes R-Net refined are the answer. */
function refinedFaces({ core }: Run, count: number): Detection[] {
  const list = core.list(1, count)
  return Array.from({ length: count }, (_, n) => {
    return { x1: list.x1(n), y1: list.y1(n), x2: list.x2(n), y2: list.y2(n), confidence: list.score(n) }
  })
}

/** From columns counted from 1, both the first and the last inside, to the edges between pixels: a column is 1 px wide. */
function fromEdges(detections: readonly Detection[]): void {
  for (const box of detections) {
    box.x1 -= 1
    box.y1 -= 1
  }
}
