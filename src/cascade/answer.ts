import type { Detection, SearchContext } from './context.ts'
import { output } from './output.ts'
import { inRegion, type Placement, touches } from './turns.ts'

/**
 * The faces among the core's candidates, which R-Net has refined: what O-Net says, or with `stages: 'boxes'` themselves.
 *
 * @returns By descending confidence, in pixels of the region.
 */
export async function answer(context: SearchContext, placement: Placement): Promise<Detection[]> {
  const { stages, patches } = context.options
  const detections = stages === 'full' ? await output(context) : refinedFaces(context)
  if (patches === 'subpixel') fromEdges(detections)
  const found = detections.map((detection) => inRegion(placement, detection))
  return placement.pad === 0 ? found : found.filter((detection) => touches(placement, detection))
}

/** Without O-Net, the boxes R-Net refined are the answer. */
function refinedFaces({ core }: SearchContext): Detection[] {
  const list = core.candidates
  return Array.from({ length: list.length }, (_, n) => {
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
