import { readFileSync } from 'node:fs'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { MTCNN, MTCNNPool, type PoolOptions } from '../../src/index.node.ts'
import { channelTo } from '../../src/workers/spawn.node.ts'
import type { Channel } from '../../src/workers/worker-engine.ts'
import { hashOfFaces } from '../helpers/hash.ts'
import { cut, noise, photograph, photographFile, swapped } from '../helpers/photographs.ts'
import { scripted, TestDetector } from './threads.ts'

const faces = await photograph('tracking', 'examples/assets/faces.jpg')
/** Takes a worker long enough for a test to do something meanwhile. */
const large = noise(2400, 1800)
const SLOW = { minFaceSize: 12 }

async function poolOf(options?: PoolOptions, ...spawners: (() => Channel)[]) {
  const pool = await TestDetector.pool(options, spawners.length > 0 ? spawners : undefined)
  onTestFinished(() => pool.dispose())
  return pool
}

/** Ten images that all differ, some large, some without a face. */
const images = Array.from({ length: 10 }, (_, n) =>
  n % 5 === 4 ? noise(40 + n, 40) : cut(faces, 3 * n, 2 * n, 600 - 6 * n, 346 - 4 * n),
)

describe('a pool of worker threads', () => {
  it('gives the bits of a single detector, in order, several at a time', async () => {
    const single = await MTCNN.create()
    const expected: string[] = []
    for await (const { faces } of single.detectAll(images)) expected.push(hashOfFaces(faces))
    expect(new Set(expected).size).toBe(9)

    const pool = await MTCNNPool.create({ size: 2 })
    onTestFinished(() => pool.dispose())
    expect([pool.size, pool.info.worker]).toEqual([2, true])
    const found: string[] = []
    let asked = 0
    let most = 0
    const counted = (function* () {
      for (const image of images) {
        asked++
        most = Math.max(most, asked - found.length)
        yield image
      }
    })()
    for await (const { index, faces } of pool.detectAll(counted)) {
      expect(index).toBe(found.length)
      found.push(hashOfFaces(faces))
    }
    expect(found).toEqual(expected)
    // Two at work and two decoded in advance: neither one after another nor all at once.
    expect(most).toBe(4)

    const together = await Promise.all(images.map((image) => pool.detectFaces(image)))
    expect(together.map(hashOfFaces)).toEqual(expected)
    const [{ trace, width }] = await Promise.all([pool.explain(faces), pool.explain(faces)])
    expect([trace.levels.length, width]).toEqual([(await single.explain(faces)).trace.levels.length, 600])
  })

  it('gives the same bits where no memory is shared', async () => {
    vi.stubGlobal('crossOriginIsolated', false)
    onTestFinished(() => void vi.unstubAllGlobals())
    const single = await MTCNN.create()
    const pool = await poolOf({ size: 2 })
    const found = await Promise.all(images.map((image) => pool.detectFaces(image)))
    const expected = await Promise.all(images.map((image) => single.detectFaces(image)))
    expect(found.map((faces) => hashOfFaces(faces!))).toEqual(expected.map(hashOfFaces))
    expect(await pool.extractFaces(faces)).toEqual(await single.extractFaces(faces))
  })

  it('cuts faces out while other images are with the same worker', async () => {
    const single = await MTCNN.create()
    const pool = await poolOf({ size: 1 })
    const [extracted, found, again] = await Promise.all([
      pool.extractFaces(faces),
      pool.detectFaces(images[1]!),
      pool.extractFaces(images[2]!),
    ])
    expect(extracted).toEqual(await single.extractFaces(faces))
    expect(found).toEqual(await single.detectFaces(images[1]!))
    expect(again).toEqual(await single.extractFaces(images[2]!))
    // Nothing between a search and its crops: the worker still has the pixels.
    const tasks = pool.channels[0]!.messages.filter((type) => type === 'search' || type === 'warp')
    expect(tasks).toEqual(['search', 'search', 'warp', 'search', 'warp'])
  })

  it('small images are not held up by a large one before them', async () => {
    const pool = await poolOf({ size: 2 })
    const order: string[] = []
    const call = async (name: string, image: typeof large, options = {}) => {
      await pool.detectFaces(image, options)
      order.push(name)
    }
    const small = noise(40, 40)
    await Promise.all([call('large', large, SLOW), call('a', small), call('b', small), call('c', small)])
    expect(order.at(-1)).toBe('large')
  })

  it('answers calls beyond its queue too, and leaves their images alone until there is room', async () => {
    const pool = await poolOf({ size: 1, queueLimit: 1, ...SLOW })
    const touched: number[] = []
    const watched = Array.from({ length: 5 }, (_, n) => ({
      ...large,
      get data() {
        touched.push(n)
        return large.data
      },
    }))
    const answers = watched.map((image) => pool.detectFaces(image))
    await pool.channels[0]!.passed('search')
    expect([...new Set(touched)]).toEqual([0, 1])
    expect(pool.waiting).toBe(4)
    expect(await Promise.all(answers)).toHaveLength(5)
    expect(pool.waiting).toBe(0)
  })

  it('a preset is one of the pool too', async () => {
    const single = await MTCNN.create({ preset: 'fast' })
    const pool = await poolOf({ preset: 'fast', size: 1 })
    const [alone, pooled] = [await single.explain(faces), await pool.explain(faces)]
    expect(pooled?.trace.levels).toEqual(alone.trace.levels)
    expect(alone.trace.levels[0]!.scale).toBeCloseTo(0.3, 12)
    single.dispose()
  })

  it('an answer does not wait for an image that is not there yet', async () => {
    const pool = await poolOf({ size: 2 })
    let answered = 0
    let wake = () => {}
    const source = async function* () {
      for (let n = 0; n < 3; n++) {
        yield faces
        if (answered > n) continue
        await new Promise<void>((resolve) => {
          wake = resolve
        })
      }
    }
    for await (const { index } of pool.detectAll(source())) {
      expect(index).toBe(answered++)
      wake()
    }
    expect(answered).toBe(3)
  })

  it('what was read before the source failed is answered first', async () => {
    const pool = await poolOf({ size: 2 })
    const source = function* () {
      yield faces
      throw new Error('no more film')
    }
    const answers = pool.detectAll(source())
    expect((await answers.next()).value).toMatchObject({ index: 0, faces: { length: 3 } })
    await expect(answers.next()).rejects.toThrow('no more film')
  })

  it('break does not wait for an image that never comes', async () => {
    const pool = await poolOf({ size: 2 })
    const source = async function* () {
      yield faces
      await new Promise(() => {})
    }
    let answered = 0
    for await (const { index } of pool.detectAll(source())) {
      answered = index + 1
      break
    }
    expect(answered).toBe(1)
  })

  it("a worker started later has the caller's weights as they were", async () => {
    const weights = new Uint8Array(readFileSync(new URL('../../weights/mtcnn-f32.bin', import.meta.url)))
    const pool = await poolOf({ size: 1, weights })
    weights.fill(0)
    structuredClone(weights.buffer, { transfer: [weights.buffer] })
    pool.channels[0]!.end()
    await pool.channels[0]!.ended
    expect(await pool.detectFaces(faces)).toHaveLength(3)
    expect(pool.channels).toHaveLength(2)
  })

  it('works on files', async () => {
    const pool = await MTCNNPool.create({ size: 2 })
    onTestFinished(() => pool.dispose())
    const file = photographFile('tracking', 'examples/assets/faces.jpg')
    const answers = await Promise.allSettled([file, 'missing.jpg', file].map((image) => pool.detectFaces(image)))
    expect(answers.map((answer) => (answer.status === 'fulfilled' ? answer.value.length : answer.reason.code))).toEqual(
      [3, 'DECODE_FAILED', 3],
    )
  })

  it('latest: one at a time, the newest waits, those before it are answered with null', async () => {
    const pool = await MTCNNPool.create({ policy: 'latest', size: 4 })
    onTestFinished(() => pool.dispose())
    expect(pool.size).toBe(1)
    const answers = [large, faces, swapped(faces), faces].map((image) => pool.detectFaces(image))
    expect((await Promise.all(answers)).map((found) => found?.length)).toEqual([0, undefined, undefined, 3])
    expect(await pool.explain(faces)).toMatchObject({ width: 600 })
  })

  it('an abort takes waiting images out at once, and stops running ones', async () => {
    const pool = await poolOf({ size: 1, ...SLOW })
    const [running, waiting] = [new AbortController(), new AbortController()]
    const answers = [
      pool.detectFaces(large, { signal: running.signal }),
      pool.detectFaces(large, { signal: waiting.signal }),
      pool.detectFaces(noise(30, 30)),
    ]
    waiting.abort(new Error('no longer wanted'))
    await expect(answers[1]).rejects.toThrow('no longer wanted')
    expect(pool.waiting).toBe(1)
    await pool.channels[0]!.begun()
    running.abort()
    await expect(answers[0]).rejects.toMatchObject({ name: 'AbortError' })
    expect(await answers[2]).toEqual([])
    const searches = pool.channels[0]!.messages.slice(3)
    // The small one had been posted ahead.
    expect(searches).toEqual(['search', 'search', 'abort', 'failed', 'found'])
  })

  it('replaces a worker that dies, and tries its image again; the others are unharmed', async () => {
    const pool = await poolOf({ size: 2, ...SLOW })
    const answers = [large, large, faces, faces].map((image) => pool.detectFaces(image))
    await pool.channels[0]!.passed('search')
    pool.channels[0]!.end()
    const found = await Promise.all(answers)
    expect(found.map((faces) => faces?.length)).toEqual([0, 0, 3, 3])
    expect(pool.channels).toHaveLength(3)
  })

  it('an image that kills two workers fails; the others are answered', async () => {
    // A first pixel of 13 is deadly.
    const pool = await poolOf(
      { size: 2, queueLimit: 8 },
      scripted(`
        if (message.pixels.data[0] === 13) process.exit(7)
        const milliseconds = { total: 1 }
        port.postMessage({ type: 'found', id: message.id, outcome: { detections: [], trace: { milliseconds } } })`) as () => Channel,
    )
    const image = (first: number) => ({ data: new Uint8Array(48).fill(first), width: 4, height: 4 })
    const answers = [1, 13, 2, 3, 13, 4].map((first) => pool.detectFaces(image(first)))
    const settled = await Promise.allSettled(answers)
    expect(settled.map((answer) => (answer.status === 'fulfilled' ? answer.value : answer.reason.code))).toEqual([
      [],
      'WORKER_FAILED',
      [],
      [],
      'WORKER_FAILED',
      [],
    ])
    expect(pool.channels.length).toBeGreaterThanOrEqual(4)
    expect(await pool.detectFaces(image(5))).toEqual([])
  })

  it('an image whose buffer went to the worker that died cannot be tried again', async () => {
    const pool = await poolOf({ size: 1, ...SLOW })
    const answer = pool.detectFaces({ ...large, data: large.data.slice() }, { transfer: true })
    await pool.channels[0]!.passed('search')
    pool.channels[0]!.end()
    await expect(answer).rejects.toMatchObject({
      code: 'WORKER_FAILED',
      message: expect.stringContaining('could not be read a second time'),
    })
  })

  it('dispose answers what was asked, then ends every worker', async () => {
    const pool = await poolOf({ size: 2 })
    const answers = images.map((image) => pool.detectFaces(image))
    pool.dispose()
    await expect(pool.detectFaces(faces)).rejects.toMatchObject({ code: 'DISPOSED' })
    expect(await Promise.all(answers)).toHaveLength(10)
  })

  it('starts fully or not at all, and says why', async () => {
    const missing = () => channelTo(new URL('./missing.js', import.meta.url))
    await expect(poolOf({ size: 2 }, missing)).rejects.toMatchObject({
      code: 'WORKER_FAILED',
      cause: { errors: [{ code: 'WORKER_FAILED' }] },
    })
  })

  it('has a size by the number of processors', async () => {
    const pool = await poolOf()
    // The test's platform has three.
    expect(pool.channels).toHaveLength(2)
  })

  it.each<[string, object, RegExp]>([
    ['size 0', { size: 0 }, /size/],
    ['a fraction', { size: 1.5 }, /size/],
    ['more workers than a pool may have', { size: 2 ** 32 }, /from 1 to 256; got 4294967296/],
    ['an unknown policy', { policy: 'newest' }, /policy/],
    ['a negative queue', { queueLimit: -1 }, /queueLimit/],
    ['a misspelt name', { queuelimit: 1 }, /did you mean 'queueLimit'/],
    ['a worker option', { worker: false }, /unknown option 'worker'/],
    ['a bad detector option', { minFaceSize: 0 }, /minFaceSize/],
  ])('refuses %s', async (_, options, message) => {
    await expect(MTCNNPool.create(options as PoolOptions)).rejects.toMatchObject({
      code: 'INVALID_OPTION',
      message: expect.stringMatching(message),
    })
  })
})
