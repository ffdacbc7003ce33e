import { type TransferListItem, Worker } from 'node:worker_threads'
import type { WorkerSpawner } from './start-worker.ts'
import type { Channel } from './worker-engine.ts'

/**
 * Starts a worker thread in Node, in one of two ways: from the script's file beside this one, or, where a bundler has left that
 * file behind, from the script as text.
 */
export function nodeSpawners(): WorkerSpawner[] {
  return [
    () => channelTo(new URL('../worker.node.ts', import.meta.url)),
    async () => {
      const { default: source } = await import('../worker.node.ts?source')
      return channelTo(new URL(`data:text/javascript,${encodeURIComponent(source)}`))
    },
  ]
}

/** A worker thread that runs a script. */
export function channelTo(script: URL): Channel {
  const worker = new Worker(script)
  return {
    // The types of Node do not know that its ports are those of the web.
    post: (message, transfer) => worker.postMessage(message, transfer as TransferListItem[]),
    listen(reply, ended) {
      let failure: unknown
      worker.on('message', reply)
      worker.on('messageerror', ended)
      worker.on('error', (error) => {
        failure = error
        ended(error)
      })
      worker.on('exit', (code) => ended(failure ?? new Error(`exit code ${code}`)))
    },
    end: () => void worker.terminate(),
    hold: (busy) => (busy ? worker.ref() : worker.unref()),
  }
}
