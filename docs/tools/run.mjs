// npm run docs: builds the site into site/, with examples/web as its live page. Expects `npm run build` done.
// npm run docs -- --write: fills in the code blocks of the pages that are marked as files of examples/, and builds nothing.
// npm run docs -- --cascade: makes the pictures and the table of docs/cascade.md anew, and builds nothing.

import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { withSources } from './blocks.mjs'
import { buildDemo } from './demo.mjs'
import { brokenLinks, filesBelow } from './links.mjs'
import { allPages, readPage, root } from './pages.mjs'
import { buildSite } from './site.mjs'

const OUT = join(root, 'site')

const WAYS = { '--write': fillIn, '--cascade': drawCascade }

const args = process.argv.slice(2)
const unknown = args.find((arg) => !(arg in WAYS))
if (unknown !== undefined) throw new Error(`unknown argument ${unknown}: there are ${Object.keys(WAYS).join(' and ')}`)
const ways = args.length > 0 ? args.map((arg) => WAYS[/** @type {keyof typeof WAYS} */ (arg)]) : [build]
for (const way of ways) await way()

function fillIn() {
  for (const page of allPages()) {
    const text = readPage(page)
    const filled = withSources(text, root)
    if (filled === text) continue
    writeFileSync(join(root, page), filled)
    console.log(`${page}: code blocks filled in from their files`)
  }
}

async function drawCascade() {
  const { explainPainting, PICTURES, withTable } = await import('./cascade.mjs')
  const { table, pictures } = await explainPainting()
  mkdirSync(join(root, PICTURES), { recursive: true })
  for (const [name, bytes] of Object.entries(pictures)) writeFileSync(join(root, PICTURES, name), bytes)
  const page = 'docs/cascade.md'
  writeFileSync(join(root, page), withTable(readPage(page), table))
}

async function build() {
  if (!existsSync(join(root, 'dist/index.js'))) throw new Error('the library is not built: npm run build')
  rmSync(OUT, { recursive: true, force: true })
  await buildSite(OUT)
  buildDemo(join(OUT, 'demo'))
  const broken = brokenLinks(OUT, filesBelow(OUT, '.html'))
  if (broken.length > 0) throw new Error(`links of the site that lead nowhere:\n${broken.join('\n')}`)
  console.log(
    `${filesBelow(OUT, '.html').length} pages in site/: open site/index.html, or serve the folder for the live page`,
  )
}
