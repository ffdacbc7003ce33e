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

/**
 * The five landmarks. "Left" is the left of the image, not of the person; of a face that is turned, what is on the left
 * once it is turned upright (see `Face.roll`). They may lie outside the image.
 */
export interface Keypoints {
  leftEye: Point
  rightEye: Point
  nose: Point
  mouthLeft: Point
  mouthRight: Point
}

/** The landmarks by name, in the order in which the nets give them. */
export const KEYPOINT_NAMES: readonly (keyof Keypoints)[] = /* @__PURE__ */ Object.freeze([
  'leftEye',
  'rightEye',
  'nose',
  'mouthLeft',
  'mouthRight',
])

/** Which nets run: all three, or the first two, which give boxes only. */
export type Stages = 'full' | 'boxes'

interface FaceBase {
  /** Where the face is. With option `clip`, the part of it that lies in the image. */
  box: Box
  /** How sure the last net is, from 0 to 1. */
  confidence: number
  /**
   * The box before option `clip` cut it at the edges of the image. Missing where nothing was cut. `toReference` measures
   * this box where there is one: if you change `box`, change this too or delete it.
   */
  unclipped?: Box
}

/**
 * One detected face: plain data, which may be copied, stored as JSON or sent to another thread. All coordinates are pixels
 * of the image that was given, whatever part of it was searched.
 */
export interface Face extends FaceBase {
  keypoints: Keypoints
  /**
   * How far the face is turned in the plane of the image, in degrees, over -180 and up to 180: the direction from `leftEye` to
   * `rightEye`. 0 is upright, 90 a quarter turn clockwise as one sees it, 180 upside down.
   */
  roll: number
}

/** A face found with `stages: 'boxes'`: it has no keypoints. */
export interface BoxFace extends FaceBase {
  keypoints?: undefined
  roll?: undefined
}

/** A face with keypoints or without. Faces made by other programs need not say their `roll`. */
export type AnyFace = (Omit<Face, 'roll'> & Partial<Pick<Face, 'roll'>>) | BoxFace

/** What a search gives with this value of option `stages`. */
export type FaceOf<S extends Stages> = S extends 'boxes' ? BoxFace : Face

/** Width and height, in pixels. */
export interface Size {
  width: number
  height: number
}

/**
 * The faces of one image, by descending confidence: an array that also says the size of the image. The size is not
 * enumerable: it does not show in JSON, and copies (`[...faces]`, `faces.filter(...)`, `structuredClone(faces)`) are
 * without it.
 */
export interface Faces<F extends AnyFace = Face> extends Array<F> {
  /** Pixels. */
  readonly imageWidth: number
  /** Pixels. */
  readonly imageHeight: number
}

/** Adds the size of the image to an array of faces. */
export function measuredIn<F extends AnyFace>(faces: F[], { width, height }: Size): Faces<F> {
  return Object.defineProperties(faces, { imageWidth: { value: width }, imageHeight: { value: height } }) as Faces<F>
}

/**
 * The right (or lower) edge of a box from its left (or upper) edge and its size. Where the box was made from a whole
 * number, that number, whatever the subtraction rounded away; a number less than 1e-9 from a whole one is taken for that.
 */
export function farEdge(near: number, size: number): number {
  const whole = Math.round(near + size)
  return whole - near === size ? whole : near + size
}
