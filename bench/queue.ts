// npm run bench:queue [-- --part jobs|photographs]: what a queue costs when searching costs nothing: jobs a second, time and memory
// of Redis; and what an image costs when photographs are searched.
import { type ChildProcess, fork, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { copyFile, mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { availableParallelism, tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { addImages } from '../src/queue/intake.ts'
import { type OpenQueue, openQueue } from '../src/queue/open.ts'
import { clearQueue } from '../src/queue/status.ts'
import { photographFile } from '../test/helpers/photographs.ts'
import { TestRedis } from '../test/queue/test-redis.ts'
import { engine, machine, NODE, table, writeSection } from './report.ts'

/** Images a job; how many jobs are measured with each number of workers; and how many images for the memory, which has fixed parts. */
const CASES = [
  { batch: 1, jobs: 4000, images: 30_000 },
  { batch: 10, jobs: 3000, images: 200_000 },
  { batch: 100, jobs: 600, images: 200_000 },
]
const WORKERS = [1, 2, 4]
const NAME = 'bench'
const CLI = fileURLToPath(new URL('../dist/cli.js', import.meta.url))
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

/** The photographs of bench:bulk. */
const SAMPLES = [
  photographFile('tracking', 'examples/assets/faces.jpg'),
  ...[1, 2, 3, 4, 5, 6].map((n) => photographFile('@vladmandic/face-api', `demo/sample${n}.jpg`)),
]
const COPIES = 20
const CORES = Math.min(2, availableParallelism())

const { values } = parseArgs({ options: { part: { type: 'string' } } })

try {
  if (values.part !== 'photographs') await measureJobs()
  if (values.part !== 'jobs') await measurePhotographs()
} finally {
  await queue.close()
  await redis.remove()
}

async function measureJobs(): Promise<void> {
  const rows: string[][] = []
  const memory: string[][] = []
  for (const { batch, jobs, images } of CASES) {
    for (const workers of WORKERS) rows.push(await speed(batch, jobs, workers))
    memory.push(await bytes(batch, images))
  }
  writeSection(`Queue, ${NODE}`, [
    `\`npm run bench:queue\` on ${machine()}; ${engine()}; Redis ${queue.connection.server.version} with appendonly.`,
    '',
    'Jobs whose images are not searched, on one machine with its Redis. The time of Redis is the processor time it uses for a',
    'job, from taking it to storing the result; its share of a second is the most jobs a second that one Redis can do, with as',
    'many machines as one likes.',
    '',
    table(
      [
        'images a job',
        'workers',
        'jobs a second',
        'images a second',
        'Redis a job, ms',
        'most jobs a second',
        'most images a second',
      ],
      rows,
    ),
    '',
    'Memory of Redis, MB for a million images (names of 40 characters, two faces an image):',
    '',
    table(['images a job', 'waiting', 'done', 'fetched and removed', 'adding, images a second'], memory),
  ])
}

async function measurePhotographs(): Promise<void> {
  console.error('photographs')
  const folder = await mkdtemp(join(tmpdir(), 'mtcnn-bench-'))
  const images = SAMPLES.length * COPIES
  for (let n = 0; n < images; n++) await copyFile(SAMPLES[n % SAMPLES.length]!, join(folder, `${n}.jpg`))
  await clearQueue(queue)
  async function* found() {
    yield* await readdir(folder)
  }
  const { signal } = place
  const { version } = JSON.parse(await readFile(new URL('../package.json', import.meta.url), 'utf8'))
  await addImages(queue, found(), { options: {}, version, batch: 10, signal, progress: () => {} })
  const before = childrenSeconds()
  const begun = performance.now()
  const argv = ['queue', 'work', '--redis', redis.url, '--name', NAME, '--root', folder, '--concurrency', String(CORES)]
  const child = spawn(process.execPath, [CLI, ...argv, '--until-done', '--quiet'], { stdio: 'inherit' })
  await once(child, 'exit')
  const seconds = (performance.now() - begun) / 1000
  const spent = (childrenSeconds() - before) / images
  await rm(folder, { recursive: true })
  const results = await queue.store.results(await queue.store.finished(0, images))
  const bytes = results.reduce((total, result) => total + (result?.length ?? 0), 0) / images
  writeSection(`Queue of photographs, ${NODE}`, [
    `\`npm run bench:queue -- --part photographs\` on ${machine()}; ${engine()}.`,
    '',
    `${images} photographs, those of bench:bulk, searched by \`queue work --concurrency ${CORES}\` with the options as they are. The`,
    'time is processor time of all processes (start, reading, decoding, search, the queue), which depends little on what else the',
    'machine does; a core that does nothing else does as many images an hour.',
    '',
    table(
      ['processor time an image, ms', 'images an hour a core', 'images a second here', 'bytes of Redis a result'],
      [[(spent * 1000).toFixed(0), (3600 / spent).toFixed(0), (images / seconds).toFixed(1), bytes.toFixed(0)]],
    ),
  ])
}

/** Processor time of the processes that this one started and that have ended, and of those that they started. */
function childrenSeconds(): number {
  const stat = readFileSync('/proc/self/stat', 'utf8')
  const [user, system] = stat
    .slice(stat.lastIndexOf(')') + 2)
    .split(' ')
    .slice(13, 15)
    .map(Number)
  // In ticks, of which Linux counts 100 a second for programs.
  return (user! + system!) / 100
}

async function speed(batch: number, jobs: number, count: number): Promise<string[]> {
  console.error(`${batch} images a job, ${count} workers`)
  await fill(batch, jobs * batch)
  const before = await redisSeconds(queue)
  const seconds = await workedBy(count, jobs * batch)
  const perJob = ((await redisSeconds(queue)) - before) / jobs
  return [
    ...[batch, count].map(String),
    ...[jobs / seconds, (jobs * batch) / seconds].map((rate) => rate.toFixed(0)),
    (perJob * 1000).toFixed(3),
    ...[1 / perJob, batch / perJob].map((rate) => rate.toFixed(0)),
  ]
}

async function bytes(batch: number, images: number): Promise<string[]> {
  console.error(`${batch} images a job, memory`)
  await clearQueue(queue)
  const empty = await usedMemory(queue)
  const seconds = await fill(batch, images)
  const waiting = await usedMemory(queue)
  await workedBy(2, images)
  const done = await usedMemory(queue)
  for (let at = 0; at < images / batch; at += 100) {
    const jobs = await queue.store.finished(at, 100)
    await queue.store.removeResults(jobs, jobs.length * batch)
  }
  const removed = await usedMemory(queue)
  const perMillion = (used: number) => ((used - empty) / images).toFixed(0)
  return [String(batch), ...[waiting, done, removed].map(perMillion), (images / seconds).toFixed(0)]
}

/** @returns the seconds that adding took. */
async function fill(batch: number, images: number): Promise<number> {
  await clearQueue(queue)
  await queue.jobs.pause()
  const { signal } = place
  const start = performance.now()
  await addImages(queue, names(images), { options: {}, version: 'bench', batch, signal, progress: () => {} })
  return (performance.now() - start) / 1000
}

/** @returns the seconds that workers, which were there already, took for all. */
async function workedBy(count: number, images: number): Promise<number> {
  const workers = await Promise.all(Array.from({ length: count }, startWorker))
  const begun = performance.now()
  await queue.jobs.resume()
  while ((await queue.store.counts()).done < images) await new Promise((resolve) => setTimeout(resolve, 20))
  const seconds = (performance.now() - begun) / 1000
  await Promise.all(workers.map(stopWorker))
  return seconds
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
