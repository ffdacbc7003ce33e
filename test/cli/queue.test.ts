import { execFileSync, spawnSync } from 'node:child_process'
import { mkdir, mkdtemp, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, beforeAll, describe, expect, it } from 'vitest'
import { failedLine, foundLine } from '../../src/bulk/line.ts'
import { type QueueEnvironment, runQueue } from '../../src/cli/queue.ts'
import { writeResults } from '../../src/cli/queue-results.ts'
import { MtcnnError } from '../../src/shared/errors.ts'
import { start } from '../queue/commands.ts'
import { hasRedis, queueFor, redisForTests, redisNote } from '../queue/redis.ts'
import { TestRedis } from '../queue/test-redis.ts'
import { cli, scratchFolder } from './environment.ts'

const folder = scratchFolder()

/** It makes the certificate. In CI it has to be there. */
const hasOpenSsl = Boolean(process.env.CI) || spawnSync('openssl', ['version']).status === 0

/** Runs `queue ...` in this process, with a pool that finds nothing in every image. */
async function run(argv: string[], changes: Partial<QueueEnvironment> = {}) {
  const seen = { stdout: '', stderr: '', said: [] as string[] }
  const environment: QueueEnvironment = {
    stdout: (text) => {
      seen.stdout += text
    },
    stderr: (text) => {
      seen.stderr += text
    },
    say: (message) => void seen.said.push(message),
    async *readStdin() {},
    signal: new AbortController().signal,
    startPool: async ({ workers }) => ({
      size: workers,
      run: async ({ name }) => ({
        line: name.includes('bad')
          ? failedLine(name, 'DECODE_FAILED', 'no image')
          : foundLine(name, { width: 3, height: 2 }, []),
      }),
      close: () => {},
    }),
    variables: {},
    version: async () => '1.2.3',
    ...changes,
  }
  const code = await runQueue(argv, environment)
  return { code, ...seen }
}

