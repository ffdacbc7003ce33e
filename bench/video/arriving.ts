/** How many frames it takes until a new face is found. */

import type { TrackOptions } from '../../src/index.node.ts'
import { overlap } from '../../test/helpers/clips/match.ts'
import { type ArrivalOptions, arrival } from '../../test/helpers/clips/probes.ts'
import type { Size } from '../../test/helpers/clips/staging.ts'
import { follow, type Pair, search, startTracking } from './library.ts'

export interface Arrival extends ArrivalOptions {
  seed: number
  /** The frame in which it was found, counted from 1 for the first that has it; undefined where it never was. */
  after: number | undefined
  /** Whether detectFaces finds it in each of the frames until then: only then does it count. */
  counts: boolean
}

const SAME = 0.5

/**
 * Lets a face appear in a clip, and waits until it is followed.
 */
export async function arrive(detectors: Pair, { seed, size, goal, options, tracking }: Trial): Promise<Arrival> {
  const patience = 3 * goal
  const clip = await arrival(seed, options, size, options.at + patience)
  const tracker = startTracking(detectors, tracking)
  const isFound = (faces: readonly { box: Parameters<typeof overlap>[0] }[], number: number) => {
    const newcomer = clip.truth(number).at(-1)!
    return faces.some(({ box }) => overlap(box, newcomer.box) >= SAME)
  }
  let after: number | undefined
  for (let number = 0; after === undefined && number < clip.frames; number++) {
    const faces = await follow(tracker, clip.frame(number), number)
    if (number >= options.at && isFound(faces, number)) after = number - options.at + 1
  }
  // Not asked where it was found in time.
  let counts = true
  const late = Math.min(after ?? patience, patience)
  for (let n = 0; late > goal && counts && n < late; n++) {
    counts = isFound(await search(detectors, clip.frame(options.at + n)), options.at + n)
  }
  return { ...options, seed, after, counts }
}

export interface Trial {
  seed: number
  size: Size
  /** Frames after which it should be there; after three times as many it counts as not found. */
  goal: number
  options: ArrivalOptions
  tracking?: TrackOptions<'full'>
}
