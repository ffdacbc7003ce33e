/**
 * The clips that tracking is tested and measured with. A seed decides who is in them, where, and in front of what.
 */
import type { Photograph } from '../photographs.ts'
import { random } from '../random.ts'
import { type Actor, type Backdrop, type Clip, clipOf, type Scene } from './clip.ts'
import { SCENERIES, scenery } from './scenery.ts'
import { board, FACE_NAMES, faceSprite, type Pose } from './sprites.ts'

export interface Size {
  width: number
  height: number
}

export const HD: Size = { width: 1280, height: 720 }
export const VGA: Size = { width: 640, height: 480 }

/** What chance decides about a clip. */
interface Chance {
  /** From `low` up to `high`. */
  between(low: number, high: number): number
  /** One of them. */
  one<T>(items: readonly T[]): T
  /** All of them, in another order. */
  shuffled<T>(items: readonly T[]): T[]
  sign(): 1 | -1
}

function chance(seed: number): Chance {
  const next = random(seed)
  const between = (low: number, high: number) => low + (high - low) * next()
  const shuffled = <T>(items: readonly T[]) =>
    items
      .map((item) => ({ item, at: next() }))
      .sort((a, b) => a.at - b.at)
      .map(({ item }) => item)
  return {
    between,
    one: (items) => items[Math.floor(next() * items.length)]!,
    shuffled,
    sign: () => (next() < 0.5 ? 1 : -1),
  }
}

/** A photograph that is panned over, slowly, there and back. */
async function panned({ width, height }: Size, { one, between }: Chance): Promise<(frame: number) => Backdrop> {
  const picture = await scenery(one(SCENERIES), width, height)
  const [right, bottom] = [picture.width - width - 2, picture.height - height - 2]
  const [phase, period] = [between(0, 6), between(90, 200)]
  return (frame) => {
    const turn = phase + (2 * Math.PI * frame) / period
    return { picture, x: (right * (1 + Math.sin(turn))) / 2, y: (bottom * (1 + Math.cos(turn / 1.7))) / 2 }
  }
}

type Parts = Partial<Pick<Scene, 'light' | 'noise'>>

async function scene(
  name: string,
  seed: number,
  size: Size,
  frames: number,
  make: (chance: Chance) => Promise<{ actors: Actor[] } & Parts>,
): Promise<Clip> {
  const by = chance(seed * 7919 + name.length * 31 + name.charCodeAt(0))
  const parts = await make(by)
  return clipOf({ name: `${name} ${seed}`, seed, ...size, frames, backdrop: await panned(size, by), ...parts })
}

async function person(who: string, pose: Actor['pose']): Promise<Actor> {
  return { who, sprite: await faceSprite(who), pose }
}

/** Slow changes of light. */
function daylight({ between }: Chance): NonNullable<Scene['light']> {
  const [phase, period] = [between(0, 6), between(60, 150)]
  return (frame) => ({ gain: 1 + 0.15 * Math.sin(phase + (2 * Math.PI * frame) / period) })
}

/** Somebody who sits and talks: the head sways, nods and turns a little. */
function swaying({ between }: Chance, { x, y, size }: Pose, reach = 0.35): Actor['pose'] {
  const wave = (period: [number, number]) => {
    const [phase, length] = [between(0, 6), between(...period)]
    return (frame: number) => Math.sin(phase + (2 * Math.PI * frame) / length)
  }
  const [across, down, near, turn] = [wave([50, 110]), wave([30, 80]), wave([80, 160]), wave([40, 100])]
  return (frame) => ({
    x: x + reach * size * across(frame),
    y: y + 0.5 * reach * size * down(frame),
    size: size * (1 + 0.08 * near(frame)),
    angle: 7 * turn(frame),
  })
}

/** A straight line at a steady pace, pixels a frame. */
function line(start: Pose, speed: { x: number; y: number }): Actor['pose'] {
  return (frame) => ({ ...start, x: start.x + speed.x * frame, y: start.y + speed.y * frame })
}

/**
 * Two people who sit and talk.
 */
export function talk(seed: number, size = HD, frames = 150): Promise<Clip> {
  return scene('talk', seed, size, frames, async (by) => {
    const [first = '', second = ''] = by.shuffled(FACE_NAMES)
    const { width, height } = size
    const unit = height / 720
    const place = (share: number): Pose => ({
      x: share * width,
      y: by.between(0.4, 0.6) * height,
      size: unit * by.between(110, 220),
    })
    const actors = [await person(first, swaying(by, place(0.3))), await person(second, swaying(by, place(0.7)))]
    return { actors, light: daylight(by) }
  })
}

/**
 * Two faces that move at a steady pace and stay in the picture.
 */
