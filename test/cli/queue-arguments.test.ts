import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { describe, expect, it } from 'vitest'
import { UsageError } from '../../src/bulk/usage-error.ts'
import { FLAGS } from '../../src/cli/flags.ts'
import { parseFlags } from '../../src/cli/parse.ts'
import { parseQueueArguments, type QueueCommand } from '../../src/cli/queue-arguments.ts'
import { DEFAULT_BATCH, QUEUE_FLAGS, QUEUE_TASKS, searchFlags } from '../../src/cli/queue-flags.ts'
import { queueHelpText } from '../../src/cli/queue-help.ts'
import { count, statusText } from '../../src/cli/queue-report.ts'

const parse = (line: string, variables = {}) => parseQueueArguments(line.split(' '), variables) as QueueCommand

describe('the arguments of queues', () => {
  it('have defaults', () => {
    expect(parse('add album')).toEqual({
      task: 'add',
      redis: 'redis://127.0.0.1:6379',
      name: 'faces',
      quiet: false,
      root: undefined,
      files: ['album'],
      options: {},
      batch: DEFAULT_BATCH,
      recursive: true,
      endings: expect.arrayContaining(['jpg', 'png']),
      nul: false,
    })
    expect(parse('work')).toMatchObject({ timeout: 60_000, stallAfter: 30, untilDone: false })
    expect(parse('results')).toMatchObject({ out: undefined, follow: false, remove: false })
    expect(parse('status')).toMatchObject({ json: false })
  })

  it('are read', () => {
    const add = parse('add a b --root /x --batch 25 --no-recursive --ext png -0 --min-face 40 --weights f16 -q')
    expect(add).toMatchObject({
      files: ['a', 'b'],
      root: resolve('/x'),
      batch: 25,
      recursive: false,
      endings: ['png'],
      nul: true,
      options: { minFaceSize: 40, weights: 'f16' },
      quiet: true,
    })
    const work = parse('work --concurrency 3 --timeout 5 --stall-after 1.5 --until-done --root .')
    expect(work).toMatchObject({ concurrency: 3, timeout: 5000, stallAfter: 1.5, untilDone: true, root: resolve('.') })
    expect(parse('results --out f.csv --follow --remove')).toMatchObject({
      out: { path: 'f.csv', format: 'csv' },
      follow: true,
      remove: true,
    })
    expect(parse('results --out -')).toMatchObject({ out: undefined })
    expect(parse('clear --yes --name x')).toMatchObject({ task: 'clear', name: 'x' })
    expect(parse('--redis redis://a status --json')).toMatchObject({ redis: 'redis://a', json: true })
  })

  it('take the Redis from the variable where none is named', () => {
    const variables = { REDIS_URL: 'rediss://:secret@queue' }
    expect(parse('status', variables).redis).toBe('rediss://:secret@queue')
    expect(parse('status --redis redis://b', variables).redis).toBe('redis://b')
    expect(() => parse('status', { REDIS_URL: 'http://:secret@queue' })).toThrow(/^REDIS_URL: .*'http:'/)
  })

  it.each([
    ['', 'no command given behind'],
    ['ad', "unknown command 'queue ad': did you mean 'add'?"],
    ['add', 'no file given'],
    ['work a', "queue work takes no 'a'"],
    ['add a --until-done', '--until-done goes with queue work'],
    ['work --min-face 40', '--min-face goes with queue add: how images are searched is said where they are added'],
    ['add a --min-face=-1', '--min-face: '],
    ['add a --weights own.bin', '--weights: for a queue these are f32 or f16'],
    ['add a --worker', "unknown option '--worker'"],
    ['add a --batch 0', '--batch: a whole number from 1 to 1000 is wanted'],
    ['add a --batch 1.5', '--batch: a whole number'],
    ['work --concurrency many', '--concurrency: a whole number'],
    ['work --timeout 0', '--timeout: 0.1 to 86400 seconds'],
    ['work --stall-after x', '--stall-after: a number is wanted'],
    ['results --out faces.txt', '--out: a name that ends in .jsonl or .csv'],
    ['results --remove', '--remove goes with --out'],
    ['clear', 'give --yes'],
    ['status --name a:b', '--name: '],
    ['status --redis queue', '--redis: this is not the URL'],
    ['status --jsn', "did you mean '--json'?"],
    ['status --redis', '--redis needs a value'],
  ])('are refused: %s', (line, message) => {
    const argv = line === '' ? [] : line.split(' ')
    expect(() => parseQueueArguments(argv, {})).toThrow(UsageError)
    expect(() => parseQueueArguments(argv, {})).toThrow(message)
  })

  it('one set of flags: none twice, each in the help, with what it goes with', () => {
    const names = [...QUEUE_FLAGS, ...searchFlags()].map(({ name }) => name)
    expect(new Set(names).size).toBe(names.length)
    for (const name of names) expect(queueHelpText()).toContain(`${name}`)
    for (const task of QUEUE_TASKS) expect(queueHelpText()).toContain(`mtcnn-wasm queue ${task}`)
    for (const line of queueHelpText().split('\n')) expect(line.length, line).toBeLessThanOrEqual(120)
    expect(parseQueueArguments(['--help'], {})).toEqual({ task: 'help' })
    expect(parseQueueArguments(['add', '-h'], {})).toEqual({ task: 'help' })
    // Those of the library that are left out are about the machine.
    const left = FLAGS.filter(({ option, name }) => option !== undefined && !names.includes(name))
    expect(left.map(({ name }) => name).filter((name) => !['worker', 'module', 'threads'].includes(name))).toEqual([])
    expect(parseFlags(['a', '-q'], QUEUE_FLAGS)).toEqual({ values: new Map([['quiet', true]]), positionals: ['a'] })
  })
})

