import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import type { Crew } from '../../src/queue/crew.ts'
import { fetchResults } from '../../src/queue/fetch-results.ts'
import { addImages } from '../../src/queue/intake.ts'
import { clearQueue, statusOf } from '../../src/queue/status.ts'
import type { Store } from '../../src/queue/store.ts'
import { type WorkSettings, work } from '../../src/queue/work.ts'
import { hasRedis, queueFor, redisForTests, redisNote, until } from './redis.ts'
import { TestRedis } from './test-redis.ts'

const intake = { options: {}, version: '1.2.3', batch: 10, signal: new AbortController().signal, progress: () => {} }

async function* each(names: readonly string[]) {
  yield* names
}

const numbered = (count: number) => Array.from({ length: count }, (_, index) => `album/${index}.jpg`)

type Search = (name: string, source: string) => object

/** Finds in each image what a function says. */
function crewOf(search: Search, size = 2): Crew & { searched: string[] } {
  const searched: string[] = []
  return {
    size,
    searched,
    search: async (images) =>
      images.map(({ name, source }) => {
        searched.push(name)
        return { file: name, ...search(name, source) } as Awaited<ReturnType<Crew['search']>>[number]
      }),
    close: () => {},
  }
}

const found = { width: 10, height: 10, faces: [{ confidence: 1 }] }
const failed = (code: string) => ({ error: { code, message: `it is ${code}` } })

function settingsFor(crew: Crew, changes: Partial<WorkSettings> = {}): WorkSettings {
  return { crew, root: undefined, stallAfter: 30, untilDone: true, progress: () => {}, ...changes }
}

async function resultsOf(store: Store): Promise<Record<string, unknown>[]> {
  const lines: string[] = []
  for await (const fetched of fetchResults(store, async () => false)) lines.push(...fetched.lines)
  return lines.map((line) => JSON.parse(line))
}

const filesOf = (lines: readonly Record<string, unknown>[]) => lines.map(({ file }) => String(file)).sort()

