import { describe, expect, it, onTestFinished } from 'vitest'
import { start } from '../../src/api/create.ts'
import { Detector } from '../../src/api/detector.ts'
import { shippedKernels } from '../../src/assets/embedded-kernels.ts'
import { shippedWeights } from '../../src/assets/embedded-weights.ts'
import * as cropping from '../../src/faces/cropping.ts'
import { toPixels } from '../../src/image/to-pixels.ts'
import { type CreateOptions, MTCNN, MTCNNPool } from '../../src/index.ts'
import { nextTask } from '../../src/shared/next-task.ts'
import * as tracking from '../../src/tracking/tracking.ts'
import { localEngine } from '../../src/workers/engine.ts'
import { browserSpawners } from '../../src/workers/spawn.browser.ts'
import * as team from '../../src/workers/team-engine.ts'
import accurateHashes from '../fixtures/accurate-hashes.json'
import hashes from '../fixtures/hashes.json'
import { hashOfFaces } from '../helpers/hash.ts'
import type { Fixture } from '../helpers/photographs.ts'
import { photographBytes } from './pixels.ts'
import { until } from './videos.ts'

const fixtures: (Fixture & { name: string })[] = await (await fetch('/pictures/fixtures.json')).json()

class TestDetector extends Detector<{ data: Uint8Array; width: number; height: number }> {
  /** A detector whose worker is started in one way only. */
  static async startedBy(way: number, options: CreateOptions): Promise<TestDetector> {
    const spawners = browserSpawners().slice(way, way + 1)
    expect(spawners).toHaveLength(1)
    const platform = {
      pixels: toPixels,
      read: () => Promise.reject(new Error('nothing to read')),
      workerSpawners: () => spawners,
      shipped: { kernels: shippedKernels, weights: shippedWeights },
      localEngine,
      cropping: async () => cropping,
      tracking: async () => tracking,
      liveFrames: () => undefined,
      team: async () => team,
      worker: false as const,
      processors: () => 2,
    }
    return new TestDetector(await start(platform, options))
  }
}

async function pixelsOf(n: number) {
  const { width, height } = fixtures[n]!.image
  return { data: new Uint8Array(await (await fetch(`/pictures/fixture-${n}`)).arrayBuffer()), width, height }
}

async function found(detector: Detector<Awaited<ReturnType<typeof pixelsOf>>>, chosen = fixtures) {
  const hashes: Record<string, string> = {}
  for (const [n, { name, options }] of fixtures.entries()) {
    if (!chosen.some((fixture) => fixture.name === name)) continue
    const [proposal, refine, output] = options.thresholds
    const { minFaceSize, scaleFactor } = options
    const thresholds = { proposal, refine, output }
    const faces = await detector.detectFaces(await pixelsOf(n), { minFaceSize, scaleFactor, thresholds, clip: false })
    hashes[name] = hashOfFaces(faces)
  }
  return hashes
}

/** Four of the fixtures, for what differs only in how it was started. */
const some = fixtures.slice(0, 4)
const hashesOfSome = Object.fromEntries(some.map(({ name }) => [name, (hashes as Record<string, string>)[name]]))

describe('every fixture gives the bits it gives in Node', () => {
  it.each([true, false])('in a worker: %s', async (worker) => {
    const detector = await MTCNN.create({ worker })
    onTestFinished(() => detector.dispose())
    expect(detector.info.worker).toBe(worker)
    expect(await found(detector)).toEqual(hashes)
  })

  it("with the preset 'accurate'", async () => {
    const detector = await MTCNN.create({ preset: 'accurate' })
    onTestFinished(() => detector.dispose())
    expect(await found(detector)).toEqual(accurateHashes)
  })

  it.each([
    ['the file', 0],
    ['a blob', 1],
  ])('in a worker started from %s', async (_, way) => {
    const detector = await TestDetector.startedBy(way, { worker: true })
    onTestFinished(() => detector.dispose())
    expect(await found(detector, some)).toEqual(hashesOfSome)
  })

  it.each([2, 3])('by %i threads', async (threads) => {
    const detector = await MTCNN.create({ threads })
    onTestFinished(() => detector.dispose())
    expect(detector.info).toMatchObject({ threads, worker: true })
    expect(await found(detector)).toEqual(hashes)
    const { trace } = await detector.explain(await pixelsOf(0))
    expect(trace.threads!.length).toBeGreaterThan(1)
  })

  it.each([
    ['the file', 0],
    ['a blob', 1],
  ])('by threads started from %s', async (_, way) => {
    const detector = await TestDetector.startedBy(way, { threads: 2 })
    onTestFinished(() => detector.dispose())
    expect(await found(detector, some)).toEqual(hashesOfSome)
  })

  it('in a pool', async () => {
    const pool = await MTCNNPool.create({ size: 2 })
    onTestFinished(() => pool.dispose())
    expect(await found(pool, some)).toEqual(hashesOfSome)
  })
})

