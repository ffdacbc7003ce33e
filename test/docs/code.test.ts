import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Block, codeBlocks } from '../../docs/tools/blocks.mjs'
import { allPages, readPage, root } from '../../docs/tools/pages.mjs'
import { compile, type Source } from './code/compile.ts'
import { withImports } from './code/prelude.ts'
import { makeProject, run, runBlock } from './code/run.ts'
import { commands, installPrograms, runnable } from './code/shell.ts'

const SCRIPTS = ['js', 'ts']
const SHELL = ['sh']
/** Read, never checked beyond their form: output, headers, diagrams; what Python does is not ours. */
const PLAIN = ['', 'text', 'http', 'python']

const blocks = allPages().flatMap((page) => codeBlocks(readPage(page)).map((block) => ({ ...block, page })))
type PageBlock = Block & { page: string }
const named = (chosen: PageBlock[]) => chosen.map((block) => [`${block.page}, line ${block.line}`, block] as const)
const own = blocks.filter(({ source }) => source === undefined)
const scripts = own.filter(({ language }) => SCRIPTS.includes(language))
const sourceOf = ({ page, line, language, text }: PageBlock): Source => ({
  name: `${page.replaceAll(/\W/g, '-')}-${line}.${language === 'js' && /\brequire\(/.test(text) ? 'cjs' : language}`,
  text: withImports(text),
})

let project: ReturnType<typeof makeProject>
beforeAll(() => {
  project = makeProject()
})
afterAll(() => project.remove())

describe('code blocks', () => {
  it.each(named(own))('%s: of a language that is checked', (_, { language, text }) => {
    expect([...SCRIPTS, ...SHELL, ...PLAIN, 'json', 'html']).toContain(language)
    // No code without its language, which would be checked by nothing.
    if (['', 'text', 'http'].includes(language)) expect(text).not.toMatch(/\bimport\b|\bawait\b|^(npm|npx) (?!.*<)/m)
  })

  it.each(named(own.filter(({ language }) => language === 'json')))('%s: is JSON', (_, { text }) => {
    expect(() => JSON.parse(text)).not.toThrow()
  })

  it.each(named(own.filter(({ language }) => language === 'html')))(
    '%s: an import map of files that are there',
    (_, { text }) => {
      const [, map = ''] = /^<script type="importmap">(.*)<\/script>$/s.exec(text.trim())!
      const files = Object.values<string>(JSON.parse(map).imports)
      expect(files.length).toBeGreaterThan(0)
      for (const file of files)
        expect(existsSync(join(root, file.replace('./node_modules/mtcnn-wasm/', '')))).toBe(true)
    },
  )
})

describe('blocks taken from examples', () => {
  const files = readdirSync(join(root, 'test'), { recursive: true, encoding: 'utf8' })
  const tests = files
    .filter((file) => /\.(ts|mjs)$/.test(file) && !/node_modules|code\.test/.test(file))
    .map((file) => readFileSync(join(root, 'test', file), 'utf8'))

  it.each([...new Set(blocks.flatMap(({ source }) => source ?? []))])('%s: a test runs its folder', (source) => {
    const [, inside, name = ''] = /^examples\/(recipes\/)?([\w-]+)\//.exec(source) ?? []
    const naming = new RegExp(`['\`/]${name}['\`/]`)
    const found = tests.filter((text) => text.includes(inside ? 'recipes' : 'examples') && naming.test(text))
    expect(
      found.length,
      `no file in test/ that names ${inside ? 'recipes' : 'examples'} and '${name}'`,
    ).toBeGreaterThan(0)
  })
})

describe('compiled against the built types', () => {
  const sources = scripts.map(sourceOf)
  const inNode = compile(sources, 'node')
  const inBrowser = compile(sources, 'browser')

  it.each(named(scripts).map(([name], n) => [name, n] as const))('%s', (_, n) => {
    const [node = [], browser = []] = [inNode[n], inBrowser[n]]
    // For one of the two; what is wrong for both is shown for both.
    if (node.length > 0 && browser.length > 0) expect({ node, browser }).toEqual({ node: [], browser: [] })
  })

  it('finds mistakes', () => {
    const wrong = [
      "import { MTCNN } from 'mtcnn-wasm'\nMTCNN.create({ minFaceSise: 40 })",
      'await detector.detectFace(file)',
      'const [face] = await detector.detectFaces(file)\nface.box.left',
      'undeclared()',
    ]
    for (const place of ['node', 'browser'] as const) {
      const found = compile(
        wrong.flatMap((text, n) => [
          { name: `${n}.ts`, text },
          { name: `${n}j.js`, text },
        ]),
        place,
      )
      for (const errors of found) expect(errors).not.toEqual([])
    }
  })

  const runs = named(scripts).filter((_, n) => inNode[n]?.length === 0)
  it.each(runs)('%s: runs in Node', async (_, block) => {
    const { name, text } = sourceOf(block)
    await runBlock(project.folder, name, text)
  })

  it('most of those that Node can run are run', () => {
    expect(runs.length).toBeGreaterThan(scripts.length / 3)
  })
})

describe('shell blocks', () => {
  const shells = named(own.filter(({ language }) => SHELL.includes(language)))
  const lines = shells.flatMap(([name, { text }]) => commands(text).map((command) => [name, command] as const))

  it.each(lines)('%s: %s', async (_, command) => {
    const rest = runnable(command)
    if (rest === undefined) return
    const { folder, remove } = makeProject()
    try {
      await run('bash', ['-euo', 'pipefail', '-c', rest], folder, { PATH: installPrograms(folder) })
    } finally {
      remove()
    }
  })

  it('refuses what it does not know', () => {
    for (const command of ['npm run nothing', 'npm install left-pad', 'make', 'npx tsc', 'node none.mjs']) {
      expect(() => runnable(command), command).toThrow()
    }
  })
})