describe.skipIf(!hasRedis)(`working${redisNote}`, () => {
  const redis = redisForTests()

  it('gives every image one result, and counts', async () => {
    const { place, queue } = await queueFor(redis)
    const names = numbered(123)
    await addImages(queue, each(names), intake)
    const crew = crewOf((name) => (name === 'album/7.jpg' ? failed('DECODE_FAILED') : found))
    await work(place, queue, settingsFor(crew))
    const lines = await resultsOf(queue.store)
    expect(filesOf(lines)).toEqual([...names].sort())
    expect(lines.find(({ file }) => file === 'album/7.jpg')).toEqual({
      file: 'album/7.jpg',
      ...failed('DECODE_FAILED'),
    })
    const status = await statusOf(place.name, queue)
    expect(status).toMatchObject({
      images: { added: 123, done: 123, left: 0, failed: 1, removed: 0 },
      faces: 122,
      errors: { DECODE_FAILED: 1 },
      batches: { waiting: 0, active: 0, later: 0, failed: 0, unsent: 0 },
      secondsLeft: 0,
    })
    expect(await queue.jobs.getJobs(['completed', 'failed', 'waiting', 'delayed', 'active'])).toEqual([])
  })

  it('ends when it is told to: what was begun is finished, the rest stays', async () => {
    const { place, queue, stop } = await queueFor(redis)
    await addImages(queue, each(numbered(100)), intake)
    const crew = crewOf(() => found)
    const search = crew.search
    let release = () => {}
    const held = new Promise<void>((resolve) => {
      release = resolve
    })
    crew.search = async (...given) => {
      await held
      return search(...given)
    }
    const running = work(place, queue, settingsFor(crew, { untilDone: false }))
    await until(async () => (await queue.jobs.getActiveCount()) > 0)
    stop()
    release()
    await running
    const { done } = await queue.store.counts()
    expect(done).toBe(crew.searched.length)
    expect(done % 10).toBe(0)
    expect(done).toBeLessThan(100)
    expect(await queue.jobs.getJobCounts('waiting', 'active')).toEqual({ waiting: 10 - done / 10, active: 0 })
  })

  it('tries an address again by itself, and tells the error where that does not help', async () => {
    const { place, queue } = await queueFor(redis)
    const names = ['a.jpg', 'https://example.com/late.jpg', 'https://example.com/never.jpg', 'b.jpg']
    await addImages(queue, each(names), intake)
    let asked = 0
    const crew = crewOf((name) => {
      if (name.endsWith('never.jpg')) return failed('DECODE_FAILED')
      if (!name.endsWith('late.jpg')) return found
      return ++asked < 3 ? failed('TIMEOUT') : found
    })
    await work(place, queue, settingsFor(crew))
    const lines = await resultsOf(queue.store)
    expect(filesOf(lines)).toEqual([...names].sort())
    expect(lines.filter(({ error }) => error)).toEqual([{ file: names[2], ...failed('DECODE_FAILED') }])
    expect(crew.searched.filter((name) => name === 'a.jpg')).toHaveLength(1)
    expect(crew.searched.filter((name) => name === names[1])).toHaveLength(3)
    expect(crew.searched.filter((name) => name === names[2])).toHaveLength(5)
  })

  it('gives its batch back and ends where it cannot search at all', async () => {
    const { place, queue } = await queueFor(redis)
    await addImages(queue, each(numbered(30)), intake)
    const broken = crewOf(() => found)
    broken.search = async () => {
      throw new Error('no sharp here')
    }
    await expect(work(place, queue, settingsFor(broken))).rejects.toThrow('no sharp here')
    expect((await queue.store.counts()).done).toBe(0)
    await work(place, queue, settingsFor(crewOf(() => found)))
    expect(filesOf(await resultsOf(queue.store))).toEqual(numbered(30).sort())
  })

  it('ends where the folder of the images is not there, empty, or goes away', async () => {
    const { place, queue } = await queueFor(redis)
    await addImages(queue, each(numbered(3)), intake)
    const root = await mkdtemp(join(tmpdir(), 'mtcnn-root-'))
    const missing = settingsFor(
      crewOf(() => found),
      { root: join(root, 'none') },
    )
    await expect(work(place, queue, missing)).rejects.toThrow(/could not read the folder of --root: ENOENT/)
    const crew = crewOf(() => found)
    await expect(work(place, queue, settingsFor(crew, { root }))).rejects.toThrow(/is empty: .* Is it mounted\?/)
    expect(crew.searched).toEqual([])
    await writeFile(join(root, 'a.txt'), '')
    const unmounted = crewOf(() => failed('DECODE_FAILED'))
    const search = unmounted.search
    unmounted.search = async (...given) => {
      await rm(root, { recursive: true })
      return search(...given)
    }
    await expect(work(place, queue, settingsFor(unmounted, { root }))).rejects.toThrow(/--root/)
    expect((await queue.store.counts()).done).toBe(0)
  })

  it('reads nothing outside of the root', async () => {
    const { place, queue } = await queueFor(redis)
    await addImages(queue, each(['../a.jpg', '/etc/passwd', 'b.jpg', '..b/c.jpg']), intake)
    const root = await mkdtemp(join(tmpdir(), 'mtcnn-root-'))
    await writeFile(join(root, 'a.txt'), '')
    const sources: string[] = []
    const crew = crewOf((_, source) => {
      sources.push(source)
      return found
    })
    await work(place, queue, settingsFor(crew, { root }))
    await rm(root, { recursive: true })
    expect(sources).toEqual([join(root, 'b.jpg'), join(root, '..b/c.jpg')])
    const lines = await resultsOf(queue.store)
    expect(lines.filter(({ error }) => error)).toEqual(
      ['../a.jpg', '/etc/passwd'].map((file) => ({
        file,
        error: { code: 'DECODE_FAILED', message: `could not read '${file}': it is not below --root of this machine` },
      })),
    )
  })

  it('stores nothing of a queue that is cleared meanwhile, and goes on', async () => {
    const { place, queue, said, stop } = await queueFor(redis)
    await addImages(queue, each(numbered(10)), intake)
    const crew = crewOf(() => found)
    const search = crew.search
    crew.search = async (...given) => {
      if (crew.searched.length === 0) await clearQueue(queue)
      return search(...given)
    }
    const running = work(place, queue, settingsFor(crew, { untilDone: false }))
    await until(() => said.length > 0)
    expect(said[0]).toBe('a batch that is searched here is not in the queue any more: it was cleared')
    expect(await queue.store.counts()).toMatchObject({ added: 0, done: 0 })
    expect(await queue.store.finishedCount()).toBe(0)
    await addImages(queue, each(numbered(3)), intake)
    await until(async () => (await queue.store.counts()).done === 3)
    stop()
    await running
  })

  it('says that Redis is away, and that it is back; when it is to end it does not wait for long', async () => {
    const own = new TestRedis()
    onTestFinished(() => own.remove())
    await own.start()
    const { place, queue, said, stop } = await queueFor(own)
    const running = work(
      place,
      queue,
      settingsFor(
        crewOf(() => found),
        { untilDone: false },
      ),
    )
    await own.stop()
    await until(() => said.some((message) => /waiting for it$/.test(message)))
    await own.start()
    await until(() => said.some((message) => /is back$/.test(message)))
    await addImages(queue, each(numbered(3)), intake)
    await until(async () => (await queue.store.counts()).done === 3)
    await own.stop()
    await until(() => said.filter((message) => /waiting for it$/.test(message)).length === 2)
    stop()
    await running
    expect(said.at(-1)).toBe('Redis is away: what was begun here is done by others')
    expect(said).toHaveLength(4)
    // So that what BullMQ still waits for comes to its end.
    await own.start()
  })
})
