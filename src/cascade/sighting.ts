import type { Turn } from '../shared/turn.ts'
import type { Corners, Detection } from './context.ts'
import type { Thumbnail } from './thumbnail.ts'

/** Where a face should be, and how it is looked at. */
export interface Look extends Corners {
  readonly turn: Turn
  /**
   * `'output'`: by O-Net. `'refine'`: by R-Net, too, which finds the face where it lies a little elsewhere. `'check'`: by all nets, at
   * the best proposals around only. `'search'`: by all nets, all around; what is found there may be other faces, too.
   */
  readonly nets: 'output' | 'refine' | 'check' | 'search'
  /** The sum of the scores of the boxes that voted for it when it was found. */
  readonly votes: number
}

/** What is to be done with a frame. All boxes are in pixels of the image. */
export interface FollowRequest {
  readonly looks: readonly Look[]
  /** The number of the slice that is searched for new faces; 'all': the whole frame. */
  readonly slice: number | 'all'
  /** Slices in one round. */
  readonly slices: number
  /** Whether the whole frame is searched where no look finds a face. */
  readonly searchIfLost: boolean
  /** Of the frame before; null: there is none. */
  readonly scene: Thumbnail | null
}

/** A face that was found in a frame. */
export interface Sighting extends Detection {
  turn: Turn
  /** Whether all nets have found it, P-Net too. */
  searched: boolean
  /** How it looks. */
  look: Thumbnail
}

/** What was found. All boxes are in pixels of the image. */
export interface FollowOutcome {
  /** Of each look; empty where there is no face. */
  readonly looks: Sighting[][]
  /** By the search for new faces. */
  readonly found: Sighting[]
  /** Whether the whole frame was searched. */
  readonly whole: boolean
  /** Whether the frame shows another scene than the one before: then nobody has looked at the boxes. */
  readonly cut: boolean
  readonly scene: Thumbnail
}
