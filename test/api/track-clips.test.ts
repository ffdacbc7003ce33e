import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { MTCNN, type TrackOptions } from '../../src/index.node.ts'
import { brush, crossing, cut, hidden, leaving, lights, nobody, talk, zoom } from '../helpers/clips/cases.ts'
import { type Clip, FRAME_MS, framesOf } from '../helpers/clips/clip.ts'
import { type Frame, judge } from '../helpers/clips/judge.ts'
import { matched, overlap } from '../helpers/clips/match.ts'
import { arrival, steady, still } from '../helpers/clips/probes.ts'
import { VGA } from '../helpers/clips/staging.ts'
import type { Photograph } from '../helpers/photographs.ts'

let detector: MTCNN
beforeAll(async () => {
  detector = await MTCNN.create()
})
afterAll(() => detector.dispose())

const KEEP = 5
const pixels = (frame: Photograph) => ({ ...frame, channels: 3 as const })

function* images(clip: Clip) {
  for (const frame of framesOf(clip)) yield pixels(frame)
}

/** A clip as an iterable, and what detectFaces says to the same frames. */
async function watch(clip: Clip, options?: TrackOptions<'full'>): Promise<Frame[]> {
  const frames: Frame[] = []
  for await (const { faces, frame } of detector.track(images(clip), options)) {
    const number = frames.length
    const found = await detector.detectFaces(frame)
    frames.push({ number, truth: clip.truth(number), found, tracked: faces })
  }
  return frames
}

describe('clips as iterables', () => {
  it.each<[string, () => Promise<Clip>]>([
    ['two who talk', () => talk(11, VGA, 40)],
    ['one who passes before the other', () => crossing(12, 2, VGA, 40)],
    ['the same, hidden for longer', () => crossing(13, 3, VGA, 40)],
    ['two who brush past each other', () => brush(14, VGA, 40)],
    ['a face that a board hides', () => hidden(16, 2, VGA, 40)],
    ['a face that comes nearer and goes back', () => zoom(16, VGA, 60)],
    ['light that is switched', () => lights(17, VGA, 60)],
  ])('%s: every frame in order, faces followed, nobody changes the id', async (_, make) => {
    const clip = await make()
    const frames = await watch(clip)
    expect(frames).toHaveLength(clip.frames)
    const { changes, found, followed, faults } = judge(clip, frames, KEEP)
    expect(changes, faults.map(({ frame, what }) => `${frame}: ${what}`).join('\n')).toBe(0)
    expect(followed / found).toBeGreaterThan(0.95)
  })

  it('clocks that stand, stutter and jump change no id', async () => {
    const clip = await talk(21, VGA, 24)
    const tracker = detector.tracker()
    const ids = new Set<number>()
    let clock = 0
    for (let number = 0; number < clip.frames; number++) {
      clock += [FRAME_MS, 0.01, 0, 2 * FRAME_MS, 0.5][number % 5]!
      for (const { id } of await tracker.next(pixels(clip.frame(number)), { timestamp: clock })) ids.add(id)
    }
    expect(ids.size).toBe(2)
  })

  it('nobody: no faces, in every frame', async () => {
    const clip = await nobody(18, VGA, 12)
    const frames = await watch(clip)
    expect(frames.map(({ tracked }) => tracked.length)).toEqual(frames.map(({ found }) => found.length))
    expect(frames.filter(({ tracked }) => tracked.length > 0).length).toBeLessThan(3)
  })

  it('a face that leaves and comes back later has a new id', async () => {
    const clip = await leaving(19, VGA)
    const ids = (await watch(clip)).map(({ truth, tracked }) => {
      const { byWho } = matched(tracked, truth)
      return new Map([...byWho].map(([who, { id }]) => [who, id]))
    })
    const [leaver, stayer] = clip.truth(0).map(({ who }) => who)
    const of = (who: string) => [...new Set(ids.flatMap((frame) => frame.get(who) ?? []))]
    expect(of(stayer!)).toHaveLength(1)
    expect(of(leaver!)).toHaveLength(2)
    expect(clip.truth(60)).toHaveLength(1)
  })

  it('after a cut the new faces are there at once, under new ids', async () => {
    const clip = cut(await talk(20, VGA, 12), await talk(31, VGA, 6))
    const frames = await watch(clip)
    const before = new Set(frames.slice(0, 12).flatMap(({ tracked }) => tracked.map(({ id }) => id)))
    const { found, truth, tracked } = frames[12]!
    expect(found.length).toBeGreaterThanOrEqual(2)
    const { byWho } = matched(tracked, truth)
    expect([...byWho.keys()].sort()).toEqual(truth.map(({ who }) => who).sort())
    for (const { id } of byWho.values()) expect(before.has(id)).toBe(false)
  })
})

