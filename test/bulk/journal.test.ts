import { existsSync } from 'node:fs'
import { appendFile, readFile, truncate, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { HopelessError } from '../../src/bulk/child.ts'
import { type JournalFormat, readEarlier } from '../../src/bulk/earlier.ts'
import { Journal } from '../../src/bulk/journal.ts'
import { failedLine, type Line } from '../../src/bulk/line.ts'
import { LockedError } from '../../src/bulk/lock.ts'
import { scratchFolder } from './folder.ts'

const folder = scratchFolder()
const box = { x: 1, y: 2, width: 3, height: 4 }
const faces = (count: number) => Array.from({ length: count }, () => ({ box, confidence: 0.9 }))
const LINES: Line[] = [
  { file: 'a.jpg', width: 10, height: 20, faces: faces(3) },
  { file: 'b\n\udce9\u202e"\\.jpg', width: 10, height: 20, faces: [] },
  failedLine('c.jpg', 'DECODE_FAILED', 'it is "no" image,\nbut text'),
  { file: '=d.jpg', width: 10, height: 20, faces: faces(1) },
]

async function open(path: string, format: JournalFormat, retryFailed = false) {
  const earlier: [string, boolean][] = []
  const take = (file: string, failed: boolean) => void earlier.push([file, failed])
  return { journal: await Journal.open(path, { format, retryFailed, take }), earlier }
}

async function written(path: string, format: JournalFormat, lines = LINES): Promise<Buffer> {
  const { journal } = await open(path, format)
  for (const line of lines) journal.add(line)
  journal.close()
  return readFile(path)
}

describe.each(['jsonl', 'csv'] as const)('an output in %s', (format) => {
  const ALL = LINES.map((line) => [line.file, 'error' in line] as [string, boolean])

  it('tells the next run what is done', async () => {
    const path = join(folder, `done.${format}`)
    const bytes = await written(path, format)
    const { journal, earlier } = await open(path, format)
    expect(earlier).toEqual(ALL)
    journal.add({ file: 'e.jpg', width: 1, height: 1, faces: [] })
    journal.close()
    const after = await readFile(path)
    expect(after.subarray(0, bytes.length)).toEqual(bytes)
    expect(after.length).toBeGreaterThan(bytes.length)
    expect(existsSync(`${path}.lock`)).toBe(false)
  })

  it('torn at any byte: all whole images count, the rest is cut off', async () => {
    const whole = join(folder, `whole.${format}`)
    const bytes = await written(whole, format)
    const path = join(folder, `torn.${format}`)
    /** After so many bytes so many images are whole. */
    const ends: number[] = []
    for (let n = 0; n <= LINES.length; n++) {
      const part = join(folder, `part-${n}.${format}`)
      ends.push((await written(part, format, LINES.slice(0, n))).length)
    }
    for (let length = 0; length <= bytes.length; length++) {
      await writeFile(path, bytes)
      await truncate(path, length)
      const { journal, earlier } = await open(path, format)
      const count = ends.filter((end) => end <= length).length - 1
      expect(earlier).toEqual(ALL.slice(0, Math.max(count, 0)))
      for (const line of LINES.slice(Math.max(count, 0))) journal.add(line)
      journal.close()
      expect(await readFile(path)).toEqual(bytes)
    }
  })

  it('without the images that failed, where they shall be done again', async () => {
    const path = join(folder, `retry.${format}`)
    await written(path, format)
    const { journal, earlier } = await open(path, format, true)
    expect(earlier).toEqual(ALL.filter(([, failed]) => !failed))
    journal.close()
    const good = LINES.filter((line) => !('error' in line))
    expect(await readFile(path)).toEqual(await written(join(folder, `good.${format}`), format, good))
  })

  it('is written by one run at a time', async () => {
    const path = join(folder, `twice.${format}`)
    const { journal } = await open(path, format)
    await expect(open(path, format)).rejects.toThrow(LockedError)
    journal.close()
    ;(await open(path, format)).journal.close()
  })

  it('of something else is refused, and left as it is', async () => {
    const path = join(folder, `notes.${format}`)
    for (const text of ['my notes\n', '{"faces":[]}\n', '[]\n', '\n', '{"file":7}\n']) {
      await writeFile(path, text)
      await expect(open(path, format)).rejects.toThrow('was not written by this command: its line 1')
      expect(await readFile(path, 'utf8')).toBe(text)
    }
    const bytes = await written(join(folder, `second.${format}`), format)
    await writeFile(path, bytes)
    await appendFile(path, 'my notes\n')
    await expect(open(path, format)).rejects.toThrow('was not written by this command')
    expect(existsSync(`${path}.lock`)).toBe(false)
  })
})

it('lines that another program has written in another order count too', async () => {
  const path = join(folder, 'other.jsonl')
  await writeFile(path, '{"width":1,"file":"a.jpg"}\n{ "error": {}, "file": "b.jpg" }\n')
  const found: [string, boolean][] = []
  await readEarlier(path, 'jsonl', (file, failed) => void found.push([file, failed]))
  expect(found).toEqual([
    ['a.jpg', false],
    ['b.jpg', true],
  ])
})

it('a folder that is not there is made; an empty output is one', async () => {
  const { journal, earlier } = await open(join(folder, 'new/er/faces.jsonl'), 'jsonl')
  journal.close()
  expect(earlier).toEqual([])
})

describe.skipIf(!existsSync('/dev/full'))('a full disk', () => {
  it('ends the run', async () => {
    const { journal } = await open('/dev/full', 'jsonl')
    expect(() => journal.add(LINES[0]!)).toThrow(HopelessError)
    expect(() => journal.add(LINES[0]!)).toThrow(/could not write to '\/dev\/full': ENOSPC/)
    journal.close()
  })
})
