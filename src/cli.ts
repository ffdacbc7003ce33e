import { readFile } from 'node:fs/promises'
import { toReference } from './api/format.ts'
import { run } from './cli/run.ts'

// A reader that has seen enough (`| head`) is no failure.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error
  process.exit(0)
})

process.exitCode = await run(process.argv.slice(2), {
  stdout: (text) => process.stdout.write(text),
  stderr: (text) => process.stderr.write(text),
  version: async () => {
    const manifest = await readFile(new URL('../package.json', import.meta.url), 'utf8')
    return (JSON.parse(manifest) as { version: string }).version
  },
  // Only a search loads the detector: --help answers at once.
  createDetector: async (options) => (await import('./index.node.ts')).MTCNN.create(options),
  toReference,
})
