// Which Markdown pages there are, and their order: docs/README.md is the list of contents, on GitHub and on the site.

import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'

export const root = fileURLToPath(new URL('../..', import.meta.url)).replace(/[/\\]$/, '')

/** Where the list of contents stands. */
export const CONTENTS = 'docs/README.md'

/** Pages in the root of the repository that belong to the site too. */
const ROOT_PAGES = ['README.md', 'CHANGELOG.md', 'CONTRIBUTING.md', 'SECURITY.md']

/**
 * All pages, as paths from the root of the repository.
 *
 * @returns {string[]}
 */
export function allPages() {
  const inside = readdirSync(join(root, 'docs'), { recursive: true, encoding: 'utf8' })
  const guides = inside.filter((name) => name.endsWith('.md')).map((name) => `docs/${name.replaceAll('\\', '/')}`)
  return [...ROOT_PAGES, ...guides.sort()]
}

/** @param {string} page - Path from the root. */
export const readPage = (page) => readFileSync(join(root, page), 'utf8')

/**
 * The first heading of a page.
 *
 * @param {string} page - Path from the root.
 */
export function titleOf(page) {
  const [, title] = /^# (.+)$/m.exec(readPage(page)) ?? []
  if (title === undefined) throw new Error(`${page} has no heading of the first level`)
  return title.replaceAll('`', '')
}

/**
 * @typedef {object} Chapter
 * @property {string} title
 * @property {string[]} pages - Paths from the root.
 */

/**
 * The chapters of docs/README.md: its headings of the second level, each with the pages linked below it.
 *
 * @returns {Chapter[]}
 */
export function chapters() {
  const [, ...parts] = readPage(CONTENTS).split(/^## /m)
  return parts.map((part) => {
    const [title = ''] = part.split('\n')
    const links = [...part.matchAll(/\]\(([^)#\s]+\.md)\)/g)].map(([, link = '']) => {
      return relative(root, join(root, dirname(CONTENTS), link)).replaceAll('\\', '/')
    })
    for (const page of links) {
      if (!existsSync(join(root, page))) throw new Error(`${CONTENTS} links to ${page}, which is not there`)
    }
    return { title, pages: [...new Set(links)] }
  })
}

/**
 * The path of a file as pages are named: from the root of the repository, with slashes.
 *
 * @param {string} file
 */
export const nameOf = (file) => relative(root, file).replaceAll('\\', '/')
