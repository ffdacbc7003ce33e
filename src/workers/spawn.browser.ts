import type { Request } from './protocol.ts'
import type { WorkerSpawner } from './start-worker.ts'
import type { Channel } from './worker-engine.ts'

/** The path of this file; the build writes here the one it gets in the package. */
const THIS_FILE = '/src/workers/spawn.browser.ts'

/**
 * The ways to start a worker in a browser, the one that will work first: from the script's own file, or from a blob.
 *
 * Many bundlers copy the file where they see `new URL(..., import.meta.url)`, and write its new address there. Others leave the
 * address as it is, and there is no file: a blob comes first then. A content security policy may forbid workers from blobs; so
 * the address is tried after that, since someone may have copied the file by hand.
 */
export function browserSpawners(): WorkerSpawner[] {
  if (typeof Worker === 'undefined') return []
  // Vite's production build: the file is there, and without the blob there is no import(), which it cannot bundle into workers.
  if (import.meta.env?.PROD && import.meta.env.SSR === false && !import.meta.hot) {
    return [() => channelTo(new Worker(new URL('../worker.ts', import.meta.url), { type: 'module' }))]
  }
  let script: URL
  try {
    script = new URL('../worker.ts', import.meta.url)
  } catch {
    // Bundled as a classic script, which has no address of its own.
    return [spawnFromBlob]
  }
  const spawnFromFile = () => channelTo(new Worker(script, { type: 'module' }))
  // Extensions forbid blobs.
  return /extension:$/.test(script.protocol) || hasFile(script.href, import.meta.url, THIS_FILE)
    ? [spawnFromFile, spawnFromBlob]
    : [spawnFromBlob, spawnFromFile]
}

/**
 * Whether the script's file is where its address says: a bundler has written the address, or there was none and this module still
 * is a file of the package. Exported for its test.
 *
 * @param script - The address of the script; written as `../worker.js` or `./worker.js`.
 * @param module - The address of this module.
 * @param path - How that address ends where no bundler has moved the module.
 */
export function hasFile(script: string, module: string, path: string): boolean {
  // Seen from a chunk of the package, or from an entry.
  const untouched = ['../worker.', './worker.'].some((name) => {
    return script === new URL(`${name}js`, module).href || script === new URL(`${name}ts`, module).href
  })
  return !untouched || new URL(module).pathname.endsWith(path)
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