it('docs/cli.md names every command and flag', () => {
  const page = readFileSync(new URL('../../docs/cli.md', import.meta.url), 'utf8')
  const section = page.slice(page.indexOf('## Many machines'), page.indexOf('## Exit codes'))
  for (const task of QUEUE_TASKS) expect(section).toContain(`| \`queue ${task}`)
  for (const { name } of QUEUE_FLAGS.filter(({ name }) => name !== 'help')) {
    expect(section).toMatch(new RegExp(`\`--(no-)?${name}\\b`))
  }
})

describe('the status for people', () => {
  const status = {
    name: 'faces',
    images: { added: 12_345, done: 6000, left: 6345, failed: 3, removed: 10 },
    faces: 20_000,
    errors: { DECODE_FAILED: 2, TIMEOUT: 1 },
    batches: { waiting: 630, active: 4, later: 0, failed: 1, unsent: 2 },
    workers: 2,
    rate: 12.345,
    secondsLeft: 514,
    redis: { version: '7.0.15', usedMemory: 12_345_678, maxMemory: 2e9, appendOnly: true },
  }

  it('says all of it', () => {
    expect(statusText(status)).toBe(`faces
  images   12,345 added, 6,000 done (48.6 %), 6,345 left
  removed  10 results were written and removed
  failed   3  DECODE_FAILED 2  TIMEOUT 1
  faces    20,000
  batches  630 waiting, 4 active, 0 to be tried again, 1 failed, 2 not handed over: run 'queue add' again
  workers  2
  rate     12.3 images per second over the last minute, 9 min left
  redis    7.0.15, 12 MB, limit 2,000 MB, appendonly yes
`)
  })

  it('and what is not known is left out', () => {
    const still = { ...status, secondsLeft: null, redis: { ...status.redis, maxMemory: 0, appendOnly: false } }
    expect(statusText(still)).toContain('over the last minute\n')
    expect(statusText(still)).toContain('no limit, appendonly no')
    expect(statusText({ ...status, secondsLeft: 0 })).toContain('all done')
    expect([count(1, 'batch'), count(2, 'batch'), count(1000, 'image')]).toEqual([
      '1 batch',
      '2 batches',
      '1,000 images',
    ])
  })
})
