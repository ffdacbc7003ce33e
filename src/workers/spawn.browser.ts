import type { Request } from './protocol.ts'
import type { Channel, WorkerSpawner } from './worker-engine.ts'

/**
 * The ways to start a worker in a browser. Bundlers that know `new Worker(new URL(...))` make a file of it; where the file is
 * not found, by those that do not or by a development server that moved this module, the script comes as a blob. A
 * content security policy may forbid blobs, but then it is served from files.
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

function channelTo(worker: Worker, loaded?: () => void): Channel {
  return {
    post: (message: Request, transfer = []) => worker.postMessage(message, transfer),
    listen(reply, ended) {
      worker.onmessage = ({ data }) => {
        if (data.type === 'loaded') loaded?.()
        reply(data)
      }
      worker.onerror = (event) => {
        // Reported to the caller, so not to the console too.
        event.preventDefault()
        loaded?.()
        ended(new Error(event.message || 'its script could not be loaded'))
      }
      worker.onmessageerror = () => ended(new Error('a message could not be read'))
    },
    end: () => worker.terminate(),
  }
}
