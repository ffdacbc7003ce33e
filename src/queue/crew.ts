import { failedLine, isFailed, type Line } from '../bulk/line.ts'
import type { BulkPool, PoolSettings } from '../bulk/pool.ts'
import type { CreateOptions } from '../options/options.ts'
import { canonical, type QueueOptions } from './identity.ts'

/** What searches the images of one process. */
export interface Crew {
  /** How many images are searched at a time. */
  readonly size: number
  /**
   * Reads and searches images, and gives what is known of each, in their order.
   *
   * @throws what ends the whole process: nothing of this kind is the fault of an image.
   */
  search(images: readonly Placed[], options: QueueOptions): Promise<Line[]>
  close(): void
}

/** An image of the queue, and where it is on this machine. */
export interface Placed {
  name: string
  source: string
}

export interface CrewSettings {
  workers: number
  /** Milliseconds that one image may take. */
  timeout: number
  startPool(settings: PoolSettings): Promise<Pick<BulkPool, 'run' | 'size' | 'close'>>
}

/**
 * A crew over the same pool as the commands for one machine. All images of a queue have the same options; after the queue was
 * cleared they may be others, and a new pool takes over.
 */
export class PoolCrew implements Crew {
  readonly size: number
  readonly #settings: CrewSettings
  #pool: Promise<Pick<BulkPool, 'run' | 'close'>> | undefined
  #options = ''
  /** Images that are being searched. */
  #busy = 0
  #idle = () => {}

  constructor(settings: CrewSettings) {
    this.#settings = settings
    this.size = settings.workers
  }

  /** Starts it, so that what is missing on this machine is known before an image is taken. @throws MtcnnError */
  async start(options: QueueOptions): Promise<void> {
    await this.#poolFor(options)
  }

  async search(images: readonly Placed[], options: QueueOptions): Promise<Line[]> {
    const pool = await this.#poolFor(options)
    this.#busy += images.length
    try {
      const answers = await Promise.all(images.map(({ source }) => pool.run({ name: source })))
      return answers.map(({ line }, index) => named(line, images[index]!))
    } finally {
      this.#busy -= images.length
      if (this.#busy === 0) this.#idle()
    }
  }

  close(): void {
    this.#pool?.then(
      (pool) => pool.close(),
      () => undefined,
    )
  }

  async #poolFor(options: QueueOptions): Promise<Pick<BulkPool, 'run' | 'close'>> {
    const key = canonical(options)
    if (this.#pool && key !== this.#options) {
      const old = this.#pool
      this.#pool = undefined
      if (this.#busy > 0) {
        await new Promise<void>((resolve) => {
          this.#idle = resolve
        })
      }
      ;(await old).close()
    }
    if (this.#pool === undefined) {
      this.#options = key
      const { workers, timeout, startPool } = this.#settings
      this.#pool = startPool({
        workers,
        timeout,
        setup: { options: options as CreateOptions, task: { kind: 'detect' } },
      })
    }
    return this.#pool
  }
}

/** The line of an image under its name in the queue: what it says is the same on every machine, wherever the image lies there. */
function named(line: Line, { name, source }: Placed): Line {
  if (!isFailed(line)) return { ...line, file: name }
  const { code, message } = line.error
  return failedLine(name, code, name === source ? message : message.replaceAll(source, name))
}
