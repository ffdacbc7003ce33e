import type { CompiledKernels } from '../assets/compile.ts'
import type { Weights } from '../assets/weights.ts'
import type { Outcome } from '../cascade/search.ts'
import type { FollowOutcome, FollowRequest } from '../cascade/sighting.ts'
import { checkBytes, type Pixels } from '../image/pixels.ts'
import type { ResolvedOptions } from '../options/options.ts'
import { MtcnnError, tagOf } from '../shared/errors.ts'
import { nextTask } from '../shared/next-task.ts'
import { onAbort } from '../shared/on-abort.ts'
import type { Detail } from '../shared/trace.ts'
import type { WarpRequest } from '../wasm/warper.ts'
import { claim, createClaims, offer } from './claims.ts'
import type { Engine, WarpTaskOptions } from './engine.ts'
import { NotBegun } from './not-begun.ts'
import type { Loaded, PixelBuffers } from './pixel-buffers.ts'
import {
  type FollowTask,
  type Reply,
  type Request,
  type SearchRequest,
  type TaskReply,
  type TeamRequest,
  unpackError,
  type WarpTask,
} from './protocol.ts'

/** A connection to a worker, of a browser or of Node. */
export interface Channel {
  post(message: Request, transfer?: (ArrayBuffer | MessagePort)[]): void
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

/** A task's request without its pixels. */
type TaskMessage = Omit<SearchRequest, 'pixels'> | Omit<FollowTask, 'pixels'> | Omit<WarpTask, 'pixels'>

/** A call, until it is settled. */
interface Task extends Settle<TaskReply> {
  readonly id: number
  readonly pixels: Pixels
  readonly answer: Promise<TaskReply>
  over: boolean
  /** Counts those that were posted; infinite until then. */
  posted: number
  /** The pixels went with it: nobody else can have them. */
  handedOver: boolean
  /** The bytes that the worker reads. */
  loaded: Loaded | undefined
  /** Their buffer, where the worker has given it back. */
  returned: ArrayBuffer | undefined
}

/**
 * An engine in a worker. Requests are posted in the order of the calls, each before the one before it is answered, so that the
 * worker need not wait for it.
 */
export class WorkerEngine implements Engine {
  alive = true
  readonly #channel: Channel
  readonly #buffers: PixelBuffers
  readonly #claims: Int32Array | undefined
  /** In the order of the calls. */
  readonly #tasks = new Map<number, Task>()
  /** What the worker has kept of the search before. */
  #kept: { readonly pixels: Pixels; readonly loaded: Loaded | undefined } | undefined
  /** Resolves when the next request may be posted. */
  #turn: Promise<unknown> = Promise.resolve()
  #count = 0
  #posts = 0
  /** Who waits for the next step of starting. */
  #step: Settle<void> | undefined
  /** The steps of starting that are done. */
  readonly #done = new Set<Reply['type']>()
  #lost: unknown
  #ended = () => {}

