/** A tracker beside detectFaces, over the same frames. */
import type { TrackOptions } from '../../src/index.node.ts'
import type { Clip } from '../../test/helpers/clips/clip.ts'
import type { Frame } from '../../test/helpers/clips/judge.ts'
import { follow, type Pair, search, startTracking } from './library.ts'

/**
 * Runs a tracker over a clip, and detectFaces over the same frames.
 */
export async function watch(detectors: Pair, clip: Clip, options?: TrackOptions<'full'>): Promise<Frame[]> {
  const tracker = startTracking(detectors, options)
  const frames: Frame[] = []
  for (let number = 0; number < clip.frames; number++) {
    const frame = clip.frame(number)
    const tracked = await follow(tracker, frame, number)
    frames.push({ number, truth: clip.truth(number), found: await search(detectors, frame), tracked })
  }
  return frames
}
