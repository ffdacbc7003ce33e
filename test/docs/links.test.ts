import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { brokenLinks, linksOfMarkdown } from '../../docs/tools/links.mjs'
import { allPages, chapters, readPage, root } from '../../docs/tools/pages.mjs'

const folder = mkdtempSync(join(tmpdir(), 'mtcnn-links-'))
afterAll(() => rmSync(folder, { recursive: true }))
mkdirSync(join(folder, 'in'))
const write = (name: string, text: string) => writeFileSync(join(folder, name), text)

describe('brokenLinks', () => {
  it('finds no fault with links to files, folders, headings and other servers', () => {
    write(
      'a.md',
      '# The `a`: 1.5, _b_\n# Twice\n# Twice\n\n[x](in/b.md#b) [y](#the-a-15-b) [z](#twice-1) [s](https://a.b/c#d)\n',
    )
    write(
      'in/b.md',
      '# B\n\n<a id="here"></a><img src="../a.md" alt=""> `[code](none.md)` [](..) [](#here)\n\n```\n[](none)\n```\n',
    )
    expect(brokenLinks(folder, ['a.md', 'in/b.md'])).toEqual([])
  })

  it.each([
    ['[x](none.md)', 'none.md: there is no none.md'],
    ['![x](none.png)', 'none.png: there is no none.png'],
    ['<img src="none.jpg">', 'none.jpg: there is no none.jpg'],
    ['[x](#none)', '#none: no heading has this anchor'],
    ['[x](in/c.md#b)', 'in/c.md#b: no heading has this anchor'],
    ['[x][ref]\n\n[ref]: none.md', 'none.md: there is no none.md'],
    ['[x](../c.md)', '../c.md leads out of the folder'],
    ['[x](/c.md)', '/c.md starts at the root of a server'],
  ])('finds %j', (text, fault) => {
    write('in/c.md', '# C\n')
    write('c.md', text)
    expect(brokenLinks(folder, ['c.md'])).toEqual([`c.md: ${fault}`])
  })

  it('reads HTML, but not its programs', () => {
    write('in/index.html', '<h1 id="top">x</h1>')
    write(
      'd.html',
      '<a href="in/#top">x</a><a href="in/#no&amp;">y</a><script src="none.js">const a = \'<a href="e">\'</script>',
    )
    expect(brokenLinks(folder, ['d.html'])).toEqual([
      'd.html: in/#no&: no heading has this anchor',
      'd.html: none.js: there is no none.js',
    ])
  })
})

const tracked = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard', '*.md'], {
  cwd: root,
  encoding: 'utf8',
})

it.each([...new Set([...allPages(), ...tracked.trim().split('\n')])])('every link of %s leads somewhere', (page) => {
  expect(brokenLinks(root, [page])).toEqual([])
})

it('docs/README.md names every page of docs/', () => {
  const named = chapters().flatMap(({ pages }) => pages)
  const guides = allPages().filter((page) => page.startsWith('docs/') && page !== 'docs/README.md')
  expect(guides.filter((page) => !named.includes(page))).toEqual([])
})

it('each page has one heading of the first level, at its beginning', () => {
  for (const page of allPages()) {
    expect(readPage(page), page).toMatch(/^# \S/)
    expect(linksOfMarkdown(readPage(page)).anchors.size, page).toBeGreaterThan(0)
  }
})
