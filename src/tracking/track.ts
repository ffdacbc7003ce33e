import type { Thumbnail } from '../cascade/thumbnail.ts'
import type { Edges } from '../shared/overlap.ts'
import type { Turn } from '../shared/turn.ts'
import { boxOf, corrected, type Motion, motionOf, moved, scaled } from './motion.ts'
import type { Observation } from './sightings.ts'
import { carried, type Shape, Smoother } from './smoother.ts'

/** A face is believed in once all nets have found it in so many frames. */
const BELIEVED = 3
/** The more often all nets have found it, the more rarely they are asked again: after so many rounds of the search at most. */
const MOST_TRUST = 4

/** A box whose edges have moved by less than this share of its size stands still. */
const STILL = 0.03
const EDGES = ['x1', 'y1', 'x2', 'y2'] as const

/** A face that is followed. Frames count from 0, times are in seconds. */
export class Track {
  readonly id: number
  /** The frame in which it was first seen, and that in which it was last. */
  readonly first: number
  last: number
  /** The last frame in which all nets have found it, and how many such frames there were. */
  searched: number
  searches = 1
  turn: Turn
  votes: number
  confidence: number
  look: Thumbnail
  #motion: Motion
  /** When it was seen last. */
  #time: number
  #smoother: Smoother | undefined
  /** Where it was seen last, smoothed, and the box that was seen. */
  #shape: Shape
  #box: Edges
  /** Where it was looked for last. */
  #looked: Edges | undefined

  constructor(id: number, frame: number, time: number, { sighting }: Observation, smooth: boolean) {
    this.id = id
    this.first = frame
    this.last = frame
    this.searched = frame
    this.turn = sighting.turn
    this.votes = sighting.votes ?? 0
    this.confidence = sighting.confidence
    this.look = sighting.look
    this.#motion = motionOf(sighting)
    this.#time = time
    this.#shape = shapeOf(sighting)
    this.#box = sighting
    if (smooth) this.#smoother = new Smoother(this.#shape)
  }

  get believed(): boolean {
    return this.searches >= BELIEVED
  }

  /** After how many rounds of the search all nets are to be asked again. */
  get trust(): number {
    return Math.min(Math.max(this.searches - BELIEVED + 1, 1), MOST_TRUST)
  }

  /** The picture is another one: until all nets have found it again, nobody believes in it. */
  doubt(): void {
    this.searches = 0
  }

  /** Whether its speed is known. */
  get known(): boolean {
    return this.#motion.known
  }

  /** Where it should be at a time. */
  motionAt(time: number): Motion {
    return moved(this.#motion, time - this.#time)
  }

  /** Where it should be at a time, in a picture of another size. */
  boxAt(time: number): Edges {
    return boxOf(this.motionAt(time))
  }

  /**
   * Where to look for it at a time. Where it stands still it is looked for in the very same place: other pixels would give another
   * answer.
   */
  placeAt(time: number): Edges {
    const box = this.boxAt(time)
    const last = this.#looked
    const least = STILL * Math.max(box.x2 - box.x1, box.y2 - box.y1)
    const isStill = last && EDGES.every((edge) => Math.abs(box[edge] - last[edge]) < least)
    return isStill ? last : box
  }

  /** What is to be shown of it: where it was seen in this frame, or should be. */
  shapeAt(frame: number, time: number): Shape {
    return frame === this.last ? this.#shape : carried(this.#shape, this.#box, this.boxAt(time))
  }

  /** @param unsure - Whether what was seen may be another face, which is near. */
  see({ sighting, searched }: Observation, frame: number, time: number, unsure: boolean): void {
    const seconds = time - this.#time
    this.#looked = this.placeAt(time)
    this.#motion = corrected(this.#motion, sighting, seconds, unsure)
    this.#time = time
    this.last = frame
    if (searched) {
      this.searched = frame
      this.searches++
      if (sighting.votes !== undefined) this.votes = sighting.votes
    }
    this.turn = sighting.turn
    this.confidence = sighting.confidence
    if (!unsure) this.look = sighting.look
    const shape = shapeOf(sighting)
    this.#shape = this.#smoother?.next(shape, seconds) ?? shape
    this.#box = boxOf(this.#motion)
  }

  /** The picture has another size from here on. */
  scale(factorX: number, factorY: number): void {
    this.#motion = scaled(this.#motion, factorX, factorY)
    this.#box = boxOf(this.#motion)
    this.#looked = undefined
    const { x1, y1, x2, y2, points } = this.#shape
    const box = { x1: x1 * factorX, y1: y1 * factorY, x2: x2 * factorX, y2: y2 * factorY }
    this.#shape = points ? { ...box, points: points.map((value, n) => value * (n < 5 ? factorX : factorY)) } : box
    if (this.#smoother) this.#smoother = new Smoother(this.#shape)
  }
}

function shapeOf({ x1, y1, x2, y2, points }: Shape): Shape {
  return points ? { x1, y1, x2, y2, points } : { x1, y1, x2, y2 }
}
