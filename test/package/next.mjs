// The recipe for Next.js, examples/recipes/next, as it is: in development, built, and built to run by itself.

import { cp, mkdir, mkdtemp, readFile, rename, writeFile } from 'node:fs/promises'
import { join, relative } from 'node:path'
import { expectNear, expectSame } from './expect.mjs'
import { nested } from './nested.mjs'
import { choosePicture } from './picture.mjs'
import { freePort, run, startServer } from './process.mjs'

/** What says that something is wrong, in all that Next.js and the library print. */
const COMPLAINT = /^.*(?:warn|error|fail|⚠|⨯).*$/im

/** One build serves both ways to start it, of which it says that it should not; and the Edge Runtime is used on purpose. */
const OWN_WORDS = [
  /.*"next start" does not work with "output: standalone".*/g,
  /.*The Edge Runtime is deprecated.*/g,
  /.*edge runtime on a page currently disables static generation.*/gi,
]

const ENV = { NEXT_TELEMETRY_DISABLED: '1', NO_COLOR: '1', FORCE_COLOR: '0' }

/** @param {import('./cases.mjs').Setting} setting */
export function nextCases(setting) {
  const { here, work, wanted, project, photograph } = setting
  const next = join(here, 'node_modules/next/dist/bin/next')

  /** @param {(folder: string) => Promise<string>} test */
  const inProject = (test, config = {}) =>
    nested(setting, join(here, '../../examples/recipes/next'), async (folder) => {
      await cp(join(here, 'next'), folder, { recursive: true })
      // Where CI is set, Next.js warns of a missing cache of earlier builds.
      await mkdir(join(folder, '.next/cache'), { recursive: true })
      const settings = { turbopack: { root: here }, outputFileTracingRoot: here, ...config }
      await writeFile(join(folder, 'next.config.mjs'), `export default ${JSON.stringify(settings)}`)
      return test(folder)
    })

  /**
   * Starts a server, and asks both sides of it for faces.
   *
   * @param {(port: string) => string[]} command
   * @param {{ cwd: string, env?: Record<string, string> }} options
   */
  async function tried(command, { cwd, env = {} }) {
    const port = String(await freePort())
    const options = { cwd, env: { ...ENV, PHOTOGRAPH: photograph, PORT: port, ...env }, ready: /Ready in/ }
    const server = await startServer(process.execPath, command(port), options)
    const site = `http://localhost:${port}`
    try {
      const page = await choosePicture(`${site}/`, photograph, { hydrated: true })
      expectNear(page.faces, wanted)
      if (page.workers.length !== 1 || !page.workers[0]?.startsWith('http')) {
        throw new Error(`the page has ${page.workers.length} workers: ${page.workers}`)
      }

      const body = await readFile(photograph)
      const answer = await fetch(`${site}/api/faces`, { method: 'POST', body })
      expectSame(await answer.text(), wanted)
      const refused = await fetch(`${site}/api/faces`, { method: 'POST', body: 'no picture' })
      const { code } = await refused.json()
      if (refused.status !== 400 || code !== 'DECODE_FAILED') throw new Error(`${refused.status}, ${code}`)

      const check = await fetch(`${site}/check`)
      if (!check.ok) throw new Error(`/check: ${check.status} ${(await check.text()).slice(0, 500)}`)
      const [single, half, fast, pool] = await check.json()
      expectSame(JSON.stringify(single), wanted)
      expectNear(half.faces, wanted, 3)
      expectNear(fast.faces, wanted)
      const kinds = [single, half, fast, pool].map(({ info }) => `${info.weights}${info.worker ? ' worker' : ''}`)
      if (kinds.join() !== 'f32,f16,f32 worker,f16 worker') throw new Error(`wrong weights or threads: ${kinds}`)
      if (JSON.stringify(half.faces) === JSON.stringify(wanted)) throw new Error('f16 gives the bits of f32')
      if (JSON.stringify(half.faces) !== JSON.stringify(pool.faces)) throw new Error('the pool gives other bits')

      const folder = await project()
      const size = JSON.parse(await readFile(join(folder, 'size.json'), 'utf8'))
      const pixels = await readFile(join(folder, 'faces.rgb'))
      for (const weights of ['f32', 'f16']) {
        const headers = { 'x-image': JSON.stringify({ ...size, weights }) }
        const edge = await (await fetch(`${site}/edge`, { method: 'POST', headers, body: pixels })).text()
        expectSame(edge, weights === 'f32' ? wanted : half.faces)
        if (JSON.parse(edge).info.weights !== weights) throw new Error(`/edge has not ${weights}`)
      }
      quiet(server.output())
    } catch (error) {
      throw new Error(`${error instanceof Error ? error.message : error}\n${server.output().slice(-1500)}`)
    } finally {
      await server.close()
    }
  }

  /**
   * Fails where Next.js or the library warn. Next.js may say what it thinks of the tests themselves.
   *
   * @param {string} output
   */
  function quiet(output) {
    const [line] = COMPLAINT.exec(OWN_WORDS.reduce((text, words) => text.replaceAll(words, ''), output)) ?? []
    if (line) throw new Error(`it says: ${line}`)
  }

  const seen = 'page, route and edge route, f32 and f16, no warning'
  return ['turbopack', 'webpack'].flatMap((bundler) => [
    {
      name: `Next.js, ${bundler}, dev`,
      test: () =>
        inProject(async (cwd) => {
          await tried((port) => [next, 'dev', `--${bundler}`, '-p', port], { cwd })
          return seen
        }),
    },
    {
      name: `Next.js, ${bundler}, build, start and standalone`,
      test: () =>
        inProject(
          async (cwd) => {
            const { stdout, stderr } = await run(process.execPath, [next, 'build', `--${bundler}`], {
              cwd,
              env: ENV,
              seconds: 400,
            })
            quiet(stdout + stderr)
            await tried((port) => [next, 'start', '-p', port], { cwd })
            // Away from here, so that it finds only what came with it.
            const alone = await mkdtemp(join(work, 'standalone-'))
            await rename(join(cwd, '.next/standalone'), alone)
            const app = join(alone, relative(here, cwd))
            await cp(join(cwd, '.next/static'), join(app, '.next/static'), { recursive: true })
            await tried(() => ['server.js'], { cwd: app, env: { HOSTNAME: '127.0.0.1' } })
            return seen
          },
          { output: 'standalone' },
        ),
    },
  ])
}