export function motion(seed: number, size = HD, frames = 60): Promise<Clip> {
  return scene('motion', seed, size, frames, async (by) => {
    const names = by.shuffled(FACE_NAMES).slice(0, 2)
    const actors = names.map((who, n) => {
      const height = by.between(50, 160)
      // Half of the picture's width at most, each in its own half of the height.
      const speed = { x: (by.sign() * by.between(0.1, 0.5) * size.width) / frames, y: by.between(-0.5, 0.5) }
      const x = speed.x > 0 ? by.between(0.15, 0.4) * size.width : by.between(0.6, 0.85) * size.width
      return person(who, line({ x, y: size.height * (n === 0 ? 0.27 : 0.73), size: height }, speed))
    })
    return { actors: await Promise.all(actors) }
  })
}

/**
 * Two faces that meet: the second passes before the first, which is hidden for a few frames.
 *
 * @param hiddenFrames - About so long the first is hidden by more than half.
 */
export function crossing(seed: number, hiddenFrames = 3, size = HD, frames = 60): Promise<Clip> {
  return scene('crossing', seed, size, frames, async (by) => {
    const [behind = '', before = ''] = by.shuffled(FACE_NAMES)
    const height = by.between(80, 170)
    const other = height * by.between(0.85, 1.15)
    // More than half of the first is covered while the middles are less than a face's width apart.
    const pace = (0.9 * (height + other)) / 2 / (hiddenFrames + 1)
    const share = by.between(0.2, 0.8)
    const direction = by.sign()
    const [x, y] = [size.width / 2, by.between(0.35, 0.65) * size.height]
    const meet = frames / 2
    const toward =
      (speed: number): Actor['pose'] =>
      (frame) => ({
        x: x + speed * (frame - meet),
        y,
        size: speed * direction > 0 ? other : height,
      })
    // Where they would be outside the picture before the clip begins, they wait at its edge.
    const within = (pose: Actor['pose']): Actor['pose'] => {
      const margin = 0.12 * size.width
      return (frame) => {
        const at = pose(frame)!
        return { ...at, x: Math.min(Math.max(at.x, margin), size.width - margin) }
      }
    }
    return {
      actors: [
        await person(behind, within(toward(-direction * pace * (1 - share)))),
        await person(before, within(toward(direction * pace * share))),
      ],
    }
  })
}

/**
 * Two faces that pass each other with their boxes overlapping by a quarter to a half: both stay visible.
 */
export function brush(seed: number, size = HD, frames = 60): Promise<Clip> {
  return scene('brush', seed, size, frames, async (by) => {
    const [behind = '', before = ''] = by.shuffled(FACE_NAMES)
    const height = by.between(80, 170)
    const other = height * by.between(0.8, 1.2)
    const speed = by.sign() * by.between(4, 10)
    const y = size.height / 2
    const apart = 0.72 * ((height + other) / 2)
    const start = (v: number) => size.width / 2 - (v * frames) / 2
    return {
      actors: [
        await person(behind, line({ x: start(-speed), y: y - apart / 2, size: height }, { x: -speed, y: 0 })),
        await person(before, line({ x: start(speed), y: y + apart / 2, size: other }, { x: speed, y: 0 })),
      ],
    }
  })
}

/**
 * A board that passes before a face, and hides it for a few frames, three times; another face stays in view.
 */
export function hidden(seed: number, hiddenFrames = 3, size = HD, frames = 90): Promise<Clip> {
  return scene('hidden', seed, size, frames, async (by) => {
    const [first = '', second = ''] = by.shuffled(FACE_NAMES)
    const height = by.between(80, 160)
    const place = { x: 0.33 * size.width, y: by.between(0.4, 0.6) * size.height, size: height }
    const walk = by.between(-1.5, 1.5)
    const face = line(place, { x: walk, y: 0 })
    const wood = await board()
    // A board twice as high as wide.
    const boardHeight = 2.2 * height
    const pace = (boardHeight / 2 + 0.1 * height) / (hiddenFrames + 0.5)
    const boards = [20, 45, 70].map((meet) => ({
      who: 'board',
      sprite: wood,
      pose: (frame: number): Pose | undefined => {
        const x = face(meet)!.x + (frame - meet) * pace
        return x < -boardHeight / 2 || x > 0.6 * size.width ? undefined : { x, y: place.y, size: boardHeight }
      },
    }))
    return {
      actors: [
        await person(first, face),
        ...boards,
        await person(second, swaying(by, { x: 0.8 * size.width, y: 0.5 * size.height, size: by.between(80, 160) })),
      ],
    }
  })
}

/**
 * A face that leaves the picture at its side, and comes back after more frames than any tracker keeps it.
 */
