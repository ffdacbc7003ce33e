import type { Request } from './protocol.ts'
import type { Channel, WorkerSpawner } from './worker-engine.ts'

/**
 * The ways to start a worker in a browser. First from a file, which bundlers make where they see `new Worker(new URL(...))`.
 * Then from a blob, for bundlers that do not and for development servers that moved this module without the file. A content
 * security policy may forbid workers from blobs: such pages need the file.
 */
export function browserSpawners(): WorkerSpawner[] {
  if (typeof Worker === 'undefined') return []
  return [() => channelTo(new Worker(new URL('../worker.ts', import.meta.url), { type: 'module' })), spawnFromBlob]
}

async function spawnFromBlob(): Promise<Channel> {
  const { default: source } = await import('../worker.ts?source')
  const url = URL.createObjectURL(new Blob([source], { type: 'text/javascript' }))
  return channelTo(new Worker(url, { type: 'module' }), () => URL.revokeObjectURL(url))
}

/** @param release - Lets go of the script; called once the worker has loaded it, or never will. */
function channelTo(worker: Worker, release = () => {}): Channel {
  return {
    post: (message: Request, transfer = []) => worker.postMessage(message, transfer),
    listen(reply, ended) {
      worker.onmessage = ({ data }) => {
        if (data.type === 'loaded') release()
        reply(data)
      }
      worker.onerror = (event) => {
        // The caller is told, so the console need not be.
        event.preventDefault()
        release()
        ended(new Error(event.message || 'its script could not be loaded'))
      }
      worker.onmessageerror = () => ended(new Error('a message could not be read'))
    },
    end() {
      worker.terminate()
      release()
    },
  }
}
