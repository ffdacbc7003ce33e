import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, describe, expect, it, onTestFinished, vi } from 'vitest'
import { importEmbedded, start, startPool } from '../../src/api/create.ts'
import { IN_NODE } from '../../src/api/platform.node.ts'
import type { Platform } from '../../src/api/platform.ts'
import { shippedKernels } from '../../src/assets/embedded-kernels.ts'
import { shippedWeights } from '../../src/assets/embedded-weights.ts'
import { type CreateOptions, type ImageInput, MTCNN, MTCNNPool, MtcnnError } from '../../src/index.node.ts'
import { MTCNN as SlimDetector } from '../../src/slim.node.ts'
import { START_TIMEOUT_MS } from '../../src/workers/start-worker.ts'
import type { Channel } from '../../src/workers/worker-engine.ts'
import { rejection } from '../helpers/refusal.ts'
import { turns } from '../helpers/turns.ts'

const PLATFORM: Platform<ImageInput> = { ...IN_NODE, shipped: { kernels: shippedKernels, weights: shippedWeights } }
const weights = readFileSync(new URL('../../weights/mtcnn-f32.bin', import.meta.url))

/** A platform where nothing that is read ever comes. */
function silent() {
  const signals: (AbortSignal | undefined)[] = []
  const read = (_: unknown, signal: AbortSignal | undefined) => {
    signals.push(signal)
    return new Promise<never>(() => {})
  }
  return { platform: { ...PLATFORM, read }, signals }
}

/** A worker whose script runs and whose kernels never get ready. */
function stuck() {
  const workers: { ended: boolean }[] = []
  let wake = () => {}
  const spawned = async (count: number) => {
    while (workers.length < count) {
      await new Promise<void>((resolve) => {
        wake = resolve
      })
    }
    await turns()
  }
  const spawn = (): Channel => {
    const worker = { ended: false }
    workers.push(worker)
    wake()
    return {
      post: () => undefined,
      listen: (reply) => reply({ type: 'loaded' }),
      end: () => {
        worker.ended = true
      },
    }
  }
  return { platform: { ...PLATFORM, workerSpawners: () => [spawn] }, workers, spawned }
}

afterEach(() => void vi.useRealTimers())

describe('a signal given to create', () => {
  it.each<[string, CreateOptions]>([
    ['weights', { weights: 'https://example.com/weights.bin' }],
    ['module', { module: 'https://example.com/mtcnn.wasm' }],
  ])('ends the wait for %s that never come, and whoever reads them is told', async (_, options) => {
    for (const make of [start, startPool]) {
      const { platform, signals } = silent()
      const controller = new AbortController()
      const creating = make(platform, { ...options, signal: controller.signal })
      await turns()
      controller.abort(new Error('enough'))
      await expect(creating).rejects.toThrow('enough')
      expect(signals).toHaveLength(1)
      expect(signals[0]?.aborted).toBe(true)
    }
  })

  it('ends the request to a server that never answers', async () => {
    const server = createServer()
    onTestFinished(() => void server.close())
    await once(server.listen(0, '127.0.0.1'), 'listening')
    const controller = new AbortController()
    const { port } = server.address() as AddressInfo
    const creating = MTCNN.create({ weights: `http://127.0.0.1:${port}/weights.bin`, signal: controller.signal })
    const [request] = (await once(server, 'request')) as [IncomingMessage]
    const closed = once(request.socket, 'close')
    controller.abort(new Error('enough'))
    await expect(creating).rejects.toThrow('enough')
    await closed
  })

  it('ends the wait for workers that never get ready, and ends them', async () => {
    for (const [make, count] of [
      [start, 1],
      [startPool, 3],
    ] as const) {
      const { platform, workers, spawned } = stuck()
      const controller = new AbortController()
      const options = make === start ? { worker: 'auto' as const } : { size: 3 }
      const creating = make(platform, { ...options, signal: controller.signal })
      await spawned(count)
      controller.abort(new Error('enough'))
      await expect(creating).rejects.toThrow('enough')
      await turns()
      expect(workers.map(({ ended }) => ended)).toEqual(Array(count).fill(true))
    }
  })

  it('that is aborted already: nothing is read', async () => {
    const { platform, signals } = silent()
    const signal = AbortSignal.abort(new Error('enough'))
    await expect(start(platform, { weights: 'weights.bin', signal })).rejects.toThrow('enough')
    expect(signals).toEqual([])
  })

  it('may be of another implementation, and may throw when it is let go', async () => {
    const signal = Object.assign(new EventTarget(), { aborted: false }) as unknown as AbortSignal
    signal.removeEventListener = () => {
      throw new TypeError('no')
    }
    const detector = await MTCNN.create({ signal })
    detector.dispose()
    const { platform } = silent()
    const creating = start(platform, { weights: 'weights.bin', signal })
    await turns()
    Object.assign(signal, { aborted: true })
    signal.dispatchEvent(new Event('abort'))
    await expect(creating).rejects.toMatchObject({ name: 'AbortError' })
  })
})

