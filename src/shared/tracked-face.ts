import type { BoxFace, Face, Stages } from './face.ts'

/** What a tracker tells about a face beside where it is. */
export interface Tracking {
  /** A number that stays while the face is followed, and is never used again by the same tracker; from 1. */
  id: number
  /** Frames since the face was first seen; 0 in the frame in which it was. */
  age: number
  /**
   * Frames since the face was last seen: 0 where it is in this frame. A face that is hidden, or that the nets doubt, is given for
   * a few frames (option `keep`) at the place where it should be by now.
   */
  seen: number
}

/** A face that is followed from frame to frame. */
export interface TrackedFace extends Face, Tracking {}

/** A face that is followed with `stages: 'boxes'`: it has no keypoints. */
export interface TrackedBoxFace extends BoxFace, Tracking {}

/** What a tracker gives with this value of option `stages`. */
export type TrackedFaceOf<S extends Stages> = S extends 'boxes' ? TrackedBoxFace : TrackedFace