describe.skipIf(!hasRedis)(`the command queue${redisNote}`, () => {
  const redis = redisForTests()
  const at = (...argv: string[]) => [...argv, '--redis', redis.url]

  beforeAll(async () => {
    await mkdir(join(folder, 'album/below'), { recursive: true })
    for (const name of ['a.jpg', 'b.png', 'bad.jpg', 'below/c.jpg', 'notes.txt']) {
      await writeFile(join(folder, 'album', name), '')
    }
  })

  const album = () => join(folder, 'album')

  it('adds, works, tells, writes and clears', async () => {
    const name = ['--name', 'all']
    const added = await run(at('add', album(), 'none*.jpg', '--root', folder, ...name))
    expect(added).toEqual({
      ...{ code: 1, stdout: '', stderr: '4 images added in 1 batch\n' },
      said: ['none*.jpg: no file matches this pattern'],
    })
    const out = join(folder, 'all.csv')
    const before = await run(at('results', '--out', out, ...name))
    expect(before).toMatchObject({ code: 1, stderr: '0 results written; 4 images without a result yet\n' })
    const worked = await run(at('work', '--root', folder, '--concurrency', '2', '--until-done', ...name))
    expect(worked).toMatchObject({ code: 0, stdout: '', said: [] })
    expect(worked.stderr).toMatch(
      /^Working on 'all' at redis:\/\/127\.0\.0\.1:\d+, 2 images at a time\n4 images here in/,
    )
    expect(worked.stderr).toMatch(/0 faces, 1 failed\n$/)
    expect((await run(at('results', '--out', out, ...name))).code).toBe(0)
    const rows = (await readFile(out, 'utf8')).trimEnd().split('\n')
    expect(
      rows
        .slice(1)
        .map((row) => row.split(',')[0])
        .sort(),
    ).toEqual(['a.jpg', 'b.png', 'bad.jpg', 'below/c.jpg'].map((file) => `"album/${file}"`))
    expect((await run(at('results', '--out', out, ...name))).stderr).toMatch(/^0 results written; every image/)
    expect((await run(at('status', ...name))).stdout).toMatch(/^all\n.*4 added, 4 done/)
    expect((await run(at('clear', '--yes', ...name))).stderr).toMatch(/^The queue 'all' at redis:.* is empty\.\n$/)
    expect(JSON.parse((await run(at('status', '--json', ...name))).stdout).images.added).toBe(0)
  })

  it('takes no image from outside of the root, and says so', async () => {
    const { code, said } = await run(
      at('add', album(), '/elsewhere/x.jpg', '--root', album(), '--name', 'outside', '-q'),
    )
    expect([code, said]).toEqual([1, [`/elsewhere/x.jpg: it is not below --root '${album()}'`]])
  })

  it('takes names from standard input, which are seen from the root', async () => {
    const readStdin = async function* () {
      yield Buffer.from('below/c.jpg\0https://example.com/x.jpg\0../y.jpg\0')
    }
    const argv = at('add', '-', join(album(), 'a.jpg'), '-0', '--root', album(), '--name', 'list', '-q')
    const { code, said } = await run(argv, { readStdin })
    expect([code, said]).toEqual([1, [`../y.jpg: it is not below --root '${album()}'`]])
    const { queue } = await queueFor(redis, 'list')
    const [job] = await queue.jobs.getJobs(['waiting'])
    expect(job!.data.files).toEqual(['a.jpg', 'below/c.jpg', 'https://example.com/x.jpg'])
    await expect(run(at('add', '-', '-'))).rejects.toThrow(/once only/)
    await expect(run(at('add', album(), '-0'))).rejects.toThrow(/-0 goes with '-'/)
  })

  it('says what else the queue was filled with, and by which version', async () => {
    const name = ['--name', 'other', '-q']
    await run(at('add', album(), '--min-face', '50', ...name))
    await expect(run(at('add', album(), ...name))).rejects.toThrow(/filled with the options \{"minFaceSize":50\}/)
    const worked = await run(at('work', '--until-done', ...name), { version: async () => '2.0.0' })
    expect(worked.said).toEqual([
      'this is version 2.0.0, and the queue was filled by 1.2.3: results may differ in digits',
    ])
  })

  it('takes no batch where no process of its own starts', async () => {
    const name = ['--name', 'cannot', '-q']
    await run(at('add', album(), ...name))
    const startPool = async () => {
      throw new MtcnnError('UNSUPPORTED_PLATFORM', 'no SIMD here')
    }
    await expect(run(at('work', ...name), { startPool })).rejects.toThrow('no SIMD here')
    const { queue } = await queueFor(redis, 'cannot')
    expect(await queue.jobs.getJobCounts('waiting', 'active', 'delayed')).toEqual({ waiting: 1, active: 0, delayed: 0 })
  })

  it('stops in the middle, and says how to go on', async () => {
    const stop = new AbortController()
    async function* readStdin() {
      for (let index = 0; index < 5000; index++) {
        if (index === 2500) stop.abort(new Error('interrupted'))
        yield Buffer.from(`${index}.jpg\n`)
      }
    }
    const { code, stderr } = await run(at('add', '-', '--name', 'stops'), { signal: stop.signal, readStdin })
    expect([code, stderr]).toEqual([1, 'Stopped. Run the same command again to go on.\n'])
    const { queue } = await queueFor(redis, 'stops')
    expect((await queue.store.counts()).added).toBe(2000)
  })

  it('follows until all is done, and is ended in between', async () => {
    const name = ['--name', 'follows', '-q']
    await run(at('add', album(), ...name))
    const { queue } = await queueFor(redis, 'follows')
    const stop = new AbortController()
    const out = { path: join(folder, 'follows.jsonl'), format: 'jsonl' as const }
    const command = {
      task: 'results',
      redis: redis.url,
      name: 'follows',
      quiet: true,
      out,
      follow: true,
      remove: true,
    } as const
    const environment = { stdout: () => {}, stderr: () => {}, signal: stop.signal }
    const following = writeResults(command, queue, environment)
    const ended = expect(following).rejects.toThrow('enough')
    stop.abort(new Error('enough'))
    await ended
    await run(at('work', '--until-done', ...name))
    expect(await writeResults(command, queue, { ...environment, signal: new AbortController().signal })).toBe(0)
    expect((await readFile(out.path, 'utf8')).trimEnd().split('\n')).toHaveLength(4)
    expect(await queue.store.counts()).toMatchObject({ done: 4, removed: 4 })
    const other = await run(at('results', '--name', 'follows'))
    expect(other).toMatchObject({
      code: 0,
      stdout: '',
      stderr: expect.stringContaining('4 results not there any more'),
    })
  })

  it('is reached from the command line, and has a help', async () => {
    const help = await cli(['queue', '--help'])
    expect(help).toMatchObject({ code: 0, stdout: expect.stringContaining('mtcnn-wasm queue work') })
    const wrong = await cli(['queue', 'clear'])
    expect(wrong).toMatchObject({ code: 2, stderr: expect.stringMatching(/Run 'mtcnn-wasm queue --help'/) })
    const away = await cli(['queue', 'status', '--redis', 'redis://user:secret@127.0.0.1:1'])
    expect(away.code).toBe(1)
    expect(away.stderr).toMatch(/^mtcnn-wasm: could not use redis:\/\/127\.0\.0\.1:1 \(.*ECONNREFUSED/)
    expect(away.stderr).not.toMatch(/secret|user/)
  })
})

describe.skipIf(!hasRedis)(`a Redis with other settings${redisNote}`, () => {
  const started: TestRedis[] = []
  const redisWith = async (...options: string[]) => {
    const redis = new TestRedis(...options)
    started.push(redis)
    await redis.start()
    return redis
  }
  afterEach(async () => {
    await Promise.all(started.splice(0).map((redis) => redis.remove()))
  })

  it('with a password: it is used, and never shown', async () => {
    const { port } = await redisWith('--requirepass', 'se cret')
    const right = await run(['status', '--redis', `redis://:se%20cret@127.0.0.1:${port}`])
    expect(right).toMatchObject({ code: 0, said: [] })
    expect(right.stdout).not.toContain('cret')
    for (const user of ['', ':wrong-secret@', 'nobody:wrong-secret@']) {
      const error = await run(['work', '--redis', `redis://${user}127.0.0.1:${port}`]).catch((error: Error) => error)
      expect(error).toBeInstanceOf(Error)
      expect((error as Error).message).toMatch(/^could not use redis:\/\/127.*(NOAUTH|WRONGPASS).*go into the URL/)
      expect((error as Error).message).not.toContain('secret')
    }
  })

  it('that throws away what is in it is refused, and one that keeps nothing is told', async () => {
    const evicting = await redisWith('--maxmemory', '100mb', '--maxmemory-policy', 'allkeys-lru')
    await expect(run(['add', folder, '--redis', evicting.url])).rejects.toThrow(/maxmemory-policy allkeys-lru/)
    const forgetting = await redisWith('--appendonly', 'no')
    const { said } = await run(['add', '-', '--redis', forgetting.url])
    expect(said).toEqual([expect.stringMatching(/has appendonly no: a restart of Redis loses the queue/)])
  })

  it('that is full: adding says so, and goes on when there is room', async () => {
    const redis = await redisWith('--maxmemory', '3mb')
    async function* readStdin() {
      for (let index = 0; index < 30_000; index++) yield Buffer.from(`photographs/of/the/summer/${index}.jpg\n`)
    }
    const add = () => run(['add', '-', '--redis', redis.url], { readStdin })
    await expect(add()).rejects.toThrow(/memory of redis:.* is full/)
    const { queue } = await queueFor(redis, 'faces')
    await queue.connection.client.config('SET', 'maxmemory', '0')
    await add()
    expect((await queue.store.counts()).added).toBe(30_000)
    const jobs = await queue.jobs.getJobs(['waiting'])
    expect(new Set(jobs.flatMap(({ data }) => data.files)).size).toBe(30_000)
  })

  it.skipIf(!hasOpenSsl)(`over TLS${hasOpenSsl ? '' : ' (left out: openssl is not installed)'}`, async () => {
    const keys = await mkdtemp(join(folder, 'tls-'))
    const [key, certificate] = [join(keys, 'key.pem'), join(keys, 'certificate.pem')]
    const subject = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost']
    execFileSync(
      'openssl',
      ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-keyout', key, '-out', certificate, ...subject],
      {
        stdio: 'ignore',
      },
    )
    const tls = ['--tls-cert-file', certificate, '--tls-key-file', key, '--tls-auth-clients', 'no', '--tls-port']
    const plain = await redisWith()
    const port = plain.port
    await plain.stop()
    await redisWith(...tls, String(port))
    // A certificate of our own: refused, which shows that it is TLS and that it is looked at.
    await expect(run(['status', '--redis', `rediss://localhost:${port}`])).rejects.toThrow(/self-signed certificate/)
    await expect(run(['status', '--redis', `redis://localhost:${port}`])).rejects.toThrow(/could not use/)
    // Node reads the certificates that it trusts when it starts.
    const argv = ['queue', 'status', '--redis', `rediss://localhost:${port}`]
    const trusting = start(argv, { cwd: folder, variables: { NODE_EXTRA_CA_CERTS: certificate } })
    expect(await trusting.end).toMatchObject({ code: 0, stderr: '', stdout: expect.stringMatching(/^faces\n/) })
  })
})