  constructor(channel: Channel, buffers: PixelBuffers) {
    this.#channel = channel
    this.#buffers = buffers
    if (buffers.shared) this.#claims = createClaims()
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
    const rest = { type: 'start', weights: data, claims: this.#claims } as const
    try {
      this.#channel.post({ ...rest, kernels: module })
    } catch (cause) {
      // Not every engine can post a compiled module.
      if (!bytes) {
        const message = "a compiled module cannot be posted to a worker here: give option 'module' as bytes"
        throw new MtcnnError('WORKER_FAILED', message, { cause })
      }
      this.#channel.post({ ...rest, kernels: bytes })
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
    const id = ++this.#count
    const message = { type: 'search', id, options, detail, keep, abortable: signal !== undefined } as const
    const answer = await this.#perform(message, pixels, { signal, transfer: options.transfer })
    return (answer as Extract<TaskReply, { type: 'found' }>).outcome
  }

  async follow(
    pixels: Pixels,
    { signal, ...options }: ResolvedOptions,
    request: FollowRequest,
  ): Promise<FollowOutcome> {
    const id = ++this.#count
    const message = { type: 'follow', id, options, request, abortable: signal !== undefined } as const
    const answer = await this.#perform(message, pixels, { signal, transfer: options.transfer })
    return (answer as Extract<TaskReply, { type: 'followed' }>).outcome
  }

  async warp(pixels: Pixels, options: WarpTaskOptions, requests: readonly WarpRequest[]): Promise<Float32Array[]> {
    const id = ++this.#count
    const message = { type: 'warp', id, requests, abortable: options.signal !== undefined } as const
    const answer = await this.#perform(message, pixels, options)
    return (answer as Extract<TaskReply, { type: 'warped' }>).crops
  }

  recall(pixels: Pixels): boolean {
    for (const task of this.#tasks.values()) {
      if (task.pixels !== pixels || task.handedOver || !this.#takeBack(task)) continue
      task.reject(new NotBegun())
      return true
    }
    return false
  }

  /** Makes the worker, or another, a member of a team. */
  team(message: TeamRequest): void {
    if (this.alive) this.#channel.post(message, message.port ? [message.port] : [])
  }

  /** Calls `ended` once the worker has ended, for whatever reason; one at a time. */
  onEnd(ended: () => void): void {
    if (this.alive) this.#ended = ended
    else ended()
  }

  dispose(): void {
    this.#end(new MtcnnError('DISPOSED', 'the worker was ended'))
  }

  async #perform(message: TaskMessage, pixels: Pixels, { signal, transfer }: WarpTaskOptions): Promise<TaskReply> {
    if (!this.alive) throw this.#lost
    signal?.throwIfAborted()
    const { id } = message
    const keep = message.type === 'search' && message.keep
    const before = [...this.#tasks.values()]
    const task = this.#add(id, pixels)
    const release = onAbort(signal, () => {
      if (this.#takeBack(task)) task.reject(signal!.reason)
      else this.#channel.post({ type: 'abort', id })
    })
    if (message.type === 'warp' && this.#kept?.pixels === pixels) {
      task.loaded = this.#kept.loaded
      this.#kept = undefined
      this.#send(task, message as Request)
    } else {
      const handOver = (transfer || pixels.owned === true) && tagOf(pixels.data.buffer) === 'ArrayBuffer'
      const posting = this.#post(task, message, this.#turn, handOver ? before : undefined).catch(task.reject)
      this.#turn = keep ? posting.then(() => this.#untilWarp(task)) : posting
    }
    try {
      const answer = await task.answer
      if (keep) {
        this.#kept = { pixels, loaded: task.loaded }
        task.loaded = undefined
      }
      return answer
    } catch (error) {
      // The worker knows that it was stopped, but not the reason.
      throw signal?.aborted && this.alive ? signal.reason : error
    } finally {
      release()
      task.loaded?.release(task.returned)
    }
  }

  #add(id: number, pixels: Pixels): Task {
    let settle!: Settle<TaskReply>
    const answer = new Promise<TaskReply>((resolve, reject) => {
      settle = { resolve, reject }
    })
    const end = () => {
      task.over = true
      this.#tasks.delete(id)
      if (this.alive && this.#tasks.size === 0) this.#channel.hold?.(false)
    }
    const task: Task = {
      id,
      pixels,
      answer,
      over: false,
      posted: Number.POSITIVE_INFINITY,
      handedOver: false,
      loaded: undefined,
      returned: undefined,
      resolve(reply) {
        end()
        settle.resolve(reply)
      },
      reject(reason) {
        end()
        settle.reject(reason)
      },
    }
    this.#tasks.set(id, task)
    this.#channel.hold?.(true)
    return task
  }

  /** The task again, if the worker has not begun with it. */
  #takeBack({ id, posted }: Task): boolean {
    return posted === Number.POSITIVE_INFINITY || (this.#claims !== undefined && claim(this.#claims, id))
  }

  /**
   * A search after which pixels are kept: its crops are asked for at once, if at all, and nothing is posted in between.
   */
  async #untilWarp({ answer }: Task): Promise<void> {
    await answer.catch(() => undefined)
    await nextTask()
    this.#kept?.loaded?.release()
    this.#kept = undefined
  }

  /**
   * Posts a task when its turn comes.
   *
   * @param handOver - Where the buffer of the pixels itself is to be transferred: the tasks before, which must be over first. What
   * is with a worker that has not begun with it could not be given to another.
   */
  async #post(
    task: Task,
    message: TaskMessage,
    turn: Promise<unknown>,
    handOver: readonly Task[] | undefined,
  ): Promise<void> {
    if (!handOver) await this.#load(task)
    await turn
    if (handOver) {
      await Promise.allSettled(handOver.map(({ answer }) => answer))
      if (task.over) return
      checkBytes(task.pixels)
      if (this.#sendOwn(task, message)) return
      await this.#load(task)
    }
    if (task.over) return
    const { pixels, transfer } = task.loaded!
    this.#send(task, { ...message, pixels, giveBack: transfer.length > 0 }, transfer)
  }

  async #load(task: Task): Promise<void> {
    const pause = async () => {
      await nextTask()
      if (task.over) throw new NotBegun()
    }
    const loaded = await this.#buffers.load(task.pixels, pause)
    if (task.over) loaded.release()
    else task.loaded = loaded
  }

  /** False where the buffer cannot be transferred: some of native add-ons, of WebAssembly memories, of Node's pool. */
  #sendOwn(task: Task, message: TaskMessage): boolean {
    const { data } = task.pixels
    // As a plain array: a Buffer would arrive as one anyway.
    const plain = new Uint8Array(data.buffer, data.byteOffset, data.byteLength)
    try {
      this.#send(task, { ...message, pixels: { ...task.pixels, data: plain } }, [data.buffer as ArrayBuffer])
      task.handedOver = true
      return true
    } catch {
      return false
    }
  }

  #send(task: Task, request: Request, transfer: ArrayBuffer[] = []): void {
    if (this.#claims) offer(this.#claims, task.id)
    this.#channel.post(request, transfer)
    task.posted = ++this.#posts
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
      default: {
        const task = this.#tasks.get(reply.id)
        if (!task) break
        task.returned = reply.buffer
        if (reply.type === 'failed') task.reject(unpackError(reply.error))
        else task.resolve(reply)
      }
    }
  }

  /** The worker was at the task posted first; of the others it knew at most that they come. */
  #end(reason: unknown): void {
    if (!this.alive) return
    this.alive = false
    this.#lost = reason
    this.#channel.end()
    this.#step?.reject(reason)
    const tasks = [...this.#tasks.values()].sort((a, b) => Number(a.posted > b.posted) - Number(a.posted < b.posted))
    for (const [n, { handedOver, reject }] of tasks.entries()) {
      reject(n === 0 || handedOver ? reason : new NotBegun('', { cause: reason }))
    }
    this.#ended()
  }
}

function reasonOf(cause: unknown): string {
  return cause instanceof Error && cause.message !== '' ? `: ${cause.message}` : ''
}
