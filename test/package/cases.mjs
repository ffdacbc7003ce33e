// The cases: each throws where it fails, or says in a few words what it saw.

import { cp, readdir, readFile, rename, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { angular } from './angular.mjs'
import { expectNear, expectSame } from './expect.mjs'
import { extension } from './extension.mjs'
import { frameworks } from './frameworks.mjs'
import { nextCases } from './next.mjs'
import { nuxtCases } from './nuxt.mjs'
import { openPage } from './page.mjs'
import { run, serve } from './process.mjs'
import { recipes } from './recipes.mjs'
import { serveFolder } from './server.mjs'

const CSP = { 'content-security-policy': "script-src 'self' 'wasm-unsafe-eval'" }

/**
 * @typedef {object} Setting
 * @property {string} here - This folder, with the tools.
 * @property {string} work - For files of a run.
 * @property {string} tarball - The packed library.
 * @property {string} photograph - A file.
 * @property {{ box: Record<string, number>, confidence: number }[]} wanted - What is found in it.
 * @property {() => Promise<string>} project - Makes a folder with the library installed.
 */

/** @param {Setting} setting */
export function cases(setting) {
  return [
    ...bundlers(setting),
    ...ownWorkers(setting),
    ...pages(setting),
    ...angular(setting),
    ...extension(setting),
    ...frameworks(setting),
    ...nextCases(setting),
    ...nuxtCases(setting),
    ...runtimes(setting),
    ...testers(setting),
    ...recipes(setting),
    ...checkers(setting),
  ]
}

/** @param {Setting} setting */
function bundlers({ here, wanted, project }) {
  /**
   * @param {string} bundler
   * @param {{ entry?: string, csp?: boolean, worker?: boolean, dev?: boolean, files?: Record<string, string>, pixels?: number, settings?: object }} options
   */
  const bundled = (
    bundler,
    { entry = 'main.js', csp = false, worker = true, dev = false, files = {}, pixels, settings } = {},
  ) => {
    const kind = entry === 'main.js' ? '' : `, ${entry.replace(/\.js$/, '')}`
    const mode = dev ? ', dev' : csp ? ', CSP' : ''
    return {
      name: `${bundler}${mode}${kind}`,
      async test() {
        const folder = await project()
        // One page for all: it loads main.js.
        if (entry !== 'main.js') await rename(join(folder, entry), join(folder, 'main.js'))
        if (settings) await writeFile(join(folder, 'package.json'), JSON.stringify(settings))
        let server
        if (dev) {
          const args = [join(here, 'bundle.mjs'), bundler, folder, 'main.js', 'serve']
          server = await serve(process.execPath, args, { cwd: folder })
        } else {
          await build(join(here, 'bundle.mjs'), bundler, folder)
          const out = join(folder, 'out')
          await cp(join(folder, 'public/faces.jpg'), join(out, 'faces.jpg'))
          for (const [from, to] of Object.entries(files)) {
            await cp(join(folder, 'node_modules/mtcnn-wasm', from), join(out, to))
          }
          server = await serveFolder(out, csp ? CSP : {})
        }
        try {
          const answer = await openPage(server.url)
          expectNear(answer.faces, wanted, pixels)
          if (!csp && answer.failed.length > 0) throw new Error(`failed requests: ${answer.failed}`)
          if (answer.worker !== worker) throw new Error(`worker: ${answer.worker}, wanted ${worker}`)
          return `${answer.faces.length} faces, in ${answer.worker ? 'a worker' : 'the main thread'}`
        } finally {
          server.close()
        }
      },
    }
  }
  const raw = { 'dist/mtcnn.wasm': 'mtcnn.wasm', 'weights/mtcnn-f32.bin': 'mtcnn-f32.bin' }
  return [
    ...['vite6', 'vite7', 'vite8'].flatMap((vite) => [bundled(vite, { dev: true }), bundled(vite)]),
    ...['webpack', 'rspack', 'parcel', 'rollup', 'esbuild', 'esbuild, one file', 'bun'].map((name) => bundled(name)),
    // Not parcel, which writes an import map into the page that this policy forbids.
    ...['vite6', 'vite8', 'webpack', 'rspack'].map((name) => bundled(name, { csp: true })),
    // It makes no file of the worker, and the policy forbids blobs.
    bundled('esbuild', { csp: true, worker: false }),
    bundled('vite8', { entry: 'half.js', pixels: 3 }),
    ...['vite8', 'webpack', 'parcel', 'esbuild'].map((name) => bundled(name, { entry: 'threads.js' })),
    bundled('vite8', { entry: 'threads.js', dev: true }),
    bundled('vite8', { entry: 'slim-vite.js', pixels: 3 }),
    bundled('webpack', { entry: 'slim-webpack.js' }),
    bundled('esbuild', { entry: 'slim-plain.js', files: raw }),
    bundled('parcel', {
      entry: 'slim-plain.js',
      files: raw,
      settings: { '@parcel/resolver-default': { packageExports: true } },
    }),
  ]
}

/**
 * The worker of examples/recipes/own-worker, and the same with the main entry, as Vite bundles it.
 *
 * @param {Setting} setting
 */
function ownWorkers({ here, wanted, project }) {
  /**
   * @param {string} vite
   * @param {{ kilobytes: number, main?: boolean, config?: object }} options - What the worker's script has at most, all in one file.
   */
  const bundled = (vite, { kilobytes, main = false, config }) => ({
    name: `own worker${main ? ' with the main entry' : ''}, ${vite}`,
    async test() {
      const folder = await project()
      const worker = join(folder, 'own-worker/face-worker.ts')
      await cp(join(here, '../../examples/recipes/own-worker'), join(folder, 'own-worker'), { recursive: true })
      await rename(join(folder, 'own-worker.js'), join(folder, 'main.js'))
      if (main) {
        const script = (await readFile(worker, 'utf8'))
          .replace(/^import \w+ from .*\n/gm, '')
          .replace("from 'mtcnn-wasm/slim'", "from 'mtcnn-wasm'")
          .replace('module: kernels, weights, ', '')
        await writeFile(worker, script)
      }
      if (config) {
        await writeFile(join(folder, 'vite.config.js'), `export default ${JSON.stringify(config)}`)
      }
      const name = config ? `${vite}, its configuration` : vite
      await build(join(here, 'bundle.mjs'), name, folder)
      const out = join(folder, config ? 'dist' : 'out')
      await cp(join(folder, 'public/faces.jpg'), join(out, 'faces.jpg'))
      const scripts = (await readdir(join(out, 'assets'))).filter((file) => /^face-worker.*\.js$/.test(file))
      const { size } = await stat(join(out, 'assets', scripts[0] ?? ''))
      if (scripts.length !== 1 || size > 1000 * kilobytes) throw new Error(`${scripts}: ${size} bytes`)
      const server = await serveFolder(out)
      try {
        const { faces, failed } = await openPage(server.url)
        expectNear(faces, wanted)
        if (failed.length > 0) throw new Error(`failed requests: ${failed}`)
        return `${faces.length} faces, ${Math.round(size / 1000)} kB of script`
      } finally {
        server.close()
      }
    },
  })
  return [
    ...['vite6', 'vite7', 'vite8'].map((vite) => bundled(vite, { kilobytes: 155 })),
    bundled('vite8', { main: true, kilobytes: 215 }),
    // Vite 6 and 7 bundle no import() into a script, and say so: `worker.format` has to be 'es'.
    bundled('vite6', { main: true, kilobytes: 130, config: { worker: { format: 'es' } } }),
  ]
}

/** Runs a bundler; fails where Vite warns of large chunks. */
async function build(program, bundler, folder) {
  const { stdout, stderr } = await run(process.execPath, [program, bundler, folder, 'main.js'], { cwd: folder })
  if (/chunks are larger/.test(stdout + stderr)) throw new Error(`it warns: ${stdout}${stderr}`)
}

/** @param {Setting} setting */
function pages({ wanted, project }) {
  return [
    {
      name: 'no bundler, import map, CSP',
      async test() {
        const folder = await project()
        const map = JSON.stringify({ imports: { 'mtcnn-wasm': '/node_modules/mtcnn-wasm/dist/index.js' } })
        const page = await readFile(join(folder, 'index.html'), 'utf8')
        await writeFile(
          join(folder, 'index.html'),
          page.replace('<script type="module"', `<script type="importmap" nonce="map">${map}</script>$&`),
        )
        await cp(join(folder, 'public/faces.jpg'), join(folder, 'faces.jpg'))
        const policy = `${CSP['content-security-policy']} 'nonce-map'`
        const server = await serveFolder(folder, { 'content-security-policy': policy })
        try {
          const answer = await openPage(server.url)
          expectNear(answer.faces, wanted)
          if (!answer.worker) throw new Error('no worker')
          if (answer.complaints.length > 0) throw new Error(`the console says: ${answer.complaints}`)
          return `${answer.faces.length} faces, in a worker, nothing on the console`
        } finally {
          server.close()
        }
      },
    },
  ]
}

/** @param {Setting} setting */
function runtimes({ here, wanted, project }) {
  const tool = (/** @type {string} */ name) => join(here, 'node_modules/.bin', name)
  const node24 = join(here, 'node_modules/node/bin/node')
  const node22 = join(here, 'node_modules/node22/bin/node')
  /**
   * @param {string} name
   * @param {string} command
   * @param {string[]} args
   */
  const ran = (name, command, ...args) => ({
    name,
    async test() {
      const { stdout } = await run(command, args, { cwd: await project(), seconds: 60 })
      return expectSame(stdout, wanted)
    },
  })
  const deno = [tool('deno'), 'run', '--allow-all', '--node-modules-dir=manual', '--no-lock']
  const thread = '{"worker":true}'
  const threads = '{"threads":3}'
  return [
    ran('Node 20, import', process.execPath, 'detect.mjs'),
    ran('Node 20, worker thread', process.execPath, 'detect.mjs', thread),
    ran('Node 20, slim', process.execPath, 'slim.mjs'),
    ran('Node 20, CommonJS with import()', process.execPath, 'import.cjs'),
    ran('Node 20, threads', process.execPath, 'detect.mjs', threads),
    ran('Node 24, import', node24, 'detect.mjs'),
    ran('Node 24, threads', node24, 'detect.mjs', threads),
    ran('Node 20, require()', process.execPath, 'require.cjs'),
    ran('Node 22, require()', node22, 'require.cjs'),
    ran('Node 24, require()', node24, 'require.cjs'),
    ran('Deno', deno[0] ?? '', ...deno.slice(1), 'detect.mjs'),
    ran('Deno, worker', deno[0] ?? '', ...deno.slice(1), 'detect.mjs', thread),
    ran('Deno, threads', deno[0] ?? '', ...deno.slice(1), 'detect.mjs', threads),
    ran('Deno, slim', deno[0] ?? '', ...deno.slice(1), 'slim.mjs'),
    ran('Bun', tool('bun'), 'run', 'detect.mjs'),
    ran('Bun, worker', tool('bun'), 'run', 'detect.mjs', thread),
    ran('Bun, threads', tool('bun'), 'run', 'detect.mjs', threads),
    ran('Bun, slim', tool('bun'), 'run', 'slim.mjs'),
    ran('workerd', node24, 'workerd.mjs', here, 'main'),
    ran('workerd, slim', node24, 'workerd.mjs', here, 'slim'),
    {
      name: 'state libraries',
      async test() {
        const args = ['--conditions=browser', join(here, 'state.mjs'), await project()]
        const { stdout } = await run(process.execPath, args, { cwd: here, seconds: 120 })
        return `${JSON.parse(stdout).length} kinds of state`
      },
    },
    {
      name: 'server-side import of the browser entry',
      async test() {
        await run(process.execPath, ['server.mjs'], { cwd: await project(), seconds: 30 })
        return 'no effect'
      },
    },
  ]
}

/**
 * The test runners of the library's users.
 *
 * @param {Setting} setting
 */
function testers({ here, wanted, project }) {
  const modules = join(here, 'node_modules')
  const node22 = join(modules, 'node22/bin/node')
  const jsdom = join(modules, 'jest-environment-jsdom/build/index.js')
  /**
   * @param {string} name
   * @param {{ node?: string, script: string, args: string[], type?: string, files?: Record<string, object> }} options
   */
  const tested = (name, { node = process.execPath, script, args, type = 'commonjs', files = {} }) => ({
    name,
    async test() {
      const folder = await project()
      await cp(join(here, 'testers'), folder, { recursive: true })
      const written = { 'package.json': { private: true, type }, 'wanted.json': wanted, ...files }
      for (const [file, content] of Object.entries(written)) {
        await writeFile(join(folder, file), JSON.stringify(content))
      }
      const env = { NO_COLOR: '1', FORCE_COLOR: '0' }
      const { stdout, stderr } = await run(node, [join(modules, script), ...args], { cwd: folder, env })
      const [, count] = /Tests:? +(\d+ passed)/.exec(`${stdout}${stderr}`) ?? []
      if (!count) throw new Error(`no test passed: ${stderr}${stdout}`)
      return count
    },
  })
  const jest = { script: 'jest/bin/jest.js', args: ['--rootDir', '.', '--testMatch', '**/faces.test.js'] }
  const typed = ['--rootDir', '.', '--testMatch', '**/typed.test.ts']
  const tsconfig = {
    compilerOptions: {
      target: 'es2022',
      module: 'node16',
      moduleResolution: 'node16',
      strict: true,
      isolatedModules: false,
      typeRoots: [join(modules, '@types')],
      types: ['node', 'jest'],
    },
  }
  const vitest = { script: 'vitest/vitest.mjs', type: 'module' }
  const vitestArgs = ['run', '--globals', '--root', '.', 'typed.test.ts']
  return [
    tested('Jest, Node 20', jest),
    tested('Jest, Node 22', { ...jest, node: node22 }),
    tested('Jest, jsdom', { ...jest, args: [...jest.args, '--env', jsdom] }),
    tested('ts-jest', {
      script: jest.script,
      args: typed,
      files: { 'jest.config.json': { transform: { '\\.ts$': join(modules, 'ts-jest') } }, 'tsconfig.json': tsconfig },
    }),
    tested('Vitest', { ...vitest, args: vitestArgs }),
    tested('Vitest, jsdom', { ...vitest, args: [...vitestArgs, '--environment', 'jsdom'] }),
  ]
}

/** @param {Setting} setting */
function checkers({ here, tarball, project }) {
  const tool = (/** @type {string} */ name) => join(here, 'node_modules/.bin', name)
  const modules = join(here, 'node_modules')
  const node = ['--types', 'node', '--typeRoots', join(modules, '@types')]
  const none = ['--typeRoots', './none']
  /**
   * The library's own declarations are checked too: `skipLibCheck` stays off.
   *
   * @param {string} lib
   * @param {string} resolution
   * @param {{ file?: string, types?: string[], typescript?: string }} options
   */
  const compiled = (lib, resolution, { file = 'use.mts', types = none, typescript = 'typescript' } = {}) => ({
    name: `types, ${resolution}, ${file}, ${types === node ? 'Node, ' : ''}lib ${lib}${typescript === 'typescript' ? '' : ', TypeScript 4.7'}`,
    async test() {
      const folder = await project()
      await cp(join(here, 'types'), join(folder, 'types'), { recursive: true })
      const module = resolution === 'bundler' ? 'esnext' : resolution
      const options = ['--noEmit', '--strict', '--target', 'es2022', '--lib', lib, ...types, '--module', module]
      const tsc = join(modules, typescript, 'bin/tsc')
      await run(process.execPath, [tsc, ...options, '--moduleResolution', resolution, `types/${file}`], { cwd: folder })
      return 'no errors'
    },
  })
  return [
    {
      name: 'publint',
      async test() {
        await run(tool('publint'), [tarball, '--strict'], { cwd: here })
        return 'clean'
      },
    },
    {
      name: 'are the types wrong',
      async test() {
        const binaries = ['mtcnn.wasm', 'mtcnn.relaxed.wasm', 'weights/mtcnn-f32.bin', 'weights/mtcnn-f16.bin']
        await run(tool('attw'), [tarball, '--profile', 'node16', '--exclude-entrypoints', ...binaries], { cwd: here })
        return 'clean'
      },
    },
    compiled('es2024,dom,dom.iterable,esnext.disposable', 'bundler'),
    compiled('es2022,dom', 'bundler'),
    compiled('es2022,webworker', 'bundler'),
    compiled('es2022', 'node16', { types: node }),
    compiled('es2022', 'nodenext', { types: node }),
    compiled('es2022', 'nodenext', { types: node, file: 'use.cts' }),
    // The oldest that knows `exports` of package.json.
    compiled('es2022,dom', 'node16', { typescript: 'typescript47' }),
    compiled('es2022', 'node16', { typescript: 'typescript47', file: 'use.cts', types: node }),
  ]
}
