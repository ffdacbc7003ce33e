// How the benches, which are TypeScript and reach into src/, become programs: one file each in bench/build.

import { readFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { build } from 'esbuild'
import { encodePrintable } from '../rollup.config.js'

const here = fileURLToPath(new URL('.', import.meta.url))

/**
 * `import.meta.url` stays the URL of the source file it is written in, so that files are found from there.
 * @type {import('esbuild').Plugin}
 */
const ownUrl = {
  name: 'own-url',
  setup({ onLoad }) {
    onLoad({ filter: /\.ts$/ }, async ({ path }) => {
      const source = await readFile(path, 'utf8')
      const url = JSON.stringify(pathToFileURL(path).href)
      return { contents: source.replaceAll('import.meta.url', url), loader: 'ts' }
    })
  },
}

/**
 * Embeds kernels and the version as the library's own build does (rollup.config.js).
 * @type {import('esbuild').Plugin}
 */
const embed = {
  name: 'embed',
  setup({ onLoad, onResolve }) {
    onLoad({ filter: /\.wasm$/ }, async ({ path }) => ({
      contents: encodePrintable(await readFile(path)),
      loader: 'text',
    }))
    onResolve({ filter: /package\.json\?version$/ }, ({ path, resolveDir }) => {
      return { path: resolve(resolveDir, path.replace('?version', '')), namespace: 'version' }
    })
    onLoad({ filter: /.*/, namespace: 'version' }, async ({ path }) => {
      return { contents: JSON.parse(await readFile(path, 'utf8')).version, loader: 'text' }
    })
  },
}

/** @type {import('esbuild').BuildOptions} */
const COMMON = {
  bundle: true,
  format: 'esm',
  outdir: 'build',
  outExtension: { '.js': '.mjs' },
  loader: { '.bin': 'base64' },
  plugins: [embed],
  logLevel: 'warning',
}

/**
 * A program for Node; packages stay imports, also this one where it is imported by its name.
 * @param {string} name - File in the folder, without `.ts`.
 * @param {string} [folder] - Where it lies, with a slash at the end.
 * @returns {Promise<string>} Where the program lies: in build/ of that folder.
 */
export async function bundleForNode(name, folder = here) {
  const entry = { [name.replaceAll('/', '-')]: `${name}.ts` }
  await build({
    ...COMMON,
    absWorkingDir: folder,
    entryPoints: entry,
    platform: 'node',
    target: 'node20',
    packages: 'external',
    external: ['mtcnn-wasm'],
    plugins: [embed, ownUrl],
  })
  return join(folder, 'build', `${name.replaceAll('/', '-')}.mjs`)
}

/**
 * A program for Node that can be carried to another machine: it finds files from where it lies itself.
 * @param {string} name - File in bench, without `.ts`.
 * @param {string} folder - Where it is written.
 */
export async function bundleToCarry(name, folder) {
  await build({
    ...COMMON,
    absWorkingDir: here,
    entryPoints: { [name]: `${name}.ts` },
    outdir: folder,
    platform: 'node',
    target: 'node20',
    packages: 'external',
  })
}

/**
 * A program for the browser, packages and all.
 * @param {string} name - File in bench, without `.ts`.
 */
export async function bundleForBrowser(name) {
  await build({
    ...COMMON,
    absWorkingDir: here,
    entryPoints: { [name]: `${name}.ts` },
    platform: 'browser',
    target: 'es2022',
    conditions: ['browser'],
    // Beside its twin for the web in peers/onnxruntime.ts; no page loads it.
    external: ['onnxruntime-node'],
    mainFields: ['module', 'browser', 'main'],
    define: { 'process.env.NODE_ENV': '"production"' },
  })
}
