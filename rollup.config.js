import { readFile, rm } from 'node:fs/promises'
import { basename, dirname, relative, resolve } from 'node:path'
import { rollup } from 'rollup'
import { dts } from 'rollup-plugin-dts'
import esbuild from 'rollup-plugin-esbuild'
import { cliPackages, isBundled } from './rollup.cli.js'

const { version } = JSON.parse(await readFile(new URL('package.json', import.meta.url), 'utf8'))

const ALPHABET = '#$%&()*+,-./0123456789:;<=>?@ABCDEFGHIJKLMNOPQRSTUVWXYZ[]^_abcdefghijklmnopqrstuvwxyz{|}~'

/**
 * Bytes as printable text; src/assets/wasm-text.ts, which decodes it, says how and why.
 * @param {Uint8Array} bytes
 */
export function encodePrintable(bytes) {
  const one = (/** @type {number} */ value) =>
    value < 87 ? ALPHABET.charAt(value) : ALPHABET.charAt(86 + Math.floor(value / 87)) + ALPHABET.charAt(value % 87)
  return Array.from(bytes, (byte) => one((byte + 3) & 255)).join('')
}

/**
 * Makes `import text from './file.wasm'` (or .bin) a module whose default export is the file as printable text (in base64), and
 * `import version from './package.json?version'` one whose export is just that: a string in JavaScript is the one way of shipping bytes that every bundler, server and policy takes. Shared with Vitest.
 */
export function embed() {
  return {
    name: 'embed',
    enforce: /** @type {const} */ ('pre'),
    /**
     * @param {string} id
     * @param {string} [importer]
     */
    resolveId(id, importer) {
      return id.endsWith('package.json?version') && importer ? resolve(dirname(importer), id) : null
    },
    /** @param {string} id */
    async load(id) {
      const file = id.replace(/\?.*$/, '')
      if (id.endsWith('package.json?version')) return { code: `export default '${version}'`, map: null }
      if (!/\.(wasm|bin)$/.test(file)) return null
      const text = file.endsWith('.wasm') ? encodePrintable(await readFile(file)) : await readFile(file, 'base64')
      return { code: `export default '${text}'`, moduleSideEffects: false, map: null }
    },
  }
}

/**
 * Makes `import text from './worker.ts?source'` a module whose default export is that script, bundled whole and minified.
 * Shared with Vitest.
 */
export function workers() {
  const query = '?source'
  return {
    name: 'workers',
    enforce: /** @type {const} */ ('pre'),
    /**
     * @param {string} id
     * @param {string} [importer]
     */
    resolveId(id, importer) {
      return id.endsWith(query) && importer ? resolve(dirname(importer), id) : null
    },
    /** @param {string} id */
    async load(id) {
      if (!id.endsWith(query)) return null
      const bundle = await rollup({
        input: id.slice(0, -query.length),
        external,
        plugins: [esbuild({ target: 'es2022', minify: true })],
      })
      const { output } = await bundle.generate({ format: 'es' })
      if (output.length !== 1) throw new Error(`a worker has to be one file; ${id} makes ${output.length}`)
      return { code: `export default ${JSON.stringify(output[0].code)}`, moduleSideEffects: false, map: null }
    },
  }
}

/**
 * For the CommonJS build: an import of weights reads their file. Node has it, and bundlers take the other build, since
 * package.json names that one first, under `module`.
 */
function commonjs() {
  return {
    name: 'commonjs',
    /**
     * Not as Rollup does it: jsdom has a `document`, but no script of it is this file.
     * @param {string | null} property
     */
    resolveImportMeta(property) {
      return property === 'url' ? `require('node:url').pathToFileURL(__filename).href` : null
    },
    /** @param {string} id */
    load(id) {
      if (!id.endsWith('.bin')) return null
      const url = `new URL('../../weights/${basename(id)}', import.meta.url)`
      return {
        code: `import { readFileSync } from 'node:fs'\nexport default readFileSync(${url}, 'base64')`,
        map: null,
      }
    },
  }
}

/** Where the files lie that sources name by `new URL(..., import.meta.url)`, seen from dist/: by how src/ names them. */
const FILES = {
  '../worker.ts': 'worker.js',
  '../worker.node.ts': 'worker.node.mjs',
  '../cli-worker.ts': 'cli-worker.js',
  '../../weights/mtcnn-f32.bin': '../weights/mtcnn-f32.bin',
  '../../weights/mtcnn-f16.bin': '../weights/mtcnn-f16.bin',
}

/**
 * Corrects `new URL('<file>', import.meta.url)` for the chunk it ends up in, since chunks lie elsewhere than their sources; and tells
 * what starts workers in which chunk it is.
 */
