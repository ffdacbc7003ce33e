import type { Pixels } from '../image/pixels.ts'
import type { ResolvedOptions } from '../options/options.ts'
import { unionOverlap } from '../shared/overlap.ts'
import type { Core } from '../wasm/core.ts'
import type { Detection } from './context.ts'
import { lookAt } from './look.ts'
import type { Frame } from './part.ts'
import { checkpointOf, guarded, regionOf, search } from './search.ts'
import { searchSlice } from './search-slice.ts'
import type { FollowOutcome, FollowRequest, Look, Sighting } from './sighting.ts'
import { likeness, thumbnail } from './thumbnail.ts'
import { inImage } from './turns.ts'

/** How closely a face is looked at to know it again, and how closely a frame: see `thumbnail`. */
const FACE_SAMPLES = 3
const SCENE_SAMPLES = 6

/** Frames that are less alike show different scenes. */
const SAME_SCENE = 0.6

/**
 * Looks at faces of the frame before, and searches a part of the frame for new ones.
 *
 * @param searchWith - What searches a whole frame; default `search`.
 * @throws What `search` throws.
 */
export async function follow(
  core: Core,
  pixels: Pixels,
  options: ResolvedOptions,
  { looks, slice, slices, searchIfLost, scene }: FollowRequest,
  searchWith: typeof search = search,
): Promise<FollowOutcome> {
  const { signal } = options
  signal?.throwIfAborted()
  const region = regionOf(pixels, options)
  const corners = { x1: region.x, y1: region.y, x2: region.x + region.width, y2: region.y + region.height }
  const now = thumbnail(pixels, corners, SCENE_SAMPLES)
  const cut = scene !== null && likeness(scene, now) < SAME_SCENE
  const frame: Frame = { core, pixels, region, options, checkpoint: checkpointOf(signal) }
  return guarded(async () => {
    const answers: Sighting[][] = []
    for (const look of cut ? [] : looks) answers.push(await sightingsOf(frame, look))
    const seen = answers.flat()
    const lost = searchIfLost && looks.length > 0 && seen.length === 0
    const whole = slice === 'all' || cut || lost
    const found = whole
      ? inImage((await searchWith(core, pixels, options)).detections, region)
      : await searchSlice(frame, slices, slice, seen)
    return {
      looks: looks.map((_, n) => answers[n] ?? []),
      found: found.map((detection) => sighted(pixels, detection, true)),
      whole,
      cut,
      scene: now,
    }
  })
}

/** Where O-Net does not find a face, all nets look for it, all around. */
async function sightingsOf(frame: Frame, look: Look): Promise<Sighting[]> {
  if (look.nets === 'check') return checkedSightings(frame, look)
  const { pixels } = frame
  const found = look.nets === 'search' ? [] : await lookAt(frame, look)
  if (found.length > 0) return found.map((detection) => sighted(pixels, detection, false))
  const searched = await lookAt(frame, { ...look, nets: 'search' })
  return searched.map((detection) => sighted(pixels, detection, true))
}

/** A face that all nets have found and one that O-Net sees where it should be are the same from this overlap on. */
const SAME_FACE = 0.5

/** A face that all nets find is shown as O-Net alone sees it, as in the frames between: from other boxes its landmarks would jump. */
async function checkedSightings(frame: Frame, look: Look): Promise<Sighting[]> {
  const found = await lookAt(frame, look)
  const [seen] = found.length > 0 ? await lookAt(frame, { ...look, nets: 'output' }) : []
  return found.map((detection) => {
    const same = seen && unionOverlap(seen, detection) > SAME_FACE
    return sighted(frame.pixels, same ? { ...seen, votes: detection.votes } : detection, true)
  })
}

function sighted(pixels: Pixels, detection: Detection, searched: boolean): Sighting {
  return { ...detection, turn: detection.turn ?? 0, searched, look: thumbnail(pixels, detection, FACE_SAMPLES) }
}
