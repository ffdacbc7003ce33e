import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** Debian's redis-server, unless another is named. */
export const PROGRAM = process.env.REDIS_SERVER ?? 'redis-server'

/** A Redis of its own, with an append-only file in a folder of its own. */
export class TestRedis {
  readonly folder = mkdtempSync(join(tmpdir(), 'mtcnn-redis-'))
  readonly #options: readonly string[]
  #process: ChildProcess | undefined
  port = 0

  /** @param options - Settings of Redis, as on its command line. */
  constructor(...options: string[]) {
    this.#options = options
  }

  get url(): string {
    return `redis://127.0.0.1:${this.port}`
  }

  /** Starts it, or starts it again with what its file has. */
  async start(): Promise<void> {
    this.port ||= await freePort()
    const own = ['--port', String(this.port), '--dir', this.folder, '--appendonly', 'yes', '--save', '']
    const child = spawn(PROGRAM, [...own, '--bind', '127.0.0.1', ...this.#options], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    this.#process = child
    let log = ''
    await new Promise<void>((resolve, reject) => {
      child.once('error', reject)
      child.once('exit', (code) => reject(new Error(`redis-server ended with ${code}: ${log}`)))
      child.stdout!.setEncoding('utf8').on('data', (text: string) => {
        log += text
        if (/Ready to accept connections/.test(log)) resolve()
      })
    })
  }

  /** SIGTERM: it ends in order. SIGKILL: it does not. */
  async stop(signal: NodeJS.Signals = 'SIGTERM'): Promise<void> {
    const child = this.#process
    this.#process = undefined
    if (child === undefined || child.exitCode !== null) return
    child.kill(signal)
    await once(child, 'exit')
  }

  async remove(): Promise<void> {
    await this.stop('SIGKILL')
    await rm(this.folder, { recursive: true, force: true })
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as { port: number }
  server.close()
  await once(server, 'close')
  return port
}
