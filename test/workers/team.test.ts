import { describe, expect, it, onTestFinished } from 'vitest'
import { type CreateOptions, type DetectOptions, PRESETS } from '../../src/options/options.ts'
import { nodeSpawners } from '../../src/workers/spawn.node.ts'
import type { WorkerSpawner } from '../../src/workers/start-worker.ts'
import type { Channel } from '../../src/workers/worker-engine.ts'
import { hashOfFaces } from '../helpers/hash.ts'
import { photograph } from '../helpers/photographs.ts'
import { rejection } from '../helpers/refusal.ts'
import { TestDetector, type WatchedChannel } from './threads.ts'

const faces = await photograph('tracking', 'examples/assets/faces.jpg')

async function team(threads: number, options: CreateOptions = {}, spawners?: WorkerSpawner[]): Promise<TestDetector> {
  const detector = await TestDetector.create({ threads, ...options }, spawners)
  onTestFinished(() => detector.dispose())
  return detector
}

/** A part of a picture, in memory of the kind that is asked for. */
function part(
  { data, width }: { data: Uint8Array; width: number },
  w: number,
  h: number,
  shared: boolean,
): { data: Uint8Array; width: number; height: number; channels: 3; stride: number } {
  const stride = 3 * w + 5
  const rows = new Uint8Array(shared ? new SharedArrayBuffer(stride * h) : new ArrayBuffer(stride * h))
  for (let y = 0; y < h; y++) rows.set(data.subarray(3 * width * y, 3 * width * y + 3 * w), stride * y)
  return { data: rows, width: w, height: h, channels: 3, stride }
}

describe('several threads search one image', () => {
  it.each([2, 3, 4, 7])('%i of them give the bits of one, whatever the options', async (threads) => {
    const one = await TestDetector.create()
    const several = await team(threads)
    expect(several.info).toMatchObject({ worker: true, threads })
    const settings: [string, CreateOptions & DetectOptions][] = [
      ['classic', {}],
      ['small faces', { minFaceSize: 9, scaleFactor: 0.8 }],
      ['roi', { roi: { x: 33, y: 21, width: 411, height: 277 }, pad: 0.1 }],
      ['turned', { rotate: true, pad: 0.07 }],
      ['boxes', { stages: 'boxes' }],
      ['accurate', PRESETS.accurate],
      ['balanced', PRESETS.balanced],
      ['fast', PRESETS.fast],
    ]
    for (const [name, options] of settings) {
      for (const shared of [true, false]) {
        const image = part(faces, 599, 345, shared)
        const expected = await one.explain(image, options)
        const found = await several.explain(image, options)
        expect(expected.faces.length).toBeGreaterThan(0)
        expect(hashOfFaces(found.faces), name).toBe(hashOfFaces(expected.faces))
        const strip = ({ milliseconds: _, threads: __, turns: ___, ...rest }: typeof found.trace) => rest
        expect(strip(found.trace), name).toEqual(strip(expected.trace))
      }
    }
  })

  it('scores of all cells, too', async () => {
    const one = await TestDetector.create()
    const several = await team(3)
    const [a, b] = [await one.explain(faces, { scores: true }), await several.explain(faces, { scores: true })]
    expect(b.trace.levels).toEqual(a.trace.levels)
    expect(a.trace.levels[0]!.scores!.length).toBeGreaterThan(1000)
    expect(b.trace.threads!.length).toBeGreaterThan(1)
    expect(a.trace.threads).toBeUndefined()
  })

  it('crops are those of one thread', async () => {
    const one = await TestDetector.create()
    const several = await team(2)
    const expected = await one.extractFaces(faces, { align: 'none', size: 90 })
    const found = await several.extractFaces(faces, { align: 'none', size: 90 })
    expect(found.crops.length).toBe(3)
    expect(found).toEqual(expected)
    expect(await several.cropFaces(faces, found.faces, { size: 112 })).toEqual(
      await one.cropFaces(faces, found.faces, { size: 112 }),
    )
  })

  it('a tracker follows what it follows with one', async () => {
    const answers: unknown[] = []
    for (const detector of [await TestDetector.create(), await team(3)]) {
      const tracker = detector.tracker({ searchEvery: 3 })
      const frames: unknown[] = []
      for (const timestamp of [0, 33, 66, 99, 132]) frames.push([...(await tracker.next(faces, { timestamp }))])
      answers.push(frames)
    }
    expect(answers[1]).toEqual(answers[0])
    expect((answers[0] as unknown[][]).map((found) => found.length)).toEqual([3, 3, 3, 3, 3])
  })

  it('calls that overlap are answered in their order', async () => {
    const several = await team(2)
    const images = [599, 300, 450].map((width) => part(faces, width, 340, false))
    const alone = await TestDetector.create()
    const expected: string[] = []
    for (const image of images) expected.push(hashOfFaces(await alone.detectFaces(image)))
    const found = await Promise.all(images.map(async (image) => hashOfFaces(await several.detectFaces(image))))
    expect(found).toEqual(expected)
  })

  it('a pool of teams', async () => {
    const pool = await TestDetector.pool({ size: 2, threads: 2 })
    onTestFinished(() => pool.dispose())
    expect(pool.channels).toHaveLength(4)
    expect(pool.info.threads).toBe(2)
    const answers = await Promise.all([1, 2, 3].map(() => pool.detectFaces(faces)))
    const expected = hashOfFaces(await (await TestDetector.create()).detectFaces(faces))
    expect(answers.map((answer) => hashOfFaces(answer!))).toEqual([expected, expected, expected])
  })
})

