import type { Engine } from './engine.ts'
import type { Job } from './job.ts'

/** Starts an engine; the signal, where there is one, ends the attempt. */
export type StartEngine = (signal?: AbortSignal) => Promise<Engine>

/** An engine, which is started again where it was lost, and the images it has. */
export class Slot {
  /** What the engine works at, and what it has been given ahead. */
  readonly jobs: Job[] = []
  #engine: Promise<Engine> | undefined
  /** The engine that is there. */
  #current: Engine | undefined
  readonly #start: StartEngine

  constructor(start: StartEngine) {
    this.#start = start
  }

  /** The engine, where it is there and alive. */
  get current(): Engine | undefined {
    return this.#current?.alive ? this.#current : undefined
  }

  /** The engine; a new one where there is none, or where it was lost. */
  async engine(signal?: AbortSignal): Promise<Engine> {
    const current = await this.#engine
    if (current?.alive) return current
    const starting = this.#start(signal)
    this.#engine = starting
    // A failed start is forgotten, so that the next image tries again.
    starting.catch(() => {
      this.#engine = undefined
    })
    this.#current = await starting
    return this.#current
  }

  dispose(): void {
    this.#engine?.then(
      (engine) => engine.dispose(),
      () => undefined,
    )
  }
}
