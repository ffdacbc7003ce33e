import { describe, expect, it, onTestFinished, vi } from 'vitest'
import type { Pixels } from '../../src/image/pixels.ts'
import { MtcnnError } from '../../src/shared/errors.ts'
import type { Engine } from '../../src/workers/engine.ts'
import { NotBegun } from '../../src/workers/not-begun.ts'
import { CLOSE_TIMEOUT_MS, type Policy, Schedule, STALLED_AFTER_MS } from '../../src/workers/schedule.ts'
import { turns } from '../helpers/turns.ts'

const QUEUE: Policy = { dropStale: false, prefetch: 1, ahead: 0, maxInFlight: 2, retries: 1 }
const LATEST: Policy = { dropStale: true, prefetch: 0, ahead: 0, maxInFlight: 1, retries: 1 }
const PIXELS: Pixels = { data: new Uint8Array(1), width: 1, height: 1, channels: 1, order: 'rgb', stride: 1 }

/** Engines whose searches the test ends. */
function bench() {
  const events: string[] = []
  const engines: { alive: boolean; disposed: boolean }[] = []
  const jobs = new Map<string, { finish(): void; die(): void; engine: Engine }>()
  let failing = 0
  const start = async (): Promise<Engine> => {
    if (failing > 0) {
      failing--
      throw new MtcnnError('WORKER_FAILED', 'does not start')
    }
    const engine = {
      alive: true,
      disposed: false,
      search: () => Promise.reject(),
      follow: () => Promise.reject(),
      warp: () => Promise.reject(),
      dispose: () => {},
    }
    engine.dispose = () => {
      engine.disposed = true
    }
    engines.push(engine)
    return engine
  }
  const task = (name: string, signal?: AbortSignal) => ({
    signal,
    prepare: () => {
      events.push(`prepare ${name}`)
      return PIXELS
    },
    work: (engine: Engine) => {
      events.push(`work ${name}`)
      return new Promise<string>((resolve, reject) => {
        jobs.set(name, {
          engine,
          finish: () => resolve(name),
          die: () => {
            ;(engine as { alive: boolean }).alive = false
            reject(new MtcnnError('WORKER_FAILED', 'died'))
          },
        })
      })
    },
  })
  const failNext = (count: number) => {
    failing = count
  }
  return { events, engines, jobs, start, task, failNext }
}

