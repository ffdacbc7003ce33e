import { MtcnnError } from '../shared/errors.ts'
import { Child, HopelessError, LostWorker } from './child.ts'
import { failedLine, type LineErrorCode } from './line.ts'
import type { Answer, Job, Setup } from './protocol.ts'

/** A job is given to this many workers; where all of them end with it, it is at fault. */
const TRIES = 2

/** So many workers in a row that end before they are ready mean that none will start. */
const FAILED_STARTS = 3

/** The longest time a timer takes, milliseconds. */
const LONGEST_TIMER = 2 ** 31 - 1

export interface PoolSettings {
  /** How many processes at most. They are started when there is work for them. */
  workers: number
  setup: Setup
  /** Milliseconds that one image may take; Infinity for no limit. */
  timeout: number
  /** What the processes run; default: the worker of the command, built. */
  script?: URL
}

interface Waiting {
  job: Job
  /** How often a worker has ended with it. */
  deaths: number
  resolve(answer: Answer): void
  reject(reason: unknown): void
}

/**
 * Workers that do jobs for many images. Each is a process of its own: a decoder that crashes, runs out of memory or never ends costs
 * one image, and what it held is given back. It reads, decodes, searches and writes; only names go in, only lines come out.
 *
 * @example
 * const pool = await BulkPool.start({ workers: 2, timeout: 60_000, setup: { options: {}, task: { kind: 'detect' } } })
 * const { line } = await pool.run({ name: 'photo.jpg' })
 * pool.close()
 */
export class BulkPool {
  readonly size: number
  readonly #settings: PoolSettings
  readonly #children = new Set<Child>()
  readonly #idle: Child[] = []
  readonly #queue: Waiting[] = []
  #failedStarts = 0
  #starting = 0
  #closed: unknown

  private constructor(settings: PoolSettings) {
    this.#settings = settings
    this.size = settings.workers
  }

  /**
   * Starts the first worker, so that what would fail for every image is known at once.
   *
   * @throws MtcnnError MISSING_DEPENDENCY, INVALID_OPTION, INVALID_WEIGHTS, UNSUPPORTED_PLATFORM, WORKER_FAILED.
   */
  static async start(settings: PoolSettings): Promise<BulkPool> {
    const pool = new BulkPool(settings)
    const first = pool.#spawn()
    try {
      await first.start(settings.setup)
    } catch (error) {
      pool.close()
      throw error instanceof LostWorker ? new MtcnnError('WORKER_FAILED', error.message, { cause: error }) : error
    }
    pool.#idle.push(first)
    return pool
  }

  /**
   * Does one job; it waits for a worker where all are busy.
   *
   * @returns A line for the image: what was found, or why not.
   * @throws HopelessError for what ends the whole run, such as a full disk; the pool is then closed.
   */
  run(job: Job): Promise<Answer> {
    return new Promise((resolve, reject) => {
      if (this.#closed) return reject(this.#closed)
      this.#queue.push({ job, deaths: 0, resolve, reject })
      this.#next()
    })
  }

  /** Ends all workers at once. What they work at, and what waits, rejects. */
  close(reason: unknown = new MtcnnError('DISPOSED', 'the workers were ended')): void {
    this.#closed ??= reason
    for (const child of this.#children) child.kill()
    for (const { reject } of this.#queue.splice(0)) reject(this.#closed)
  }

  #spawn(): Child {
    const child = new Child(this.#settings.script ?? new URL('../cli-worker.ts', import.meta.url))
    this.#children.add(child)
    return child
  }

  #next(): void {
    while (this.#queue.length > 0 && this.#idle.length > 0) {
      const child = this.#idle.pop()!
      if (child.alive) void this.#work(child, this.#queue.shift()!)
      else this.#children.delete(child)
    }
    while (this.#queue.length > this.#starting && this.#children.size < this.size) void this.#grow()
  }

  async #grow(): Promise<void> {
    this.#starting++
    const child = this.#spawn()
    try {
      await child.start(this.#settings.setup)
      this.#failedStarts = 0
      this.#idle.push(child)
    } catch (error) {
      child.kill()
      this.#children.delete(child)
      // Others may go on without it, and later ones may start.
      if (++this.#failedStarts >= FAILED_STARTS || error instanceof MtcnnError) this.#giveUp(error)
    } finally {
      this.#starting--
    }
    this.#next()
  }

  async #work(child: Child, waiting: Waiting): Promise<void> {
    const { timeout } = this.#settings
    const { job } = waiting
    const fail = (code: LineErrorCode, message: string) =>
      waiting.resolve({ line: failedLine(job.name, code, message) })
    let isLate = false
    const timer = setTimeout(
      () => {
        isLate = true
        child.kill()
      },
      Math.min(timeout, LONGEST_TIMER),
    )
    if (timeout > LONGEST_TIMER) clearTimeout(timer)
    try {
      const answer = await child.perform(job)
      this.#idle.push(child)
      waiting.resolve(answer)
    } catch (error) {
      child.kill()
      this.#children.delete(child)
      if (this.#closed || !(error instanceof LostWorker)) this.#reject(waiting, error)
      else if (isLate) {
        const limit = `the ${timeout / 1000} s that --timeout allows`
        fail('TIMEOUT', `it was not done in ${limit}`)
      } else if (++waiting.deaths < TRIES) this.#queue.unshift(waiting)
      else fail('WORKER_FAILED', `${error.message}, ${TRIES} times with this image`)
    } finally {
      clearTimeout(timer)
    }
    this.#next()
  }

  #reject(waiting: Waiting, error: unknown): void {
    waiting.reject(this.#closed ?? error)
    if (error instanceof HopelessError) this.#giveUp(error)
  }

  #giveUp(error: unknown): void {
    const reason =
      error instanceof LostWorker
        ? new HopelessError(`no worker starts any more: ${error.message}`, { cause: error })
        : error
    this.close(reason)
  }
}