export function leaving(seed: number, size = HD, frames = 120): Promise<Clip> {
  return scene('leaving', seed, size, frames, async (by) => {
    const [first = '', second = ''] = by.shuffled(FACE_NAMES)
    const height = by.between(60, 150)
    const y = by.between(0.3, 0.7) * size.height
    const reach = 0.25 * size.width
    // Out at frame 30, at its farthest at 60, in again at 90.
    const out = (frame: number) => (reach + height) * Math.sin((Math.PI * (frame - 30)) / 60)
    return {
      actors: [
        await person(first, (frame) => ({ x: size.width + out(frame), y, size: height })),
        await person(second, swaying(by, { x: 0.3 * size.width, y: 0.5 * size.height, size: by.between(60, 150) })),
      ],
    }
  })
}

/**
 * A face that comes nearer, to five times its size, and goes back.
 */
export function zoom(seed: number, size = HD, frames = 120): Promise<Clip> {
  return scene('zoom', seed, size, frames, async (by) => {
    const who = by.one(FACE_NAMES)
    const small = by.between(50, 70)
    const [x, y] = [by.between(0.4, 0.6) * size.width, by.between(0.45, 0.55) * size.height]
    const near = (frame: number) => (1 - Math.cos((2 * Math.PI * frame) / frames)) / 2
    return { actors: [await person(who, (frame) => ({ x, y, size: small * 5 ** near(frame) }))] }
  })
}

/**
 * Two people under light that is switched, dimmed and flickers.
 */
export function lights(seed: number, size = HD, frames = 120): Promise<Clip> {
  return scene('lights', seed, size, frames, async (by) => {
    const [first = '', second = ''] = by.shuffled(FACE_NAMES)
    const at = (share: number) => ({ x: share * size.width, y: size.height / 2, size: by.between(70, 180) })
    const gains = [1, 0.45, 1.25, 0.7]
    return {
      actors: [await person(first, swaying(by, at(0.3))), await person(second, swaying(by, at(0.7)))],
      light: (frame) => ({
        gain: gains[Math.floor((frame * gains.length) / frames)]! * (1 + 0.06 * Math.sin(1.9 * frame)),
        bias: frame % 40 > 20 ? 8 : 0,
      }),
    }
  })
}

/**
 * Nobody, for as long as it lasts.
 */
export function nobody(seed: number, size = HD, frames = 40): Promise<Clip> {
  return scene('nobody', seed, size, frames, async (by) => ({ actors: [], light: daylight(by) }))
}

/**
 * Many people, from 45 to 110 pixels, who sway a little.
 */
export function crowd(seed: number, size = HD, frames = 60): Promise<Clip> {
  return scene('crowd', seed, size, frames, async (by) => {
    const columns = 5
    const cell = { width: size.width / columns, height: size.height / 2 }
    const actors = by.shuffled(FACE_NAMES).map((who, n) => {
      const x = ((n % columns) + 0.5) * cell.width
      const y = (Math.floor(n / columns) + 0.5) * cell.height
      return person(who, swaying(by, { x, y, size: by.between(45, 110) }))
    })
    return { actors: await Promise.all(actors), light: daylight(by) }
  })
}

/**
 * People who walk through the picture at their own pace, in before one another and out of it, before a camera that shakes.
 */
export function street(seed: number, size = HD, frames = 150): Promise<Clip> {
  return scene('street', seed, size, frames, async (by) => {
    const names = by.shuffled(FACE_NAMES).slice(0, 5)
    const shake = (frame: number) => ({ x: 3 * Math.sin(1.3 * frame), y: 2.5 * Math.cos(1.7 * frame) })
    const actors = names.map((who, n) => {
      const height = 50 + 22 * n + by.between(0, 20)
      const speed = by.sign() * by.between(2, 9)
      const begin = by.between(-60, 60)
      const y = size.height * by.between(0.25, 0.75)
      const step = by.between(0.25, 0.4)
      return person(who, (frame) => {
        const walked = speed * (frame - begin)
        const x = speed > 0 ? walked : size.width + walked
        if (x < -height || x > size.width + height) return undefined
        const { x: dx, y: dy } = shake(frame)
        return {
          x: x + dx,
          y: y + dy + 0.04 * height * Math.sin(step * frame),
          size: height,
          angle: 3 * Math.sin(step * frame),
        }
      })
    })
    return { actors: await Promise.all(actors), light: daylight(by) }
  })
}

/**
 * Two clips of the same size, the second after the first without a passage.
 */
export function cut(first: Clip, second: Clip): Clip {
  const { width, height } = first
  if (second.width !== width || second.height !== height) throw new Error('clips of one size are wanted')
  const of = <T>(read: (clip: Clip, number: number) => T) => {
    return (number: number) => (number < first.frames ? read(first, number) : read(second, number - first.frames))
  }
  return {
    name: `${first.name}, then ${second.name}`,
    ...{ width, height, seed: first.seed, frames: first.frames + second.frames },
    frame: of((clip, number): Photograph => clip.frame(number)),
    truth: of((clip, number) => clip.truth(number)),
  }
}

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
