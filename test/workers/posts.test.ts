/** What is posted to a worker when, and what happens to the buffers: the worker here is played by the test. */
import { describe, expect, it } from 'vitest'
import type { Pixels } from '../../src/image/pixels.ts'
import { DEFAULT_OPTIONS } from '../../src/options/options.ts'
import { emptyTrace } from '../../src/shared/trace.ts'
import { claim } from '../../src/workers/claims.ts'
import { NotBegun } from '../../src/workers/not-begun.ts'
import { PixelBuffers } from '../../src/workers/pixel-buffers.ts'
import type { Reply, Request } from '../../src/workers/protocol.ts'
import { WorkerEngine } from '../../src/workers/worker-engine.ts'
import { turns } from '../helpers/turns.ts'

type TaskRequest = Extract<Request, { type: 'search' | 'warp' }>

/** An engine whose worker is ready, and does what the test says. */
async function played(shared = true) {
  const buffers = new PixelBuffers(shared)
  const requests: Request[] = []
  let reply: (message: Reply) => void = () => {}
  let end: (cause: unknown) => void = () => {}
  const engine = new WorkerEngine(
    {
      // As a real channel does: what is transferred is gone here.
      post: (message, transfer = []) => void requests.push(structuredClone(message, { transfer })),
      listen(receive, ended) {
        reply = receive
        end = ended
      },
      end: () => {},
    },
    buffers,
  )
  const starting = engine.start({ module: {} as WebAssembly.Module, bytes: undefined }, {
    data: new Float32Array(),
  } as never)
  reply({ type: 'ready' })
  await starting
  const { claims } = requests.shift() as Extract<Request, { type: 'start' }>
  const tasks = () => requests.filter((one): one is TaskRequest => one.type === 'search' || one.type === 'warp')
  const posted = () => requests.map((one) => [one.type, 'pixels' in one ? one.pixels?.width : undefined])
  /** The worker begins with a task. */
  const begin = (nth: number) => claim(claims!, tasks()[nth]!.id)
  /** The worker answers a task, and gives its buffer back where that is wanted. */
  const answer = (nth: number) => {
    const { type, id, giveBack, pixels } = tasks()[nth]!
    const rest = { id, ...(giveBack && { buffer: pixels!.data.buffer as ArrayBuffer }) }
    if (type === 'search') reply({ type: 'found', ...rest, outcome: { detections: [], trace: emptyTrace() } })
    else reply({ type: 'warped', ...rest, crops: [] })
  }
  return {
    engine,
    buffers,
    requests,
    tasks,
    posted,
    begin,
    answer,
    reply: (message: Reply) => reply(message),
    lose: () => end(new Error('gone')),
  }
}

/** Told apart by its width. */
function image(width: number, height = 4): Pixels {
  return {
    data: new Uint8Array(3 * width * height).fill(width),
    width,
    height,
    channels: 3,
    order: 'rgb',
    stride: 3 * width,
  }
}

/** Five portions. */
const large = () => image(3000, 2000)
const search = (engine: WorkerEngine, pixels: Pixels, options = {}, keep = false) =>
  engine.search(pixels, { ...DEFAULT_OPTIONS, ...options }, 'counts', keep)

