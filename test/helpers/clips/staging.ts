/**
 * What all clips are put together from: a size, chance that a seed repeats, a backdrop, people and how they move.
 */
import { random } from '../random.ts'
import { type Actor, type Backdrop, type Clip, clipOf, type Scene } from './clip.ts'
import { SCENERIES, scenery } from './scenery.ts'
import { faceSprite, type Pose } from './sprites.ts'

export interface Size {
  width: number
  height: number
}

export const HD: Size = { width: 1280, height: 720 }
export const VGA: Size = { width: 640, height: 480 }

/** What chance decides about a clip. */
export interface Chance {
  /** From `low` up to `high`. */
  between(low: number, high: number): number
  /** One of them. */
  one<T>(items: readonly T[]): T
  /** All of them, in another order. */
  shuffled<T>(items: readonly T[]): T[]
  sign(): 1 | -1
}

export function chance(seed: number): Chance {
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

export async function scene(
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

export async function person(who: string, pose: Actor['pose']): Promise<Actor> {
  return { who, sprite: await faceSprite(who), pose }
}

/** Slow changes of light. */
export function daylight({ between }: Chance): NonNullable<Scene['light']> {
  const [phase, period] = [between(0, 6), between(60, 150)]
  return (frame) => ({ gain: 1 + 0.15 * Math.sin(phase + (2 * Math.PI * frame) / period) })
}

/** Somebody who sits and talks: the head sways, nods and turns a little. */
export function swaying({ between }: Chance, { x, y, size }: Pose, reach = 0.35): Actor['pose'] {
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
export function line(start: Pose, speed: { x: number; y: number }): Actor['pose'] {
  return (frame) => ({ ...start, x: start.x + speed.x * frame, y: start.y + speed.y * frame })
}