describe('Schedule', () => {
  it('begins in order, one at a time on each engine, and touches only so many images that wait', async () => {
    const { events, jobs, start, task } = bench()
    const schedule = await Schedule.start(2, start, QUEUE)
    const answers = ['a', 'b', 'c', 'd'].map((name) => schedule.run(task(name)))
    await turns()
    expect(events).toEqual(['prepare a', 'prepare b', 'prepare c', 'work a', 'work b'])
    expect(schedule.waiting).toBe(2)
    jobs.get('b')!.finish()
    await turns()
    expect(events.slice(5)).toEqual(['prepare d', 'work c'])
    expect(jobs.get('c')!.engine).toBe(jobs.get('b')!.engine)
    for (const name of ['c', 'a']) jobs.get(name)!.finish()
    await turns()
    jobs.get('d')!.finish()
    expect(await Promise.all(answers)).toEqual(['a', 'b', 'c', 'd'])
  })

  it('tells an abort at once, whether the image waits or is worked at', async () => {
    const { events, jobs, start, task } = bench()
    const schedule = await Schedule.start(1, start, QUEUE)
    const [first, second] = [new AbortController(), new AbortController()]
    const a = schedule.run(task('a', first.signal))
    const b = schedule.run(task('b', second.signal))
    const c = schedule.run(task('c'))
    await turns()
    second.abort(new Error('b is not wanted'))
    await expect(b).rejects.toThrow('b is not wanted')
    first.abort(new Error('a is not wanted'))
    await expect(a).rejects.toThrow('a is not wanted')
    // The engine has not stopped yet: it takes nothing new before.
    await turns()
    expect(events).not.toContain('work c')
    jobs.get('a')!.finish()
    await turns()
    jobs.get('c')!.finish()
    expect(await c).toBe('c')
    expect(events).not.toContain('work b')
  })

  it('latest: the newest waits, untouched; those before it are skipped', async () => {
    const { events, jobs, start, task } = bench()
    const schedule = await Schedule.start(1, start, LATEST)
    const answers = ['a', 'b', 'c', 'd'].map((name) => schedule.run(task(name)))
    expect(await Promise.all(answers.slice(1, 3))).toEqual([null, null])
    await turns()
    expect(events).toEqual(['prepare a', 'work a'])
    jobs.get('a')!.finish()
    await turns()
    jobs.get('d')!.finish()
    expect(await Promise.all(answers)).toEqual(['a', null, null, 'd'])
    expect(events).toEqual(['prepare a', 'work a', 'prepare d', 'work d'])
  })

  it('replaces a lost engine and tries its image once more, before all others', async () => {
    const { events, engines, jobs, start, task } = bench()
    const schedule = await Schedule.start(1, start, QUEUE)
    const a = schedule.run(task('a'))
    const b = schedule.run(task('b'))
    await turns()
    jobs.get('a')!.die()
    await turns()
    expect(engines).toHaveLength(2)
    jobs.get('a')!.finish()
    await turns()
    jobs.get('b')!.finish()
    expect(await Promise.all([a, b])).toEqual(['a', 'b'])
    expect(events.filter((event) => event.startsWith('work'))).toEqual(['work a', 'work a', 'work b'])
    expect(events.filter((event) => event === 'prepare a')).toHaveLength(2)
  })

  it('fails an image that loses two engines, and only that', async () => {
    const { engines, jobs, start, task } = bench()
    const schedule = await Schedule.start(1, start, QUEUE)
    const a = schedule.run(task('a'))
    const b = schedule.run(task('b'))
    a.catch(() => undefined)
    for (let n = 0; n < 2; n++) {
      await turns()
      jobs.get('a')!.die()
    }
    await expect(a).rejects.toMatchObject({ code: 'WORKER_FAILED' })
    await turns()
    jobs.get('b')!.finish()
    expect(await b).toBe('b')
    expect(engines).toHaveLength(3)
  })

  it('an image that cannot be read a second time fails for the lost engine, and says so', async () => {
    const { jobs, start, task } = bench()
    const schedule = await Schedule.start(1, start, QUEUE)
    let reads = 0
    const prepare = async () => {
      if (reads++ > 0) throw new MtcnnError('INVALID_IMAGE', 'it is closed')
      return PIXELS
    }
    const a = schedule.run({ ...task('a'), prepare })
    await turns()
    jobs.get('a')!.die()
    await expect(a).rejects.toMatchObject({ code: 'WORKER_FAILED', cause: { code: 'INVALID_IMAGE' } })
  })

  it('an engine that does not start again fails one image; the next one tries again', async () => {
    const { jobs, start, task, failNext } = bench()
    const schedule = await Schedule.start(1, start, QUEUE)
    const a = schedule.run(task('a'))
    await turns()
    failNext(1)
    jobs.get('a')!.die()
    await expect(a).rejects.toThrow('does not start')
    const b = schedule.run(task('b'))
    await turns()
    jobs.get('b')!.finish()
    expect(await b).toBe('b')
  })

  it('leaves no engine running where one does not start', async () => {
    const { engines, start } = bench()
    let count = 0
    const third = () => (count++ === 2 ? Promise.reject(new Error('no third')) : start())
    await expect(Schedule.start(3, third, QUEUE)).rejects.toThrow('no third')
    await turns()
    expect(engines.map(({ disposed }) => disposed)).toEqual([true, true])
  })

  it('ends the engines when all that was asked before is answered', async () => {
    const { engines, jobs, start, task } = bench()
    const schedule = await Schedule.start(1, start, QUEUE)
    const answers = ['a', 'b'].map((name) => schedule.run(task(name)))
    schedule.close()
    for (const name of ['a', 'b']) {
      await turns()
      expect(engines[0]!.disposed).toBe(false)
      jobs.get(name)!.finish()
    }
    expect(await Promise.all(answers)).toEqual(['a', 'b'])
    await turns()
    expect(engines[0]!.disposed).toBe(true)
  })

  it('what fails to decode fails alone', async () => {
    const { jobs, start, task } = bench()
    const schedule = await Schedule.start(1, start, QUEUE)
    const a = schedule.run({ ...task('a'), prepare: () => Promise.reject(new Error('no picture')) })
    const b = schedule.run(task('b'))
    await expect(a).rejects.toThrow('no picture')
    await turns()
    jobs.get('b')!.finish()
    expect(await b).toBe('b')
  })
})