it("precision 'fast' runs relaxed SIMD exactly where the browser has it, and finds the same faces", async () => {
  const fused = WebAssembly.validate(new Uint8Array(await shippedKernels({ kernels: 'relaxed-simd', reason: '' })))
  const detector = await MTCNN.create({ precision: 'fast' })
  const exact = await MTCNN.create()
  onTestFinished(() => {
    detector.dispose()
    exact.dispose()
  })
  expect([detector.info.kernels, exact.info.kernels]).toEqual([fused ? 'relaxed-simd' : 'simd', 'simd'])
  const image = await pixelsOf(0)
  const boxes = async (of: MTCNN) => (await of.detectFaces(image)).map(({ box }) => Object.values(box))
  const [found, wanted] = [await boxes(detector), await boxes(exact)]
  expect(found.length).toBe(wanted.length)
  expect(found.length).toBeGreaterThan(0)
  for (const [n, box] of found.entries())
    for (const [k, side] of box.entries()) expect(Math.abs(side - wanted[n]![k]!)).toBeLessThan(0.02)
})

describe('a worker of the browser', () => {
  const image = async () => ({ data: await photographBytes(), width: 600, height: 346 })

  it('is what a detector works in by default, and the page goes on meanwhile', async () => {
    const large = { data: new Uint8Array(2000 * 1500 * 3), width: 2000, height: 1500 }
    crypto.getRandomValues(large.data.subarray(0, 65536))
    // How often the page had its turn during a search; timers would count the machine's load too.
    const turns: number[] = []
    for (const options of [{}, { worker: false }]) {
      const detector = await MTCNN.create({ minFaceSize: 12, ...options })
      onTestFinished(() => detector.dispose())
      expect(detector.info.worker).toBe(options.worker !== false)
      await detector.detectFaces(large)
      let count = 0
      let done = false
      const answer = detector.detectFaces(large).finally(() => {
        done = true
      })
      while (!done) {
        await nextTask()
        count++
      }
      await answer
      turns.push(count)
    }
    expect(turns[0]).toBeGreaterThan(100)
    expect(turns[1]).toBeLessThan(5)
  })

  it('works in this thread where there are no workers, unless a worker is demanded', async () => {
    const { Worker } = globalThis
    Reflect.deleteProperty(globalThis, 'Worker')
    onTestFinished(() => {
      globalThis.Worker = Worker
    })
    const detector = await MTCNN.create()
    expect(detector.info.worker).toBe(false)
    expect(await detector.detectFaces(await image())).toHaveLength(3)
    const threads = await MTCNN.create({ threads: 3 })
    expect(threads.info).toMatchObject({ threads: 1, worker: false })
    await expect(MTCNN.create({ worker: true })).rejects.toMatchObject({ code: 'WORKER_FAILED' })
    await expect(MTCNNPool.create()).rejects.toMatchObject({ code: 'WORKER_FAILED' })
  })

  it('transfers what it may, copies what it must', async () => {
    const detector = await MTCNN.create()
    onTestFinished(() => detector.dispose())
    const kept = await image()
    expect(await detector.detectFaces(kept)).toHaveLength(3)
    expect(kept.data.length).toBeGreaterThan(0)
    expect(await detector.detectFaces(kept, { transfer: true })).toHaveLength(3)
    expect(kept.data.length).toBe(0)
    // The memory of a WebAssembly program cannot be handed over.
    const { data } = await image()
    const memory = new Uint8Array(new WebAssembly.Memory({ initial: 20 }).buffer, 64, data.length)
    memory.set(data)
    expect(await detector.detectFaces({ ...kept, data: memory }, { transfer: true })).toHaveLength(3)
    expect(memory.length).toBe(data.length)
  })

  it('an abort stops its work', async () => {
    const [stopped, other] = await Promise.all([MTCNN.create({ minFaceSize: 12 }), MTCNN.create({ minFaceSize: 12 })])
    onTestFinished(() => {
      stopped.dispose()
      other.dispose()
    })
    const large = { data: new Uint8Array(3000 * 2000 * 3), width: 3000, height: 2000 }
    const controller = new AbortController()
    const order: string[] = []
    const answer = stopped.detectFaces(large, { signal: controller.signal })
    const whole = other.detectFaces(large).then(() => order.push('another worker, without an abort'))
    await until(() => stopped.waiting === 0 && other.waiting === 0)
    controller.abort(new Error('enough'))
    await expect(answer).rejects.toThrow('enough')
    expect(await stopped.detectFaces({ data: new Uint8Array(300), width: 10, height: 10 })).toEqual([])
    order.push('the next image')
    await whole
    expect(order).toEqual(['the next image', 'another worker, without an abort'])
  })
})
