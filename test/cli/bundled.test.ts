import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { cliPackages, isBundled } from '../../rollup.cli.js'

const file = (name: string) => fileURLToPath(new URL(`../../node_modules/${name}`, import.meta.url))

/** Runs the check on a bundle of these chunks; gives what it refuses. */
async function check(chunks: Record<string, { modules?: string[]; imports?: string[] }>): Promise<string> {
  const plugin = cliPackages().at(-1) as { generateBundle: (options: unknown, bundle: object) => Promise<void> }
  const bundle = Object.entries(chunks).map(([fileName, { modules = [], imports = [] }]) => {
    return [fileName, { type: 'chunk', fileName, imports, modules: Object.fromEntries(modules.map((id) => [id, {}])) }]
  })
  const context = {
    error: (message: string) => {
      throw new Error(message)
    },
  }
  return plugin.generateBundle.call(context, {}, Object.fromEntries(bundle)).then(
    () => 'nothing',
    ({ message }: Error) => message,
  )
}

describe('the packages inside dist/cli.js', () => {
  it('are named in NOTICE, with whose they are', async () => {
    expect(
      await check({ 'cli.js': { modules: [file('cli-progress/cli-progress.js'), file('cli-table3/index.js')] } }),
    ).toBe('nothing')
    expect(await check({ 'cli.js': { modules: [file('picomatch/index.js')] } })).toBe(
      'picomatch is bundled into dist/cli.js; NOTICE needs the line: picomatch (MIT)',
    )
  })

  it('are in no file of the library', async () => {
    expect(await check({ 'cli.js': {}, 'index.js': { modules: [file('fdir/dist/index.mjs')] } })).toBe(
      'index.js contains fdir',
    )
    expect(await check({ 'cli.js': {}, 'chunks/a.js': { modules: [file('@rollup/pluginutils/x.js')] } })).toBe(
      'chunks/a.js contains @rollup/pluginutils',
    )
  })

  it('leave nothing to install', async () => {
    expect(await check({ 'cli.js': { imports: ['node:fs', 'path', 'chunks/a.js', 'fdir'] }, 'chunks/a.js': {} })).toBe(
      'dist/cli.js imports fdir, which nobody installs',
    )
    expect(isBundled('sharp')).toBe(false)
  })
})
