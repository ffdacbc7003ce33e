// npm run docs: builds the site into site/, with examples/web as its live page. Expects `npm run build` done.
// npm run docs -- --write: fills in the code blocks of the pages that are marked as files of examples/, and builds nothing.

import { existsSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { withSources } from './blocks.mjs'
import { buildDemo } from './demo.mjs'
import { brokenLinks, filesBelow } from './links.mjs'
import { allPages, readPage, root } from './pages.mjs'
import { buildSite } from './site.mjs'

const OUT = join(root, 'site')

const args = process.argv.slice(2)
const unknown = args.find((arg) => arg !== '--write')
if (unknown !== undefined) throw new Error(`unknown argument ${unknown}: there is only --write`)
if (args.includes('--write')) fillIn()
else await build()

function fillIn() {
  for (const page of allPages()) {
    const text = readPage(page)
    const filled = withSources(text, root)
    if (filled === text) continue
    writeFileSync(join(root, page), filled)
    console.log(`${page}: code blocks filled in from their files`)
  }
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
