// npm run bench:queue: what a queue costs when searching costs nothing: jobs a second, time and memory of Redis.
import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { addImages } from '../src/queue/intake.ts'
import { type OpenQueue, openQueue } from '../src/queue/open.ts'
import { clearQueue } from '../src/queue/status.ts'
import { TestRedis } from '../test/queue/test-redis.ts'
import { engine, machine, NODE, table, writeSection } from './report.ts'

const BATCHES = [1, 10, 100]
const WORKERS = [1, 2, 4]
const JOBS = 6000
const NAME = 'bench'
const WORKER = fileURLToPath(new URL('build/queue-worker.mjs', import.meta.url))

const redis = new TestRedis()
await redis.start()
const place = {
  redis: redis.url,
  name: NAME,
  say: (message: string) => console.error(message),
  signal: new AbortController().signal,
}
const queue = await openQueue(place, false)

const rows: string[][] = []
const memory: string[][] = []
try {
  for (const batch of BATCHES) {
    for (const workers of WORKERS) rows.push(await measure(batch, workers))
  }
} finally {
  await queue.close()
  await redis.remove()
}

writeSection(`Queue, ${NODE}`, [
  `\`npm run bench:queue\` on ${machine()}; ${engine()}; Redis ${queue.connection.server.version} with appendonly.`,
  '',
  `${JOBS} jobs whose images are not searched, on one machine with its Redis. The time of Redis is the processor time it uses for a`,
  'job, from taking it to storing the result; its share of a second is the most jobs a second that one Redis can do, with as',
  'many machines as one likes.',
  '',
  table(['images a job', 'workers', 'jobs a second', 'images a second', 'Redis a job, ms', 'most jobs a second', 'most images a second'], rows),
  '',
  'Memory of Redis, MB for a million images (names of 40 characters, two faces an image):',
  '',
  table(['images a job', 'waiting', 'done', 'fetched and removed', 'adding, images a second'], memory),
])

async function measure(batch: number, count: number): Promise<string[]> {
  console.error(`${batch} images a job, ${count} workers`)
  const images = JOBS * batch
  await clearQueue(queue)
  await queue.jobs.pause()
  const empty = await usedMemory(queue)
  const start = performance.now()
  await addImages(queue, names(images), {
    options: {},
    version: 'bench',
    batch,
    signal: place.signal,
    progress: () => {},
  })
  const adding = (performance.now() - start) / 1000
  const waiting = await usedMemory(queue)
  const crew = await Promise.all(Array.from({ length: count }, startWorker))
  const before = await redisSeconds(queue)
  const begun = performance.now()
  await queue.jobs.resume()
  while ((await queue.store.counts()).done < images) await new Promise((resolve) => setTimeout(resolve, 20))
  const seconds = (performance.now() - begun) / 1000
  const spent = (await redisSeconds(queue)) - before
  await Promise.all(crew.map(stopWorker))
  const done = await usedMemory(queue)
  if (count === WORKERS.at(-1)) {
    for (let at = 0; at < JOBS; at += 100) {
      const jobs = await queue.store.finished(at, 100)
      await queue.store.removeResults(jobs, jobs.length * batch)
    }
    const removed = await usedMemory(queue)
    const perMillion = (bytes: number) => ((bytes - empty) / images).toFixed(0)
    memory.push([String(batch), ...[waiting, done, removed].map(perMillion), (images / adding).toFixed(0)])
  }
  const perJob = spent / JOBS
  return [
    ...[batch, count].map(String),
    ...[JOBS / seconds, images / seconds].map((rate) => rate.toFixed(0)),
    (perJob * 1000).toFixed(3),
    ...[1 / perJob, batch / perJob].map((rate) => rate.toFixed(0)),
  ]
}

async function* names(count: number): AsyncGenerator<string> {
  for (let index = 0; index < count; index++) {
    yield `photographs/2024/summer/IMG_${String(index).padStart(8, '0')}.jpg`
  }
}

async function startWorker(): Promise<ChildProcess> {
  const child = fork(WORKER, [redis.url, NAME])
  const failed = once(child, 'exit').then(([code]) => Promise.reject(new Error(`a worker ended with ${code}`)))
  await Promise.race([once(child, 'message'), failed])
  // Later it ends because it is told to.
  failed.catch(() => undefined)
  return child
}

async function stopWorker(child: ChildProcess): Promise<void> {
  child.kill('SIGTERM')
  await once(child, 'exit')
}

async function usedMemory({ connection }: OpenQueue): Promise<number> {
  return Number(/used_memory:(\d+)/.exec(await connection.client.info('memory'))![1])
}

async function redisSeconds({ connection }: OpenQueue): Promise<number> {
  const info = await connection.client.info('cpu')
  const value = (name: string) => Number(new RegExp(`${name}:([\\d.]+)`).exec(info)![1])
  return value('used_cpu_sys') + value('used_cpu_user')
}