describe('a team whose workers end', () => {
  const leads = ({ messages }: WatchedChannel) => messages.includes('search')
  const expected = TestDetector.create().then(async (one) => hashOfFaces(await one.detectFaces(faces)))

  it('one that helps, between two images: there is another in its place', async () => {
    const several = await team(3)
    await several.detectFaces(faces)
    const helper = several.channels.find((channel) => !leads(channel))!
    helper.end()
    await helper.ended
    const { faces: found, trace } = await several.explain(faces)
    expect(hashOfFaces(found)).toBe(await expected)
    expect(several.channels).toHaveLength(4)
    expect(trace.threads).toHaveLength(3)
  })

  it('one that helps, in the middle of a search: it is done by those left', async () => {
    const several = await team(3)
    const searching = several.detectFaces(faces, PRESETS.accurate)
    await Promise.all(several.channels.slice(0, 1).map((channel) => channel.begun()))
    for (const channel of several.channels) if (!leads(channel)) channel.end()
    const one = await TestDetector.create()
    expect(hashOfFaces(await searching)).toBe(hashOfFaces(await one.detectFaces(faces, PRESETS.accurate)))
    expect(hashOfFaces(await several.detectFaces(faces))).toBe(await expected)
    expect(several.channels).toHaveLength(5)
  })

  it('the one that leads: the image is searched by a new team', async () => {
    const several = await team(2)
    const searching = several.detectFaces(faces)
    await several.channels[0]!.passed('search')
    several.channels.find(leads)!.end()
    expect(hashOfFaces(await searching)).toBe(await expected)
    expect(several.channels).toHaveLength(4)
    await Promise.all(several.channels.slice(0, 2).map(({ ended }) => ended))
  })

  it('none can be started in the place of one: a typed error, and the next image tries again', async () => {
    const [spawn] = nodeSpawners().slice(1)
    let refused = false
    const several = await team(2, {}, [
      () => {
        if (refused) throw new Error('no more workers')
        return spawn!()
      },
    ])
    await several.detectFaces(faces)
    const helper = several.channels.find((channel) => !leads(channel))!
    helper.end()
    await helper.ended
    refused = true
    expect(await rejection(several.detectFaces(faces))).toMatchObject({ code: 'WORKER_FAILED' })
    refused = false
    expect(hashOfFaces(await several.detectFaces(faces))).toBe(await expected)
  })

  it('dispose ends all of them, after the answer', async () => {
    const several = await team(3)
    const searching = several.detectFaces(faces)
    several.dispose()
    expect(hashOfFaces(await searching)).toBe(await expected)
    await Promise.all(several.channels.map(({ ended }) => ended))
    await expect(several.detectFaces(faces)).rejects.toMatchObject({ code: 'DISPOSED' })
  })

  it('an abort ends a search, and the team goes on', async () => {
    const several = await team(2)
    const controller = new AbortController()
    const searching = several.detectFaces(faces, { ...PRESETS.accurate, signal: controller.signal })
    searching.catch(() => undefined)
    await several.channels[0]!.passed('search')
    controller.abort(new Error('enough'))
    await expect(searching).rejects.toThrow('enough')
    expect(hashOfFaces(await several.detectFaces(faces))).toBe(await expected)
  })
})

describe('how many threads there are', () => {
  it("'auto' is one fewer than processors; where that is one, the detector is as without", async () => {
    // The test's platform has three processors.
    expect((await team(2)).info).toMatchObject({ threads: 2, worker: true })
    const auto = await TestDetector.create({ threads: 'auto' })
    onTestFinished(() => auto.dispose())
    expect(auto.info).toMatchObject({ threads: 2, worker: true })
    expect((await TestDetector.create({ threads: 1 })).info).toMatchObject({ threads: 1, worker: false })
    const pool = await TestDetector.pool({ threads: 'auto' })
    onTestFinished(() => pool.dispose())
    expect([pool.info.threads, pool.channels.length]).toEqual([1, 2])
  })

  it('where workers cannot be connected, one works alone and says so', async () => {
    const [spawn] = nodeSpawners().slice(1)
    const withoutPorts = async (): Promise<Channel> => {
      const channel = await spawn!()
      return {
        ...channel,
        post(message, transfer) {
          if (message.type === 'team') throw new Error('a port cannot be cloned')
          channel.post(message, transfer)
        },
      }
    }
    const several = await team(3, {}, [withoutPorts])
    expect(several.info.threads).toBe(1)
    expect(await several.detectFaces(faces)).toHaveLength(3)
  })

  it('where no worker starts: an error; with worker auto the thread that calls searches, and says so', async () => {
    const broken = () => {
      throw new Error('no workers')
    }
    expect(await rejection(TestDetector.create({ threads: 2 }, [broken]))).toMatchObject({ code: 'WORKER_FAILED' })
    expect(await rejection(TestDetector.create({ threads: 2 }, []))).toMatchObject({ code: 'WORKER_FAILED' })
    const here = await TestDetector.create({ threads: 2, worker: 'auto' }, [broken])
    expect(here.info).toMatchObject({ threads: 1, worker: false })
  })

  it.each([0, 65, 1.5, 'all', true, Number.NaN])('threads: %s is refused', async (threads) => {
    const error = await rejection(TestDetector.create({ threads: threads as number }))
    expect(error).toMatchObject({ code: 'INVALID_OPTION', message: expect.stringMatching(/'threads'/) })
  })

  it('threads are workers: not with worker: false, and not for one call', async () => {
    for (const threads of [2, 'auto'] as const) {
      expect(await rejection(TestDetector.create({ threads, worker: false }))).toMatchObject({ code: 'INVALID_OPTION' })
    }
    expect((await TestDetector.create({ threads: 1, worker: false })).info.threads).toBe(1)
    const one = await TestDetector.create()
    const error = await rejection(one.detectFaces(faces, { threads: 2 } as DetectOptions))
    expect(error.message).toMatch(/set once, in MTCNN.create/)
  })
})
