import { tensorsOf } from '../assets/weights.ts'
import type { Pixels } from '../image/pixels.ts'
import { type Engine, localEngine } from './engine.ts'
import { packError, type Reply, type Request, type SearchRequest, type WarpTask } from './protocol.ts'

/**
 * The worker's side of the protocol: takes requests and answers them. Only the entries of workers import this file. Nothing it
 * imports may use `import()`: a worker has to be one file.
 *
 * @param post - Sends a reply to the thread that calls.
 * @returns Takes one request; resolves when it has been answered.
 */
export function serve(post: (reply: Reply) => void): (request: Request) => Promise<void> {
  let engine: Engine | undefined
  const running = new Map<number, AbortController>()
  /** For the next request. */
  let kept: Pixels | undefined

  post({ type: 'loaded' })
  return async (request) => {
    switch (request.type) {
      case 'start':
        try {
          engine = await localEngine(request.kernels, tensorsOf(request.weights))
          post({ type: 'ready' })
        } catch (error) {
          post({ type: 'refused', error: packError(error) })
        }
        break
      case 'search':
      case 'warp': {
        const { id } = request
        const controller = new AbortController()
        running.set(id, controller)
        // With a signal work pauses now and then, so that an abort message can arrive. Without one it runs through.
        const signal = request.abortable ? controller.signal : undefined
        const pixels = request.pixels ?? kept
        kept = request.type === 'search' && request.keep ? pixels : undefined
        try {
          if (!engine || !pixels) throw new Error(`a ${request.type} came before the ${engine ? 'pixels' : 'start'}`)
          post(await perform(engine, request, pixels, signal))
        } catch (error) {
          post({ type: 'failed', id, error: packError(error) })
        }
        running.delete(id)
        break
      }
      case 'abort':
        running.get(request.id)?.abort()
    }
  }
}

async function perform(
  engine: Engine,
  request: SearchRequest | WarpTask,
  pixels: Pixels,
  signal: AbortSignal | undefined,
): Promise<Reply> {
  const { id } = request
  if (request.type === 'warp') {
    return { type: 'warped', id, crops: await engine.warp(pixels, { signal, transfer: false }, request.requests) }
  }
  const { options, detail, keep } = request
  return { type: 'found', id, outcome: await engine.search(pixels, { ...options, signal }, detail, keep) }
}
