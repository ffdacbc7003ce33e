import { randomUUID } from 'node:crypto'
import { linkSync, readFileSync, renameSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs'
import { hostname } from 'node:os'

/** How often a run shows that it is alive, and after what time without that it is taken for dead, milliseconds. */
const BEAT_MS = 10_000
const DEAD_MS = 60_000

interface Holder {
  pid: number
  host: string
  /** When the process began, where the system tells: a number of a process may come again. */
  began: string
}

/** Another run has the file. */
export class LockedError extends Error {
  override readonly name = 'LockedError'
}

/**
 * Keeps a file for this process: beside it lies another one, `<file>.lock`, until {@link Lock.release}. A lock whose process has ended
 * is taken over at once; one of another machine when it has not been touched for a minute.
 */
export class Lock {
  readonly #path: string
  readonly #beat: NodeJS.Timeout

  private constructor(path: string) {
    this.#path = path
    this.#beat = setInterval(() => {
      try {
        utimesSync(path, new Date(), new Date())
      } catch {
        // Somebody has removed it. The run goes on: its output is still open.
      }
    }, BEAT_MS)
    this.#beat.unref()
  }

  /** @throws LockedError */
  static take(file: string): Lock {
    const path = `${file}.lock`
    const mine = JSON.stringify({ pid: process.pid, host: hostname(), began: beginOf(process.pid) } satisfies Holder)
    // A lock that is given back between two looks is no reason to fail.
    for (let attempt = 0; attempt < 100; attempt++) {
      try {
        writeFileSync(path, mine, { flag: 'wx' })
        return new Lock(path)
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
      }
      removeDead(path)
    }
    throw new LockedError(`'${path}' comes and goes: other runs write to this output`)
  }

  release(): void {
    clearInterval(this.#beat)
    rmSync(this.#path, { force: true })
  }
}

function removeDead(path: string): void {
  let text: string
  let age: number
  try {
    text = readFileSync(path, 'utf8')
    age = Date.now() - statSync(path).mtimeMs
  } catch {
    // It was given back.
    return
  }
  const holder = read(text)
  if (isAlive(holder, age)) {
    const who = holder ? `process ${holder.pid} on ${holder.host}` : 'another process'
    throw new LockedError(`${who} is writing to this output. If that has ended, remove '${path}'`)
  }
  // Another process may be doing the same: what was moved has to be what was read.
  const aside = `${path}.${randomUUID()}`
  try {
    renameSync(path, aside)
    if (readFileSync(aside, 'utf8') !== text) linkSync(aside, path)
  } catch {
    // It was moved by another one, or a new one is there already.
  } finally {
    rmSync(aside, { force: true })
  }
}

function read(text: string): Holder | undefined {
  try {
    const holder: Holder = JSON.parse(text)
    return Number.isInteger(holder.pid) && typeof holder.host === 'string' ? holder : undefined
  } catch {
    // It is just being written, or was never written whole.
    return undefined
  }
}

function isAlive(holder: Holder | undefined, age: number): boolean {
  if (holder?.host !== hostname()) return age < DEAD_MS
  try {
    process.kill(holder.pid, 0)
  } catch (error) {
    // It is there, but somebody else's.
    if ((error as NodeJS.ErrnoException).code !== 'EPERM') return false
  }
  const began = beginOf(holder.pid)
  return began === '' || holder.began === '' || began === holder.began
}

/** When a process began, in ticks since the machine started; '' where the system has no such file. */
function beginOf(pid: number): string {
  try {
    // The name of the program, in brackets, may have spaces and brackets in it.
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? ''
  } catch {
    return ''
  }
}
