// npm run test:package [-- <part of a case's name>]: packs the library once, installs the tarball into empty projects, and tries
// it with every bundler in a real Chromium, with every runtime, and with the checkers of packages. Expects `npm run build` done.

import { existsSync } from 'node:fs'
import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { cases } from './cases.mjs'
import { closeBrowser } from './page.mjs'
import { run } from './process.mjs'

const here = fileURLToPath(new URL('.', import.meta.url))
const root = join(here, '../..')
const PHOTOGRAPH = join(root, 'node_modules/tracking/examples/assets/faces.jpg')

if (!existsSync(join(here, 'node_modules/.package-lock.json'))) {
  await run('npm', ['ci', '--no-fund', '--no-audit'], { cwd: here, seconds: 600 })
}

const work = await mkdtemp(join(tmpdir(), 'mtcnn-wasm-package-'))
const installed = join(work, 'installed')
const tarball = await pack()
const wanted = await prepare()

/** A new project with the package installed, the pages, the photograph and the programs for runtimes. */
async function project() {
  const folder = await mkdtemp(join(work, 'project-'))
  await cp(installed, folder, { recursive: true })
  return folder
}

/** @type {{ name: string, passed: boolean, seconds: string, note: string }[]} */
const results = []
const [filter = ''] = process.argv.slice(2)
for (const { name, test } of cases({ here, work, tarball, photograph: PHOTOGRAPH, wanted, project })) {
  if (!name.includes(filter)) continue
  const start = performance.now()
  let note = ''
  let passed = true
  try {
    note = await test()
  } catch (error) {
    passed = false
    note = error instanceof Error ? error.message : String(error)
  }
  const seconds = ((performance.now() - start) / 1000).toFixed(1)
  results.push({ name, passed, seconds, note })
  console.log(`${passed ? 'ok    ' : 'FAILED'} ${name.padEnd(42)} ${seconds.padStart(6)} s  ${note}`)
}
await closeBrowser()
await rm(work, { recursive: true, force: true, maxRetries: 3 })

const failed = results.filter(({ passed }) => !passed).length
console.log(`\n${results.length - failed} passed, ${failed} failed`)
// A bundler may have left something running.
process.exit(failed > 0 || results.length === 0 ? 1 : 0)

async function pack() {
  const { stdout } = await run('npm', ['pack', '--ignore-scripts', '--json', '--pack-destination', work], { cwd: root })
  const packed = JSON.parse(stdout)
  const [{ filename }] = Array.isArray(packed) ? packed : Object.values(packed)
  return join(work, filename)
}

async function prepare() {
  await mkdir(installed)
  const manifest = { name: 'project', private: true, type: 'module' }
  await writeFile(join(installed, 'package.json'), JSON.stringify(manifest))
  await run('npm', ['install', '--no-fund', '--no-audit', '--omit=peer', '--ignore-scripts', tarball], {
    cwd: installed,
  })
  // `sharp` is the one thing outside the package that is used here, and to make the pixels only.
  const sharp = createRequire(join(root, 'package.json'))('sharp')
  const { data, info } = await sharp(PHOTOGRAPH).removeAlpha().raw().toBuffer({ resolveWithObject: true })
  await cp(join(here, 'pages'), installed, { recursive: true })
  await cp(join(here, 'runtimes'), installed, { recursive: true })
  // Vite's development server and Vite's build look for it in different places than the servers of other builds.
  await mkdir(join(installed, 'public'))
  await cp(PHOTOGRAPH, join(installed, 'public/faces.jpg'))
  await writeFile(join(installed, 'faces.rgb'), data)
  await writeFile(join(installed, 'size.json'), JSON.stringify({ width: info.width, height: info.height }))
  // What Node 20 answers from the checkout's own build is what the fixtures are held to elsewhere.
  const { stdout } = await run(process.execPath, ['detect.mjs'], { cwd: installed })
  const fixtures = JSON.parse(await readFile(join(root, 'test/fixtures/classic.json'), 'utf8'))
  const faces = JSON.parse(stdout).faces
  if (faces.length !== fixtures[0].faces.length) throw new Error(`Node finds ${faces.length} faces`)
  return faces
}
