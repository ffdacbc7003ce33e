import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { root } from '../../../docs/tools/pages.mjs'

/** Stand-ins for other programs in the examples: the photograph comes from no server, and what jq is given must be JSON. */
const PROGRAMS = {
  'mtcnn-wasm': `exec '${process.execPath}' '${join(root, 'dist/cli.js')}' "$@"`,
  npx: `[ "$1" = mtcnn-wasm ] || { echo "npx $1: not known to the test" >&2; exit 1; }; shift; exec mtcnn-wasm "$@"`,
  curl: 'cat photo.jpg',
  jq: `exec '${process.execPath}' '${join(root, 'test/docs/code/jq.mjs')}'`,
}

/** Writes the stand-ins; answers the PATH with them in front. */
export function installPrograms(folder: string): string {
  for (const [name, text] of Object.entries(PROGRAMS)) {
    writeFileSync(join(folder, name), `#!/bin/sh\n${text}\n`, { mode: 0o755 })
  }
  return `${folder}:${process.env.PATH}`
}

/** The commands of a block, one a line; comments behind `#` are not among them. */
export function commands(text: string): string[] {
  const lines = text.replaceAll('\\\n', ' ').split('\n')
  return lines.map((line) => line.replace(/(^|\s)#.*$/, '').trim()).filter((line) => line !== '')
}

/** Packages and scripts that this repository knows. */
function known(file: string): Record<string, Record<string, string>> {
  return JSON.parse(readFileSync(join(root, file), 'utf8'))
}

/**
 * What is to be run of a command in the project: all of it where it is ours, nothing where it installs or starts something.
 * That is checked as far as it can be: scripts must be there, packages must be of those that the tests use.
 *
 * @throws Error where nothing is known about it.
 */
export function runnable(command: string): string | undefined {
  const parts = command.split(' && ').filter((part) => !checked(part))
  return parts.length > 0 ? parts.join(' && ') : undefined
}

/** Whether a command is one that is only looked at. */
function checked(command: string): boolean {
  const [program = '', verb = '', ...rest] = command.split(/\s+/)
  if (/^(npx|mtcnn-wasm|curl|find)$/.test(program) && !/^npx (?!mtcnn-wasm)/.test(command)) return false
  if (command.startsWith('node dist/cli.js ')) return false
  if (program === 'cd' || /^git clone https:\/\/github\.com\/mtcnn-wasm\//.test(command)) return true
  if (program === 'npm' && /^(install|i)$/.test(verb)) {
    const names = rest.filter((word) => !word.startsWith('-'))
    const unknown = names.filter((name) => !knownPackages().includes(name))
    if (unknown.length > 0) throw new Error(`no test uses the packages ${unknown}`)
    return true
  }
  if (program === 'npm' && verb === 'test') return true
  if (program === 'npm' && verb === 'run') {
    const [script = ''] = rest
    const found = ['package.json', 'examples/web/package.json'].some((file) => known(file).scripts?.[script])
    if (!found) throw new Error(`there is no script ${script}`)
    return true
  }
  if (program === 'node') {
    if (!existsSync(join(root, verb))) throw new Error(`there is no ${verb}`)
    return true
  }
  throw new Error(`the test does not know how to check this: ${command}`)
}

function knownPackages(): string[] {
  const manifests = ['package.json', 'test/package/package.json', 'examples/web/package.json']
  const sections = ['dependencies', 'devDependencies', 'peerDependencies']
  const names = manifests.flatMap((file) => sections.flatMap((section) => Object.keys(known(file)[section] ?? {})))
  return ['mtcnn-wasm', ...names]
}
