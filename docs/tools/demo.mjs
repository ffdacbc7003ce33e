// The live page of the site is examples/web, built with addresses relative to it.

import { spawnSync } from 'node:child_process'
import { existsSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { root } from './pages.mjs'

/** @param {string} folder - Where the page goes. */
export function buildDemo(folder) {
  const web = join(root, 'examples/web')
  // Without scripts: the library itself, which is linked, would be built anew.
  const install = ['ci', '--include=dev', '--ignore-scripts', '--no-fund', '--no-audit']
  const installed = join(web, 'node_modules/.package-lock.json')
  const isOld = () => statSync(installed).mtimeMs < statSync(join(web, 'package-lock.json')).mtimeMs
  if (!existsSync(installed) || isOld()) run('npm', install, web)
  run('npx', ['vite', 'build', '--logLevel', 'warn', '--outDir', folder, '--emptyOutDir'], web)
}

/**
 * @param {string} command
 * @param {string[]} args
 * @param {string} cwd
 */
function run(command, args, cwd) {
  const shell = process.platform === 'win32'
  const { status, error, stdout, stderr } = spawnSync(command, args, { cwd, encoding: 'utf8', shell })
  if (error) throw error
  if (status !== 0) throw new Error(`${command} ${args.join(' ')} in ${cwd} failed:\n${stdout}${stderr}`)
}
