import type { Job } from 'bullmq'
import { describe, expect, it } from 'vitest'
import type { Crew } from '../../src/queue/crew.ts'
import { EndOfWork } from '../../src/queue/end-of-work.ts'
import { jobIdOf } from '../../src/queue/identity.ts'
import { addJobs } from '../../src/queue/intake.ts'
import type { Batch, OpenQueue } from '../../src/queue/open.ts'
import { unpackResult } from '../../src/queue/payload.ts'
import { searchBatch } from '../../src/queue/search-batch.ts'
import { hasRedis, queueFor, redisForTests, redisNote } from './redis.ts'

const found = { width: 10, height: 10, faces: [{ confidence: 1 }, { confidence: 0.9 }] }

function crewOf(answer: (name: string) => object): Crew & { searched: string[] } {
  const searched: string[] = []
  return {
    size: 1,
    searched,
    search: async (images) =>
      images.map(({ name }) => {
        searched.push(name)
        return { file: name, ...answer(name) } as Awaited<ReturnType<Crew['search']>>[number]
      }),
    close: () => {},
  }
}

/** A job as BullMQ hands it out, in a queue that has it. */
async function jobWith({ jobs }: OpenQueue, files: string[], state: Partial<Job<Batch>> = {}): Promise<Job<Batch>> {
  await addJobs(jobs, [files], {})
  return {
    id: jobIdOf(files, {}),
    data: { files, options: {} },
    attemptsMade: 0,
    stalledCounter: 0,
    ...state,
  } as Job<Batch>
}

async function linesOf({ store }: OpenQueue, files: string[]) {
  const [bytes] = await store.results([jobIdOf(files, {})])
  return bytes && (await unpackResult(bytes)).lines.map((line) => JSON.parse(line))
}

const waiting = async ({ jobs }: OpenQueue) => (await jobs.getJobs(['waiting'])).map(({ data }) => data.files).sort()

describe.skipIf(!hasRedis)(`one batch${redisNote}`, () => {
  const redis = redisForTests()

  it('stores one result, whoever else has the batch', async () => {
    const { queue } = await queueFor(redis)
    const job = await jobWith(queue, ['a.jpg', 'b.jpg'])
    const crews = [crewOf(() => found), crewOf(() => found)]
    const stored = await Promise.all(crews.map((crew) => searchBatch(job, queue, crew, undefined)))
    expect(stored.filter((result) => result !== undefined)).toEqual([{ images: 2, faces: 4, failures: 0 }])
    expect(await queue.store.counts()).toMatchObject({ done: 2, faces: 4 })
    expect(await queue.store.finishedCount()).toBe(1)
    const third = crewOf(() => found)
    expect(await searchBatch(job, queue, third, undefined)).toBeUndefined()
    expect(third.searched).toEqual([])
  })

  it('is divided when it ended two processes; an image that ends two more is given up', async () => {
    const { queue } = await queueFor(redis)
    const files = ['a.jpg', 'b.jpg', 'c.jpg']
    const crew = crewOf(() => found)
    await searchBatch(await jobWith(queue, files, { stalledCounter: 2 }), queue, crew, undefined)
    expect(crew.searched).toEqual([])
    expect(await waiting(queue)).toEqual([['a.jpg'], files, ['b.jpg'], ['c.jpg']])
    // Who had it all the time, and was only paused, stores nothing now.
    expect(await searchBatch(await jobWith(queue, files), queue, crew, undefined)).toBeUndefined()
    await searchBatch(await jobWith(queue, ['a.jpg'], { stalledCounter: 1 }), queue, crew, undefined)
    await searchBatch(await jobWith(queue, ['b.jpg'], { stalledCounter: 2 }), queue, crew, undefined)
    expect(crew.searched).toEqual(['a.jpg'])
    expect(await linesOf(queue, ['b.jpg'])).toEqual([
      { file: 'b.jpg', error: { code: 'WORKER_FAILED', message: '2 processes ended while they searched it' } },
    ])
    expect(await queue.store.counts()).toMatchObject({ done: 2, errors: { WORKER_FAILED: 1 } })
  })

  it('makes the jobs of what it left out, where the process ended before it had', async () => {
    const { queue } = await queueFor(redis)
    const files = ['a.jpg', 'https://example.com/b.jpg']
    const job = await jobWith(queue, files)
    const crew = crewOf((name) => (name === 'a.jpg' ? found : { error: { code: 'TIMEOUT', message: 'late' } }))
    const died = { ...queue, jobs: { toKey: (id: string) => queue.jobs.toKey(id), addBulk: async () => [] } }
    await searchBatch(job, died as unknown as OpenQueue, crew, undefined)
    expect(await waiting(queue)).toEqual([files])
    await searchBatch(job, queue, crew, undefined)
    expect(await waiting(queue)).toEqual([files, [files[1]]])
    expect(crew.searched).toEqual(files)
    expect(await queue.store.counts()).toMatchObject({ done: 1, errors: {} })
  })

  it('stores nothing where the queue was cleared', async () => {
    const { queue } = await queueFor(redis)
    const job = await jobWith(queue, ['a.jpg'])
    await queue.jobs.obliterate({ force: true })
    expect(
      await searchBatch(
        job,
        queue,
        crewOf(() => found),
        undefined,
      ),
    ).toBeUndefined()
    expect(await queue.store.counts()).toMatchObject({ done: 0 })
    expect(await queue.store.hasResult(job.id!)).toBe(false)
  })

  it('is no job of ours', async () => {
    const { queue } = await queueFor(redis)
    for (const data of [undefined, {}, { files: [] }, { files: [1], options: {} }, { files: ['a'], options: null }]) {
      const job = { id: 'x', data, attemptsMade: 0, stalledCounter: 0 } as unknown as Job<Batch>
      await expect(
        searchBatch(
          job,
          queue,
          crewOf(() => found),
          undefined,
        ),
      ).rejects.toThrow('is none of mtcnn-wasm')
    }
  })

  it('tells apart what is wrong with an image and with the process', async () => {
    const { queue } = await queueFor(redis)
    const job = await jobWith(queue, ['a.jpg'])
    const crew = crewOf(() => found)
    crew.search = async () => {
      throw new Error('no sharp')
    }
    const error = await searchBatch(job, queue, crew, undefined).catch((error: unknown) => error)
    expect(error).toBeInstanceOf(EndOfWork)
    expect((error as Error).cause).toEqual(new Error('no sharp'))
    // Lost by itself alone: another try.
    const lost = crewOf(() => ({ error: { code: 'WORKER_FAILED', message: 'it ended' } }))
    await expect(searchBatch(job, queue, lost, undefined)).rejects.toThrow('it ended')
    const last = { ...job, attemptsMade: 3 } as Job<Batch>
    expect(await searchBatch(last, queue, lost, undefined)).toEqual({ images: 1, faces: 0, failures: 1 })
  })
})
