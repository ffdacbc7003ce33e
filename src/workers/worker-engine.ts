import type { CompiledKernels } from '../assets/compile.ts'
import type { Weights } from '../assets/weights.ts'
import type { Outcome } from '../cascade/search.ts'
import type { Pixels } from '../image/pixels.ts'
import type { ResolvedOptions } from '../options/options.ts'
import { MtcnnError } from '../shared/errors.ts'
import { onAbort } from '../shared/on-abort.ts'
import type { Detail } from '../shared/trace.ts'
import type { Engine } from './engine.ts'
import { packPixels, type Reply, type Request, unpackError } from './protocol.ts'

/** The near end of a worker, whichever kind it is. */
export interface Channel {
  post(message: Request, transfer?: ArrayBuffer[]): void
  /** `ended`, with what is known of the reason, is called when the worker has failed or ended by itself. */
  listen(reply: (message: Reply) => void, ended: (cause: unknown) => void): void
  /** Ends the worker. */
  end(): void
  /** Whether the process may not end while this worker lives; of no meaning in browsers. */
  hold?(busy: boolean): void
}

/** A way to start a worker; it may throw, and the worker may turn out not to load. */
export type WorkerSpawner = () => Channel | Promise<Channel>

/** Milliseconds for a worker's script to arrive and run. */
const START_TIMEOUT_MS = 10_000

interface Pending {
  resolve(outcome: Outcome): void
  reject(reason: unknown): void
}

/**
 * Starts a worker, by the first way that works.
 *
 * @param spawners - Best first. The one that worked is moved to the front, so that the next worker starts without detours.
 * @throws MtcnnError WORKER_FAILED where none works; UNSUPPORTED_PLATFORM or OUT_OF_MEMORY where it starts and cannot run the kernels.
 */
export async function startWorker(
  spawners: WorkerSpawner[],
  kernels: CompiledKernels,
  weights: Weights,
): Promise<Engine> {
  if (spawners.length === 0) {
    throw new MtcnnError(
      'WORKER_FAILED',
      'this runtime has no workers: use MTCNN.create({ worker: false }), not MTCNNPool',
    )
  }
  const reasons: unknown[] = []
  for (const spawn of [...spawners]) {
    let worker: WorkerEngine | undefined
    try {
      worker = new WorkerEngine(await spawn())
      await worker.loaded(START_TIMEOUT_MS)
    } catch (cause) {
      worker?.dispose()
      reasons.push(cause)
      continue
    }
    spawners.splice(spawners.indexOf(spawn), 1)
    spawners.unshift(spawn)
    try {
      await worker.start(kernels, weights)
      return worker
    } catch (error) {
      worker.dispose()
      throw error
    }
  }
  throw new MtcnnError('WORKER_FAILED', 'no worker could be started', { cause: new AggregateError(reasons) })
}

/** An engine behind a worker. */
class WorkerEngine implements Engine {
  alive = true
  readonly #channel: Channel
  readonly #pending = new Map<number, Pending>()
  #count = 0
  /** Waits for the next step of starting. */
  #step: { resolve(): void; reject(reason: unknown): void } | undefined
  #steps: Reply['type'][] = []
  #lost: unknown

  constructor(channel: Channel) {
    this.#channel = channel
    channel.listen(
      (reply) => this.#receive(reply),
      (cause) =>
        this.#end(new MtcnnError('WORKER_FAILED', `the worker ended unexpectedly${reasonOf(cause)}`, { cause })),
    )
  }

  /** Settles when the worker's script runs. */
  loaded(timeout: number): Promise<void> {
    const timer = setTimeout(() => this.#end(new Error(`no sign of life for ${timeout} ms`)), timeout)
    return this.#reach('loaded').finally(() => clearTimeout(timer))
  }

  async start({ module, bytes }: CompiledKernels, { data }: Weights): Promise<void> {
    const ready = this.#reach('ready')
    // Where nothing can be posted nobody waits for it, and it fails when the worker is ended.
    ready.catch(() => undefined)
    try {
      this.#channel.post({ type: 'start', kernels: module, weights: data })
    } catch (cause) {
      // Not every engine can post a compiled module.
      if (!bytes)
        throw new MtcnnError('WORKER_FAILED', 'a compiled module cannot be posted here: give bytes', { cause })
      this.#channel.post({ type: 'start', kernels: bytes, weights: data })
    }
    await ready
    this.#channel.hold?.(false)
  }

  search(pixels: Pixels, { signal, ...options }: ResolvedOptions, detail: Detail): Promise<Outcome> {
    if (!this.alive) return Promise.reject(this.#lost)
    const id = this.#count++
    const { promise, ...pending } = withResolvers<Outcome>()
    try {
      signal?.throwIfAborted()
      const message = { type: 'search', id, options, detail, abortable: signal !== undefined } as const
      this.#postPixels(message, pixels, options.transfer || pixels.owned === true)
    } catch (error) {
      return Promise.reject(error)
    }
    this.#pending.set(id, pending)
    const release = onAbort(signal, () => this.#channel.post({ type: 'abort', id }))
    this.#channel.hold?.(true)
    return promise
      .catch((error: unknown) => {
        // The worker knows that it was stopped, not why.
        throw signal?.aborted && this.alive ? signal.reason : error
      })
      .finally(() => {
        release()
        if (this.alive && this.#pending.size === 0) this.#channel.hold?.(false)
      })
  }

  dispose(): void {
    this.#end(new MtcnnError('DISPOSED', 'the worker was ended'))
  }

  #postPixels(message: Omit<Extract<Request, { type: 'search' }>, 'pixels'>, pixels: Pixels, handOver: boolean): void {
    const packed = packPixels(pixels, handOver)
    try {
      this.#channel.post({ ...message, pixels: packed.pixels }, packed.transfer)
    } catch (error) {
      if (!handOver) throw error
      // Some buffers cannot be handed over: those of native add-ons, of WebAssembly memories, of pools.
      this.#postPixels(message, pixels, false)
    }
  }

  #reach(step: 'loaded' | 'ready'): Promise<void> {
    if (!this.alive) return Promise.reject(this.#lost)
    if (this.#steps.includes(step)) return Promise.resolve()
    return new Promise((resolve, reject) => {
      this.#step = { resolve, reject }
    })
  }

  #receive(reply: Reply): void {
    switch (reply.type) {
      case 'loaded':
      case 'ready':
        this.#steps.push(reply.type)
        this.#step?.resolve()
        break
      case 'refused':
        this.#step?.reject(unpackError(reply.error))
        break
      case 'found':
        this.#taken(reply.id)?.resolve(reply.outcome)
        break
      case 'failed':
        this.#taken(reply.id)?.reject(unpackError(reply.error))
    }
  }

  #taken(id: number): Pending | undefined {
    const pending = this.#pending.get(id)
    this.#pending.delete(id)
    return pending
  }

  #end(reason: unknown): void {
    if (!this.alive) return
    this.alive = false
    this.#lost = reason
    this.#channel.end()
    this.#step?.reject(reason)
    for (const { reject } of this.#pending.values()) reject(reason)
    this.#pending.clear()
  }
}

function withResolvers<T>() {
  let resolve!: (value: T) => void
  let reject!: (reason: unknown) => void
  const promise = new Promise<T>((yes, no) => {
    resolve = yes
    reject = no
  })
  return { promise, resolve, reject }
}

function reasonOf(cause: unknown): string {
  return cause instanceof Error && cause.message !== '' ? `: ${cause.message}` : ''
}
