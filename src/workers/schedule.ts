import type { Pixels } from '../image/pixels.ts'
import { MtcnnError } from '../shared/errors.ts'
import { abortWith } from '../shared/on-abort.ts'
import { ConditionTimer } from './condition-timer.ts'
import type { Engine } from './engine.ts'
import { Job, type Task } from './job.ts'
import { NotBegun } from './not-begun.ts'
import { OrderedQueue } from './ordered-queue.ts'
import { Slot, type StartEngine } from './slot.ts'

/** How images share the engines. */
export interface Policy {
  /** Only the newest image waits, older ones are skipped; else every image is searched. */
  readonly dropStale: boolean
  /** How many images are read in advance while all engines are busy. */
  readonly prefetch: number
  /** How many images an engine is given beyond the one it works at. */
  readonly ahead: number
  /** How many images `detectAll` asks for before the first answer is taken. */
  readonly maxInFlight: number
  /** How often an image is tried again whose engine was lost. */
  readonly retries: number
}

/** Where an engine is free and no image has come in for so long, images are read beyond the limit of the policy. */
export const STALLED_AFTER_MS = 1000

/** After `close`, images that are still being read get so much time. */
export const CLOSE_TIMEOUT_MS = 5000

/**
 * Brings images to engines. Each image passes through three places:
 *
 *     unread  --(there is room)-->  reading  --(its pixels are in)-->  ready  --(an engine has room)-->  searched
 *
 * An engine in a worker has room for one image beyond the one it works at, so that it need not wait for the next. That image still
 * counts as one that waits: it goes to another engine where one is free before, or where its own is lost.
 *
 * Images are read and searched in the order of the calls; but one that is still being read does not hold up those that are
 * ready. The policy limits how many are read in advance. Where the images being read keep a free engine waiting, they no longer
 * count: images that never come in cannot stop the others.
 */
export class Schedule {
  readonly #slots: Slot[]
  readonly #policy: Policy
  readonly #unread = new OrderedQueue<Job>()
  readonly #reading = new Set<Job>()
  /** Being read too, for so long that they do not count any more. */
  readonly #stalled = new Set<Job>()
  readonly #ready = new OrderedQueue<Job>()
  #count = 0
  #turns = 0
  #holds = 0
  #closed = false
  #advancing = false
  readonly #stallTimer = new ConditionTimer(STALLED_AFTER_MS, () => this.#passStalled())
  readonly #closeTimer = new ConditionTimer(CLOSE_TIMEOUT_MS, () => this.#failUnreadable())

  /**
   * Starts `count` engines; where one does not start, none is left running.
   *
   * @param signal - Ends the start. Engines that are started again later are not bound to it.
   */
  static async start(count: number, start: StartEngine, policy: Policy, signal?: AbortSignal): Promise<Schedule> {
    const slots = Array.from({ length: count }, () => new Slot(start))
    const controller = new AbortController()
    const disconnect = abortWith(controller, signal)
    const starting = slots.map((slot) => slot.engine(controller.signal))
    // The first that fails ends the others.
    for (const engine of starting) engine.catch((error) => controller.abort(error))
    const results = await Promise.allSettled(starting)
    disconnect()
    if (results.every(({ status }) => status === 'fulfilled') && !controller.signal.aborted) {
      return new Schedule(slots, policy)
    }
    for (const slot of slots) slot.dispose()
    throw controller.signal.reason
  }

  private constructor(slots: Slot[], policy: Policy) {
    this.#slots = slots
    this.#policy = policy
  }

  get maxInFlight(): number {
    return this.#policy.maxInFlight
  }

  /** Whether older images are skipped. */
  get dropsStale(): boolean {
    return this.#policy.dropStale
  }

  /** Images whose search has not begun. */
  get waiting(): number {
    // One that was aborted may still lie at its engine.
    const ahead = this.#slots.flatMap(({ jobs }) => jobs.slice(1)).filter(({ over }) => !over)
    return this.#pending + ahead.length
  }

