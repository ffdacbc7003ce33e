import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll } from 'vitest'

/** The command as installed. Needs `npm run build`, which `npm install` runs. */
export const PROGRAM = fileURLToPath(new URL('../../dist/cli.js', import.meta.url))

/** What a command printed until now, and its end. */
export interface Running {
  child: ChildProcess
  stdout(): string
  stderr(): string
  end: Promise<{ code: number | null; signal: NodeJS.Signals | null; stdout: string; stderr: string }>
}

const started = new Set<ChildProcess>()

/** A folder of its own for the tests of a file; afterwards it is gone, and so is every command that still runs. */
export function scratchFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'mtcnn-queue-'))
  afterAll(async () => {
    await Promise.all([...started].map(kill))
    await rm(folder, { recursive: true })
  })
  return folder
}

async function kill(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  child.kill('SIGKILL')
  await once(child, 'exit')
}

/** Starts `mtcnn-wasm`. */
export function start(
  argv: readonly string[],
  { cwd, variables = {}, program = PROGRAM }: { cwd: string; variables?: Record<string, string>; program?: string },
): Running {
  const { REDIS_URL: _, ...inherited } = process.env
  const child = spawn(process.execPath, [program, ...argv], { cwd, env: { ...inherited, ...variables } })
  started.add(child)
  let [stdout, stderr] = ['', '']
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text
  })
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text
  })
  const end = once(child, 'close').then(([code, signal]) => ({ code, signal, stdout, stderr }))
  return { child, stdout: () => stdout, stderr: () => stderr, end }
}
