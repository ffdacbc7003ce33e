/** How calm a still face is, and how far behind a moving one. */

import { type Face, KEYPOINT_NAMES } from '../../src/shared/face.ts'
import type { Clip } from '../../test/helpers/clips/clip.ts'
import { overlap } from '../../test/helpers/clips/match.ts'
import { follow, type Pair, search, startTracking } from './library.ts'
import { deviation, mean } from './statistics.ts'

/** Frames after which the filter has come to rest. */
const SETTLED = 20

/** The answer of one frame for the clip's only face; undefined where there is none. */
function theFace<F extends Face>(faces: readonly F[], clip: Clip, number: number): F | undefined {
  const [truth] = clip.truth(number)
  return truth && faces.find(({ box }) => overlap(box, truth.box) > 0.4)
}

async function both(detectors: Pair, clip: Clip): Promise<{ number: number; searched: Face; tracked: Face }[]> {
  const tracker = startTracking(detectors)
  const pairs: { number: number; searched: Face; tracked: Face }[] = []
  for (let number = 0; number < clip.frames; number++) {
    const frame = clip.frame(number)
    const tracked = theFace(await follow(tracker, frame, number), clip, number)
    const searched = theFace(await search(detectors, frame), clip, number)
    if (number >= SETTLED && tracked && searched) pairs.push({ number, searched, tracked })
  }
  if (pairs.length < (clip.frames - SETTLED) / 2) throw new Error(`${clip.name}: the face is seldom found`)
  return pairs
}

export interface Jitter {
  clip: string
  /** Standard deviation of the landmarks' coordinates, pixels: the root of the mean square over all ten. */
  searched: number
  tracked: number
}

export async function jitter(detectors: Pair, clip: Clip): Promise<Jitter> {
  const pairs = await both(detectors, clip)
  const trembling = (face: (pair: (typeof pairs)[number]) => Face) => {
    const squares = KEYPOINT_NAMES.flatMap((name) =>
      (['x', 'y'] as const).map((axis) => deviation(pairs.map((pair) => face(pair).keypoints[name][axis])) ** 2),
    )
    return Math.sqrt(mean(squares))
  }
  return {
    clip: clip.name,
    searched: trembling(({ searched }) => searched),
    tracked: trembling(({ tracked }) => tracked),
  }
}

export interface Lag {
  clip: string
  /** Frames' motions that the box, and the landmarks, are behind those of detectFaces: the mean. */
  box: number
  landmarks: number
}

/** @param speed - Pixels a frame, to the right. */
export async function lag(detectors: Pair, clip: Clip, speed: number): Promise<Lag> {
  const pairs = await both(detectors, clip)
  const behind = (place: (face: Face) => number) =>
    mean(pairs.map(({ searched, tracked }) => place(searched) - place(tracked))) / speed
  return {
    clip: clip.name,
    box: behind(({ box }) => box.x + box.width / 2),
    landmarks: behind(({ keypoints }) => mean(KEYPOINT_NAMES.map((name) => keypoints[name].x))),
  }
}
