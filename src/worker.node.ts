import { parentPort } from 'node:worker_threads'
import { serve } from './workers/worker-host.ts'

// The script of Node's worker threads.
const port = parentPort!
port.on(
  'message',
  serve((reply, transfer) => port.postMessage(reply, transfer)),
)
