import type { Request } from './workers/protocol.ts'
import { serve } from './workers/worker-host.ts'

// The script of browser workers. It is bundled into one file: bundlers break workers that import others.
const scope = globalThis as unknown as {
  postMessage(message: unknown, transfer?: ArrayBuffer[]): void
  addEventListener(type: 'message', listener: (event: { data: Request }) => void): void
}
const answer = serve((reply, transfer = []) => scope.postMessage(reply, transfer))
scope.addEventListener('message', ({ data }) => answer(data))
