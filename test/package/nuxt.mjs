// The recipe for Nuxt, examples/recipes/nuxt, as it is: built, and run away from where it was built.

import { mkdtemp, readFile, rename } from 'node:fs/promises'
import { join } from 'node:path'
import { expectNear, expectSame } from './expect.mjs'
import { nested } from './nested.mjs'
import { choosePicture } from './picture.mjs'
import { freePort, run, startServer } from './process.mjs'

/** @param {import('./cases.mjs').Setting} setting */
export function nuxtCases(setting) {
  const { here, work, wanted, photograph } = setting
  const test = async (/** @type {string} */ folder) => {
    // It wants a newer Node than 20.
    const node = join(here, 'node_modules/node/bin/node')
    const env = { NUXT_TELEMETRY_DISABLED: '1', NO_COLOR: '1', FORCE_COLOR: '0' }
    const build = [join(here, 'node_modules/nuxt/bin/nuxt.mjs'), 'build']
    const { stdout, stderr } = await run(node, build, { cwd: folder, env, seconds: 300 })
    const [warning] = /^.*warn.*$/im.exec(stdout + stderr) ?? []
    if (warning) throw new Error(`it says: ${warning}`)

    const output = await mkdtemp(join(work, 'nuxt-'))
    await rename(join(folder, '.output'), output)
    const port = String(await freePort())
    const options = { cwd: output, env: { PORT: port, HOST: '127.0.0.1' }, ready: /Listening on/ }
    const server = await startServer(process.execPath, ['server/index.mjs'], options)
    const site = `http://127.0.0.1:${port}`
    try {
      const { faces, workers } = await choosePicture(`${site}/`, photograph)
      expectNear(faces, wanted)
      if (workers.length !== 1) throw new Error(`${workers.length} workers`)
      const answer = await fetch(`${site}/api/faces`, { method: 'POST', body: await readFile(photograph) })
      expectSame(await answer.text(), wanted)
      const refused = await fetch(`${site}/api/faces`, { method: 'POST', body: 'no picture' })
      const { code } = await refused.json()
      if (refused.status !== 400 || code !== 'DECODE_FAILED') throw new Error(`${refused.status}, ${code}`)
      const said = server
        .output()
        .replace(/^Listening on .*$/m, '')
        .trim()
      if (said !== '') throw new Error(`the server says: ${said}`)
    } finally {
      await server.close()
    }
    return 'component and route'
  }
  return [{ name: 'Nuxt', test: () => nested(setting, join(here, '../../examples/recipes/nuxt'), test) }]
}
