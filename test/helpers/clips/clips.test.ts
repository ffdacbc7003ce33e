import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { MTCNN } from '../../../src/index.node.ts'
import type { Photograph } from '../photographs.ts'
import { crossing, cut, hidden, leaving, nobody, street, talk } from './cases.ts'
import type { TrueFace } from './clip.ts'
import { steady, still } from './probes.ts'
import { SCENERIES, scenery } from './scenery.ts'
import { draw, FACE_NAMES, faceSprite } from './sprites.ts'
import { HD, VGA } from './staging.ts'

let detector: MTCNN
beforeAll(async () => {
  detector = await MTCNN.create()
})
afterAll(() => detector.dispose())

const search = (frame: Photograph) => detector.detectFaces({ ...frame, channels: 3 })
const named = (faces: readonly TrueFace[], who: string) => faces.find((face) => face.who === who)!

/** Millions of bytes, which `toEqual` would take one by one. */
const isSame = (a: Photograph, b: Photograph) => Buffer.compare(a.data, b.data) === 0

/** How far the middle of the answer's nearest face is from the middle of the true one, in widths of the face. */
async function apart(frame: Photograph, { box }: TrueFace): Promise<number> {
  const faces = await search(frame)
  const distances = faces.map(({ box: found }) => {
    const x = found.x + found.width / 2 - box.x - box.width / 2
    const y = found.y + found.height / 2 - box.y - box.height / 2
    return Math.hypot(x, y) / box.width
  })
  return Math.min(Number.POSITIVE_INFINITY, ...distances)
}

describe('clips', () => {
  it('are the same for the same seed, in whatever order frames are asked for, and others for another', async () => {
    const [clip, again, other] = [await talk(3, VGA), await talk(3, VGA), await talk(4, VGA)]
    const later = clip.frame(7)
    expect(isSame(again.frame(2), clip.frame(2))).toBe(true)
    expect(isSame(again.frame(7), later)).toBe(true)
    expect(again.truth(7)).toEqual(clip.truth(7))
    expect(isSame(other.frame(7), later)).toBe(false)
    expect(isSame(clip.frame(8), later)).toBe(false)
  })

  it.each(FACE_NAMES)('%s is found where the truth says, at 60 and at 120 pixels', async (who) => {
    for (const size of [60, 120]) {
      const clip = await still(1, { who, size, noise: 2 }, VGA)
      expect(await apart(clip.frame(0), clip.truth(0)[0]!)).toBeLessThan(0.2)
    }
  })

  it.each(SCENERIES)('nobody is in the scenery %s', async (name) => {
    expect(await search(await scenery(name, HD.width, HD.height))).toEqual([])
    expect(await search((await nobody(1, VGA)).frame(5))).toEqual([])
  })

  it('faces move by parts of a pixel', async () => {
    const sprite = await faceSprite('jumper')
    const middleAt = (x: number) => {
      const frame = { data: new Uint8Array(3 * 120 * 120), width: 120, height: 120 }
      draw(sprite, { x, y: 60, size: 60 }, frame)
      const sum = frame.data.reduce((all, value) => all + value, 0)
      return frame.data.reduce((all, value, n) => all + value * (Math.floor(n / 3) % 120), 0) / sum
    }
    for (const step of [0.25, 0.5, 1]) expect(middleAt(60 + step) - middleAt(60)).toBeCloseTo(step, 2)
    const clip = await steady(1, { who: 'jumper', size: 90, speed: 0.25 }, VGA)
    expect(clip.truth(8)[0]!.points[2]!.x - clip.truth(0)[0]!.points[2]!.x).toBeCloseTo(2, 9)
  })

  it('say what is hidden: behind a board, behind one another, beyond the edge', async () => {
    const behind = await hidden(1)
    expect(behind.truth(0).map((face) => face.hidden)).toEqual([0, 0])
    expect(behind.truth(20)[0]!.hidden).toBeGreaterThan(0.9)
    expect(await apart(behind.frame(20), behind.truth(20)[0]!)).toBeGreaterThan(0.5)

    const meeting = await crossing(1)
    const [back, front] = meeting.truth(0)
    expect(named(meeting.truth(30), back!.who).hidden).toBeGreaterThan(0.8)
    expect(named(meeting.truth(30), front!.who).hidden).toBe(0)

    const gone = await leaving(1)
    expect(gone.truth(0)).toHaveLength(2)
    expect(gone.truth(30)[0]!.hidden).toBeCloseTo(0.5, 1)
    expect(gone.truth(60)).toHaveLength(1)
    expect(gone.truth(119)).toHaveLength(2)
  })

  it('are cut', async () => {
    const [first, second] = [await talk(1, VGA, 5), await street(1, VGA, 5)]
    const both = cut(first, second)
    expect(both.frames).toBe(10)
    expect(isSame(both.frame(4), first.frame(4))).toBe(true)
    expect(isSame(both.frame(5), second.frame(0))).toBe(true)
    expect(both.truth(9).map(({ box }) => box)).toEqual(second.truth(4).map(({ box }) => box))
    expect(both.truth(9)[0]!.who).toBe(`${second.truth(4)[0]!.who} after the cut`)
  })
})
