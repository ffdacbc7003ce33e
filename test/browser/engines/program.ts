/**
 * Programs that a test run starts, and of which nothing is left when it ends, however it ends.
 */
import { type ChildProcess, type StdioOptions, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** How long a program may take to end by itself before it is killed. */
const END_TIMEOUT_MS = 5000

interface Started {
  readonly process: ChildProcess
  /** Rejects where the program ends by itself: wait for whatever it is to do beside this. */
  readonly failure: Promise<never>
}

/** A temporary folder and the programs that work in it. */
export class Workplace {
  readonly folder = mkdtempSync(join(tmpdir(), 'mtcnn-wasm-browser-'))
  #children: ChildProcess[] = []
  #isClosing = false
  #onExit = () => this.#clear()

  constructor() {
    process.on('exit', this.#onExit)
  }

  start(program: string, args: string[], env: Record<string, string> = {}, stdio: StdioOptions = 'pipe'): Started {
    // The folder is their home: what they keep, they keep there. As leaders of a group they end with all they started.
    const home = { HOME: this.folder, XDG_CONFIG_HOME: '', XDG_CACHE_HOME: '', XDG_DATA_HOME: '', TMPDIR: this.folder }
    const child = spawn(program, args, { env: { ...process.env, ...home, ...env }, stdio, detached: true })
    this.#children.push(child)
    let said = ''
    child.stdout?.resume()
    child.stderr?.on('data', (chunk) => {
      said = `${said}${chunk}`.slice(-2000)
    })
    const failure = new Promise<never>((_, reject) => {
      child.on('error', reject)
      child.on('exit', (code, signal) => reject(new Error(`${program} ended (${signal ?? code}): ${said}`)))
    })
    // Only who waits for something wants to know.
    failure.catch(() => {})
    return { process: child, failure }
  }

  /** Ends the programs, the last that was started first, and removes the folder. */
  async close(): Promise<void> {
    if (this.#isClosing) return
    this.#isClosing = true
    for (const child of this.#children.reverse()) {
      if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) continue
      const ended = once(child, 'exit')
      signal(child, 'SIGTERM')
      const timer = setTimeout(() => signal(child, 'SIGKILL'), END_TIMEOUT_MS)
      await ended
      clearTimeout(timer)
    }
    this.#clear()
    process.off('exit', this.#onExit)
  }

  #clear(): void {
    for (const child of this.#children) signal(child, 'SIGKILL')
    rmSync(this.folder, { recursive: true, force: true, maxRetries: 5 })
  }
}

/** To the program and all that it started. */
function signal({ pid }: ChildProcess, name: NodeJS.Signals): void {
  try {
    if (pid !== undefined) process.kill(-pid, name)
  } catch {
    // All of them have ended.
  }
}
