/**
 * Clips with one question each: how calm, how far behind, how soon?
 */
import { type Clip, clipOf } from './clip.ts'
import { SCENERIES, scenery } from './scenery.ts'
import { FACE_NAMES } from './sprites.ts'
import { chance, HD, line, person, scene, swaying, VGA } from './staging.ts'

export interface StillOptions {
  who: string
  /** Height of the box, pixels. */
  size: number
  /** Standard deviation, of 255. */
  noise: number
}

/**
 * A face that does not move at all, before a background that does not either, in noise.
 */
export async function still(seed: number, options: StillOptions, size = VGA, frames = 100): Promise<Clip> {
  const { who, size: height, noise } = options
  const by = chance(seed)
  const picture = await scenery(by.one(SCENERIES), size.width, size.height)
  const pose = {
    x: by.between(0.4, 0.6) * size.width,
    y: by.between(0.4, 0.6) * size.height,
    size: height,
    angle: by.between(-5, 5),
  }
  return clipOf({
    ...{ name: `still ${who} ${height} px, noise ${noise}, ${seed}`, seed, ...size, frames, noise },
    backdrop: () => ({ picture, x: 10, y: 10 }),
    actors: [await person(who, () => pose)],
  })
}

export interface SteadyOptions {
  who: string
  /** Height of the box, pixels. */
  size: number
  /** Pixels a frame; to the right. */
  speed: number
}

/**
 * A face that moves to the right at a steady pace, from edge to edge; the camera stands still.
 */
export async function steady(seed: number, options: SteadyOptions, size = HD): Promise<Clip> {
  const { who, size: height, speed } = options
  const by = chance(seed)
  const picture = await scenery(by.one(SCENERIES), size.width, size.height)
  const y = by.between(0.35, 0.65) * size.height
  const frames = Math.min(60, Math.floor((size.width - 1.4 * height) / speed))
  return clipOf({
    ...{ name: `steady ${who} ${height} px, ${speed} px a frame, ${seed}`, seed, ...size, frames },
    backdrop: () => ({ picture, x: 10, y: 10 }),
    actors: [
      await person(who, line({ x: 0.7 * height, y, size: height }, { x: speed, y: by.between(-0.1, 0.1) * speed })),
    ],
  })
}

export interface ArrivalOptions {
  /** Where the new face is, as shares of the room that there is for it. */
  x: number
  y: number
  /** The first frame that has it. */
  at: number
  /** Height of its box, pixels. */
  size: number
  /** How many faces are there before. */
  followed: 0 | 1 | 2
  /** Pixels a frame that it moves; default 0. */
  speed?: { x: number; y: number }
}

/**
 * A small face that is suddenly there, beside others that have been there from the start.
 */
export function arrival(seed: number, options: ArrivalOptions, size = HD, frames = 40): Promise<Clip> {
  const { x, y, at, followed, speed = { x: 0, y: 0 } } = options
  return scene('arrival', seed, size, frames, async (by) => {
    // At 40 pixels not every face of the ten is found.
    const newcomer = by.one(['longHair', 'middle', 'jumper', 'hepburn', 'upright'])
    const others = by.shuffled(FACE_NAMES.filter((name) => name !== newcomer))
    const height = size.height / 4
    const actors = others.slice(0, followed).map((who, n) => {
      // In opposite corners, out of the way of most places.
      const pose = {
        x: size.width * (n === 0 ? 0.2 : 0.8),
        y: size.height * (n === 0 ? 0.28 : 0.72),
        size: 0.6 * height,
      }
      return person(who, swaying(by, pose, 0.15))
    })
    const place = (share: number, room: number) => 0.6 * options.size + share * (room - 1.2 * options.size)
    const start = { x: place(x, size.width), y: place(y, size.height), size: options.size }
    const arriving = person(newcomer, (frame) =>
      frame < at ? undefined : { ...start, x: start.x + speed.x * (frame - at), y: start.y + speed.y * (frame - at) },
    )
    return { actors: [...(await Promise.all(actors)), await arriving] }
  })
}
