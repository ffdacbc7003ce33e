import type { Engine } from './engine.ts'

/** Starts an engine; the signal, where there is one, ends the attempt. */
export type StartEngine = (signal?: AbortSignal) => Promise<Engine>

/** Room for one search at a time: an engine, which is started again where it was lost. */
export class Slot {
  busy = false
  #engine: Promise<Engine> | undefined
  readonly #start: StartEngine

  constructor(start: StartEngine) {
    this.#start = start
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
    return starting
  }

  dispose(): void {
    this.#engine?.then(
      (engine) => engine.dispose(),
      () => undefined,
    )
  }
}
