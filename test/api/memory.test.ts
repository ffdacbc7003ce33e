import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { search } from '../../src/cascade/search.ts'
import { MTCNN } from '../../src/index.node.ts'
import { DEFAULT_OPTIONS } from '../../src/options/options.ts'
import { resolveOptions } from '../../src/options/resolve.ts'
import { createCore } from '../helpers/core.ts'
import { hashOfFaces } from '../helpers/hash.ts'
import { noise, type Photograph, photograph } from '../helpers/photographs.ts'
import { random } from '../helpers/random.ts'
import { refusal, rejection } from '../helpers/refusal.ts'

let faces: Photograph
let detector: MTCNN

beforeAll(async () => {
  faces = await photograph('tracking', 'examples/assets/faces.jpg')
  detector = await MTCNN.create()
})
afterAll(() => detector.dispose())

const pixels = ({ data, width, height }: Photograph) => {
  return { data, width, height, channels: 3, order: 'rgb', stride: 3 * width } as const
}

describe('an image that memory cannot hold', () => {
  it('is refused with the bytes it would take, and the detector goes on', async () => {
    const before = hashOfFaces(await detector.detectFaces(faces))
    // The first level has 48,000 x 36,000 pixels, all levels together twice as many.
    const large = { data: new Uint8Array(4000 * 3000 * 3), width: 4000, height: 3000 }
    const error = await rejection(detector.detectFaces(large, { minFaceSize: 1 }))
    expect(error.code).toBe('OUT_OF_MEMORY')
    const bytes = Number(/(\d{10,}) bytes/.exec(error.message)?.[1])
    expect(bytes).toBeGreaterThan(48000 * 36000 * 3)
    expect(bytes).toBeLessThan(2.1 * 48000 * 36000 * 3)
    expect(hashOfFaces(await detector.detectFaces(faces))).toBe(before)
  })

  it('by its candidates, which only the search brings to light: the same', async () => {
    const core = await createCore()
    const before = await search(core, pixels(faces), DEFAULT_OPTIONS)
    // As after a level of which 30 million cells pass.
    expect(refusal(() => core.levelCandidates(30e6)).code).toBe('OUT_OF_MEMORY')
    const after = await search(core, pixels(faces), DEFAULT_OPTIONS)
    expect(after.detections).toEqual(before.detections)
  })

  it('by the candidates of an image before: they take no room from this one', async () => {
    const core = await createCore()
    await core.loadFrame(pixels(faces), { x: 0, y: 0, width: 600, height: 346 }, [])
    core.levelCandidates(15e6) // 3 GB
    // 3 bytes a pixel of the level, 1.6 GB, which is there.
    const large = { scale: 1, width: 30000, height: 18000 }
    core.planFrame(20, 20, [large])
    // With that level in memory there is no room for as many candidates: side by side they would not have fitted.
    expect(refusal(() => core.levelCandidates(15e6)).code).toBe('OUT_OF_MEMORY')
  })
})

describe('memory', () => {
  it('is planned once for a size and does not grow over 50 calls', async () => {
    const core = await createCore()
    const options = resolveOptions(DEFAULT_OPTIONS, { minFaceSize: 40 })
    const small = pixels(noise(90, 70))
    await search(core, pixels(faces), options)
    await search(core, small, options)
    const bytes = core.bytes
    for (let n = 0; n < 25; n++) {
      await search(core, pixels(faces), options)
      await search(core, small, options)
    }
    expect(core.bytes).toBe(bytes)
  })

  it('is not taken for a candidate that is suppressed, by kernels or host', async () => {
    const core = await createCore()
    const [count, rounds] = [5000, 200]
    core.planFrame(2000, 2000, [])
    const list = core.levelCandidates(count)
    const next = random(1)
    for (let n = 0; n < count; n++) {
      const [x, y] = [2000 * next(), 2000 * next()]
      list.advance(n, n, next(), new Float32Array(4))
      list.setBox(n, x, y, x + 100, y + 100)
    }
    const suppress = () => {
      core.clear()
      return core.suppressLevel(count, 0.5)
    }
    const kept = suppress()
    for (let n = 0; n < rounds; n++) suppress()
    const { bytes } = core
    const { heapUsed } = process.memoryUsage()
    for (let n = 0; n < rounds; n++) suppress()
    // Less than a byte each.
    expect(process.memoryUsage().heapUsed - heapUsed).toBeLessThan(count * rounds)
    expect(core.bytes).toBe(bytes)
    expect(suppress()).toBe(kept)
    expect(kept).toBeGreaterThan(100)
    expect(kept).toBeLessThan(count)
  })

  it('is at most 6 bytes per pixel and 16 MB', async () => {
    const core = await createCore()
    const [width, height] = [2000, 1500]
    const flat = { data: new Uint8Array(width * height * 3), width, height }
    await search(core, pixels(flat), resolveOptions(DEFAULT_OPTIONS, {}))
    expect(core.bytes).toBeLessThanOrEqual(6 * width * height + 16e6)
  })
})
