import type { Pixels } from '../image/pixels.ts'
import { abortWith } from '../shared/on-abort.ts'
import type { Engine } from './engine.ts'
import type { Queued } from './ordered-queue.ts'

/** What is to be done with an image. */
export interface Task<T> {
  /** Of the caller. */
  readonly signal: AbortSignal | undefined
  /**
   * Reads the image. Called when there is room for it; once more where the engine was lost that had the pixels.
   *
   * @param wanted - Its signal is aborted when the pixels are not wanted any more. It is made when it is first asked for: raw pixels
   * need none.
   */
  prepare(wanted: { readonly signal: AbortSignal }): Pixels | Promise<Pixels>
  /** @param signal - Missing where the caller gave none: a search that cannot be aborted need not look for it. */
  work(engine: Engine, pixels: Pixels, signal: AbortSignal | undefined): Promise<T>
}

/** One call, from the moment it is made until its promise is settled. */
export class Job<T = unknown> implements Queued {
  readonly order: number
  declare previous?: this | undefined
  declare next?: this | undefined
  declare queue?: object | undefined
  /** What the caller waits for; null where the job was skipped. */
  readonly answer: Promise<T | null>
  /** There once the image has been read, until the job is over. */
  pixels: Pixels | undefined
  /** How many engines were lost over this job. */
  tries = 0
  /** Counts the jobs that were given to an engine, this one among them. */
  turn = 0
  /** Why the image has to be read a second time. */
  lost: unknown
  #over = false
  readonly #task: Task<T>
  #controller: AbortController | undefined
  readonly #disconnect: (() => void) | undefined
  #resolve!: (answer: T | null) => void
  #reject!: (reason: unknown) => void

  /**
   * @param order - Jobs are done by ascending order, among those whose pixels are there.
   * @param aborted - Called once the job is over because the caller's signal was aborted.
   * @throws MtcnnError INVALID_OPTION for a signal that throws.
   */
  constructor(task: Task<T>, order: number, aborted: (job: Job<T>) => void) {
    this.#task = task
    this.order = order
    this.answer = new Promise((resolve, reject) => {
      this.#resolve = resolve
      this.#reject = reject
    })
    if (!task.signal) return
    const controller = new AbortController()
    this.#controller = controller
    controller.signal.addEventListener('abort', () => {
      if (this.#over) return
      this.fail(controller.signal.reason)
      aborted(this)
    })
    this.#disconnect = abortWith(controller, task.signal)
  }

  /** Aborted when the job is over before its image has been read. */
  get signal(): AbortSignal {
    this.#controller ??= new AbortController()
    return this.#controller.signal
  }

  /** Whether the answer is settled: nothing need be done any more. */
  get over(): boolean {
    return this.#over
  }

  read(): Pixels | Promise<Pixels> {
    return this.#task.prepare(this)
  }

  /** @throws NotBegun where the engine has done nothing: the pixels are still there. */
  async work(engine: Engine): Promise<void> {
    const pixels = this.pixels!
    const signal = this.#task.signal && this.signal
    const answer = await this.#task.work(engine, pixels, signal)
    if (this.#end()) this.#resolve(answer)
  }

  /** Takes the job back from an engine that has not begun with it. */
  recall(engine: Engine | undefined): boolean {
    return this.pixels !== undefined && (engine?.recall?.(this.pixels) ?? false)
  }

  /** Answers null; what is being read is stopped. */
  skip(): void {
    if (!this.#end()) return
    this.#controller?.abort()
    this.#resolve(null)
  }

  /** Rejects; what is being read is stopped. */
  fail(reason: unknown): void {
    if (!this.#end()) return
    this.#controller?.abort(reason)
    this.#reject(reason)
  }

  /** False where the job was over before. */
  #end(): boolean {
    if (this.#over) return false
    this.#over = true
    this.pixels = undefined
    this.#disconnect?.()
    return true
  }
}
