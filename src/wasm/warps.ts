import type { Pixels } from '../image/pixels.ts'
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
  if (requests.length === 0) return []
  const { width, height } = pixels
  const region = loaded ? { x: 0, y: 0, width, height } : regionOf(requests, pixels)
  if (!loaded) await core.loadFrame(pixels, region, [], { checkpoint })
  const crops: Float32Array[] = []
  for (const request of requests) {
    if (checkpoint) await checkpoint()
    crops.push(core.warp({ width, height, x: region.x, y: region.y }, request).slice())
  }
  return crops
}
