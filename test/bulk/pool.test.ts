import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import { HopelessError } from '../../src/bulk/child.ts'
import type { Line } from '../../src/bulk/line.ts'
import { BulkPool } from '../../src/bulk/pool.ts'
import { scratchFolder } from './folder.ts'

const folder = scratchFolder()
const script = new URL('children/fake.mjs', import.meta.url)
let pool: BulkPool | undefined
afterEach(() => pool?.close())

async function start(workers: number, options = {}, timeout = 60_000): Promise<BulkPool> {
  pool = await BulkPool.start({ workers, timeout, script, setup: { options, task: { kind: 'detect' } } })
  return pool
}

const run = async (name: string): Promise<Line> => (await pool!.run({ name })).line
const worker = (line: Line) => ('width' in line ? line.width : undefined)

/** Whether a process is there. */
function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}

async function ended(pid: number): Promise<void> {
  while (isAlive(pid)) await new Promise((resolve) => setTimeout(resolve, 5))
}

describe('workers', () => {
  it('do all jobs, as many at a time as there are workers, and no more are started than are needed', async () => {
    const log = join(folder, 'few')
    await start(3, { log })
    const one = await run('a')
    expect(await run('b')).toEqual({ ...one, file: 'b' })
    expect((await readFile(log, 'utf8')).trim().split('\n')).toHaveLength(1)
    const lines = await Promise.all(Array.from({ length: 50 }, (_, n) => run(`${n}`)))
    expect(lines.map(({ file }) => file)).toEqual(Array.from({ length: 50 }, (_, n) => `${n}`))
    expect(new Set(lines.map(worker)).size).toBeLessThanOrEqual(3)
  })

  it('end when the pool is closed; what is worked at and what waits rejects', async () => {
    await start(1)
    const pid = worker(await run('a'))!
    const jobs = Promise.allSettled([run('hang'), run('b')])
    pool!.close()
    for (const job of await jobs) expect(job).toMatchObject({ reason: { code: 'DISPOSED' } })
    await expect(run('c')).rejects.toThrow('the workers were ended')
    await ended(pid)
  })
})

describe('a worker that does not answer', () => {
  it.each(['hang', 'spin'])('in time is ended (%s), and the next image has another one', async (name) => {
    await start(1, {}, 300)
    const pid = worker(await run('a'))!
    const message = 'it was not done in the 0.3 s that --timeout allows'
    expect(await run(name)).toEqual({ file: name, error: { code: 'TIMEOUT', message } })
    await ended(pid)
    expect(worker(await run('b'))).not.toBe(pid)
  })

  it('since it ended is replaced, and the image is tried once more', async () => {
    await start(1)
    const pid = worker(await run('a'))
    const name = `kill-once ${join(folder, 'killed')}`
    const line = await run(name)
    expect(line).toMatchObject({ file: name, faces: [] })
    expect(worker(line)).not.toBe(pid)
  })

  it.each([
    ['kill', 'the worker ended (SIGKILL), 2 times with this image'],
    ['end', 'the worker ended (exit code 7): FATAL ERROR: out of memory, 2 times with this image'],
  ])('twice: the image has failed (%s), the others are done', async (name, message) => {
    await start(2)
    const lines = await Promise.all([run('a'), run(name), run('b'), run('c')])
    expect(lines[1]).toEqual({ file: name, error: { code: 'WORKER_FAILED', message } })
    expect(lines.filter((line) => 'faces' in line)).toHaveLength(3)
  })

  it('for the reason that no image can be done: all jobs reject', async () => {
    await start(1)
    const jobs = await Promise.allSettled([run('hopeless'), run('a')])
    for (const job of jobs) expect(job).toMatchObject({ reason: expect.any(HopelessError) })
    await expect(run('b')).rejects.toThrow('the disk is full')
  })
})

describe('a start that fails', () => {
  it('says why, once and at once', async () => {
    await expect(start(2, { refuse: true })).rejects.toMatchObject({
      code: 'MISSING_DEPENDENCY',
      message: 'npm install it',
    })
    await expect(start(2, { endAtStart: true })).rejects.toMatchObject({
      code: 'WORKER_FAILED',
      message: 'the worker ended (exit code 3)',
    })
  })

  it('for a script that is not there', async () => {
    const settings = { workers: 1, timeout: 1000, setup: { options: {}, task: { kind: 'detect' as const } } }
    const missing = new URL('children/none.mjs', import.meta.url)
    await expect(BulkPool.start({ ...settings, script: missing })).rejects.toThrow(/Cannot find module|exit code 1/)
  })

  it('again and again ends the run', async () => {
    // The second worker and later ones find the script changed.
    const own = join(folder, 'own.mjs')
    await writeFile(own, await readFile(script, 'utf8'))
    const { pathToFileURL } = await import('node:url')
    const setup = { options: {}, task: { kind: 'detect' as const } }
    pool = await BulkPool.start({ workers: 1, timeout: 60_000, script: pathToFileURL(own), setup })
    await writeFile(own, 'process.exit(5)')
    await expect(run('kill')).rejects.toThrow('no worker starts any more: the worker ended (exit code 5)')
  })
})
