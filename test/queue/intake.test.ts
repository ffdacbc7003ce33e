import { describe, expect, it } from 'vitest'
import { jobIdOf } from '../../src/queue/identity.ts'
import { addImages, emptyOutbox } from '../../src/queue/intake.ts'
import type { OpenQueue } from '../../src/queue/open.ts'
import { hasRedis, queueFor, redisForTests, redisNote } from './redis.ts'

const settings = { options: {}, version: '1.2.3', batch: 10, signal: new AbortController().signal, progress: () => {} }

async function* each(names: readonly string[]) {
  yield* names
}

const numbered = (count: number, prefix = 'album/') =>
  Array.from({ length: count }, (_, index) => `${prefix}${index}.jpg`)

async function jobsOf({ jobs }: OpenQueue) {
  return jobs.getJobs(['waiting', 'active', 'delayed', 'completed'], 0, -1, true)
}

describe.skipIf(!hasRedis)(`adding images${redisNote}`, () => {
  const redis = redisForTests()

  it('makes jobs of batches, whose ids are their contents', async () => {
    const { queue } = await queueFor(redis)
    const names = numbered(25)
    expect(await addImages(queue, each(names), settings)).toEqual({ added: 25, batches: 3, known: 0 })
    const jobs = await jobsOf(queue)
    expect(jobs.map(({ data }) => data.files.length).sort()).toEqual([10, 10, 5])
    expect(jobs.flatMap(({ data }) => data.files).sort()).toEqual([...names].sort())
    for (const { id, data } of jobs) expect(id).toBe(jobIdOf(data.files, {}))
    expect(await queue.store.counts()).toMatchObject({ added: 25, batches: 3, done: 0 })
    expect(await queue.store.outboxLength()).toBe(0)
  })

  it('adds nothing the second time, in any order, and only what is new after that', async () => {
    const { queue } = await queueFor(redis)
    const names = numbered(1234)
    await addImages(queue, each(names), settings)
    const before = (await jobsOf(queue)).map(({ id }) => id).sort()
    const again = [...names].reverse().map((name) => `./${name}`)
    expect(await addImages(queue, each(again), settings)).toEqual({ added: 0, batches: 0, known: 1234 })
    expect((await jobsOf(queue)).map(({ id }) => id).sort()).toEqual(before)
    // New ones between the old ones, one of them twice.
    const more = names.flatMap((name, index) => (index % 100 === 7 ? [name, `${name}.new`, `${name}.new`] : [name]))
    expect(await addImages(queue, each(more), settings)).toEqual({ added: 13, batches: 2, known: 1234 + 13 })
    const files = (await jobsOf(queue)).flatMap(({ data }) => data.files)
    expect(files).toHaveLength(1234 + 13)
    expect(new Set(files).size).toBe(files.length)
  })

  it('takes no name twice where two add the same at the same time', async () => {
    const [one, two] = [await queueFor(redis, 'together'), await queueFor(redis, 'together')]
    const names = numbered(3000)
    const taken = await Promise.all([one, two].map(({ queue }) => addImages(queue, each(names), settings)))
    expect(taken[0]!.added + taken[1]!.added).toBe(3000)
    const files = (await jobsOf(one.queue)).flatMap(({ data }) => data.files)
    expect([...files].sort()).toEqual([...names].sort())
  })

  it('goes on where somebody was ended before the batches were jobs', async () => {
    const { queue } = await queueFor(redis)
    await queue.store.settle({ options: {}, version: '1.2.3' })
    const claimed = await queue.store.claim(numbered(25), 10)
    expect(claimed.map(({ names }) => names.length)).toEqual([10, 10, 5])
    expect(await jobsOf(queue)).toEqual([])
    expect(await addImages(queue, each(numbered(26)), settings)).toEqual({ added: 1, batches: 1, known: 25 })
    expect((await jobsOf(queue)).flatMap(({ data }) => data.files).sort()).toEqual(numbered(26).sort())
    expect(await queue.store.outboxLength()).toBe(0)
  })

  it('or after they were, and before they had left the outbox', async () => {
    const { queue } = await queueFor(redis)
    await queue.store.settle({ options: {}, version: '1.2.3' })
    const [batch] = await queue.store.claim(numbered(3), 10)
    await queue.jobs.add('search', { files: batch!.names, options: {} }, { jobId: jobIdOf(batch!.names, {}) })
    await emptyOutbox(queue)
    expect(await jobsOf(queue)).toHaveLength(1)
    expect(await queue.store.outboxLength()).toBe(0)
  })

  it('keeps names of every kind', async () => {
    const { queue } = await queueFor(redis)
    const names = [
      'a b.jpg',
      'a"b.jpg',
      'a\nb.jpg',
      'a\\b.jpg',
      '\u00e4\u{1f600}.jpg',
      'byte\udce9.jpg',
      'byte\udcea.jpg',
      '[1].jpg',
    ]
    const addresses = ['https://example.com/a.jpg', 'https://example.com//a.jpg?x=1']
    await addImages(queue, each([...names, ...addresses]), settings)
    expect((await jobsOf(queue)).flatMap(({ data }) => data.files)).toEqual([...names, ...addresses])
  })

  it('refuses other options than those that the queue was filled with', async () => {
    const { queue } = await queueFor(redis)
    const options = { minFaceSize: 40, thresholds: { refine: 0.7, output: 0.8 } }
    await addImages(queue, each(['a.jpg']), { ...settings, options })
    const same = { thresholds: { output: 0.8, refine: 0.7 }, minFaceSize: 40 }
    expect(await addImages(queue, each(['a.jpg']), { ...settings, options: same })).toMatchObject({ known: 1 })
    await expect(addImages(queue, each(['a.jpg']), settings)).rejects.toThrow(
      /filled with the options \{"minFaceSize":40.* and here they are \{\}/,
    )
  })

  it('stops in the middle, and goes on the next time', async () => {
    const { queue } = await queueFor(redis)
    const stop = new AbortController()
    const progress = () => stop.abort(new Error('stopped'))
    await expect(
      addImages(queue, each(numbered(5000)), { ...settings, signal: stop.signal, progress }),
    ).rejects.toThrow('stopped')
    const { added } = await queue.store.counts()
    expect(added).toBe(1000)
    expect(await addImages(queue, each(numbered(5000)), settings)).toEqual({ added: 4000, batches: 400, known: 1000 })
  })
})
