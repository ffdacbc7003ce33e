// Runs a bench: node bench/run.mjs <name> [--no-build] [--node24] [arguments of the bench]. The README lists them.
// Builds the library, installs the peers where they are missing, bundles the bench and starts it, in this Node or a newer one.

import { spawnSync } from 'node:child_process'
import { cpSync, existsSync, mkdirSync, rmSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const BENCHES = /** @type {const} */ ({
  node: { entry: 'node', page: undefined },
  chromium: { entry: 'chromium', page: 'page' },
  detectors: { entry: 'detectors', page: undefined },
  kernels: { entry: 'kernels', page: undefined },
  scale: { entry: 'scale', page: undefined },
  threads: { entry: 'threads', page: undefined },
  tasks: { entry: 'tasks', page: 'tasks-page' },
  queue: { entry: 'queue', page: undefined },
  accuracy: { entry: 'accuracy', page: undefined },
  crops: { entry: 'crops', page: undefined },
  bulk: { entry: 'bulk', page: undefined },
  video: { entry: 'video/main', page: undefined },
  forms: { entry: 'forms', page: undefined },
  variants: { entry: 'variants', page: undefined },
  onnx: { entry: 'onnx/write', page: undefined },
  eval: { entry: 'eval/main', page: undefined },
  tune: { entry: 'eval/tune', page: undefined },
})

const root = fileURLToPath(new URL('..', import.meta.url))

/**
 * @param {string} command
 * @param {string[]} args
 */
function run(command, args) {
  const { status, error } = spawnSync(command, args, {
    cwd: root,
    stdio: 'inherit',
    // Whatever ONNX Runtime could fetch beyond its npm package is for graphics cards.
    env: { ...process.env, ONNXRUNTIME_NODE_INSTALL: 'skip' },
    shell: process.platform === 'win32' && /^np[mx]$/.test(command),
  })
  if (error) throw error
  if (status !== 0) process.exit(status ?? 1)
}

const [name = '', ...given] = process.argv.slice(2)
if (!Object.hasOwn(BENCHES, name)) {
  console.error(`which bench? One of ${Object.keys(BENCHES).join(', ')}`)
  process.exit(2)
}
const { entry, page } = BENCHES[/** @type {keyof typeof BENCHES} */ (name)]

if (!given.includes('--no-build')) run('npm', ['run', '--silent', 'build'])
const pack = name === 'threads' && given.includes('--pack')
const alone =
  (pack || ['bulk', 'crops', 'queue', 'tasks', 'video', 'eval', 'tune', 'forms', 'variants'].includes(name)) &&
  !given.some((argument) => argument.startsWith('--peer'))
if (!alone && !existsSync(`${root}/bench/node_modules/.package-lock.json`)) run('npm', ['ci', '--prefix', 'bench'])
const { bundleForBrowser, bundleForNode, bundleToCarry } = await import('./bundle.mjs')
if (page) await bundleForBrowser(page)
/** What else is compiled, from where: the library's own targets with another entry. */
const LAYERS = ['assembly/layers.ts', 'layers']
const SOURCES = /** @type {Record<string, string[][]>} */ ({
  kernels: [LAYERS, ['bench/assembly/peak.ts', 'peak']],
  forms: [LAYERS],
  variants: [['bench/assembly/variants.ts', 'variants']],
})
for (const [source = '', file] of SOURCES[name] ?? []) {
  run('npx', ['asc', source, '--target', 'release', '--outFile', `bench/build/${file}.wasm`])
  run('npx', ['asc', source, '--target', 'relaxed', '--outFile', `bench/build/${file}-relaxed.wasm`])
}
if (name === 'threads') {
  const folder = `${root}bench/build/threads`
  if (pack) rmSync(folder, { recursive: true, force: true })
  run(process.execPath, [await bundleForNode('threads-pictures'), folder])
  if (pack) {
    await bundleToCarry(entry, folder)
    mkdirSync(`${folder}/package`)
    for (const file of ['package.json', 'dist', 'weights']) {
      cpSync(`${root}${file}`, `${folder}/package/${file}`, { recursive: true })
    }
    console.log(
      'bench/build/threads is ready. On the other machine, with Node 20 or newer: node threads/threads.mjs\n' +
        'It writes threads/results.md. To have ONNX Runtime beside it: npm install --prefix threads onnxruntime-node',
    )
    process.exit(0)
  }
}
const program = await bundleForNode(entry)
if (name === 'queue') await bundleForNode('queue-worker')
if (name === 'eval' || name === 'detectors') await bundleForNode('eval/worker')
const node = given.includes('--node24') ? `${root}bench/node_modules/node/bin/node` : process.execPath
/** Memory is looked at once it has been cleared up. */
const flags = name === 'video' ? ['--expose-gc'] : []
run(node, [...flags, program, ...given.filter((argument) => argument !== '--no-build' && argument !== '--node24')])
