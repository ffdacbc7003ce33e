// Links of Markdown pages and of the built site: the file has to be there, and the heading.

import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import MarkdownIt from 'markdown-it'

const markdown = new MarkdownIt({ html: true })

/**
 * What a page is to a reader who follows links: where they lead, and which headings links can lead to.
 *
 * @typedef {{ targets: string[], anchors: Set<string> }} Links
 */

/**
 * @param {string} page - Markdown; links in HTML within it count too, what stands in code does not.
 * @returns {Links}
 */
export function linksOfMarkdown(page) {
  /** @type {string[]} */
  const targets = []
  /** @type {Set<string>} */
  const anchors = new Set()
  const tokens = markdown.parse(page, {})
  tokens.forEach((token, n) => {
    if (token.type === 'heading_open') {
      const inner = tokens[n + 1]?.children ?? []
      anchors.add(unused(slug(inner.map(({ content }) => content).join('')), anchors))
    }
    for (const { type, content, attrGet } of [token, ...(token.children ?? [])].map(readable)) {
      if (type === 'link_open') targets.push(attrGet('href'))
      if (type === 'image') targets.push(attrGet('src'))
      if (type === 'html_block' || type === 'html_inline') {
        const { targets: more, anchors: ids } = linksOfHtml(content)
        targets.push(...more)
        for (const id of ids) anchors.add(id)
      }
    }
  })
  return { targets, anchors }
}

/** @param {import('markdown-it').Token} token */
function readable(token) {
  return {
    type: token.type,
    content: token.content,
    attrGet: (/** @type {string} */ name) => token.attrGet(name) ?? '',
  }
}

/**
 * The anchor that GitHub gives a heading.
 *
 * @param {string} heading
 */
function slug(heading) {
  return heading
    .trim()
    .toLowerCase()
    .replace(/[^\p{L}\p{M}\p{N}\p{Pc}\- ]/gu, '')
    .replaceAll(' ', '-')
}

/**
 * @param {string} anchor
 * @param {Set<string>} taken
 */
function unused(anchor, taken) {
  let name = anchor
  for (let copy = 1; taken.has(name); copy++) name = `${anchor}-${copy}`
  return name
}

/**
 * @param {string} page - HTML.
 * @returns {Links}
 */
export function linksOfHtml(page) {
  // What programs are is no link.
  const text = page.replace(/<script\b[^>]*>[\s\S]*?<\/script>/g, (script) => script.slice(0, script.indexOf('>') + 1))
  const decode = (/** @type {string} */ value) =>
    value.replaceAll('&amp;', '&').replaceAll('&#39;', "'").replaceAll('&quot;', '"')
  const all = (/** @type {RegExp} */ pattern) => [...text.matchAll(pattern)].map(([, value = '']) => decode(value))
  return { targets: all(/\s(?:href|src)="([^"]*)"/g), anchors: new Set(all(/\s(?:id|name)="([^"]*)"/g)) }
}

/**
 * What is wrong with the links of these files, one line each. Addresses of other servers are not asked.
 *
 * @param {string} folder - Nothing may lead out of it.
 * @param {readonly string[]} files - Below the folder: Markdown or HTML.
 * @returns {string[]}
 */
export function brokenLinks(folder, files) {
  /** @type {Map<string, Links>} */
  const known = new Map()
  const linksOf = (/** @type {string} */ path) => {
    const links = known.get(path) ?? read(path)
    known.set(path, links)
    return links
  }
  const check = (/** @type {string} */ file, /** @type {string} */ target) => {
    if (/^(?:[a-z][a-z\d+.-]*:|\/\/)/i.test(target)) return
    const [path = '', anchor] = target.split('#')
    let goal =
      path === '' ? join(folder, file) : join(folder, dirname(file), decodeURIComponent(path.split('?')[0] ?? ''))
    if (path.startsWith('/')) return `${target} starts at the root of a server`
    if (relative(folder, goal).startsWith('..')) return `${target} leads out of the folder`
    if (!existsSync(goal)) return `${target}: there is no ${relative(folder, goal)}`
    if (file.endsWith('.html') && statSync(goal).isDirectory()) goal = join(goal, 'index.html')
    if (!existsSync(goal)) return `${target}: there is no ${relative(folder, goal)}`
    if (anchor === undefined || anchor === '' || !/\.(md|html)$/.test(goal)) return
    if (!linksOf(goal).anchors.has(decodeURIComponent(anchor))) return `${target}: no heading has this anchor`
  }
  return files.flatMap((file) => {
    const wrong = linksOf(join(folder, file)).targets.map((target) => check(file, target))
    return wrong.filter((line) => line !== undefined).map((line) => `${file}: ${line}`)
  })
}

/** @param {string} path */
function read(path) {
  const text = readFileSync(path, 'utf8')
  return path.endsWith('.md') ? linksOfMarkdown(text) : linksOfHtml(text)
}

/**
 * All files with this ending below a folder.
 *
 * @param {string} folder
 * @param {string} ending
 */
export function filesBelow(folder, ending) {
  const all = readdirSync(folder, { recursive: true, encoding: 'utf8' })
  return all.filter((file) => file.endsWith(ending)).map((file) => file.replaceAll('\\', '/'))
}
