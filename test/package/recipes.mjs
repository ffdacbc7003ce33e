// The recipes of the guides, run as they stand there: examples/recipes/<name>.

import { cp, mkdir, readFile, symlink, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { expectNear } from './expect.mjs'
import { run, serve } from './process.mjs'

/** @param {import('./cases.mjs').Setting} setting */
export function recipes({ here, wanted, project }) {
  const root = join(here, '../..')
  const tool = (/** @type {string} */ name) => join(here, 'node_modules/.bin', name)
  const modules = join(here, 'node_modules')
  const env = { NO_COLOR: '1', FORCE_COLOR: '0' }

  /**
   * A project with the recipe's files, a photograph and `sharp`.
   *
   * @param {string} name
   */
  async function recipe(name) {
    const folder = await project()
    await cp(join(root, 'examples/recipes', name), folder, { recursive: true })
    await cp(join(folder, 'public/faces.jpg'), join(folder, 'photo.jpg'))
    await symlink(join(root, 'node_modules/sharp'), join(folder, 'node_modules/sharp'), 'junction')
    return folder
  }

  /**
   * @param {string} name
   * @param {string} script
   * @param {string[]} args
   * @param {{ type: string }} manifest
   */
  const tested = (name, script, args, manifest) => ({
    name: `recipe, ${name}`,
    async test() {
      const folder = await recipe(name)
      await writeFile(join(folder, 'package.json'), JSON.stringify({ private: true, ...manifest }))
      // Where the test imports it from.
      await symlink(join(modules, name), join(folder, 'node_modules', name), 'junction')
      const { stdout, stderr } = await run(process.execPath, [join(modules, script), ...args], { cwd: folder, env })
      const [, count] = /Tests:? +(\d+ passed)/.exec(`${stdout}${stderr}`) ?? []
      if (!count) throw new Error(`no test passed: ${stderr}${stdout}`)
      return count
    },
  })

  /**
   * A server that prints where it listens: a picture is answered with its faces, all else with an error.
   *
   * @param {string} name
   * @param {string} command
   * @param {string[]} args
   */
  const served = (name, command, ...args) => ({
    name: `recipe, ${name}`,
    async test() {
      const folder = await recipe(name)
      const { url: told, close } = await serve(command, args, { cwd: folder, env: { ...env, PORT: '0' } })
      try {
        const [address = ''] = /http:\/\/\S+?:\d+/.exec(told) ?? []
        const post = (/** @type {BodyInit} */ body) =>
          fetch(address.replace('0.0.0.0', 'localhost'), { method: 'POST', body })
        const answer = await post(await readFile(join(folder, 'photo.jpg')))
        const faces = await answer.json()
        if (faces.length !== wanted.length) throw new Error(`${faces.length} faces, wanted ${wanted.length}`)
        const refused = await post('no picture')
        if (refused.status !== 422) throw new Error(`what is no picture is answered with ${refused.status}`)
        return `${faces.length} faces, and an error for what is no picture`
      } finally {
        close()
      }
    },
  })

  const deno = ['run', '--allow-all', '--node-modules-dir=manual', '--no-lock', 'server.ts']
  return [
    tested('jest', 'jest/bin/jest.js', ['--rootDir', '.', '--testMatch', '**/*.test.js'], { type: 'commonjs' }),
    tested('vitest', 'vitest/vitest.mjs', ['run', '--root', '.', 'faces.test.ts'], { type: 'module' }),
    served('deno', tool('deno'), ...deno),
    served('bun', tool('bun'), 'run', 'server.ts'),
    {
      name: 'recipe, workers',
      async test() {
        const folder = await recipe('workers')
        const faces = await answerOfWorker(here, folder)
        // Its weights are those of half precision.
        expectNear(faces, wanted, 3)
        return `${faces.length} faces`
      },
    },
  ]
}

/**
 * What the Worker answers to the photograph, bundled as Wrangler does it: kernels and weights stay files.
 *
 * @param {string} here
 * @param {string} folder
 * @returns {Promise<{ box: Record<string, number> }[]>}
 */
async function answerOfWorker(here, folder) {
  const { build } = await import('esbuild')
  const out = join(folder, 'out')
  await mkdir(out)
  const require = createRequire(join(folder, 'worker.js'))
  /** @type {{ type: string, path: string, contents: Uint8Array }[]} */
  const files = []
  await build({
    entryPoints: [join(folder, 'worker.js')],
    bundle: true,
    format: 'esm',
    conditions: ['workerd'],
    outfile: join(out, 'worker.js'),
    plugins: [
      {
        name: 'files',
        setup({ onResolve }) {
          onResolve({ filter: /\.(wasm|bin)$/ }, async ({ path, resolveDir }) => {
            const file = path.startsWith('.') ? join(resolveDir, path) : require.resolve(path)
            const name = `${files.length}-${path.split('/').at(-1)}`
            files.push({
              type: path.endsWith('.wasm') ? 'CompiledWasm' : 'Data',
              path: join(out, name),
              contents: await readFile(file),
            })
            return { path: `./${name}`, external: true }
          })
        },
      },
    ],
  })
  const main = {
    type: 'ESModule',
    path: join(out, 'worker.js'),
    contents: await readFile(join(out, 'worker.js'), 'utf8'),
  }
  const program = join(folder, 'flare.mjs')
  const { width, height } = JSON.parse(await readFile(join(folder, 'size.json'), 'utf8'))
  const rgb = await readFile(join(folder, 'faces.rgb'))
  const rgba = Buffer.alloc(width * height * 4, 255)
  for (let n = 0; n < width * height; n++) rgb.copy(rgba, 4 * n, 3 * n, 3 * n + 3)
  await writeFile(join(folder, 'faces.rgba'), rgba)
  const miniflare = pathToFileURL(createRequire(join(here, 'package.json')).resolve('miniflare')).href
  const plain = files.map(({ type, path }) => ({ type, path }))
  await writeFile(
    program,
    `import { readFileSync } from 'node:fs'
import { Miniflare } from '${miniflare}'
const modules = ${JSON.stringify([{ type: main.type, path: main.path }, ...plain])}
for (const file of modules) file.contents = readFileSync(file.path, file.type === 'ESModule' ? 'utf8' : undefined)
const flare = new Miniflare({ modules, modulesRoot: ${JSON.stringify(out)}, compatibilityDate: '2026-01-01' })
const response = await flare.dispatchFetch('http://localhost/?width=${width}&height=${height}', { method: 'POST', body: readFileSync('faces.rgba') })
console.log(await response.text())
await flare.dispose()
`,
  )
  for (const { path, contents } of files) await writeFile(path, contents)
  const node24 = join(here, 'node_modules/node/bin/node')
  const { stdout } = await run(node24, [program], { cwd: dirname(program), seconds: 60 })
  return JSON.parse(stdout)
}