/** Images whose pixels come when the test says so, if ever. */
function images({ task }: ReturnType<typeof bench>) {
  const reads = new Map<string, { arrive(): void; fail(error: Error): void; signal: AbortSignal }>()
  const slow = (name: string, signal?: AbortSignal) => ({
    ...task(name, signal),
    prepare: ({ signal }: { signal: AbortSignal }) =>
      new Promise<Pixels>((resolve, reject) => {
        reads.set(name, { arrive: () => resolve(PIXELS), fail: reject, signal })
      }),
  })
  return { reads, slow }
}

describe('an image that is not in yet', () => {
  it('does not hold up those that are; among these the order is that of the calls', async () => {
    const made = bench()
    const { reads, slow } = images(made)
    const schedule = await Schedule.start(1, made.start, { ...QUEUE, prefetch: 3 })
    const order: string[] = []
    for (const [name, task] of [
      ['a', slow('a')],
      ['b', slow('b')],
      ['c', made.task('c')],
      ['d', made.task('d')],
    ] as const) {
      schedule.run(task).then(() => order.push(name))
    }
    await turns()
    expect(made.events.filter((event) => event.startsWith('work'))).toEqual(['work c'])
    reads.get('b')!.arrive()
    await turns()
    for (const name of ['c', 'b', 'd']) {
      made.jobs.get(name)!.finish()
      await turns()
    }
    reads.get('a')!.arrive()
    await turns()
    made.jobs.get('a')!.finish()
    await turns()
    expect(order).toEqual(['c', 'b', 'd', 'a'])
  })

  it('frees its place at once when it is aborted, and its reading is told', async () => {
    const made = bench()
    const { reads, slow } = images(made)
    const schedule = await Schedule.start(1, made.start, { ...QUEUE, prefetch: 0 })
    const controller = new AbortController()
    const a = schedule.run(slow('a', controller.signal))
    const b = schedule.run(made.task('b'))
    await turns()
    expect(made.events).toEqual([])
    controller.abort(new Error('not wanted'))
    await expect(a).rejects.toThrow('not wanted')
    expect(reads.get('a')!.signal.reason).toMatchObject({ message: 'not wanted' })
    await turns()
    made.jobs.get('b')!.finish()
    expect(await b).toBe('b')
    expect(schedule.waiting).toBe(0)
    // Pixels that come after all are of no use.
    reads.get('a')!.arrive()
    await turns()
    expect(made.events).toEqual(['prepare b', 'work b'])
  })

  it('no longer counts once it has kept a free engine waiting for a second', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
    onTestFinished(() => void vi.useRealTimers())
    const made = bench()
    const { reads, slow } = images(made)
    const schedule = await Schedule.start(1, made.start, QUEUE)
    const lost = ['a', 'b', 'c', 'd'].map((name) => schedule.run(slow(name)))
    const e = schedule.run(made.task('e'))
    expect([...reads.keys()]).toEqual(['a', 'b'])
    vi.advanceTimersByTime(STALLED_AFTER_MS - 1)
    expect([...reads.keys()]).toEqual(['a', 'b'])
    vi.advanceTimersByTime(1)
    expect([...reads.keys()]).toEqual(['a', 'b', 'c', 'd'])
    vi.advanceTimersByTime(STALLED_AFTER_MS)
    await turns()
    made.jobs.get('e')!.finish()
    expect(await e).toBe('e')
    expect(vi.getTimerCount()).toBe(0)
    // They are searched when they come, however late.
    for (const name of ['d', 'a', 'b', 'c']) {
      reads.get(name)!.arrive()
      await turns()
      made.jobs.get(name)!.finish()
      await turns()
    }
    expect(await Promise.all(lost)).toEqual(['a', 'b', 'c', 'd'])
  })

  it('does not keep the engines after close: its call is told that the detector was disposed of', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
    onTestFinished(() => void vi.useRealTimers())
    const made = bench()
    const { reads, slow } = images(made)
    const schedule = await Schedule.start(1, made.start, QUEUE)
    const [a, b] = [schedule.run(slow('a')), schedule.run(slow('b'))]
    schedule.close()
    reads.get('b')!.arrive()
    await turns()
    made.jobs.get('b')!.finish()
    expect(await b).toBe('b')
    await turns()
    vi.advanceTimersByTime(CLOSE_TIMEOUT_MS - 1)
    expect(made.engines[0]!.disposed).toBe(false)
    vi.advanceTimersByTime(1)
    await expect(a).rejects.toMatchObject({ code: 'DISPOSED' })
    await turns()
    expect(made.engines[0]!.disposed).toBe(true)
    expect(reads.get('a')!.signal.aborted).toBe(true)
    expect(vi.getTimerCount()).toBe(0)
  })

  it('latest: a newer image overtakes it, and it is skipped', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
    onTestFinished(() => void vi.useRealTimers())
    const made = bench()
    const { slow } = images(made)
    const schedule = await Schedule.start(1, made.start, LATEST)
    const a = schedule.run(slow('a'))
    const [b, c] = [schedule.run(made.task('b')), schedule.run(made.task('c'))]
    expect(await b).toBe(null)
    vi.advanceTimersByTime(STALLED_AFTER_MS)
    expect(await a).toBe(null)
    await turns()
    made.jobs.get('c')!.finish()
    expect(await c).toBe('c')
  })
})

