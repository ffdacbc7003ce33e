// npm run format, npm run lint: formats AssemblyScript as Biome formats TypeScript; with --check, fails where a file is not
// formatted so. Biome parses all of AssemblyScript but decorators of functions and constants, so it gets those as comments.

import { execFileSync } from 'node:child_process'
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { fileURLToPath } from 'node:url'

const biome = createRequire(import.meta.url).resolve('@biomejs/biome/bin/biome')
const cwd = fileURLToPath(new URL('..', import.meta.url))

/**
 * @param {string} source
 * @returns {string}
 */
function format(source) {
  // Biome ignores assembly/ (biome.json), hence another name. What it cannot parse it refuses, and this throws.
  const hidden = source.replace(/^@(?=\w+$)/gm, '//@')
  const args = [biome, 'format', '--stdin-file-path=assembly.ts']
  const formatted = execFileSync(process.execPath, args, { cwd, input: hidden, encoding: 'utf8' })
  return formatted.replace(/^\/\/@(?=\w+$)/gm, '@')
}

const check = process.argv.includes('--check')
for (const folder of ['assembly', 'bench/assembly']) {
  for (const name of readdirSync(`${cwd}${folder}`).sort()) {
    if (!name.endsWith('.ts')) continue
    const path = `${cwd}${folder}/${name}`
    const source = readFileSync(path, 'utf8')
    // Comments are wrapped by hand: Biome leaves them as they are.
    source.split('\n').forEach((line, n) => {
      if (!check || line.length <= 120) return
      console.error(`${folder}/${name}:${n + 1} is longer than 120 characters`)
      process.exitCode = 1
    })
    const formatted = format(source)
    if (formatted === source) continue
    if (check) {
      console.error(`${folder}/${name} is not formatted: npm run format`)
      process.exitCode = 1
    } else {
      writeFileSync(path, formatted)
    }
  }
}
