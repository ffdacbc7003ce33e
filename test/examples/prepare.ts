import { spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { TestProject } from 'vitest/node'

declare module 'vitest' {
  interface ProvidedContext {
    /** Folder that holds the built example `web`. */
    built: string
  }
}

const root = fileURLToPath(new URL('../..', import.meta.url))

function run(command: string, args: string[], cwd: string): void {
  const { status, error, stdout, stderr } = spawnSync(command, args, {
    cwd,
    encoding: 'utf8',
    // Vitest has set it to 'test'.
    env: { ...process.env, NODE_ENV: 'production' },
    shell: process.platform === 'win32',
  })
  if (error) throw error
  if (status !== 0) throw new Error(`${command} ${args.join(' ')} in ${cwd} failed:\n${stdout}${stderr}`)
}

/** Whether what is installed is as new as the lock file. */
function isInstalled(folder: string): boolean {
  const installed = join(folder, 'node_modules/.package-lock.json')
  return existsSync(installed) && statSync(installed).mtimeMs >= statSync(join(folder, 'package-lock.json')).mtimeMs
}

/** Installs the page's own dependencies where they are missing or old, and builds the page against dist/. */
export default function setup(project: TestProject): () => void {
  if (!existsSync(join(root, 'dist/index.js'))) throw new Error('the library is not built: npm run build')
  const built = mkdtempSync(join(tmpdir(), 'mtcnn-examples-'))
  const folder = join(root, 'examples/web')
  // Without scripts: the library itself, which is linked, would be built anew.
  const install = ['ci', '--include=dev', '--ignore-scripts', '--no-fund', '--no-audit']
  if (!isInstalled(folder)) run('npm', install, folder)
  run('npx', ['vite', 'build', '--logLevel', 'warn', '--outDir', join(built, 'web'), '--emptyOutDir'], folder)
  project.provide('built', built)
  return () => rmSync(built, { recursive: true, force: true })
}
