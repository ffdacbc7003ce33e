import { describe, expect, it } from 'vitest'
import type { Pixels } from '../../src/image/pixels.ts'
import { MtcnnError } from '../../src/shared/errors.ts'
import type { Engine } from '../../src/workers/engine.ts'
import { type Policy, Schedule } from '../../src/workers/schedule.ts'
import { turns } from '../helpers/turns.ts'

const QUEUE: Policy = { dropStale: false, prefetch: 1, maxInFlight: 2, retries: 1 }
const LATEST: Policy = { dropStale: true, prefetch: 0, maxInFlight: 1, retries: 1 }
const PIXELS: Pixels = { data: new Uint8Array(1), width: 1, height: 1, channels: 1, order: 'rgb', stride: 1 }

/** Every job is ended by the test. */
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
    const engine = { alive: true, disposed: false, search: () => Promise.reject(), dispose: () => {} }
    engine.dispose = () => {
      engine.disposed = true
    }
    engines.push(engine)
    return engine
  }
  const task = (name: string, signal?: AbortSignal) => ({
    signal,
    prepare: async () => {
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
