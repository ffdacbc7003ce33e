import type { Pixels } from '../image/pixels.ts'
import type { Box, Size } from '../shared/face.ts'
import type { Checkpoint, Core } from './core.ts'
import { regionOf, type WarpRequest } from './warper.ts'

export interface WarpOptions {
  /** Whether the core's frame is the whole image already; else the part of it that is needed becomes the frame. */
  readonly loaded: boolean
  readonly checkpoint: Checkpoint | undefined
}

/**
 * Makes crops of an image.
 *
 * @returns f32 [height][width][3] for each, 0 to 255, not rounded.
 * @throws MtcnnError OUT_OF_MEMORY; INVALID_IMAGE where the pixels are gone meanwhile; what `checkpoint` throws.
 */
export async function warpAll(
  core: Core,
  pixels: Pixels,
  requests: readonly WarpRequest[],
  { loaded, checkpoint }: WarpOptions,
): Promise<Float32Array[]> {
  const { width, height } = pixels
  const crops: Float32Array[] = []
  for (const { region, inside } of loaded
    ? [{ region: { x: 0, y: 0, width, height }, inside: requests }]
    : parts(requests, pixels)) {
    if (!loaded) await core.loadFrame(pixels, region, [], { checkpoint })
    for (const request of inside) {
      if (checkpoint) await checkpoint()
      crops.push(core.warp({ width, height, x: region.x, y: region.y }, request).slice())
    }
  }
  return crops
}

interface Part {
  readonly region: Box
  readonly inside: readonly WarpRequest[]
}

/** What of the image is loaded for which crops: all that is needed at once, or bit by bit where that is less. */
function parts(requests: readonly WarpRequest[], image: Size): Part[] {
  if (requests.length === 0) return []
  const all = { region: regionOf(requests, image), inside: requests }
  const single = requests.map((request) => ({ region: regionOf([request], image), inside: [request] }))
  const area = single.reduce((sum, { region }) => sum + region.width * region.height, 0)
  return area < all.region.width * all.region.height ? single : [all]
}
