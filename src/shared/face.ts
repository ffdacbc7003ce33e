/** A place in an image, in pixels from its top left corner; not rounded. */
export interface Point {
  x: number
  y: number
}

/** A rectangle in pixels of the image: its top left corner and its size; not rounded. */
export interface Box {
  x: number
  y: number
  width: number
  height: number
}

/** The five landmarks. "Left" is always the left of the image, not of the person. They may lie outside the image. */
export interface Keypoints {
  leftEye: Point
  rightEye: Point
  nose: Point
  mouthLeft: Point
  mouthRight: Point
}

/** One detected face. All coordinates are pixels of the image that was given, whatever part of it was searched. */
export interface Face {
  box: Box
  /** How sure the last net is, from 0 to 1. */
  confidence: number
  /** Missing with `stages: 'boxes'`. */
  keypoints?: Keypoints
}

/** Width and height, in pixels. */
export interface Size {
  width: number
  height: number
}

/**
 * The faces of one image, by descending confidence. The size of the image they were measured in comes along, as properties
 * that are not enumerable: they do not show in JSON, and a copy of the array is without them.
 */
export interface Faces extends Array<Face> {
  /** Pixels. */
  readonly imageWidth: number
  /** Pixels. */
  readonly imageHeight: number
}

/** Lets an array of faces say in what size of image they were measured. */
export function measuredIn(faces: Face[], { width, height }: Size): Faces {
  return Object.defineProperties(faces, { imageWidth: { value: width }, imageHeight: { value: height } }) as Faces
}
