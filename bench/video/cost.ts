/** What a frame costs with a tracker, and with detectFaces, in turn in one process. */

import type { TrackOptions } from '../../src/index.node.ts'
import type { Clip } from '../../test/helpers/clips/clip.ts'
import { type DetectorOptions, follow, pair, search, startTracking } from './library.ts'
import { mean, percentile } from './statistics.ts'

/** Frames that are not counted: engines compile code anew once it has shown that it matters. */
const WARM_UP = 30

export interface Cost {
  faces: number
  /** Milliseconds a frame. */
  searching: Spread
  following: Spread
}

export interface Spread {
  mean: number
  /** 95th percentile. */
  high: number
  most: number
}

export async function cost(
  clip: Clip,
  { detector, tracking }: { detector?: DetectorOptions; tracking?: TrackOptions<'full'> },
): Promise<Cost> {
  const detectors = await pair(detector)
  const tracker = startTracking(detectors, tracking)
  const searching: number[] = []
  const following: number[] = []
  let faces = 0
  for (let number = 0; number < clip.frames; number++) {
    const frame = clip.frame(number)
    const follows = async () => {
      const start = performance.now()
      const tracked = await follow(tracker, frame, number)
      const taken = performance.now() - start
      if (number < WARM_UP) return
      faces += tracked.length
      following.push(taken)
    }
    const searches = async () => {
      const start = performance.now()
      await search(detectors, frame)
      if (number >= WARM_UP) searching.push(performance.now() - start)
    }
    // Whoever is second finds the frame's bytes in the caches.
    if (number % 2 === 0) {
      await follows()
      await searches()
    } else {
      await searches()
      await follows()
    }
  }
  detectors.dispose()
  return { faces: faces / following.length, searching: spread(searching), following: spread(following) }
}

function spread(values: readonly number[]): Spread {
  return { mean: mean(values), high: percentile(values, 0.95), most: Math.max(...values) }
}
