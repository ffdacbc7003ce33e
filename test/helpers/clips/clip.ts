/**
 * Clips made by code: sprites that move over a panned photograph, under changing light, with a sensor's noise. The same
 * frames for the same seed, in whatever order they are asked for; and where each face is in each of them.
 */
import type { Box, Point } from '../../../src/shared/face.ts'
import type { Photograph } from '../photographs.ts'
import { random } from '../random.ts'
import { pan } from './scenery.ts'
import { draw, hides, type Pose, placed, type Sprite } from './sprites.ts'

/** Somebody, or something, in a clip. */
export interface Actor {
  /** Who it is; the same throughout the clip. */
  who: string
  sprite: Sprite
  /** Where it is in a frame; undefined where it is not there. */
  pose(frame: number): Pose | undefined
}

export interface Backdrop {
  picture: Photograph
  /** Where the frame lies in it, pixels. */
  x: number
  y: number
}

export interface Light {
  /** What each sample is multiplied with; default 1. */
  gain?: number
  /** What is added to each then; default 0. */
  bias?: number
}

export interface Scene {
  name: string
  width: number
  height: number
  frames: number
  /** Of the noise. */
  seed: number
  backdrop(frame: number): Backdrop
  /** From the farthest to the nearest: who stands later hides who stands before. */
  actors: readonly Actor[]
  light?(frame: number): Light
  /** Standard deviation of the sensor's noise, of 255; default 2. */
  noise?: number
}

/** A face as it truly is in a frame. */
export interface TrueFace {
  who: string
  /** What the Python package finds in the photograph, moved, scaled and turned with it. Upright. */
  box: Box
  points: Point[]
  /** The share of the box that is hidden by what is before it, or lies outside the frame. */
  hidden: number
}

export interface Clip extends Pick<Scene, 'name' | 'width' | 'height' | 'frames' | 'seed'> {
  /** RGB. Made anew by each call. */
  frame(number: number): Photograph
  /** All faces of which a part is inside the frame. */
  truth(number: number): TrueFace[]
}

/** Milliseconds from frame to frame. */
export const FRAME_MS = 1000 / 30

/**
 * A clip of a scene.
 */
export function clipOf(scene: Scene): Clip {
  const { name, width, height, frames, seed } = scene
  return {
    ...{ name, width, height, frames, seed },
    frame: (number) => render(scene, number),
    truth: (number) => truth(scene, number),
  }
}

/**
 * The frames of a clip as a tracker takes them.
 */
export function* framesOf(clip: Clip): Generator<Photograph, void, undefined> {
  for (let number = 0; number < clip.frames; number++) yield clip.frame(number)
}

function render(scene: Scene, number: number): Photograph {
  const { width, height } = scene
  const frame = { data: new Uint8Array(3 * width * height), width, height }
  const { picture, x, y } = scene.backdrop(number)
  pan(picture, x, y, frame)
  for (const { sprite, pose } of scene.actors) {
    const at = pose(number)
    if (at) draw(sprite, at, frame)
  }
  expose(frame, scene.light?.(number) ?? {}, scene.noise ?? 2, random(scene.seed * 100_003 + number))
  return frame
}

/** Of a normal distribution with deviation 1, in 32nds, the same for everyone; rows of noise begin anywhere in it. */
const NOISE = (() => {
  const next = random(1)
  return Int8Array.from({ length: 1 << 17 }, () => {
    const radius = Math.sqrt(-2 * Math.log(1 - next()))
    return Math.round(Math.max(-3.9, Math.min(3.9, radius * Math.cos(2 * Math.PI * next()))) * 32)
  })
})()

/** Light and noise over the whole frame. */
function expose({ data, width, height }: Photograph, light: Light, noise: number, next: () => number): void {
  const { gain = 1, bias = 0 } = light
  const stride = 3 * width
  const deviation = noise / 32
  for (let y = 0; y < height; y++) {
    let from = Math.floor(next() * (NOISE.length - stride))
    for (let at = y * stride; at < (y + 1) * stride; at++, from++) {
      const value = data[at]! * gain + bias + NOISE[from]! * deviation + 0.5
      data[at] = Math.min(Math.max(value, 0), 255)
    }
  }
}

/** Places in a box at which it is seen whether it is hidden, across and down. */
const PLACES = 12

function truth({ width, height, actors }: Scene, number: number): TrueFace[] {
  const poses = actors.map(({ pose }) => pose(number))
  return actors.flatMap(({ who, sprite, ...actor }, n) => {
    const pose = actor.pose(number)
    if (!pose || sprite.points.length === 0) return []
    const size = { width: (pose.size * sprite.box.width) / sprite.box.height, height: pose.size }
    const box = { x: pose.x - size.width / 2, y: pose.y - size.height / 2, ...size }
    const apart = box.x + box.width <= 0 || box.y + box.height <= 0 || box.x >= width || box.y >= height
    if (apart) return []
    const isSeen = (place: Point) =>
      place.x >= 0 &&
      place.y >= 0 &&
      place.x < width &&
      place.y < height &&
      !actors.some((other, m) => m > n && poses[m] && hides(other.sprite, poses[m], place))
    let seen = 0
    for (let row = 0; row < PLACES; row++) {
      for (let column = 0; column < PLACES; column++) {
        const x = box.x + ((column + 0.5) * box.width) / PLACES
        if (isSeen({ x, y: box.y + ((row + 0.5) * box.height) / PLACES })) seen++
      }
    }
    return [{ who, box, points: sprite.points.map(placed(sprite, pose)), hidden: 1 - seen / PLACES ** 2 }]
  })
}
