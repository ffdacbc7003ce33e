import type { Pixels } from '../image/pixels.ts'
import { MtcnnError } from '../shared/errors.ts'
import { onAbort } from '../shared/on-abort.ts'
import type { Engine } from './engine.ts'

/** How images share the engines. */
export interface Policy {
  /** The newest image waits, those before it are skipped; else every image has its turn. */
  readonly dropStale: boolean
  /** So many of the waiting images, the next in turn, are decoded in advance. */
  readonly prefetch: number
  /** How many images to ask for before the first answer is taken. */
  readonly maxInFlight: number
  /** How often an image is tried again whose engine was lost. */
  readonly retries: number
}

/** What is to be done with an image. */
export interface Task<T> {
  readonly signal: AbortSignal | undefined
  /** Called when the image's turn is near; once more where the first engine was lost. */
  prepare(): Promise<Pixels>
  work(engine: Engine, pixels: Pixels): Promise<T>
}

interface Entry {
  readonly prepare: () => Promise<Pixels>
  readonly work: (engine: Engine, pixels: Pixels) => Promise<void>
  readonly skip: () => void
  readonly fail: (reason: unknown) => void
  /** Already answered, by an abort. */
  over: boolean
  pixels: Promise<Pixels> | undefined
  tries: number
}

/** A place where one image at a time is searched, by an engine that is started again where it was lost. */
class Lane {
  busy = false
  #engine: Promise<Engine> | undefined
  readonly #start: () => Promise<Engine>

  constructor(start: () => Promise<Engine>) {
    this.#start = start
  }

  async engine(): Promise<Engine> {
    const held = await this.#engine
    if (held?.alive) return held
    // One that failed to start is forgotten, so that the next image tries again.
    this.#engine = this.#start()
    this.#engine.catch(() => {
      this.#engine = undefined
    })
    return this.#engine
  }

  dispose(): void {
    this.#engine?.then(
      (engine) => engine.dispose(),
      () => undefined,
    )
  }
}

/** Leads images to engines: in the order in which they came, one at a time to each engine. */
export class Schedule {
  readonly #lanes: Lane[]
  readonly #policy: Policy
  #waiting: Entry[] = []
  #closed = false

  /** Starts `count` engines; where one does not start, none is left running. */
  static async start(count: number, start: () => Promise<Engine>, policy: Policy): Promise<Schedule> {
    const lanes = Array.from({ length: count }, () => new Lane(start))
    const started = await Promise.allSettled(lanes.map((lane) => lane.engine()))
    const failed = started.find((result) => result.status === 'rejected')
    if (!failed) return new Schedule(lanes, policy)
    for (const lane of lanes) lane.dispose()
    throw failed.reason
  }

  private constructor(lanes: Lane[], policy: Policy) {
    this.#lanes = lanes
    this.#policy = policy
  }

  get maxInFlight(): number {
    return this.#policy.maxInFlight
  }

  /** Images whose turn has not come. */
  get waiting(): number {
    return this.#waiting.length
  }

  /** Does a task when its turn comes; null where it was skipped. An abort is told at once. */
  run<T>({ signal, prepare, work }: Task<T>): Promise<T | null> {
    return new Promise((resolve, reject) => {
      const abort = () => {
        entry.fail(signal?.reason)
        // Out of the queue; what runs already is stopped by the engine.
        this.#waiting = this.#waiting.filter((other) => other !== entry)
        this.#advance()
      }
      const end = (settle: () => void) => {
        if (entry.over) return
        entry.over = true
        release()
        settle()
      }
      const entry: Entry = {
        prepare,
        work: async (engine, pixels) => {
          const answer = await work(engine, pixels)
          end(() => resolve(answer))
        },
        skip: () => end(() => resolve(null)),
        fail: (reason) => end(() => reject(reason)),
        over: false,
        pixels: undefined,
        tries: 0,
      }
      const release = onAbort(signal, abort)
      if (this.#policy.dropStale) for (const older of this.#waiting.splice(0)) older.skip()
      this.#waiting.push(entry)
      this.#advance()
    })
  }

  /** Ends the engines once everything asked for before has been answered. */
  close(): void {
    this.#closed = true
    this.#advance()
  }

  #advance(): void {
    for (const lane of this.#lanes) {
      if (lane.busy) continue
      const entry = this.#waiting.shift()
      if (entry) this.#occupy(lane, entry)
    }
    for (const entry of this.#waiting.slice(0, this.#policy.prefetch)) decoded(entry)
    if (this.#closed && this.#waiting.length === 0 && !this.#lanes.some(({ busy }) => busy)) {
      for (const lane of this.#lanes.splice(0)) lane.dispose()
    }
  }

  async #occupy(lane: Lane, entry: Entry): Promise<void> {
    lane.busy = true
    entry.tries++
    let engine: Engine | undefined
    try {
      const pixels = await decoded(entry)
      engine = await lane.engine()
      if (!entry.over) await entry.work(engine, pixels)
    } catch (error) {
      if (engine && !engine.alive && entry.tries <= this.#policy.retries) this.#retry(entry, error)
      else entry.fail(error)
    }
    lane.busy = false
    this.#advance()
  }

  /** The pixels went down with the engine. */
  #retry(entry: Entry, lost: unknown): void {
    if (this.#policy.dropStale && this.#waiting.length > 0) entry.skip()
    if (entry.over) return
    const { prepare } = entry
    entry.pixels = prepare().catch((cause) => {
      // A frame closed or a buffer given away since is not what went wrong.
      const { code, message } = lost as MtcnnError
      throw new MtcnnError(code, `${message}; the image could not be read a second time`, { cause })
    })
    entry.pixels.catch(() => undefined)
    this.#waiting.unshift(entry)
  }
}

function decoded(entry: Entry): Promise<Pixels> {
  if (!entry.pixels) {
    entry.pixels = entry.prepare()
    // Whatever comes of it is told when the entry's turn comes; and an aborted entry's turn never comes.
    entry.pixels.catch(() => undefined)
  }
  return entry.pixels
}
