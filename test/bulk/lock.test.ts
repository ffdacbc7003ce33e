import { spawnSync } from 'node:child_process'
import { existsSync, readdirSync, readFileSync, utimesSync, writeFileSync } from 'node:fs'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import { Lock, LockedError } from '../../src/bulk/lock.ts'
import { scratchFolder } from './folder.ts'

const folder = scratchFolder()
const file = join(folder, 'faces.jsonl')
const path = `${file}.lock`
let lock: Lock | undefined
afterEach(() => {
  lock?.release()
  lock = undefined
  expect(readdirSync(folder)).toEqual([])
})

const holder = (changes: object) => JSON.stringify({ pid: process.pid, host: hostname(), began: '', ...changes })

describe('a lock', () => {
  it('is had by one, until it is released', () => {
    lock = Lock.take(file)
    expect(() => Lock.take(file)).toThrow(LockedError)
    expect(() => Lock.take(file)).toThrow(`process ${process.pid} on ${hostname()} is writing to this output`)
    lock.release()
    expect(existsSync(path)).toBe(false)
    lock = Lock.take(file)
  })

  it('of a process that has ended is taken over at once', () => {
    const { pid } = spawnSync(process.execPath, ['--version'])
    writeFileSync(path, holder({ pid }))
    lock = Lock.take(file)
    expect(JSON.parse(readFileSync(path, 'utf8')).pid).toBe(process.pid)
  })

  it.skipIf(!existsSync('/proc/self/stat'))('of a process whose number came again is taken over', () => {
    writeFileSync(path, holder({ began: '1' }))
    lock = Lock.take(file)
  })

  it.each([
    ['of another machine', holder({ host: 'elsewhere' })],
    ['that is just being written', ''],
  ])('%s counts for a minute', (_, text) => {
    writeFileSync(path, text)
    expect(() => Lock.take(file)).toThrow(LockedError)
    const past = new Date(Date.now() - 61_000)
    utimesSync(path, past, past)
    lock = Lock.take(file)
  })
})