const AHEAD: Policy = { ...QUEUE, ahead: 1, prefetch: 2 }

/** Engines that hold several images: the first of them is worked at. */
function queues() {
  const events: string[] = []
  const engines: (Engine & { alive: boolean; readonly names: string[]; lose(): void })[] = []
  const tasks = new Map<string, { engine: Engine; finish(): void; reject(error: unknown): void }>()
  const pixelsOf = new Map<Pixels, string>()
  const end = (name: string) => {
    const { names } = tasks.get(name)!.engine as (typeof engines)[number]
    names.splice(names.indexOf(name), 1)
  }
  const start = async (): Promise<Engine> => {
    const names: string[] = []
    const engine = {
      alive: true,
      names,
      search: () => Promise.reject(),
      follow: () => Promise.reject(),
      warp: () => Promise.reject(),
      recall(pixels: Pixels) {
        const name = pixelsOf.get(pixels)!
        if (names.indexOf(name) < 1) return false
        events.push(`recall ${name}`)
        tasks.get(name)!.reject(new NotBegun())
        return true
      },
      lose() {
        engine.alive = false
        for (const [n, name] of [...names].entries()) {
          tasks.get(name)!.reject(n === 0 ? new MtcnnError('WORKER_FAILED', 'lost') : new NotBegun())
        }
      },
      dispose: () => void events.push(`dispose ${engines.indexOf(engine)}`),
    }
    engines.push(engine)
    return engine
  }
  const task = (name: string, signal?: AbortSignal) => ({
    signal,
    prepare: () => {
      events.push(`prepare ${name}`)
      const pixels = { ...PIXELS }
      pixelsOf.set(pixels, name)
      return pixels
    },
    work: (engine: Engine) => {
      const { names } = engine as (typeof engines)[number]
      events.push(`${name} to ${engines.indexOf(engine as (typeof engines)[number])}`)
      names.push(name)
      return new Promise<string>((resolve, reject) => {
        tasks.set(name, {
          engine,
          finish: () => {
            end(name)
            resolve(name)
          },
          reject: (error) => {
            end(name)
            reject(error)
          },
        })
      })
    },
  })
  const given = () => events.filter((event) => !event.startsWith('prepare'))
  return { events, given, engines, tasks, start, task }
}

