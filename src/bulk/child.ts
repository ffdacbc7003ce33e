import { type ChildProcess, fork } from 'node:child_process'
import { MtcnnError, type MtcnnErrorCode, shortened } from '../shared/errors.ts'
import type { Answer, Job, Order, Reply, Setup } from './protocol.ts'

/** The run cannot go on: every image would fail in the same way. */
export class HopelessError extends Error {
  override readonly name = 'HopelessError'
}

/** The worker ended without an answer; another one may answer. */
export class LostWorker extends Error {
  override readonly name = 'LostWorker'
}

interface Settle<T> {
  resolve(value: T): void
  reject(reason: unknown): void
}

/** Of what a worker prints before it ends: so much is kept for the message. */
const LAST_WORDS = 2000

/** A worker: a process of its own, which does one job after the other. */
export class Child {
  readonly #process: ChildProcess
  #waiting: Settle<Answer | undefined> | undefined
  #lastWords = ''
  #lost: LostWorker | undefined

  /** @param script - What the process runs: `serve` of worker.ts. */
  constructor(script: URL) {
    this.#process = fork(script, [], {
      serialization: 'advanced',
      // What decoders print is no output of ours.
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
      // Two processes cannot have one port for a debugger.
      execArgv: process.execArgv.filter((flag) => !flag.startsWith('--inspect')),
    })
    this.#process.stderr?.setEncoding('utf8').on('data', (text: string) => {
      this.#lastWords = `${this.#lastWords}${text}`.slice(-LAST_WORDS)
    })
    this.#process.on('message', (reply) => this.#receive(reply as Reply))
    this.#process.on('error', (error) => this.#end(error.message))
    // Not 'exit': by 'close' all of what it printed has come.
    this.#process.on('close', (code, signal) => this.#end(signal ?? `exit code ${code}`))
  }

  get alive(): boolean {
    return this.#lost === undefined
  }

  /**
   * Resolves when it can take jobs.
   *
   * @throws MtcnnError where no worker can start with this setup; LostWorker.
   */
  async start(setup: Setup): Promise<void> {
    await this.#ask({ type: 'start', setup })
  }

  /** @throws LostWorker, HopelessError. */
  async perform(job: Job): Promise<Answer> {
    return (await this.#ask({ type: 'job', job }))!
  }

  /** Ends it at once, whatever it does: a decoder that never ends hears no message. */
  kill(): void {
    this.#process.kill('SIGKILL')
  }

  #ask(order: Order): Promise<Answer | undefined> {
    return new Promise((resolve, reject) => {
      if (this.#lost) return reject(this.#lost)
      this.#waiting = { resolve, reject }
      this.#process.send(order, (error) => {
        // Where it has ended, 'close' says why.
        if (error && this.#process.exitCode === null && this.#process.signalCode === null) this.#process.kill('SIGKILL')
      })
    })
  }

  #receive(reply: Reply): void {
    const waiting = this.#waiting
    this.#waiting = undefined
    switch (reply.type) {
      case 'ready':
        waiting?.resolve(undefined)
        break
      case 'done':
        waiting?.resolve(reply.answer)
        break
      case 'refused':
        waiting?.reject(new MtcnnError(reply.code as MtcnnErrorCode, reply.message))
        break
      case 'hopeless':
        waiting?.reject(new HopelessError(reply.message))
        break
    }
  }

  #end(why: string): void {
    if (this.#lost) return
    const words =
      this.#lastWords
        .trim()
        .split('\n')
        .find((line) => /error|fatal|exception/i.test(line)) ?? ''
    this.#lost = new LostWorker(`the worker ended (${why})${words === '' ? '' : `: ${shortened(words.trim(), 300)}`}`)
    this.#waiting?.reject(this.#lost)
  }
}
