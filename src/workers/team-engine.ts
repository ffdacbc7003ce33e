import type { Pixels } from '../image/pixels.ts'
import { MtcnnError } from '../shared/errors.ts'
import type { Engine } from './engine.ts'
import { startWorker, type WorkerSetup } from './start-worker.ts'
import type { WorkerEngine } from './worker-engine.ts'

/** An engine of several workers that search one image together. */
export interface TeamEngine extends Engine {
  /** How many workers. */
  readonly threads: number
}

/**
 * Starts a team: the first of its workers leads, the others take shares of its work. One that is lost is replaced before the next
 * image; with the first the team is lost.
 *
 * @param threads - How many workers, at least 2. Where they cannot be connected the first works alone.
 * @param signal - Ends the start.
 * @throws MtcnnError as {@link startWorker}.
 */
export async function startTeam(setup: WorkerSetup, threads: number, signal?: AbortSignal): Promise<TeamEngine> {
  const once = sharedOnce(setup)
  const starting = Array.from({ length: threads }, () => startWorker(once, signal))
  const results = await Promise.allSettled(starting)
  const workers = results.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []))
  const failed = results.find((result) => result.status === 'rejected')
  if (failed) {
    for (const worker of workers) worker.dispose()
    throw failed.reason
  }
  return new Team(once, workers)
}

/** Where memory is shared the workers need no copies of the weights. */
function sharedOnce(setup: WorkerSetup): WorkerSetup {
  const { weights, buffers } = setup
  if (!buffers.shared) return setup
  const data = new Float32Array(new SharedArrayBuffer(weights.data.byteLength))
  data.set(weights.data)
  return { ...setup, weights: { ...weights, data } }
}

class Team implements TeamEngine {
  readonly #setup: WorkerSetup
  readonly #leader: WorkerEngine
  /** In place of one that was lost stands nothing. */
  readonly #members: (WorkerEngine | undefined)[]
  #over = false
  #mending: Promise<void> | undefined

  constructor(setup: WorkerSetup, [leader, ...members]: WorkerEngine[]) {
    this.#setup = setup
    this.#leader = leader!
    this.#members = members
    leader!.onEnd(() => this.dispose())
    try {
      for (const [n, member] of members.entries()) this.#connect(n, member)
    } catch {
      // This engine does not post ports.
      for (const member of this.#members.splice(0)) member?.dispose()
    }
  }

  get alive(): boolean {
    return this.#leader.alive
  }

  get threads(): number {
    return 1 + this.#members.length
  }

  #connect(n: number, member: WorkerEngine): void {
    const { port1, port2 } = new MessageChannel()
    this.#leader.team({ type: 'team', member: n + 1, port: port1 })
    member.team({ type: 'team', port: port2 })
    this.#members[n] = member
    member.onEnd(() => {
      this.#members[n] = undefined
      if (!this.#over) this.#leader.team({ type: 'team', member: n + 1 })
    })
  }

  /** Makes the team whole again. */
  async #mend(): Promise<void> {
    if (!this.#members.includes(undefined)) return
    this.#mending ??= this.#replaceLost().finally(() => {
      this.#mending = undefined
    })
    await this.#mending
  }

  async #replaceLost(): Promise<void> {
    for (const [n, member] of this.#members.entries()) {
      if (member) continue
      const worker = await startWorker(this.#setup)
      if (this.#over) {
        worker.dispose()
        throw new MtcnnError('WORKER_FAILED', 'the worker that leads the others ended unexpectedly')
      }
      this.#connect(n, worker)
    }
  }

  async search(...task: Parameters<Engine['search']>): ReturnType<Engine['search']> {
    await this.#mend()
    return this.#leader.search(...task)
  }

  async follow(...task: Parameters<Engine['follow']>): ReturnType<Engine['follow']> {
    await this.#mend()
    return this.#leader.follow(...task)
  }

  warp(...task: Parameters<Engine['warp']>): ReturnType<Engine['warp']> {
    return this.#leader.warp(...task)
  }

  recall(pixels: Pixels): boolean {
    return this.#leader.recall(pixels)
  }

  dispose(): void {
    this.#over = true
    this.#leader.dispose()
    for (const member of this.#members) member?.dispose()
  }
}
