import type { FollowOutcome, FollowRequest, Look } from '../cascade/sighting.ts'
import type { Thumbnail } from '../cascade/thumbnail.ts'
import type { ResolvedTracking } from '../options/track.ts'
import type { Size } from '../shared/face.ts'
import { smallerOverlap, unionOverlap } from '../shared/overlap.ts'
import type { Tracking } from '../shared/tracked-face.ts'
import { assign } from './assignment.ts'
import { relativeSpeed } from './motion.ts'
import { COST_OF_NONE, costOf, type Observation, observations } from './sightings.ts'
import type { Shape } from './smoother.ts'
import { Track } from './track.ts'

/** A face that is followed, as it is in a frame. */
export interface Followed extends Tracking {
  readonly shape: Shape
  readonly confidence: number
}

/** A frame, and when it was taken. */
export interface FrameInfo extends Readonly<Size> {
  /** Seconds. */
  readonly time: number
}

/** After so many seconds nobody knows where faces are: everything is searched. */
const LONG = 1
/** What moves by more than this share of its size from frame to frame is looked at by R-Net, too. */
const FAST = 0.12
/** Faces that are expected to overlap by more may be taken for each other. */
const NEAR = 0.15
/** What lies in a face that is hidden by another by more than this is a part of it. */
const HIDDEN = 0.5
/** A new face does not overlap one that was seen by more than this share of the smaller: that is a second answer for the same face. */
const SECOND = 0.4
/** A face of less confidence has to be found by all nets in each frame. */
const SURE = 0.9
/** A picture of another size is the same picture where its sides have the same proportion, up to so much. */
const SAME_SHAPE = 0.02

/** The faces that are followed through the frames of a video, and what is to be done with the next frame. */
export class Tracks {
  readonly #options: ResolvedTracking
  readonly #most: number
  #tracks: Track[] = []
  /** Of the next face. */
  #id = 1
  /** Of the next frame. */
  #frame = 0
  #last: FrameInfo | undefined
  #scene: Thumbnail | undefined

  /** @param most - How many faces are followed. */
  constructor(options: ResolvedTracking, most: number) {
    this.#options = options
    this.#most = most
  }

  /** Forgets all faces. */
  reset(): void {
    this.#tracks = []
    this.#last = undefined
    this.#scene = undefined
  }

  /** What is to be done with the next frame. Changes nothing: it may never come. */
  plan(frame: FrameInfo): FollowRequest {
    const { searchEvery } = this.#options
    const steady = this.#isSteady(frame)
    const everything = !steady || searchEvery === 1 || this.#tracks.length === 0
    return {
      looks: this.#canFollow(frame) ? this.#tracks.map((track) => this.#lookFor(track, frame)) : [],
      slice: everything ? 'all' : this.#frame,
      slices: searchEvery,
      searchIfLost: this.#tracks.every(({ last }) => last === this.#frame - 1),
      scene: this.#canFollow(frame) ? (this.#scene ?? null) : null,
    }
  }

  /** What the next frame has shown. */
  update(frame: FrameInfo, outcome: FollowOutcome): Followed[] {
    const cut = outcome.cut || !this.#canFollow(frame)
    if (this.#last) {
      const [x, y] = [frame.width / this.#last.width, frame.height / this.#last.height]
      if (x !== 1 || y !== 1) for (const track of this.#tracks) track.scale(x, y)
    }
    const number = this.#frame++
    this.#last = frame
    this.#scene = outcome.scene
    const seen = observations(outcome)
    const boxes = this.#tracks.map((track) => track.boxAt(frame.time))
    const near = boxes.map((box, n) => boxes.some((other, m) => m !== n && unionOverlap(box, other) > NEAR))
    const costs = this.#tracks.map((track, n) => {
      const expected = {
        box: boxes[n]!,
        look: track.look,
        seen: number - track.last - 1,
        known: track.known,
        near: near[n]!,
      }
      return seen.map((observation) => costOf(expected, observation, observation.look === n, cut))
    })
    const matches = assign(costs, COST_OF_NONE)
    for (const [n, track] of this.#tracks.entries()) {
      const observation = seen[matches[n]!]
      if (observation) track.see(observation, number, frame.time, near[n]!)
      else if (cut) track.doubt()
    }
    this.#tracks = this.#tracks.filter(({ last }) => number - last <= this.#options.keep)
    const hidden = boxes.filter((_, n) => near[n] && matches[n] === -1)
    const old = seen.filter((_, n) => matches.includes(n))
    const isNew = ({ sighting }: Observation) =>
      !hidden.some((box) => smallerOverlap(box, sighting) > HIDDEN) &&
      !old.some((other) => smallerOverlap(other.sighting, sighting) > SECOND)
    this.#addNew(
      seen.filter((one, n) => !matches.includes(n) && isNew(one)),
      number,
      frame.time,
    )
    return this.#tracks
      .filter((track) => this.#isShown(track, number, frame, cut))
      .map((track) => ({
        id: track.id,
        age: number - track.first,
        seen: number - track.last,
        confidence: track.confidence,
        shape: track.shapeAt(number, frame.time),
      }))
  }

  /** Whether faces are expected about where they were, so that most of the frame need not be searched. */
  #isSteady(frame: FrameInfo): boolean {
    const last = this.#last
    if (!last) return false
    return last.width === frame.width && last.height === frame.height && frame.time - last.time <= LONG
  }

  /** Whether places in the frame before say anything about this one. */
  #canFollow({ width, height }: FrameInfo): boolean {
    const last = this.#last
    return last !== undefined && Math.abs((width * last.height) / (height * last.width) - 1) <= SAME_SHAPE
  }

  #lookFor(track: Track, { width, height, time }: FrameInfo): Look {
    const last = this.#last!
    const [x, y] = [width / last.width, height / last.height]
    const box = track.placeAt(time)
    return {
      x1: box.x1 * x,
      y1: box.y1 * y,
      x2: box.x2 * x,
      y2: box.y2 * y,
      turn: track.turn,
      votes: track.votes,
      nets: this.#netsFor(track, time),
    }
  }

  #netsFor(track: Track, time: number): Look['nets'] {
    if (track.last < this.#frame - 1) return 'search'
    if (this.#frame - track.searched >= this.#options.searchEvery * track.trust) return 'check'
    if (!track.believed) return track.known ? 'check' : 'search'
    if (track.confidence < SURE) return 'check'
    const seconds = time - this.#last!.time
    return relativeSpeed(track.motionAt(time)) * seconds > FAST ? 'refine' : 'output'
  }

  /** Faces that all nets have found and that are none of those that are followed. */
  #addNew(seen: readonly Observation[], number: number, time: number): void {
    const added: Observation[] = []
    for (const observation of seen) {
      if (!observation.searched || this.#tracks.length >= this.#most) continue
      if (added.some((other) => smallerOverlap(other.sighting, observation.sighting) > SECOND)) continue
      added.push(observation)
      this.#tracks.push(new Track(this.#id++, number, time, observation, this.#options.smooth))
    }
  }

  /** One that is not seen is shown where it is believed to be in the picture still. */
  #isShown(track: Track, number: number, { width, height, time }: FrameInfo, cut: boolean): boolean {
    if (track.last === number) return true
    const { x, y } = track.motionAt(time)
    return track.believed && !cut && x >= 0 && y >= 0 && x < width && y < height
  }
}
