// npm run docs [-- --write]: builds the site into site/. With --write it instead fills in the code blocks of the pages that
// are marked as files of examples/.

import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { withSources } from './blocks.mjs'
import { allPages, readPage, root } from './pages.mjs'

const args = process.argv.slice(2)
const unknown = args.find((arg) => arg !== '--write')
if (unknown !== undefined) throw new Error(`unknown argument ${unknown}: there is only --write`)

for (const page of allPages()) {
  const text = readPage(page)
  const filled = withSources(text, root)
  if (filled === text) continue
  writeFileSync(join(root, page), filled)
  console.log(`${page}: code blocks filled in from their files`)
}
