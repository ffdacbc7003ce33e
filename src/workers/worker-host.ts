import { tensorsOf } from '../assets/weights.ts'
import { type Engine, localEngine } from './engine.ts'
import { packError, type Reply, type Request } from './protocol.ts'

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
      case 'search': {
        const { id, pixels, options, detail } = request
        const controller = new AbortController()
        running.set(id, controller)
        // With a signal a search pauses now and then, so that an abort message can arrive. Without one it runs through.
        const signal = request.abortable ? controller.signal : undefined
        try {
          if (!engine) throw new Error('a search came before the start')
          post({ type: 'found', id, outcome: await engine.search(pixels, { ...options, signal }, detail) })
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
