import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { CompiledKernels } from '../../src/assets/compile.ts'
import { tensorsOf } from '../../src/assets/weights.ts'
import { PixelBuffers } from '../../src/workers/pixel-buffers.ts'
import type { Reply } from '../../src/workers/protocol.ts'
import { START_TIMEOUT_MS, startWorker } from '../../src/workers/start-worker.ts'
import type { Channel } from '../../src/workers/worker-engine.ts'
import { turns } from '../helpers/turns.ts'

/** No worker here runs anything. */
const BROUGHT = {
  kernels: { module: {}, bytes: undefined } as CompiledKernels,
  weights: tensorsOf(new Float32Array(0)),
  buffers: new PixelBuffers(),
}

beforeEach(() => void vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] }))
afterEach(() => {
  expect(vi.getTimerCount()).toBe(0)
  vi.useRealTimers()
})

/** A worker that says of starting only what it is told to say. */
function fake(...says: Reply['type'][]) {
  const worker = { ended: false, spawned: 0 }
  const channel: Channel = {
    post: () => undefined,
    listen: (reply) => {
      for (const type of says) reply({ type } as Reply)
    },
    end: () => {
      worker.ended = true
    },
  }
  const spawn = () => {
    worker.spawned++
    return channel
  }
  return { worker, channel, spawn }
}

describe('starting a worker ends in time', () => {
  it('where its script never runs: the next spawner is tried, and the error names the step', async () => {
    const [first, second] = [fake(), fake()]
    const starting = startWorker({ spawners: [first.spawn, second.spawn], ...BROUGHT })
    const failed = expect(starting).rejects.toMatchObject({
      code: 'WORKER_FAILED',
      message: `no worker could be started: the worker did not start: its script did not run within ${START_TIMEOUT_MS} ms`,
    })
    await turns()
    vi.advanceTimersByTime(START_TIMEOUT_MS)
    await turns()
    expect([first.worker.ended, second.worker.spawned, second.worker.ended]).toEqual([true, 1, false])
    vi.advanceTimersByTime(START_TIMEOUT_MS)
    await failed
    expect(second.worker.ended).toBe(true)
  })

  it('where its kernels never get ready', async () => {
    const { worker, spawn } = fake('loaded')
    const failed = expect(startWorker({ spawners: [spawn], ...BROUGHT })).rejects.toMatchObject({
      code: 'WORKER_FAILED',
      message: expect.stringMatching(/its kernels were not ready within 10000 ms/),
    })
    await turns()
    vi.advanceTimersByTime(START_TIMEOUT_MS)
    await failed
    expect(worker.ended).toBe(true)
  })

  it('where its script never comes; one that comes too late is ended', async () => {
    const { worker, channel } = fake('loaded', 'ready')
    let arrive = () => {}
    const late = () =>
      new Promise<Channel>((resolve) => {
        arrive = () => resolve(channel)
      })
    const failed = expect(startWorker({ spawners: [late], ...BROUGHT })).rejects.toMatchObject({
      code: 'WORKER_FAILED',
    })
    await turns()
    vi.advanceTimersByTime(START_TIMEOUT_MS)
    await failed
    arrive()
    await turns()
    expect(worker.ended).toBe(true)
  })

  it('where all goes well, without a timer left', async () => {
    const { worker, spawn } = fake('loaded', 'ready')
    const broken = () => {
      throw new Error('no worker of this kind')
    }
    const spawners = [broken, spawn]
    const engine = await startWorker({ spawners, ...BROUGHT })
    expect([engine.alive, worker.ended]).toEqual([true, false])
    // The next one starts without a detour.
    expect(spawners).toEqual([spawn, broken])
    engine.dispose()
    expect([engine.alive, worker.ended]).toEqual([false, true])
  })
})

describe('a signal ends the start', () => {
  it.each<[string, Reply['type'][]]>([
    ['before the script runs', []],
    ['before the kernels are ready', ['loaded']],
  ])('%s, and no other spawner is tried', async (_, says) => {
    const [first, second] = [fake(...says), fake('loaded', 'ready')]
    const controller = new AbortController()
    const starting = startWorker({ spawners: [first.spawn, second.spawn], ...BROUGHT }, controller.signal)
    await turns()
    controller.abort(new Error('enough'))
    await expect(starting).rejects.toThrow('enough')
    await turns()
    expect([first.worker.ended, second.worker.spawned]).toEqual([true, 0])
  })
})

it('a runtime without workers is told so', async () => {
  await expect(startWorker({ spawners: [], ...BROUGHT })).rejects.toMatchObject({
    code: 'WORKER_FAILED',
    message: expect.stringContaining('this runtime has no workers'),
  })
})
