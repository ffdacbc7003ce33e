// npm run sizes [-- --check]: what a page downloads, as esbuild bundles and minifies it, compressed. Prints a table and puts it
// into README.md; with --check, fails where that differs by more than compressors do, or where a limit is exceeded.

import { readFile, writeFile } from 'node:fs/promises'
import { basename } from 'node:path'
import { fileURLToPath } from 'node:url'
import { brotliCompressSync, constants, gzipSync } from 'node:zlib'
import { build } from 'esbuild'

/** Code, worker and kernels of the main entry, gzip. */
const LIMIT = 62_500
const [BEGIN, END] = ['<!-- sizes: npm run sizes -->', '<!-- /sizes -->']
const root = new URL('..', import.meta.url)

/**
 * What a page of one line downloads: the files its script imports at once, and those it imports later or never.
 *
 * @param {string} entry
 */
async function bundle(entry) {
  const { outputFiles, metafile } = await build({
    stdin: { contents: `export { MTCNN } from './dist/${entry}.js'`, resolveDir: fileURLToPath(root) },
    bundle: true,
    splitting: true,
    format: 'esm',
    minify: true,
    write: false,
    metafile: true,
    outdir: 'out',
  })
  const contents = new Map(outputFiles.map(({ path, contents }) => [basename(path), contents]))
  const imports = Object.entries(metafile.outputs).map(([path, { imports }]) => ({ name: basename(path), imports }))
  /** @type {Set<string>} */
  const first = new Set()
  const visit = (/** @type {string} */ name) => {
    if (first.has(name)) return
    first.add(name)
    for (const { path, kind } of imports.find((output) => output.name === name)?.imports ?? []) {
      if (kind === 'import-statement') visit(basename(path))
    }
  }
  visit('stdin.js')
  return [...contents].map(([name, bytes]) => ({ name, bytes, later: !first.has(name) }))
}

/** @param {string} path */
const file = (path) => readFile(new URL(path, root))

/** @param {Uint8Array[]} files */
function measure(files) {
  const sum = (/** @type {(bytes: Uint8Array) => Uint8Array} */ compress) => {
    return files.reduce((total, bytes) => total + compress(bytes).length, 0)
  }
  const [gzip, brotli] = [
    (/** @type {Uint8Array} */ bytes) => gzipSync(bytes, { level: 9 }),
    (/** @type {Uint8Array} */ bytes) =>
      brotliCompressSync(bytes, { params: { [constants.BROTLI_PARAM_QUALITY]: 11 } }),
  ]
  return { plain: sum((bytes) => bytes), gzip: sum(gzip), brotli: sum(brotli) }
}

const whole = await bundle('index')
/** @param {RegExp} pattern */
const chunks = (pattern) => {
  const found = whole.filter(({ name }) => pattern.test(name)).map(({ bytes }) => bytes)
  if (found.length === 0) throw new Error(`no chunk is named as ${pattern}`)
  return found
}
const code = whole.filter(({ later }) => !later).map(({ bytes }) => bytes)
const kernels = chunks(/^mtcnn-(?!f\d\d)(?!relaxed)[^.]*\.js$|^mtcnn\.js$/)
const worker = await file('dist/worker.js')
const slim = (await bundle('slim')).filter(({ later }) => !later).map(({ bytes }) => bytes)

const main = measure([...code, ...kernels, worker])
/** @type {[string, ReturnType<typeof measure>][]} */
const rows = [
  ['a page that imports `MTCNN`, but for the weights', main],
  ['· code', measure(code)],
  ['· kernels, inlined', measure(kernels)],
  ['· worker', measure([worker])],
  ['the search in the calling thread (a chunk, loaded where there is no worker)', measure(chunks(/^engine/))],
  ['weights `f32`, inlined (a chunk, loaded on demand)', measure(chunks(/^mtcnn-f32/))],
  ['weights `f16`, inlined (a chunk, loaded on demand)', measure(chunks(/^mtcnn-f16/))],
  ['`mtcnn-wasm/slim`', measure(slim)],
  ['`mtcnn.wasm`', measure([await file('dist/mtcnn.wasm')])],
  ['`weights/mtcnn-f32.bin`', measure([await file('weights/mtcnn-f32.bin')])],
  ['`weights/mtcnn-f16.bin`', measure([await file('weights/mtcnn-f16.bin')])],
]

const kilobytes = (/** @type {number} */ bytes) => `${(bytes / 1000).toFixed(bytes < 100_000 ? 1 : 0)} kB`
const table = [
  '| | minified | gzip | brotli |',
  '|---|---:|---:|---:|',
  ...rows.map(([name, { plain, gzip, brotli }]) => `| ${name} | ${[plain, gzip, brotli].map(kilobytes).join(' | ')} |`),
].join('\n')
console.log(table)

let failed = main.gzip > LIMIT
if (failed) console.error(`code, kernels and worker are ${main.gzip} bytes, at most ${LIMIT} wanted`)

const readme = new URL('README.md', root)
const text = await readFile(readme, 'utf8')
const [from, to] = [text.indexOf(BEGIN), text.indexOf(END)]
if (from < 0 || to < from) throw new Error(`README.md has no place between ${BEGIN} and ${END}`)
if (process.argv.includes('--check')) {
  const stated = text.slice(from + BEGIN.length, to).trim()
  if (!alike(stated, table)) {
    console.error('README.md states other sizes: npm run sizes')
    failed = true
  }
} else {
  await writeFile(readme, `${text.slice(0, from)}${BEGIN}\n${table}\n${text.slice(to)}`)
}
process.exitCode = failed ? 1 : 0

/**
 * The same words, and numbers no more than 3 % apart: compilers and compressors differ a little from version to version.
 *
 * @param {string} one
 * @param {string} other
 */
function alike(one, other) {
  const number = /\d+(?:\.\d+)?(?= kB)/g
  const [a, b] = [one.match(number) ?? [], other.match(number) ?? []]
  const words = one.replace(number, '') === other.replace(number, '')
  return words && a.every((value, n) => Math.abs(Number(value) / Number(b[n]) - 1) <= 0.03)
}