describe('requests to a worker', () => {
  it('are posted before the one before is answered, in the order of the calls, however long a copy takes', async () => {
    const { engine, posted, answer } = await played()
    const calls = [search(engine, large()), search(engine, image(5))]
    await expect.poll(posted).toEqual([
      ['search', 3000],
      ['search', 5],
    ])
    answer(0)
    answer(1)
    await Promise.all(calls)
  })

  it('that hand their buffer over go when the worker is free: the pixels could not be had again', async () => {
    const { engine, posted, answer } = await played()
    const first = search(engine, image(5))
    const own = image(6)
    const second = search(engine, own, { transfer: true })
    await turns()
    expect(posted()).toEqual([['search', 5]])
    expect(own.data.length).toBeGreaterThan(0)
    answer(0)
    await first
    await turns()
    expect(posted()).toEqual([
      ['search', 5],
      ['search', 6],
    ])
    expect(own.data.length).toBe(0)
    answer(1)
    await second
  })

  it('come after the crops of the search before', async () => {
    const { engine, posted, begin, answer } = await played()
    const pixels = image(5)
    const found = search(engine, pixels, {}, true)
    const next = search(engine, image(6))
    await turns()
    expect(posted()).toEqual([['search', 5]])
    begin(0)
    answer(0)
    await found
    const crops = engine.warp(pixels, { signal: undefined, transfer: false }, [])
    await expect.poll(posted).toEqual([
      ['search', 5],
      ['warp', undefined],
      ['search', 6],
    ])
    answer(1)
    answer(2)
    await Promise.all([crops, next])
  })

  it('do not wait for crops that nobody asks for; those asked for later bring their pixels', async () => {
    const { engine, posted, answer } = await played()
    const pixels = image(5)
    const found = search(engine, pixels, {}, true)
    const next = search(engine, image(6))
    await turns()
    answer(0)
    await found
    await expect.poll(() => posted().length).toBe(2)
    const crops = engine.warp(pixels, { signal: undefined, transfer: false }, [])
    await expect.poll(posted).toEqual([
      ['search', 5],
      ['search', 6],
      ['warp', 5],
    ])
    answer(1)
    answer(2)
    await Promise.all([next, crops])
  })
})

