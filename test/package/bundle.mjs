// Builds a project with one of the bundlers, or serves it with a development server whose address it prints:
//
//   node bundle.mjs <name> <project> <entry> [serve]
//
// A process of its own, so that it can be given up. Every configuration is the smallest that the bundler works with at all.

import { execFile } from 'node:child_process'
import { copyFile, mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

const [name = '', project = '', entry = '', serve] = process.argv.slice(2)
process.chdir(project)
const out = join(project, 'out')
const main = join(project, entry)

/** For bundlers that know nothing of pages: the page loads what is called main.js. */
async function page() {
  await mkdir(out, { recursive: true })
  await copyFile('index.html', join(out, 'index.html'))
}

/** @param {boolean} own - Whether the project has a configuration of its own. */
async function vite(version, own = false) {
  const { build, createServer } = await import(`vite${version}`)
  const config = own
    ? { root: project, logLevel: 'warn', configFile: join(project, 'vite.config.js') }
    : { root: project, logLevel: 'warn', configFile: false, build: { outDir: 'out' } }
  if (!serve) return build(config)
  const server = await createServer({ ...config, server: { port: 0, host: '127.0.0.1' } })
  await server.listen()
  console.log(`http://127.0.0.1:${server.httpServer.address().port}/`)
}

async function webpackLike(bundler) {
  await page()
  const compiler = bundler({
    mode: 'production',
    context: project,
    entry: main,
    output: { path: out, filename: 'main.js', publicPath: 'auto' },
  })
  await new Promise((done, fail) => {
    compiler.run((error, stats) => {
      if (error || stats.hasErrors()) fail(error ?? new Error(stats.toString('errors-only')))
      else compiler.close(done)
    })
  })
}

const BUNDLERS = {
  vite6: () => vite(6),
  vite7: () => vite(7),
  vite8: () => vite(8),
  'vite6, its configuration': () => vite(6, true),
  'vite8, its configuration': () => vite(8, true),
  webpack: async () => webpackLike((await import('webpack')).default),
  rspack: async () => webpackLike((await import('@rspack/core')).rspack),
  async rollup() {
    await page()
    const { rollup } = await import('rollup')
    const { nodeResolve } = await import('@rollup/plugin-node-resolve')
    const bundle = await rollup({ input: { main }, plugins: [nodeResolve({ browser: true })] })
    await bundle.write({ dir: out, format: 'es' })
  },
  async esbuild() {
    await page()
    const { build } = await import('esbuild')
    const options = { bundle: true, splitting: true, format: 'esm', minify: true }
    await build({ entryPoints: { main }, outdir: out, logLevel: 'error', ...options })
  },
  async 'esbuild, one file'() {
    await page()
    const { build } = await import('esbuild')
    await build({ entryPoints: { main }, outdir: out, logLevel: 'error', bundle: true, format: 'esm' })
  },
  async bun() {
    await page()
    const bun = fileURLToPath(new URL('node_modules/.bin/bun', import.meta.url))
    const options = ['--target', 'browser', '--splitting', '--minify', '--outdir', out]
    await promisify(execFile)(bun, ['build', main, ...options], { cwd: project })
  },
  async parcel() {
    const { Parcel } = await import('@parcel/core')
    const parcel = new Parcel({
      entries: join(project, 'index.html'),
      defaultConfig: fileURLToPath(import.meta.resolve('@parcel/config-default')),
      defaultTargetOptions: { distDir: out, publicUrl: '/', shouldOptimize: true },
      cacheDir: join(project, '.cache'),
      mode: 'production',
    })
    await parcel.run()
  },
}

await BUNDLERS[name]()
if (!serve) process.exit()
