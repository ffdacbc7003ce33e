// Builds the library and a program of test/ that uses it, and runs that program to its end.

import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { bundleForNode } from '../bench/bundle.mjs'

const root = fileURLToPath(new URL('..', import.meta.url))

/**
 * @param {string} folder - The folder of test/ with the program's main.ts.
 * @param {string[]} given - Arguments of the program, and `--no-build` where dist is as the sources are.
 * @param {string[]} flags - For Node.
 * @param {number} [seconds] - The longest that it may take.
 */
export async function runProgram(folder, given, flags, seconds) {
  const build = ['npm', 'run', '--silent', 'build']
  if (!given.includes('--no-build')) run(build)
  const program = await bundleForNode('main', fileURLToPath(new URL(`${folder}/`, import.meta.url)))
  const args = given.filter((argument) => argument !== '--no-build')
  run([process.execPath, ...flags, program, ...args], seconds)
}

/**
 * @param {string[]} command
 * @param {number} [seconds]
 */
function run([name = '', ...args], seconds) {
  const timeout = seconds === undefined ? undefined : 1000 * seconds
  const { status, signal, error } = spawnSync(name, args, {
    cwd: root,
    stdio: 'inherit',
    timeout,
    killSignal: 'SIGKILL',
  })
  if (error) console.error(error.message)
  if (signal) console.error(`ended by ${signal}`)
  if (status !== 0) process.exit(status ?? 1)
}
