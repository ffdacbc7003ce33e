import { readFileSync } from 'node:fs'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { HopelessError } from '../../src/bulk/child.ts'
import { failedLine, type Line } from '../../src/bulk/line.ts'
import { NameSet } from '../../src/bulk/name-set.ts'
import type { FoundName } from '../../src/bulk/names.ts'
import type { Answer, Job } from '../../src/bulk/protocol.ts'
import { runAll } from '../../src/bulk/run.ts'
import { Tally } from '../../src/bulk/tally.ts'
import { scratchFolder } from './folder.ts'

const folder = scratchFolder()
const line = (file: string): Line => ({ file, width: 1, height: 1, faces: [] })

interface Changes {
  found?: () => AsyncGenerator<FoundName, void, undefined>
  run?: (job: Job) => Promise<Answer>
  add?: (line: Line) => unknown
}

/** A run over names with a pool of two that answers at once. */
function start(names: string[], { found, run, add }: Changes = {}) {
  const stop = new AbortController()
  const seen = { lines: [] as Line[], asked: 0, told: [] as string[], tally: new Tally(), done: new NameSet(), stop }
  const find = async function* (): AsyncGenerator<FoundName, void, undefined> {
    for (const name of names) {
      seen.asked++
      yield { name }
    }
  }
  const result = runAll({
    names: { base: '/', fromStdin: false, find: found ?? find },
    done: seen.done,
    sink: { add: (line) => (add ? add(line) : seen.lines.push(line)), close: () => {} },
    pool: { size: 2, run: run ?? (async ({ name }) => ({ line: line(name) })) },
    tally: seen.tally,
    signal: stop.signal,
    tell: (message) => seen.told.push(message),
  })
  return { ...seen, seen, result }
}

describe('a run', () => {
  it('writes a line for each name, once', async () => {
    const names = Array.from({ length: 100 }, (_, n) => `${n % 60}.jpg`)
    const { result, lines, tally } = start(names)
    expect(await result).toBe(true)
    expect(lines.map(({ file }) => file)).toEqual(names.slice(0, 60))
    expect([tally.done, tally.skipped]).toEqual([60, 40])
  })

  it('leaves out what is done', async () => {
    const { result, lines, done } = start(['a', 'b', 'c'])
    done.add('b')
    await result
    expect(lines.map(({ file }) => file)).toEqual(['a', 'c'])
  })

  it('asks for names only as fast as they are done', async () => {
    const waiting: (() => void)[] = []
    const run = ({ name }: Job) => new Promise<Answer>((resolve) => waiting.push(() => resolve({ line: line(name) })))
    const { result, seen } = start(
      Array.from({ length: 50 }, (_, n) => `${n}`),
      { run },
    )
    for (let done = 0; done < 50; done++) {
      // All that can happen without another answer.
      await new Promise((resolve) => setImmediate(resolve))
      expect(seen.asked).toBe(Math.min(50, done + 3))
      waiting[done]!()
    }
    expect(await result).toBe(true)
  })

  it('tells of arguments and folders without images, and goes on', async () => {
    const found = async function* (): AsyncGenerator<FoundName, void, undefined> {
      yield { name: '*.gif', problem: 'no file matches', what: 'argument' }
      yield { name: 'closed', problem: 'could not read this folder: EACCES', what: 'folder' }
      yield { name: 'a.jpg' }
    }
    const { result, lines, told } = start([], { found })
    expect(await result).toBe(false)
    expect(told).toEqual(['*.gif: no file matches'])
    expect(lines).toEqual([
      failedLine('closed', 'UNREADABLE_FOLDER', 'could not read this folder: EACCES'),
      line('a.jpg'),
    ])
  })

  it('has failed where an image has', async () => {
    const run = async ({ name }: Job) => ({ line: name === 'b' ? failedLine(name, 'TIMEOUT', 'late') : line(name) })
    const { result, lines } = start(['a', 'b', 'c'], { run })
    expect(await result).toBe(false)
    expect(lines).toHaveLength(3)
  })

  it('finishes what is begun where it is stopped, also while it waits for a name', async () => {
    let answer = () => {}
    const run = ({ name }: Job) =>
      new Promise<Answer>((resolve) => {
        answer = () => resolve({ line: line(name) })
      })
    const found = async function* (): AsyncGenerator<FoundName, void, undefined> {
      yield { name: 'a' }
      await new Promise(() => {})
    }
    const { result, lines, stop } = start([], { run, found })
    await new Promise((resolve) => setImmediate(resolve))
    stop.abort(new Error('Ctrl-C'))
    await new Promise((resolve) => setImmediate(resolve))
    answer()
    expect(await result).toBe(true)
    expect(lines).toEqual([line('a')])
  })

  it('begins nothing where it was stopped before', async () => {
    const run = start(['a'])
    run.stop.abort()
    const { result, lines } = start(['a', 'b'], {
      found: async function* () {
        await new Promise((resolve) => setImmediate(resolve))
        yield { name: 'a' }
      },
    })
    await Promise.all([run.result, result])
    expect(lines).toEqual([line('a')])
  })

  it('ends at once where a line cannot be written, and writes none after it', async () => {
    const written: string[] = []
    const add = ({ file }: Line) => {
      if (file === 'b') throw new HopelessError('the disk is full')
      written.push(file)
    }
    const { result, seen } = start(Array.from('abcdefghij'), { add })
    await expect(result).rejects.toThrow('the disk is full')
    expect(written).toEqual(['a'])
    expect(seen.asked).toBeLessThan(8)
  })

  it('ends with an error of the pool, and with one of the names', async () => {
    const run = async () => {
      throw new HopelessError('no worker starts any more')
    }
    await expect(start(['a', 'b'], { run }).result).rejects.toThrow('no worker starts any more')
    const found = async function* (): AsyncGenerator<FoundName, void, undefined> {
      yield { name: 'a' }
      throw new Error('standard input is no list of names')
    }
    const { result, lines } = start([], { found })
    await expect(result).rejects.toThrow('standard input is no list of names')
    expect(lines).toEqual([line('a')])
  })

  it('replaces a file when its line is written, and not before', async () => {
    const [to, from] = [join(folder, 'a.jpg'), join(folder, '.a.tmp')]
    await writeFile(to, 'with faces')
    await writeFile(from, 'without')
    const run = async ({ name }: Job) => ({ line: line(name), replacement: { from, to } })
    const before: string[] = []
    const { result } = start(['a'], {
      run,
      add: () => before.push(readFileSync(to, 'utf8')),
    })
    await result
    expect([before, await readFile(to, 'utf8')]).toEqual([['with faces'], 'without'])
    const again = start(['a'], { run })
    await expect(again.result).rejects.toThrow(`could not replace '${to}'`)
  })
})