describe('workers that never get ready', () => {
  it("'auto' goes on in this thread after the time limit, a pool fails", async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
    const single = stuck()
    const creating = start(single.platform, { worker: 'auto' })
    await single.spawned(1)
    vi.advanceTimersByTime(START_TIMEOUT_MS)
    expect((await creating).worker).toBe(false)
    expect(single.workers[0]!.ended).toBe(true)

    const several = stuck()
    const failed = rejection(startPool(several.platform, { size: 2 }))
    await several.spawned(2)
    vi.advanceTimersByTime(START_TIMEOUT_MS)
    expect(await failed).toMatchObject({ code: 'WORKER_FAILED', message: expect.stringContaining('10000 ms') })
    expect(several.workers.map(({ ended }) => ended)).toEqual([true, true])
  })
})

describe('what does not come is an MtcnnError', () => {
  it('embedded files whose import() fails: another entry is named', async () => {
    const failing = () => Promise.reject(new TypeError('import() is disallowed on ServiceWorkerGlobalScope'))
    for (const shipped of [
      { kernels: failing, weights: shippedWeights },
      { kernels: shippedKernels, weights: failing },
    ]) {
      const error = await rejection(start({ ...PLATFORM, shipped }, undefined))
      expect(error.code).toBe('UNSUPPORTED_PLATFORM')
      expect(error.message).toMatch(/import\(\) is disallowed on .*'mtcnn-wasm\/slim'/)
    }
  })

  it('a bad status, a missing file, bytes whose buffer was transferred', async () => {
    vi.stubGlobal('fetch', async () => new Response('not here', { status: 404 }))
    onTestFinished(() => void vi.unstubAllGlobals())
    const gone = new Uint8Array(100)
    structuredClone(gone.buffer, { transfer: [gone.buffer] })
    for (const source of [
      'https://example.com/a.bin',
      new URL('https://example.com/a.bin'),
      'missing.bin',
      gone,
      gone.buffer,
    ]) {
      expect(await rejection(MTCNN.create({ weights: source }))).toMatchObject({ code: 'INVALID_WEIGHTS' })
      const slim = SlimDetector.create({ module: source, weights })
      expect(await rejection(slim)).toMatchObject({ code: 'INVALID_OPTION' })
    }
    const error = await rejection(MTCNN.create({ weights: 'https://example.com/a.bin' }))
    expect(error.message).toMatch(/^could not read the weights from "https:\/\/example.com\/a.bin": .*status 404$/)
  })
})