describe('an image given to an engine ahead', () => {
  it('is one for each engine; it waits, and is begun in the order of the calls', async () => {
    const { given, tasks, start, task } = queues()
    const schedule = await Schedule.start(2, start, AHEAD)
    const answers = ['a', 'b', 'c', 'd', 'e', 'f'].map((name) => schedule.run(task(name)))
    await turns()
    expect(given()).toEqual(['a to 0', 'b to 1', 'c to 0', 'd to 1'])
    expect(schedule.waiting).toBe(4)
    // The engine that was given its image first is the one that will be free first.
    tasks.get('b')!.finish()
    await turns()
    tasks.get('a')!.finish()
    await turns()
    expect(given().slice(4)).toEqual(['e to 1', 'f to 0'])
    for (const name of ['c', 'd', 'e', 'f']) tasks.get(name)!.finish()
    expect(await Promise.all(answers)).toEqual(['a', 'b', 'c', 'd', 'e', 'f'])
    expect(schedule.waiting).toBe(0)
  })

  it('does not wait any more once it is aborted, although its engine still has it', async () => {
    const { given, tasks, start, task } = queues()
    const schedule = await Schedule.start(1, start, AHEAD)
    const controller = new AbortController()
    const first = schedule.run(task('a'))
    const second = schedule.run(task('b', controller.signal))
    await turns()
    expect(given()).toEqual(['a to 0', 'b to 0'])
    expect(schedule.waiting).toBe(1)
    controller.abort(new Error('enough'))
    await expect(second).rejects.toThrow('enough')
    expect(schedule.waiting).toBe(0)
    tasks.get('a')!.finish()
    expect(await first).toBe('a')
  })

  it('counts among those that are read in advance', async () => {
    const { events, start, task } = queues()
    const schedule = await Schedule.start(1, start, { ...AHEAD, prefetch: 0 })
    for (const name of ['a', 'b']) schedule.run(task(name))
    await turns()
    expect(events).toEqual(['prepare a', 'a to 0'])
    expect(schedule.waiting).toBe(1)
  })

  it('goes to an engine that is free before, the first of them first', async () => {
    const { given, tasks, start, task } = queues()
    const schedule = await Schedule.start(3, start, { ...AHEAD, prefetch: 3 })
    const answers = ['a', 'b', 'c', 'd', 'e'].map((name) => schedule.run(task(name)))
    await turns()
    expect(given()).toEqual(['a to 0', 'b to 1', 'c to 2', 'd to 0', 'e to 1'])
    tasks.get('c')!.finish()
    await turns()
    expect(given().slice(5)).toEqual(['recall d', 'd to 2'])
    tasks.get('d')!.finish()
    await turns()
    expect(given().slice(7)).toEqual(['recall e', 'e to 2'])
    for (const name of ['a', 'b', 'e']) tasks.get(name)!.finish()
    expect(await Promise.all(answers)).toEqual(['a', 'b', 'c', 'd', 'e'])
  })

  it('stays where it is if its engine has begun with it', async () => {
    const { given, engines, tasks, start, task } = queues()
    const schedule = await Schedule.start(2, start, AHEAD)
    const answers = ['a', 'b', 'c'].map((name) => schedule.run(task(name)))
    await turns()
    for (const engine of engines) engine.recall = () => false
    tasks.get('b')!.finish()
    await turns()
    expect(given()).toEqual(['a to 0', 'b to 1', 'c to 0'])
    for (const name of ['a', 'c']) tasks.get(name)!.finish()
    expect(await Promise.all(answers)).toEqual(['a', 'b', 'c'])
  })

  it('is aborted at once; its place is taken when the engine says so', async () => {
    const { given, tasks, start, task } = queues()
    const schedule = await Schedule.start(1, start, { ...AHEAD, prefetch: 3 })
    const controller = new AbortController()
    const a = schedule.run(task('a'))
    const b = schedule.run(task('b', controller.signal))
    const c = schedule.run(task('c'))
    await turns()
    controller.abort(new Error('not wanted'))
    await expect(b).rejects.toThrow('not wanted')
    await turns()
    expect(given()).toEqual(['a to 0', 'b to 0'])
    tasks.get('b')!.reject(new NotBegun())
    await turns()
    expect(given().slice(2)).toEqual(['c to 0'])
    for (const name of ['a', 'c']) tasks.get(name)!.finish()
    expect(await Promise.all([a, c])).toEqual(['a', 'c'])
    expect(schedule.waiting).toBe(0)
  })

  it('is done again with the other where their engine is lost, and is not blamed for it', async () => {
    const { given, engines, tasks, start, task } = queues()
    const schedule = await Schedule.start(1, start, AHEAD)
    const a = schedule.run(task('a'))
    const b = schedule.run(task('b'))
    a.catch(() => undefined)
    await turns()
    expect(given()).toEqual(['a to 0', 'b to 0'])
    engines[0]!.lose()
    await turns()
    // One new engine, not one for each.
    expect(given().slice(2)).toEqual(['a to 1', 'b to 1'])
    expect(engines).toHaveLength(2)
    engines[1]!.lose()
    await expect(a).rejects.toMatchObject({ code: 'WORKER_FAILED' })
    await turns()
    expect(given().slice(4)).toEqual(['b to 2'])
    tasks.get('b')!.finish()
    expect(await b).toBe('b')
  })

  it('is done also where no image is tried again that loses its engine', async () => {
    const { engines, tasks, start, task } = queues()
    const schedule = await Schedule.start(1, start, { ...AHEAD, retries: 0 })
    const a = schedule.run(task('a'))
    const b = schedule.run(task('b'))
    await turns()
    engines[0]!.lose()
    await expect(a).rejects.toMatchObject({ code: 'WORKER_FAILED' })
    await turns()
    tasks.get('b')!.finish()
    expect(await b).toBe('b')
  })

  it('is answered before the engines end', async () => {
    const { given, tasks, start, task } = queues()
    const schedule = await Schedule.start(1, start, AHEAD)
    const answers = ['a', 'b', 'c'].map((name) => schedule.run(task(name)))
    schedule.close()
    for (const name of ['a', 'b', 'c']) {
      await turns()
      expect(given()).not.toContain('dispose 0')
      tasks.get(name)!.finish()
    }
    expect(await Promise.all(answers)).toEqual(['a', 'b', 'c'])
    await turns()
    expect(given().at(-1)).toBe('dispose 0')
  })
})

