import { areaOf, intersection } from '../shared/overlap.ts'
import { frameSize } from '../wasm/frame-writer.ts'
import { answer } from './answer.ts'
import type { Corners, Detection } from './context.ts'
import { type Frame, inFrame, placementOf, sideOf, untracedContext } from './part.ts'
import { propose } from './proposal.ts'
import { planPyramid } from './pyramid.ts'
import { refine } from './refine.ts'
import { borderOf } from './search.ts'
import { sliceOf, type TurnSlice } from './slices.ts'
import { inImage, type Placement } from './turns.ts'

/**
 * A proposal, which is a square, says nothing new where so much of it lies in the square around a known face, somewhat enlarged, and
 * its area is not so much larger.
 */
const INSIDE = 0.75
const AROUND = 1.2
const MUCH_LARGER = 1.5

/**
 * Searches a slice of a frame for new faces.
 *
 * @param known - The faces that are known to be in it.
 * @returns Faces in pixels of the image.
 */
export async function searchSlice(
  frame: Frame,
  slices: number,
  index: number,
  known: readonly Corners[],
): Promise<Detection[]> {
  const { region, options } = frame
  const pad = borderOf(region, options)
  const turns = options.rotate.map((turn) => {
    const { width, height } = frameSize(region, { turn, pad })
    return { turn, levels: planPyramid(width, height, options.minFaceSize, options.scaleFactor) }
  })
  const found: Detection[] = []
  for (const slice of sliceOf(turns, options.scaleFactor, slices, index)) {
    found.push(...(await searchTurnSlice(frame, slice, placementOf(region, slice.turn, pad), known)))
  }
  return inImage(found, region)
}

async function searchTurnSlice(
  frame: Frame,
  { turn, levels, cells }: TurnSlice,
  placement: Placement,
  known: readonly Corners[],
): Promise<Detection[]> {
  const { core, pixels, region, options, checkpoint } = frame
  const framing = { turn, pad: placement.pad, checkpoint }
  await core.loadFrame(pixels, region, levels, { ...framing, cells, rest: 'later' })
  const context = {
    ...untracedContext(frame),
    loadRows: (rows: { first: number; end: number }) => core.loadRows(pixels, region, rows, framing),
  }
  await propose(context, levels, cells)
  const faces = known.map((face) => squareAround(inFrame(face, region, placement, options)))
  const list = core.candidates
  core.keep(list.filter((n) => !faces.some((face) => liesIn(list.corners(n), face))))
  await refine(context)
  return answer(context, placement)
}

function liesIn(box: Corners, face: Corners): boolean {
  const area = areaOf(box)
  return intersection(box, face) > INSIDE * area && area < MUCH_LARGER * areaOf(face)
}

/** The square around a box that is somewhat longer than its longer side. */
function squareAround(box: Corners): Corners {
  const half = (AROUND * sideOf(box)) / 2
  const [x, y] = [(box.x1 + box.x2) / 2, (box.y1 + box.y2) / 2]
  return { x1: x - half, y1: y - half, x2: x + half, y2: y + half }
}
