import type { Pixels } from '../image/pixels.ts'
import type { ResolvedOptions } from '../options/options.ts'
import { MtcnnError } from '../shared/errors.ts'
import type { Box } from '../shared/face.ts'
import { nextTask } from '../shared/next-task.ts'
import { clockFor, type Detail, emptyTrace, type Trace } from '../shared/trace.ts'
import type { Checkpoint, Core } from '../wasm/core.ts'
import { type Framing, frameSize } from '../wasm/frame-writer.ts'
import type { Level } from '../wasm/nets.ts'
import { answer } from './answer.ts'
import type { Detection, Nets, SearchContext, WorkSharing } from './context.ts'
import { placementOf } from './part.ts'
import { propose } from './proposal.ts'
import { planPyramid } from './pyramid.ts'
import { refine } from './refine.ts'
import { boxInRegion, mergeTurns, type Placement, type TurnOutcome } from './turns.ts'

/** What a search gives: the faces by descending confidence, in pixels of the searched region, and how it went. */
export interface Outcome {
  detections: Detection[]
  trace: Trace
}

/** What the searches of all turns have in common. */
type Searches = Omit<SearchContext, 'trace' | 'votes' | 'addTime'>

/** Work goes on for so many milliseconds before other tasks of this thread, an abort among them, have their turn. */
const YIELD_INTERVAL_MS = 8

/**
 * Searches an image: pyramid, P-Net, R-Net, O-Net.
 *
 * @param detail - What the trace holds.
 * @param nets - Who evaluates the nets; the core unless a benchmark says otherwise.
 * @param sharing - How the work is shared by several threads; default: it is not.
 * @throws MtcnnError OUT_OF_MEMORY; INVALID_IMAGE where the pixels are gone meanwhile; INVALID_WEIGHTS where they bring the
 * kernels to a stop; the signal's reason where it is aborted.
 */
export async function search(
  core: Core,
  pixels: Pixels,
  options: ResolvedOptions,
  detail: Detail = 'counts',
  nets: Nets = core,
  sharing?: WorkSharing,
): Promise<Outcome> {
  const { signal, rotate } = options
  signal?.throwIfAborted()
  const region = regionOf(pixels, options)
  const pad = borderOf(region, options)
  const searches: Searches = {
    core,
    nets,
    sharing,
    options,
    detail,
    checkpoint: checkpointOf(signal),
  }
  return guarded(async () => {
    const found: TurnOutcome[] = []
    for (const turn of rotate) found.push(await searchTurn(searches, pixels, region, { turn, pad }))
    // Ascending: the last is 0 where it is the only one.
    if (rotate.at(-1) !== 0) return mergeTurns(found, options.nms.output)
    const { detections, trace } = found[0]!
    return { detections, trace }
  })
}

/** What is searched of an image. */
export function regionOf({ width, height }: Pixels, { roi }: Pick<ResolvedOptions, 'roi'>): Readonly<Box> {
  return roi ?? { x: 0, y: 0, width, height }
}

/** Width of the border around it, pixels. */
export function borderOf({ width, height }: Readonly<Box>, { pad }: Pick<ResolvedOptions, 'pad'>): number {
  return Math.round(pad * Math.min(width, height))
}

/** Runs what runs the kernels, and says what it means where they come to a stop. */
export async function guarded<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (cause) {
    throw toldError(cause)
  }
}

async function searchTurn(
  searches: Searches,
  pixels: Pixels,
  region: Readonly<Box>,
  { turn, pad }: Required<Framing>,
): Promise<TurnOutcome> {
  const { options } = searches
  const trace = emptyTrace()
  const times = trace.milliseconds
  const start = performance.now()
  const context: SearchContext = { ...searches, trace, votes: [], addTime: clockFor(times) }
  const { width, height } = frameSize(region, { turn, pad })
  const levels = planPyramid(width, height, options.minFaceSize, options.scaleFactor)
  const placement = placementOf(region, turn, pad)
  // Where no level holds a window there is nothing to look at.
  const detections = levels.length > 0 ? await searchLevels(context, pixels, region, placement, levels) : []
  times.total = performance.now() - start
  return { turn, detections, trace }
}

async function searchLevels(
  context: SearchContext,
  pixels: Pixels,
  region: Readonly<Box>,
  placement: Placement,
  levels: readonly Level[],
): Promise<Detection[]> {
  const { core, sharing, trace, addTime, checkpoint } = context
  const { turn, pad } = placement
  if (sharing) await sharing.load(context, { pixels, region, turn, pad }, levels)
  else await core.loadFrame(pixels, region, levels, { turn, pad, addTime, checkpoint })
  trace.proposals = await propose(context, levels)
  listCandidates(context, placement, trace.proposalBoxes, trace.proposalScores)
  await refine(context)
  listCandidates(context, placement, trace.refinedBoxes, trace.refinedScores)
  return answer(context, placement)
}

/** By its name and not by its class: a test runner's realm may have another. */
function isTrap(error: unknown): boolean {
  return error instanceof Error && error.name === 'RuntimeError'
}

/** An error as a search tells it. Each search begins anew, so the core can be used again after a trap. */
export function toldError(cause: unknown): unknown {
  if (!isTrap(cause)) return cause
  const message =
    `the kernels came to a stop (${(cause as Error).message}): this happens with weights far out of the range of trained ` +
    'ones; the detector can be used again, but create one with other weights'
  return new MtcnnError('INVALID_WEIGHTS', message, { cause })
}

/** What looks for an abort, and lets one arrive when enough time has passed. Without a signal nothing need be looked for. */
export function checkpointOf(signal: AbortSignal | undefined): Checkpoint | undefined {
  if (!signal) return undefined
  let lastYield = performance.now()
  const yieldOnce = async () => {
    await nextTask()
    lastYield = performance.now()
    signal.throwIfAborted()
  }
  return () => {
    signal.throwIfAborted()
    if (performance.now() - lastYield >= YIELD_INTERVAL_MS) return yieldOnce()
  }
}

function listCandidates(
  context: SearchContext,
  placement: Placement,
  boxes: Trace['proposalBoxes'],
  scores: number[],
): void {
  if (context.detail === 'counts') return
  const list = context.core.candidates
  for (let n = 0; n < list.length; n++) {
    boxes.push(boxInRegion(placement, [list.x1(n), list.y1(n), list.x2(n), list.y2(n)]))
    scores.push(list.score(n))
  }
  context.addTime('detail')
}
