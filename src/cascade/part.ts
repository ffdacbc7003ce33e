import type { Pixels } from '../image/pixels.ts'
import type { ResolvedOptions } from '../options/options.ts'
import type { Box, Point } from '../shared/face.ts'
import { emptyTrace } from '../shared/trace.ts'
import type { Turn } from '../shared/turn.ts'
import type { Checkpoint, Core } from '../wasm/core.ts'
import type { Corners, SearchContext } from './context.ts'
import { boxInFrame, type Placement } from './turns.ts'

/** What frames of a video are looked at with. */
export interface Frame {
  readonly core: Core
  readonly pixels: Pixels
  /** What is searched of the image. */
  readonly region: Readonly<Box>
  readonly options: ResolvedOptions
  readonly checkpoint: Checkpoint | undefined
}

/** What the stages of the cascade work with, where nobody asks how they went. */
export function untracedContext({ core, options, checkpoint }: Frame): SearchContext {
  const trace = emptyTrace()
  return { core, nets: core, options, trace, detail: 'counts', votes: [], addTime: () => {}, checkpoint }
}

/**
 * The part of the region around a box, `reach` times its longer side farther on all sides; whole pixels. Undefined where they do not
 * meet.
 */
export function partAround(box: Corners, reach: number, region: Readonly<Box>): Box | undefined {
  const margin = reach * sideOf(box)
  const x = Math.max(Math.floor(box.x1 - margin), region.x)
  const y = Math.max(Math.floor(box.y1 - margin), region.y)
  const width = Math.min(Math.ceil(box.x2 + margin), region.x + region.width) - x
  const height = Math.min(Math.ceil(box.y2 + margin), region.y + region.height) - y
  return width > 0 && height > 0 ? { x, y, width, height } : undefined
}

/** How a part of an image comes in as a frame. */
export function placementOf({ width, height }: Readonly<Box>, turn: Turn, pad: number): Placement {
  return { turn, pad, width, height }
}

/** A box of the answer, in pixels of the image, as the stages count in the frame that shows a part of it. */
export function inFrame(
  box: Corners,
  part: Readonly<Point>,
  placement: Placement,
  { patches }: Pick<ResolvedOptions, 'patches'>,
): Corners {
  const inPart = [box.x1 - part.x, box.y1 - part.y, box.x2 - part.x, box.y2 - part.y] as const
  const [x1, y1, x2, y2] = boxInFrame(placement, [...inPart])
  // Columns count from 1, the first and the last both inside.
  const first = patches === 'subpixel' ? 1 : 0
  return { x1: x1 + first, y1: y1 + first, x2, y2 }
}

export function sideOf({ x1, y1, x2, y2 }: Corners): number {
  return Math.max(x2 - x1, y2 - y1)
}
