import { readdir, readFile } from 'node:fs/promises'
import { builtinModules } from 'node:module'
import commonjs from '@rollup/plugin-commonjs'
import nodeResolve from '@rollup/plugin-node-resolve'

/**
 * The packages that are bundled into dist/cli.js, and those that they use: whoever installs this package installs no other.
 * NOTICE names each.
 */
const BUNDLED = [
  'ansi-regex',
  'cli-progress',
  'cli-table3',
  'emoji-regex',
  'is-fullwidth-code-point',
  'string-width',
  'strip-ansi',
]

const LICENCES = ['MIT', 'ISC', 'BSD-2-Clause', 'BSD-3-Clause']

/** Whether an import is of one of these packages. @param {string} id */
export function isBundled(id) {
  return BUNDLED.includes(id)
}

/** Rollup's plugins that bundle them, and check what came of it. */
export function cliPackages() {
  return [bundledOnly(nodeResolve({ exportConditions: ['node'] })), commonjs(), checked()]
}

/**
 * Leaves everything else to Rollup: entries, this project's files, and packages that stay imports.
 *
 * @param {import('rollup').Plugin} plugin
 * @returns {import('rollup').Plugin}
 */
function bundledOnly({ resolveId, ...plugin }) {
  if (typeof resolveId !== 'object') throw new Error('the plugin that finds packages has changed')
  return {
    ...plugin,
    resolveId: {
      ...resolveId,
      handler(source, importer, options) {
        const isOurs =
          isBundled(source) || (/^\.\.?(\/|$)/.test(source) && /[/\\]node_modules[/\\]/.test(importer ?? ''))
        return isOurs ? resolveId.handler.call(this, source, importer, options) : null
      },
    },
  }
}

/** Fails where a package got into a file other than the command, is not named in NOTICE, or is missing from the command. */
function checked() {
  return {
    name: 'bundled-packages',
    /**
     * @this {import('rollup').PluginContext}
     * @param {unknown} _
     * @param {import('rollup').OutputBundle} bundle
     */
    async generateBundle(_, bundle) {
      const notice = await readFile(new URL('NOTICE', import.meta.url), 'utf8')
      /** @type {Set<string>} */
      const found = new Set()
      for (const chunk of Object.values(bundle)) {
        if (chunk.type !== 'chunk') continue
        const names = packagesIn(chunk)
        if (names.length > 0 && chunk.fileName !== 'cli.js')
          this.error(`${chunk.fileName} contains ${names.join(', ')}`)
        for (const name of names) found.add(name)
      }
      for (const name of found) {
        for (const line of await noticeLines(name)) {
          if (!notice.includes(line)) this.error(`${name} is bundled into dist/cli.js; NOTICE needs the line: ${line}`)
        }
      }
      const cli = bundle['cli.js']
      if (cli?.type !== 'chunk') return this.error('there is no cli.js')
      const missing = cli.imports.filter((id) => !(id in bundle) && !isBuiltIn(id))
      if (missing.length > 0) this.error(`dist/cli.js imports ${missing.join(', ')}, which nobody installs`)
    },
  }
}

/** @param {import('rollup').OutputChunk} chunk */
function packagesIn({ modules }) {
  const names = Object.keys(modules).map((id) => /.*[/\\]node_modules[/\\]((?:@[^/\\]+[/\\])?[^/\\]+)/.exec(id)?.[1])
  return [...new Set(names.filter((name) => name !== undefined))]
}

/** @param {string} id */
function isBuiltIn(id) {
  return builtinModules.includes(id.replace(/^node:/, ''))
}

/**
 * What NOTICE says of a package: its name and licence, and whose it is.
 *
 * @param {string} name
 */
async function noticeLines(name) {
  const folder = new URL(`node_modules/${name}/`, import.meta.url)
  const { license } = JSON.parse(await readFile(new URL('package.json', folder), 'utf8'))
  if (!LICENCES.includes(license)) throw new Error(`${name} has the licence ${license}; wanted is one of ${LICENCES}`)
  const file = (await readdir(folder)).find((entry) => /^licen[cs]e/i.test(entry))
  if (file === undefined) throw new Error(`${name} has no file with its licence`)
  const text = await readFile(new URL(file, folder), 'utf8')
  const holders = text.split(/\r?\n/).filter((line) => /^copyright /i.test(line.trim()))
  if (holders.length === 0) throw new Error(`the licence of ${name} does not say whose it is`)
  return [`${name} (${license})`, ...holders.map((line) => line.trim())]
}
