import { readFile } from 'node:fs/promises'
import { addAbortSignal } from 'node:stream'
import { toReference } from './api/format.ts'
import { BulkPool } from './bulk/pool.ts'
import { Interrupted } from './cli/bulk.ts'
import { run } from './cli/run.ts'
import { MtcnnError } from './shared/errors.ts'

const stop = new AbortController()
let signalled: NodeJS.Signals | undefined

// Once: whoever presses Ctrl-C a second time does not want to wait.
for (const name of ['SIGINT', 'SIGTERM'] as const) {
  process.once(name, () => {
    signalled ??= name
    stop.abort(new Interrupted(name))
  })
}

// Without a reader, or on a full disk, going on is of no use.
let outputFailed = false
process.stdout.on('error', ({ code, message }: NodeJS.ErrnoException) => {
  if (outputFailed) return
  outputFailed = true
  const why = code === 'EPIPE' ? 'standard output was closed (EPIPE)' : `could not write to standard output: ${message}`
  process.stderr.write(`mtcnn-wasm: ${why}\n`)
  process.exitCode = 1
  stop.abort(new Error('no output'))
})
// There is nobody left to tell.
process.stderr.on('error', () => {
  process.exitCode = 1
})

let namesFromStdin = false
const code = await run(process.argv.slice(2), {
  stdout: (text) => {
    if (!outputFailed) process.stdout.write(text)
  },
  stderr: (text) => process.stderr.write(text),
  stdin: readStandardInput,
  readStdin: () => {
    namesFromStdin = true
    return process.stdin
  },
  terminal: process.stderr.isTTY ? process.stderr : undefined,
  startPool: (settings) => BulkPool.start(settings),
  signal: stop.signal,
  variables: process.env,
  version: async () => {
    const manifest = await readFile(new URL('../package.json', import.meta.url), 'utf8')
    return (JSON.parse(manifest) as { version: string }).version
  },
  // Only a search loads the detector: --help answers at once.
  createDetector: async (options, workers) => {
    const { MTCNN, MTCNNPool } = await import('./index.node.ts')
    return workers === undefined ? MTCNN.create(options) : MTCNNPool.create({ ...options, size: workers })
  },
  toReference,
})

process.exitCode ||= code
// Whoever writes to it may go on for ever.
if (namesFromStdin) process.stdin.destroy()
// Many images: what was begun is done, and the exit code says that there is more to do.
if (code > 2) process.exit()
if (signalled !== undefined) {
  process.stderr.write('mtcnn-wasm: interrupted\n')
  // What was printed has to leave first.
  await new Promise((resolve) => process.stdout.write('', resolve))
  // As a program without a handler ends, so that a shell's loop ends with it.
  process.kill(process.pid, signalled)
}
// A file that is still being read would hold the process.
else if (outputFailed) process.exit()

async function readStandardInput(maxBytes: number): Promise<Uint8Array> {
  if (process.stdin.isTTY) throw new Error("'-' reads an image from standard input, which is a terminal here")
  const chunks: Buffer[] = []
  let length = 0
  for await (const chunk of addAbortSignal(stop.signal, process.stdin)) {
    length += (chunk as Buffer).length
    if (length > maxBytes) {
      throw new MtcnnError(
        'IMAGE_TOO_LARGE',
        `standard input has more than ${maxBytes} bytes, the most that --max-bytes allows`,
      )
    }
    chunks.push(chunk as Buffer)
  }
  return Buffer.concat(chunks)
}