function urls() {
  return {
    name: 'urls',
    /**
     * @param {string} code
     * @param {{ fileName: string }} chunk
     */
    renderChunk(code, chunk) {
      const named = code.replaceAll('/src/workers/spawn.browser.ts', `/dist/${chunk.fileName}`)
      const corrected = named.replace(/(new URL\(\s*)(["'])(\.\.\/[^"']*)\2/g, (whole, before, quote, name) => {
        const file = FILES[/** @type {keyof typeof FILES} */ (name)]
        if (file === undefined) return whole
        const path = relative(dirname(chunk.fileName), file).replaceAll('\\', '/')
        return `${before}${quote}${path.startsWith('.') ? path : `./${path}`}${quote}`
      })
      return corrected === code ? null : { code: corrected, map: null }
    },
  }
}

/**
 * Emits the kernels as files beside the bundles, stamped with version and build in a custom section: who is given one of
 * them can tell whether it is the right one (src/assets/kernels.ts).
 */
function kernels() {
  return {
    name: 'kernels',
    /** @this {import('rollup').PluginContext} */
    async generateBundle() {
      // What earlier builds left would be packed too.
      await rm(new URL('dist', import.meta.url), { recursive: true, force: true })
      for (const [fileName, build] of [
        ['mtcnn.wasm', 'simd'],
        ['mtcnn.relaxed.wasm', 'relaxed-simd'],
      ]) {
        const plain = await readFile(new URL(`build/${fileName}`, import.meta.url))
        this.emitFile({ type: 'asset', fileName, source: stamped(plain, `${version} ${build}`) })
      }
    },
  }
}

/**
 * A module with one more custom section, `mtcnn-wasm`, at its end: the text, and the CRC-32 of all before that section.
 * Lengths are single bytes: under 128.
 *
 * @param {Uint8Array} module
 * @param {string} text
 */
export function stamped(module, text) {
  const name = Buffer.from('mtcnn-wasm')
  const content = Buffer.from(`${text} ${checksum(module)}`)
  const length = 1 + name.length + content.length
  return Buffer.concat([module, Buffer.of(0, length, name.length), name, content])
}

/**
 * CRC-32 as eight hexadecimal digits. Not zlib's, which Node has only from 20.15 on.
 *
 * @param {Uint8Array} bytes
 */
function checksum(bytes) {
  let value = 0xffffffff
  for (const byte of bytes) {
    value ^= byte
    for (let bit = 0; bit < 8; bit++) value = value & 1 ? (value >>> 1) ^ 0xedb88320 : value >>> 1
  }
  return (~value >>> 0).toString(16).padStart(8, '0')
}

/** Leaves the import of the script of workers, as text, to the chunk that the main build has made of it. */
function scriptOfWorkers() {
  return {
    name: 'script-of-workers',
    /** @param {unknown} id */
    resolveDynamicImport(id) {
      return id === '../worker.ts?source'
        ? { id: './chunks/worker.js', external: /** @type {const} */ ('relative') }
        : null
    },
  }
}

const SHEBANG = '#!/usr/bin/env node\n'

const NODE_ENTRIES = { 'index.node': 'src/index.node.ts', 'slim.node': 'src/slim.node.ts', draw: 'src/draw.ts' }
const ENTRIES = { index: 'src/index.ts', slim: 'src/slim.ts', ...NODE_ENTRIES }

/** Every package, built-in ones too, stays an import, but for those of the command (rollup.cli.js). */
const external = /^(?![./\0]|[A-Za-z]:\\)/

// One build of all entries but one, so that they share the detector and the weights instead of each having a copy. The weights
// are imported dynamically and thus a chunk of their own, loaded only when a detector needs them.
export default [
  {
    input: {
      index: ENTRIES.index,
      ...NODE_ENTRIES,
      'index.workerd': 'src/index.workerd.ts',
      'index.edge': 'src/index.edge.ts',
      cli: 'src/cli.ts',
      'cli-worker': 'src/cli-worker.ts',
    },
    external: (/** @type {string} */ id) => external.test(id) && !isBundled(id) && !id.startsWith('src/'),
    plugins: [kernels(), embed(), workers(), esbuild({ target: 'es2022' }), urls(), ...cliPackages()],
    output: {
      dir: 'dist',
      // Imported as files, by the entries whose runtimes can.
      paths: (/** @type {string} */ id) => id.replace(/^mtcnn-wasm\/(.*\.wasm)(?=\?|$)/, './$1'),
      chunkFileNames: 'chunks/[name].js',
      // Else chunks import files of which they use nothing, and esbuild warns of those.
      hoistTransitiveImports: false,
      banner: (/** @type {{ name: string }} */ chunk) => (chunk.name === 'cli' ? SHEBANG : ''),
    },
  },
  // Without import(), which service workers forbid and Vite 6 and 7 cannot bundle into workers. What is left is the script of workers as
  // text: Vite leaves that out, and where there are no workers nobody asks for it.
  {
    input: ENTRIES.slim,
    external,
    plugins: [embed(), scriptOfWorkers(), esbuild({ target: 'es2022' }), urls()],
    output: { file: 'dist/slim.js', inlineDynamicImports: true },
  },
  // Alone, each a single file. That for Node says that it is a module: bundlers move it away from the package that does.
  ...['worker.js', 'worker.node.mjs'].map((name) => ({
    input: `src/${name.replace(/\.m?js$/, '.ts')}`,
    external,
    plugins: [esbuild({ target: 'es2022', minify: true })],
    output: { file: `dist/${name}` },
  })),
  // For require(), and for Jest: what Node runs, the weights read from their files.
  {
    input: NODE_ENTRIES,
    external,
    plugins: [commonjs(), embed(), workers(), esbuild({ target: 'es2022' }), urls()],
    output: {
      dir: 'dist',
      format: 'cjs',
      // Jest has no import() in CommonJS.
      dynamicImportInCjs: false,
      entryFileNames: '[name].cjs',
      chunkFileNames: 'chunks/[name].cjs',
    },
  },
  {
    input: ENTRIES,
    external,
    plugins: [embed(), workers(), dts()],
    output: { dir: 'dist', chunkFileNames: 'chunks/[name].d.ts' },
  },
  {
    input: NODE_ENTRIES,
    external,
    plugins: [embed(), workers(), dts()],
    output: { dir: 'dist', entryFileNames: '[name].d.cts', chunkFileNames: 'chunks/[name].d.cts' },
  },
]
