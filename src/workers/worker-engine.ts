import type { CompiledKernels } from '../assets/compile.ts'
import type { Weights } from '../assets/weights.ts'
import type { Outcome } from '../cascade/search.ts'
import type { Pixels } from '../image/pixels.ts'
import type { ResolvedOptions } from '../options/options.ts'
import { MtcnnError } from '../shared/errors.ts'
import { nextTask } from '../shared/next-task.ts'
import { onAbort } from '../shared/on-abort.ts'
import type { Detail } from '../shared/trace.ts'
import type { WarpRequest } from '../wasm/warper.ts'
import type { Engine, WarpTaskOptions } from './engine.ts'
import { packPixels, type Reply, type Request, type SearchRequest, unpackError, type WarpTask } from './protocol.ts'

/** A connection to a worker, of a browser or of Node. */
export interface Channel {
  post(message: Request, transfer?: ArrayBuffer[]): void
  /** `ended` is called, with what is known of the reason, when the worker has failed or ended by itself. */
  listen(reply: (message: Reply) => void, ended: (cause: unknown) => void): void
  /** Ends the worker. */
  end(): void
  /** Whether this worker keeps the process running. Missing in browsers. */
  hold?(busy: boolean): void
}

interface Settle<T> {
  resolve(value: T): void
  reject(reason: unknown): void
}

/** What ends a task well. */
type Answer = Extract<Reply, { type: 'found' | 'warped' }>

/** A task without its pixels. */
type TaskMessage = Omit<SearchRequest, 'pixels'> | Omit<WarpTask, 'pixels'>

/** An engine in a worker. */
export class WorkerEngine implements Engine {
  alive = true
  readonly #channel: Channel
  readonly #tasks = new Map<number, Settle<Answer>>()
  /** What the worker has kept of the search before. */
  #kept: Pixels | undefined
  #count = 0
  /** Who waits for the next step of starting. */
  #step: Settle<void> | undefined
  /** The steps of starting that are done. */
  readonly #done = new Set<Reply['type']>()
  #lost: unknown

  constructor(channel: Channel) {
    this.#channel = channel
    channel.listen(
      (reply) => this.#receive(reply),
      (cause) =>
        this.#end(new MtcnnError('WORKER_FAILED', `the worker ended unexpectedly${reasonOf(cause)}`, { cause })),
    )
  }

  /** Resolves when the worker's script runs. */
  loaded(): Promise<void> {
    return this.#reach('loaded')
  }

  async start({ module, bytes }: CompiledKernels, { data }: Weights): Promise<void> {
    try {
      this.#channel.post({ type: 'start', kernels: module, weights: data })
    } catch (cause) {
      // Not every engine can post a compiled module.
      if (!bytes) {
        const message = "a compiled module cannot be posted to a worker here: give option 'module' as bytes"
        throw new MtcnnError('WORKER_FAILED', message, { cause })
      }
      this.#channel.post({ type: 'start', kernels: bytes, weights: data })
    }
    await this.#reach('ready')
    this.#channel.hold?.(false)
  }

  async search(
    pixels: Pixels,
    { signal, ...options }: ResolvedOptions,
    detail: Detail,
    keep = false,
  ): Promise<Outcome> {
    this.#kept = undefined
    const message = {
      type: 'search',
      id: this.#count++,
      options,
      detail,
      keep,
      abortable: signal !== undefined,
    } as const
    const answer = await this.#perform(message, pixels, { signal, transfer: options.transfer })
    if (keep) this.#kept = pixels
    return (answer as Extract<Answer, { type: 'found' }>).outcome
  }

  async warp(pixels: Pixels, options: WarpTaskOptions, requests: readonly WarpRequest[]): Promise<Float32Array[]> {
    const message = { type: 'warp', id: this.#count++, requests, abortable: options.signal !== undefined } as const
    const sent = this.#kept === pixels
    this.#kept = undefined
    const answer = await this.#perform(message, sent ? undefined : pixels, options)
    return (answer as Extract<Answer, { type: 'warped' }>).crops
  }

  /** @param pixels - Missing where the worker has them. */
  async #perform(
    message: TaskMessage,
    pixels: Pixels | undefined,
    { signal, transfer }: WarpTaskOptions,
  ): Promise<Answer> {
    if (!this.alive) throw this.#lost
    signal?.throwIfAborted()
    const { id } = message
    const answer = new Promise<Answer>((resolve, reject) => this.#tasks.set(id, { resolve, reject }))
    // The worker may be lost while the pixels are being copied, when nobody waits for the answer yet.
    answer.catch(() => undefined)
    this.#channel.hold?.(true)
    let posted = false
    const abort = () => {
      if (posted) this.#channel.post({ type: 'abort', id })
    }
    const release = onAbort(signal, abort)
    const check = () => {
      signal?.throwIfAborted()
      if (!this.alive) throw this.#lost
    }
    try {
      if (pixels) await this.#post(message, pixels, { transfer: transfer || pixels.owned === true, check })
      else this.#channel.post(message as Request)
      posted = true
      if (signal?.aborted) abort()
      return await answer
    } catch (error) {
      // The worker knows that it was stopped, but not the reason.
      throw signal?.aborted && this.alive ? signal.reason : error
    } finally {
      release()
      this.#tasks.delete(id)
      if (this.alive && this.#tasks.size === 0) this.#channel.hold?.(false)
    }
  }

  dispose(): void {
    this.#end(new MtcnnError('DISPOSED', 'the worker was ended'))
  }

  /** @param check - Throws where the search is not wanted any more. */
  async #post(
    message: TaskMessage,
    pixels: Pixels,
    { transfer, check }: { transfer: boolean; check: () => void },
  ): Promise<void> {
    const pause = async () => {
      await nextTask()
      check()
    }
    const packed = await packPixels(pixels, { transfer, pause })
    check()
    try {
      this.#channel.post({ ...message, pixels: packed.pixels } as Request, packed.transfer)
    } catch (error) {
      if (!transfer) throw error
      // Some buffers cannot be transferred: those of native add-ons, of WebAssembly memories, of Node's pool.
      await this.#post(message, pixels, { transfer: false, check })
    }
  }

  #reach(step: 'loaded' | 'ready'): Promise<void> {
    if (!this.alive) return Promise.reject(this.#lost)
    if (this.#done.has(step)) return Promise.resolve()
    return new Promise((resolve, reject) => {
      this.#step = { resolve, reject }
    })
  }

  #receive(reply: Reply): void {
    switch (reply.type) {
      case 'loaded':
      case 'ready':
        this.#done.add(reply.type)
        this.#step?.resolve()
        break
      case 'refused':
        this.#step?.reject(unpackError(reply.error))
        break
      case 'found':
      case 'warped':
        this.#tasks.get(reply.id)?.resolve(reply)
        break
      case 'failed':
        this.#tasks.get(reply.id)?.reject(unpackError(reply.error))
    }
  }

  #end(reason: unknown): void {
    if (!this.alive) return
    this.alive = false
    this.#lost = reason
    this.#channel.end()
    this.#step?.reject(reason)
    for (const { reject } of this.#tasks.values()) reject(reason)
  }
}

function reasonOf(cause: unknown): string {
  return cause instanceof Error && cause.message !== '' ? `: ${cause.message}` : ''
}