  /** Images that no engine has. */
  get #pending(): number {
    return this.#unread.size + this.#reading.size + this.#stalled.size + this.#ready.size
  }

  /** Does a task when its turn comes; null where it was skipped. Rejects at once when its signal is aborted. */
  run<T>(task: Task<T>): Promise<T | null> {
    const job = new Job(task, this.#count++, (aborted) => this.#remove(aborted as Job))
    if (job.over) return job.answer
    if (this.#policy.dropStale) for (let older = this.#unread.shift(); older; older = this.#unread.shift()) older.skip()
    this.#unread.add(job as Job)
    this.#advance()
    return job.answer
  }

  /** Keeps the engines beyond `close`, for tasks that are still to come; until the function that it gives is called. */
  hold(): () => void {
    this.#holds++
    return () => {
      this.#holds--
      this.#advance()
    }
  }

  /** Ends the engines once everything asked for before has been answered. */
  close(): void {
    this.#closed = true
    this.#advance()
  }

  /** Frees the place of a job that is over. In a task of its own: a signal may abort thousands of jobs at once. */
  #remove(job: Job): void {
    this.#unread.remove(job)
    this.#reading.delete(job)
    this.#stalled.delete(job)
    this.#ready.remove(job)
    if (this.#advancing) return
    this.#advancing = true
    queueMicrotask(() => {
      this.#advancing = false
      this.#advance()
    })
  }

  /** Moves every job as far as it can go now. */
  #advance(): void {
    this.#search()
    while (this.#unread.size > 0 && this.#hasRoom()) {
      this.#read(this.#unread.shift()!)
      this.#search()
    }
    const idle = this.#slots.some(({ jobs }) => jobs.length === 0)
    const inactive = this.#slots.every(({ jobs }) => jobs.length === 0)
    if (idle && this.#ready.size === 0) this.#recall()
    this.#stallTimer.set(idle && this.#unread.size > 0)
    this.#closeTimer.set(this.#closed && inactive && this.#unread.size === 0 && this.#pending > 0)
    const isOver = this.#closed && this.#holds === 0 && inactive && this.#pending === 0
    if (isOver) for (const slot of this.#slots.splice(0)) slot.dispose()
  }

  /** Whether one more image may be read. */
  #hasRoom(): boolean {
    const given = this.#slots.reduce((sum, { jobs }) => sum + jobs.length, 0)
    return given + this.#reading.size + this.#ready.size < this.#slots.length + this.#policy.prefetch
  }

  #read(job: Job): void {
    this.#reading.add(job)
    try {
      const pixels = job.read()
      if ('then' in pixels) this.#await(job, pixels)
      else this.#keep(job, pixels)
    } catch (error) {
      this.#failRead(job, error)
    }
  }

  async #await(job: Job, pixels: Promise<Pixels>): Promise<void> {
    try {
      this.#keep(job, await pixels)
    } catch (error) {
      this.#failRead(job, error)
    }
    this.#advance()
  }

  #keep(job: Job, pixels: Pixels): void {
    this.#reading.delete(job)
    this.#stalled.delete(job)
    if (job.over) return
    job.pixels = pixels
    this.#ready.add(job)
  }

  #failRead(job: Job, cause: unknown): void {
    this.#reading.delete(job)
    this.#stalled.delete(job)
    job.fail(job.lost === undefined ? cause : secondReadFailed(job.lost as MtcnnError, cause))
  }

  /** Gives ready images to engines that have room. */
  #search(): void {
    while (this.#ready.size > 0) {
      const slot = this.#roomiest()
      if (!slot) return
      this.#searchIn(slot, this.#ready.shift()!)
    }
  }

  /** The slot with the fewest images; of those that are at work, the one that began first, for it will be the first to end. */
  #roomiest(): Slot | undefined {
    let best: Slot | undefined
    for (const slot of this.#slots) {
      const { length } = slot.jobs
      // An engine that has to be started is no place to wait at.
      if (length > (slot.current ? this.#policy.ahead : 0)) continue
      const least = best?.jobs.length ?? Number.POSITIVE_INFINITY
      if (length < least || (length === least && length > 0 && slot.jobs[0]!.turn < best!.jobs[0]!.turn)) best = slot
    }
    return best
  }

  /** Takes back an image that waits at a busy engine while another is free. */
  #recall(): void {
    const waiting = this.#slots.filter(({ jobs }) => jobs.length > 1)
    waiting.sort((a, b) => a.jobs.at(-1)!.order - b.jobs.at(-1)!.order)
    waiting.some(({ jobs, current }) => jobs.at(-1)!.recall(current))
  }

  async #searchIn(slot: Slot, job: Job): Promise<void> {
    slot.jobs.push(job)
    job.turn = this.#turns++
    if (this.#policy.dropStale) this.#skipOlder(job)
    let engine: Engine | undefined
    let failure: { error: unknown } | undefined
    try {
      const started = slot.current !== undefined
      engine = await slot.engine()
      if (!started) this.#search()
      if (!job.over) await job.work(engine)
    } catch (error) {
      failure = { error }
    }
    slot.jobs.splice(slot.jobs.indexOf(job), 1)
    if (failure) this.#settle(job, engine, failure.error)
    this.#advance()
  }

  /** What is done about an image that an engine gave no answer about. */
  #settle(job: Job, engine: Engine | undefined, error: unknown): void {
    if (error instanceof NotBegun) {
      // Its pixels were copied at most.
      if (!job.over) this.#ready.add(job)
    } else if (engine && !engine.alive && job.tries++ < this.#policy.retries) this.#retry(job, error)
    else job.fail(error)
  }

  /** An answer about an older image is not wanted after one about a newer. */
  #skipOlder({ order }: Job): void {
    for (const older of [...this.#reading, ...this.#stalled]) {
      if (older.order > order) continue
      this.#reading.delete(older)
      this.#stalled.delete(older)
      older.skip()
    }
  }

  /** The pixels may have been lost with the engine: they were handed over to it. */
  #retry(job: Job, lost: unknown): void {
    if (this.#policy.dropStale && this.#unread.size > 0) job.skip()
    if (job.over) return
    job.lost = lost
    this.#read(job)
  }

  #passStalled(): void {
    for (const job of this.#reading) this.#stalled.add(job)
    this.#reading.clear()
    this.#advance()
  }

  #failUnreadable(): void {
    const message = `the detector was disposed of, and the image was not read within ${CLOSE_TIMEOUT_MS} ms after that`
    for (const job of [...this.#reading, ...this.#stalled]) job.fail(new MtcnnError('DISPOSED', message))
    this.#reading.clear()
    this.#stalled.clear()
    this.#advance()
  }
}

/** A frame that was closed or a buffer that was given away in the meantime is not what went wrong. */
function secondReadFailed({ code, message }: MtcnnError, cause: unknown): MtcnnError {
  return new MtcnnError(code, `${message}; the image could not be read a second time`, { cause })
}