describe('signals', () => {
  it('5,000 aborts one by one take little longer each than 500', async () => {
    const time = async (count: number) => {
      const made = bench()
      const schedule = await Schedule.start(1, made.start, QUEUE)
      const first = schedule.run(made.task('first'))
      const controllers = Array.from({ length: count }, () => new AbortController())
      const answers = controllers.map(({ signal }, n) => schedule.run(made.task(`${n}`, signal)))
      const settled = Promise.allSettled(answers)
      const start = performance.now()
      for (const controller of controllers) {
        controller.abort()
        await Promise.resolve()
      }
      await settled
      const milliseconds = performance.now() - start
      await turns()
      made.jobs.get('first')!.finish()
      await first
      return milliseconds / count
    }
    await time(500)
    const [few, many] = [await time(500), await time(5000)]
    // With a queue that is searched for each it is ten times.
    expect(many / few).toBeLessThan(5)
  })

  it('one signal for thousands of calls begins to read none of them for nothing', async () => {
    const { events, jobs, start, task } = bench()
    const schedule = await Schedule.start(1, start, QUEUE)
    const first = schedule.run(task('first'))
    const controller = new AbortController()
    const answers = Array.from({ length: 3000 }, (_, n) => schedule.run(task(`${n}`, controller.signal)))
    controller.abort()
    expect((await Promise.allSettled(answers)).every(({ status }) => status === 'rejected')).toBe(true)
    await turns()
    jobs.get('first')!.finish()
    await first
    expect(events.filter((event) => event.startsWith('prepare'))).toEqual(['prepare first', 'prepare 0'])
  })

  it.each<[string, object]>([
    ['removeEventListener throws', { removeEventListener: throwing }],
    ['removeEventListener and reason throw', { removeEventListener: throwing, reason: undefined }],
  ])('that throw leave no call pending: %s', async (_, wrong) => {
    const { jobs, start, task } = bench()
    const schedule = await Schedule.start(1, start, QUEUE)
    const signal = Object.assign(new EventTarget(), { aborted: false }, wrong) as unknown as AbortSignal
    if ('reason' in wrong) Object.defineProperty(signal, 'reason', { get: throwing })
    const [a, b] = [schedule.run(task('a', signal)), schedule.run(task('b', signal))]
    await turns()
    jobs.get('a')!.finish()
    expect(await a).toBe('a')
    Object.assign(signal, { aborted: true })
    signal.dispatchEvent(new Event('abort'))
    await expect(b).rejects.toMatchObject({ name: 'AbortError' })
  })

  it('whose addEventListener throws are told so', async () => {
    const { start, task } = bench()
    const schedule = await Schedule.start(1, start, QUEUE)
    const signal = { aborted: false, addEventListener: throwing, removeEventListener() {} } as unknown as AbortSignal
    expect(() => schedule.run(task('a', signal))).toThrow(/addEventListener of an object .* throws/)
    expect(schedule.waiting).toBe(0)
  })

  it('end the start of engines, and leave none running', async () => {
    const { engines, start } = bench()
    const controller = new AbortController()
    let count = 0
    const second = (signal?: AbortSignal) =>
      count++ === 0
        ? start()
        : new Promise<Engine>((_, reject) => signal!.addEventListener('abort', () => reject(signal!.reason)))
    const starting = Schedule.start(2, second, QUEUE, controller.signal)
    await turns()
    controller.abort(new Error('enough'))
    await expect(starting).rejects.toThrow('enough')
    await turns()
    expect(engines.map(({ disposed }) => disposed)).toEqual([true])
  })
})

function throwing(): never {
  throw new TypeError('no')
}