describe('a request that the worker has not begun with', () => {
  it('can be taken back; the worker then does not get it', async () => {
    const { engine, posted, begin } = await played()
    const [first, second] = [image(5), image(6)]
    search(engine, first)
    const taken = search(engine, second)
    await expect.poll(() => posted().length).toBe(2)
    begin(0)
    expect(engine.recall(first)).toBe(false)
    expect(engine.recall(second)).toBe(true)
    await expect(taken).rejects.toBeInstanceOf(NotBegun)
    expect(begin(1)).toBe(false)
    expect(engine.recall(second)).toBe(false)
  })

  it('is aborted without the worker; one it has begun with by a message', async () => {
    const { engine, posted, begin, reply, tasks } = await played()
    const [running, waiting] = [new AbortController(), new AbortController()]
    const first = search(engine, image(5), { signal: running.signal })
    const second = search(engine, image(6), { signal: waiting.signal })
    await expect.poll(() => posted().length).toBe(2)
    begin(0)
    waiting.abort(new Error('not this one'))
    await expect(second).rejects.toThrow('not this one')
    expect(posted().length).toBe(2)
    running.abort(new Error('nor this one'))
    expect(posted().at(-1)).toEqual(['abort', undefined])
    reply({ type: 'failed', id: tasks()[0]!.id, error: { message: 'AbortError' } })
    await expect(first).rejects.toThrow('nor this one')
  })

  it('is aborted while its pixels are copied, and is never posted', async () => {
    const { engine, posted, buffers } = await played()
    const controller = new AbortController()
    const call = search(engine, large(), { signal: controller.signal })
    controller.abort(new Error('enough'))
    await expect(call).rejects.toThrow('enough')
    await expect.poll(() => buffers.bytes).toBeGreaterThan(18_000_000)
    expect(posted()).toEqual([])
  })

  it('cannot be taken back where no memory is shared; its abort is posted', async () => {
    const { engine, posted, tasks, reply } = await played(false)
    const controller = new AbortController()
    const pixels = image(6)
    search(engine, image(5))
    const second = search(engine, pixels, { signal: controller.signal })
    await expect.poll(() => posted().length).toBe(2)
    expect(engine.recall(pixels)).toBe(false)
    controller.abort(new Error('enough'))
    expect(posted().at(-1)).toEqual(['abort', undefined])
    reply({ type: 'failed', id: tasks()[1]!.id, error: { message: 'AbortError' } })
    await expect(second).rejects.toThrow('enough')
  })

  it('cannot be taken back once its buffer was handed over, and is lost with its worker', async () => {
    const { engine, posted, begin, answer, lose } = await played()
    const [first, own] = [image(5), image(6)]
    const found = search(engine, first, {}, true)
    const second = search(engine, own, { transfer: true })
    await expect.poll(() => posted().length).toBe(1)
    begin(0)
    answer(0)
    await found
    const crops = engine.warp(first, { signal: undefined, transfer: false }, [])
    await expect.poll(() => posted().length).toBe(3)
    expect(engine.recall(own)).toBe(false)
    lose()
    const lost = { reason: { code: 'WORKER_FAILED' } }
    expect(await Promise.allSettled([crops, second])).toMatchObject([lost, lost])
  })

  it('is not blamed for the loss of its worker during crops that were asked for after it', async () => {
    const { engine, posted, answer, lose } = await played()
    const first = image(5)
    const found = search(engine, first, {}, true)
    const second = search(engine, image(6))
    await expect.poll(() => posted().length).toBe(1)
    answer(0)
    await found
    const crops = engine.warp(first, { signal: undefined, transfer: false }, [])
    await expect.poll(() => posted().length).toBe(3)
    lose()
    const [lost, unharmed] = await Promise.allSettled([crops, second])
    expect(lost).toMatchObject({ reason: { code: 'WORKER_FAILED' } })
    expect(unharmed).toMatchObject({ reason: expect.any(NotBegun) })
  })

  it('does not let a later one pass when it is aborted', async () => {
    const { engine, posted } = await played()
    const controller = new AbortController()
    const pixels = large()
    search(engine, pixels)
    const aborted = search(engine, image(6), { signal: controller.signal }, true)
    search(engine, image(7))
    controller.abort(new Error('enough'))
    await expect(aborted).rejects.toThrow('enough')
    await expect.poll(posted).toEqual([
      ['search', 3000],
      ['search', 7],
    ])
  })

  it('is not lost with its worker', async () => {
    const { engine, posted, lose } = await played()
    const calls = [search(engine, image(5)), search(engine, image(6))]
    await expect.poll(() => posted().length).toBe(2)
    lose()
    const [first, second] = await Promise.allSettled(calls)
    expect(first).toMatchObject({ reason: { code: 'WORKER_FAILED' } })
    expect(second).toMatchObject({ reason: expect.any(NotBegun) })
  })
})

describe.each([
  ['shared', true],
  ['transferred', false],
])('a buffer that is %s', (_, shared) => {
  it('is there for the next image once the worker has answered', async () => {
    const { engine, buffers, posted, answer } = await played(shared)
    for (let n = 0; n < 3; n++) {
      const call = search(engine, image(5))
      await expect.poll(() => posted().length).toBe(n + 1)
      expect(buffers.bytes).toBe(0)
      answer(n)
      await call
      expect(buffers.bytes).toBe(2 ** 16)
    }
  })
})

describe('the buffer of a search whose crops are wanted', () => {
  it('is there for the next image once the crops are', async () => {
    const { engine, buffers, posted, answer } = await played()
    const pixels = image(5)
    const found = search(engine, pixels, {}, true)
    await expect.poll(() => posted().length).toBe(1)
    answer(0)
    await found
    const crops = engine.warp(pixels, { signal: undefined, transfer: false }, [])
    await turns()
    expect(buffers.bytes).toBe(0)
    answer(1)
    await crops
    expect(buffers.bytes).toBe(2 ** 16)
  })

  it('is there too where nobody asks for crops', async () => {
    const { engine, buffers, posted, answer } = await played()
    const found = search(engine, image(5), {}, true)
    await expect.poll(() => posted().length).toBe(1)
    answer(0)
    await found
    await expect.poll(() => buffers.bytes).toBe(2 ** 16)
  })
})
