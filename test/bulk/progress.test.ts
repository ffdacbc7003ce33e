import { PassThrough } from 'node:stream'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { Progress } from '../../src/bulk/progress.ts'
import { Tally } from '../../src/bulk/tally.ts'

afterEach(() => {
  vi.useRealTimers()
})

describe('without a terminal', () => {
  it('a plain line every 30 s, and none after the end', () => {
    vi.useFakeTimers()
    const lines: string[] = []
    const progress = new Progress(new Tally(() => 0), { terminal: undefined, print: (text) => lines.push(text) })
    vi.advanceTimersByTime(29_000)
    expect(lines).toEqual([])
    vi.advanceTimersByTime(32_000)
    expect(lines).toEqual(Array(2).fill('0 images | 0.0/s | 0 faces | 0 failed\n'))
    progress.around(() => lines.push('between'))
    progress.end()
    vi.advanceTimersByTime(100_000)
    expect(lines).toHaveLength(3)
  })
})

describe('on a terminal', () => {
  it('a bar that is gone at the end, and what is printed stays', () => {
    const terminal = Object.assign(new PassThrough(), { isTTY: true, columns: 120, rows: 30 })
    let shown = ''
    terminal.setEncoding('utf8').on('data', (text: string) => {
      shown += text
    })
    const read = () => {
      terminal.read()
      return shown
    }
    const tally = new Tally(() => 0)
    tally.total = 10
    tally.skipped = 5
    const progress = new Progress(tally, { terminal, print: (text) => terminal.write(text) })
    expect(read()).toContain(`[${'='.repeat(12)}${'-'.repeat(12)}] 5 of 10 images | 0.0/s | 0 faces | 0 failed`)
    progress.around(() => terminal.write('a message\n'))
    const before = read().length
    progress.end()
    // biome-ignore lint/suspicious/noControlCharactersInRegex: how a terminal is told to clear a line
    expect(read().slice(before)).toMatch(/\x1b\[2K$/)
    expect(shown).toContain('a message\n')
    progress.end()
  })
})
