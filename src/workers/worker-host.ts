import { tensorsOf } from '../assets/weights.ts'
import type { Pixels } from '../image/pixels.ts'
import { Core } from '../wasm/core.ts'
import { claim } from './claims.ts'
import { type Engine, engineOn } from './engine.ts'
import {
  type FollowTask,
  packError,
  type Reply,
  type Request,
  type SearchRequest,
  type TaskReply,
  type WarpTask,
} from './protocol.ts'
import { TeamSide } from './team-side.ts'

type Task = SearchRequest | FollowTask | WarpTask

/** Pixels, and whether their buffer is to be given back. */
type Held = Pick<Task, 'giveBack'> & { pixels: Pixels }

/**
 * The worker's side of the protocol: takes requests, does them one after another, and answers them. Only the entries of workers
 * import this file. Nothing it imports may use `import()`: a worker has to be one file.
 *
 * @param post - Sends a reply to the thread that calls.
 * @returns Takes one request; resolves when it has been answered.
 */
export function serve(
  post: (reply: Reply, transfer?: ArrayBuffer[]) => void,
): (request: Request) => Promise<void> | undefined {
  let engine: Engine | undefined
  let team: TeamSide | undefined
  let claims: Int32Array | undefined
  /** Waiting and running. */
  const asked = new Map<number, AbortController>()
  /** For the next request. */
  let kept: Held | undefined
  let before: Promise<void> = Promise.resolve()

  const start = async ({ kernels, weights, ...request }: Extract<Request, { type: 'start' }>) => {
    claims = request.claims
    try {
      const core = await Core.create(kernels, tensorsOf(weights))
      team = new TeamSide(core)
      engine = engineOn(core, team.search)
      post({ type: 'ready' })
    } catch (error) {
      post({ type: 'refused', error: packError(error) })
    }
  }

  const perform = async (task: Task, { signal }: AbortController): Promise<void> => {
    const { id } = task
    // Taken back meanwhile: nobody waits for an answer.
    if (claims && !claim(claims, id)) return
    const held = task.pixels ? { pixels: task.pixels, giveBack: task.giveBack } : kept
    kept = task.type === 'search' && task.keep ? held : undefined
    let reply: TaskReply
    try {
      if (!engine || !held) throw new Error(`a ${task.type} came before the ${engine ? 'pixels' : 'start'}`)
      // With a signal work pauses now and then, so that an abort message can arrive. Without one it runs through.
      reply = await answerOf(engine, task, held.pixels, task.abortable ? signal : undefined)
    } catch (error) {
      kept = undefined
      reply = { type: 'failed', id, error: packError(error) }
    }
    const buffer = held?.giveBack && !kept ? (held.pixels.data.buffer as ArrayBuffer) : undefined
    if (buffer) reply.buffer = buffer
    try {
      post(reply, buffer && [buffer])
    } catch (error) {
      post({ type: 'failed', id, error: packError(error) })
    }
  }

  post({ type: 'loaded' })
  return (request) => {
    if (request.type === 'abort') {
      asked.get(request.id)?.abort()
      return undefined
    }
    if (request.type === 'team') {
      team?.take(request)
      return undefined
    }
    const work = request.type === 'start' ? () => start(request) : queued(request)
    before = before.then(work)
    return before
  }

  function queued(task: Task): () => Promise<void> {
    const controller = new AbortController()
    asked.set(task.id, controller)
    return () => perform(task, controller).finally(() => asked.delete(task.id))
  }
}

async function answerOf(
  engine: Engine,
  task: Task,
  pixels: Pixels,
  signal: AbortSignal | undefined,
): Promise<TaskReply> {
  const { id } = task
  if (task.type === 'warp') {
    return { type: 'warped', id, crops: await engine.warp(pixels, { signal, transfer: false }, task.requests) }
  }
  if (task.type === 'follow') {
    const { options, request } = task
    return { type: 'followed', id, outcome: await engine.follow(pixels, { ...options, signal }, request) }
  }
  const { options, detail, keep } = task
  return { type: 'found', id, outcome: await engine.search(pixels, { ...options, signal }, detail, keep) }
}