describe('new', () => {
  it.each([
    ['MTCNN', MTCNN],
    ['MTCNNPool', MTCNNPool],
  ])('%s says how a detector is made', (name, Class) => {
    const Constructor = Class as unknown as new (...args: unknown[]) => unknown
    for (const args of [[], [{}], [{ minFaceSize: 40 }], [null], [42]]) {
      expect(() => new Constructor(...args)).toThrow(MtcnnError)
      expect(() => new Constructor(...args)).toThrow(`use 'await ${name}.create(options)'`)
    }
  })
})

/** A detector made of what `start` gives. */
class OpenDetector extends SlimDetector {
  constructor(setup: Awaited<ReturnType<typeof start<ImageInput>>>) {
    super(setup)
  }
}

describe('queueLimit of a detector', () => {
  it.each([
    [undefined, 2],
    [0, 0],
    [4, 4],
  ])('%s: so many waiting images are read in advance', async (queueLimit, ahead) => {
    const begun: ImageInput[] = []
    const pixels = (image: ImageInput) => {
      begun.push(image)
      return new Promise<never>(() => {})
    }
    const setup = await start({ ...PLATFORM, pixels }, queueLimit === undefined ? {} : { queueLimit })
    const detector = new OpenDetector(setup)
    const controller = new AbortController()
    const { signal } = controller
    const answers = Array.from({ length: 8 }, (_, n) => detector.detectFaces(`${n}.jpg`, { signal }))
    expect(begun).toHaveLength(1 + ahead)
    expect(detector.waiting).toBe(8)
    controller.abort()
    await Promise.allSettled(answers)
    expect(detector.waiting).toBe(0)
  })

  it.each([-1, 1.5, '2', Number.NaN])('refuses %s', async (queueLimit) => {
    const error = await rejection(MTCNN.create({ queueLimit: queueLimit as number }))
    expect(error).toMatchObject({ code: 'INVALID_OPTION', message: expect.stringContaining('queueLimit') })
  })
})

describe('what comes with the library', () => {
  const address = new URL('https://example.com/assets/mtcnn-f32-DdlwrQ98.bin')
  const platform = { ...PLATFORM, shipped: { kernels: shippedKernels, weights: async () => address } }

  it('is read where it comes as an address', async () => {
    const read = vi.fn(async () => new Uint8Array(weights))
    const { schedule } = await start({ ...platform, read }, undefined)
    onTestFinished(() => schedule.close())
    expect(read.mock.calls).toEqual([[address, undefined]])
  })

  it('is named where that address does not answer', async () => {
    const read = () => Promise.reject(new Error('status 404'))
    expect(await rejection(start({ ...platform, read }, undefined))).toMatchObject({
      code: 'INVALID_WEIGHTS',
      message: `could not read the weights from '${address}': status 404`,
    })
  })

  it('is refused where another file than the one asked for lies there', async () => {
    const read = async () => new Uint8Array(weights)
    expect(await rejection(start({ ...platform, read }, { weights: 'f16' }))).toMatchObject({
      code: 'INVALID_WEIGHTS',
      message: expect.stringMatching(/'f16' were asked for, but https:.*\.bin holds 'f32'/),
    })
  })

  it('cannot be imported: the reason and the way out are told', async () => {
    const refused = () => Promise.reject(new TypeError('window is not defined'))
    expect(await rejection(importEmbedded(refused()))).toMatchObject({
      code: 'UNSUPPORTED_PLATFORM',
      message: expect.stringMatching(
        /import\(\): window is not defined\. Where import\(\) is forbidden.*mtcnn-wasm\/slim/,
      ),
    })
    vi.stubGlobal('ServiceWorkerGlobalScope', class {})
    onTestFinished(() => void vi.unstubAllGlobals())
    const error = await rejection(importEmbedded(refused()))
    expect(error).toMatchObject({ code: 'UNSUPPORTED_PLATFORM', cause: new TypeError('window is not defined') })
    expect(error).toMatchObject({
      message: expect.stringMatching(
        /import\(\), which service workers .* forbid\. Bundle .* one file, or .*mtcnn-wasm\/slim/,
      ),
    })
  })
})
