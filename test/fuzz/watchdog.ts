import { Worker } from 'node:worker_threads'

/** Characters of a case that are told. */
const LONGEST = 60_000

/** Runs beside the fuzzing, which may be stuck in a loop that lets nothing else run. */
const SOURCE = `
  const { workerData: { shared, seconds } } = require('node:worker_threads')
  const { writeSync } = require('node:fs')
  const beats = new Int32Array(shared, 0, 2)
  let last = -1
  let since = Date.now()
  setInterval(() => {
    const now = Atomics.load(beats, 0)
    if (now !== last) {
      last = now
      since = Date.now()
    } else if (Date.now() - since > 1000 * seconds) {
      const text = Buffer.from(new Uint8Array(shared, 8, Atomics.load(beats, 1)))
      writeSync(2, '\\nno end after ' + seconds + ' s of ' + text + '\\n')
      process.kill(process.pid, 'SIGKILL')
    }
  }, 500)
`

/** Ends the process, telling the case, where one case takes too long: by waiting for ever or by working for ever. */
export class Watchdog {
  readonly #shared = new SharedArrayBuffer(8 + LONGEST)
  readonly #worker: Worker

  constructor(seconds: number) {
    this.#worker = new Worker(SOURCE, { eval: true, workerData: { shared: this.#shared, seconds } })
    this.#worker.unref()
  }

  /** Another case has begun. */
  beat(name: string): void {
    const text = new TextEncoder().encode(name).subarray(0, LONGEST)
    new Uint8Array(this.#shared, 8).set(text)
    const beats = new Int32Array(this.#shared, 0, 2)
    Atomics.store(beats, 1, text.length)
    Atomics.add(beats, 0, 1)
  }

  async end(): Promise<void> {
    await this.#worker.terminate()
  }
}
