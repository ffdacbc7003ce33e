import type { Box } from '../shared/face.ts'
import { unionOverlap } from '../shared/overlap.ts'
import { frameSize } from '../wasm/frame-writer.ts'
import { type Level, WINDOW } from '../wasm/nets.ts'
import { answer } from './answer.ts'
import type { Corners, Detection, SearchContext } from './context.ts'
import { type Frame, inFrame, partAround, placementOf, sideOf, untracedContext } from './part.ts'
import { propose } from './proposal.ts'
import { planPyramid } from './pyramid.ts'
import { refine } from './refine.ts'
import { borderOf } from './search.ts'
import type { Look } from './sighting.ts'
import { inImage, type Placement } from './turns.ts'

/** How far around a box a face is looked for, in sides of the box: by P-Net too, and by the other nets alone. */
const SEARCH_REACH = 1
const LOOK_REACH = 0.4
/** Sizes that a face is looked for in, over that of the box. */
const SMALLEST = 0.7
const LARGEST = 1.6
/** Levels lie at least so close to each other. */
const LEAST_FACTOR = 0.709
/** To check a face, this many proposals go on to R-Net, and to O-Net. */
const BEST_PROPOSALS = 6
const BEST_REFINED = 2
/** A box that O-Net moves so much that it overlaps itself by less, is looked at again where it is then. */
const STEADY = 0.8

/** Looks for a face where it should be. The faces found, in pixels of the image. */
export async function lookAt(frame: Frame, look: Look): Promise<Detection[]> {
  const { core, pixels, region, options, checkpoint } = frame
  const all = look.nets === 'search' || look.nets === 'check'
  const reach = look.nets === 'search' ? SEARCH_REACH : LOOK_REACH
  const part = partAround(look, reach, region)
  if (!part) return []
  // Grey beyond what the part shows does no harm: it is far from the face.
  const pad = Math.min(borderOf(region, options), Math.ceil(reach * sideOf(look)))
  const placement = placementOf(part, look.turn, pad)
  const context = untracedContext(frame)
  const levels = all ? levelsFor(look, placement, frame) : []
  if (all && levels.length === 0) return []
  await core.loadFrame(pixels, part, levels, { turn: look.turn, pad, checkpoint })
  const found = all
    ? await searchPart(context, placement, levels, look.nets === 'check')
    : await lookOnce(context, placement, part, look)
  return inImage(found, part)
}

function levelsFor(look: Look, placement: Placement, { options }: Frame): Level[] {
  const side = sideOf(look)
  const { width, height } = frameSize(placement, placement)
  const smallest = Math.max(options.minFaceSize, SMALLEST * side)
  const levels = planPyramid(width, height, smallest, Math.max(options.scaleFactor, LEAST_FACTOR))
  return levels.filter(({ scale }) => WINDOW / scale <= LARGEST * side)
}

async function searchPart(
  context: SearchContext,
  placement: Placement,
  levels: readonly Level[],
  best: boolean,
): Promise<Detection[]> {
  const { core } = context
  const proposals = await propose(context, levels)
  if (best) core.keep(Math.min(proposals, BEST_PROPOSALS))
  const refined = await refine(context)
  if (best) core.keep(Math.min(refined, BEST_REFINED))
  return answer(context, placement)
}

async function lookOnce(context: SearchContext, placement: Placement, part: Box, look: Look): Promise<Detection[]> {
  const { options, votes } = context
  const box = inFrame(look, part, placement, options)
  const byRefine = look.nets === 'refine' || options.stages === 'boxes'
  const expected = setCandidate(context, box)
  if (byRefine) await refine(context)
  // Those of the search that found the face stand for what R-Net would say of boxes around it.
  votes.length = 0
  votes.push({ ...expected, score: look.votes })
  const found = await answer(context, placement)
  const [face] = found
  if (!face || options.stages === 'boxes' || options.passes === 2) return found
  const again = setCandidate(context, inFrame(face, { x: 0, y: 0 }, placement, options))
  if (unionOverlap(expected, again) >= STEADY) return found
  votes[0] = { ...again, score: look.votes }
  return answer(context, placement)
}

/** Makes a box, squared as after R-Net, the core's only candidate. */
function setCandidate({ core, options }: SearchContext, { x1, y1, x2, y2 }: Corners): Corners {
  core.clear()
  const list = core.levelCandidates(1)
  list.setBox(0, x1, y1, x2, y2)
  list.square(0, options.patches === 'subpixel' ? 'none' : 'truncated')
  const square = list.corners(0)
  list.advance(0, 0, 1, new Float32Array(4))
  core.suppressLevel(1, 1)
  return square
}