describe('new faces', () => {
  const places = [0, 0.5, 1].flatMap((y) => [0, 0.5, 1].map((x) => ({ x, y })))
  it.each(places.map((place, n) => [place.x, place.y, n] as const))(
    'of 40 pixels at (%d, %d) are found within searchEvery frames',
    async (x, y, n) => {
      // Every place in another phase, beside two faces and beside one.
      const searchEvery = [10, 4][n % 2]!
      const at = 12 + (n % searchEvery)
      const clip = await arrival(n, { x, y, at, size: 40, followed: n % 2 === 0 ? 2 : 1 }, VGA, at + searchEvery)
      const tracker = detector.tracker({ searchEvery })
      let first: number | undefined
      for (let number = 0; number < clip.frames; number++) {
        const faces = await tracker.next(pixels(clip.frame(number)))
        const newcomer = clip.truth(number).at(-1)!
        if (number >= at && faces.some(({ box }) => overlap(box, newcomer.box) > 0.4)) first ??= number
      }
      expect(first).toBeGreaterThanOrEqual(at)
      expect(first).toBeLessThan(at + searchEvery)
    },
  )

  it('with searchEvery: 1, in the frame in which they appear', async () => {
    const clip = await arrival(5, { x: 0.3, y: 0.9, at: 3, size: 40, followed: 2 }, VGA, 4)
    const tracker = detector.tracker({ searchEvery: 1 })
    const counts: number[] = []
    for (const image of images(clip)) counts.push((await tracker.next(image)).filter(({ age }) => age === 0).length)
    expect(counts).toEqual([2, 0, 0, 1])
  })
})

describe('boxes and landmarks', () => {
  /** The nose's way across, over the last frames. */
  async function noses(clip: Clip, options?: TrackOptions<'full'>): Promise<number[]> {
    const tracker = detector.tracker(options)
    const all: number[] = []
    for (let number = 0; number < clip.frames; number++) {
      const faces = await tracker.next(pixels(clip.frame(number)), { timestamp: number * FRAME_MS })
      expect(faces.length).toBeGreaterThan(0)
      all.push(faces[0]!.keypoints.nose.x)
    }
    return all.slice(15)
  }
  const spread = (values: number[]) => {
    const mean = values.reduce((sum, value) => sum + value, 0) / values.length
    return Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length)
  }

  it('of a still face in noise tremble less than without the filter', async () => {
    const clip = await still(1, { who: 'jumper', size: 90, noise: 6 }, VGA, 50)
    const [smooth, rough] = [await noses(clip), await noses(clip, { smooth: false })]
    expect(spread(rough)).toBeGreaterThan(0.05)
    expect(spread(smooth)).toBeLessThan(0.6 * spread(rough))
  })

  it('of a face in steady motion keep up with it', async () => {
    const speed = 6
    const clip = await steady(1, { who: 'jumper', size: 90, speed }, VGA)
    const [smooth, rough] = [await noses(clip), await noses(clip, { smooth: false })]
    const behind = rough.reduce((sum, x, n) => sum + x - smooth[n]!, 0) / rough.length
    expect(Math.abs(behind)).toBeLessThan(speed)
    expect(rough.at(-1)! - rough[0]!).toBeGreaterThan(0.9 * speed * (rough.length - 1))
  })
})
