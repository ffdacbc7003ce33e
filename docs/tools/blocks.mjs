// Code blocks of Markdown pages, and the files they are taken from: a comment `<!-- code: examples/recipes/vue/useFaces.ts -->`
// in front of a block says that the block is this file. `#name` behind the path takes a part of it: the lines between
// `#region name` and `#endregion`.

import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import MarkdownIt from 'markdown-it'

/**
 * @typedef {object} Block
 * @property {number} line - Of the opening fence, from 1.
 * @property {number} end - Of the closing fence.
 * @property {string} language - The first word behind the fence, such as `ts`.
 * @property {string} text - Without the fences, ends with a line break.
 * @property {string} [source] - What the marker in front of it says: the path of a file from the root of the repository.
 */

const MARKER = /^<!-- code: (\S+) -->\s*$/

const markdown = new MarkdownIt({ html: true })

/**
 * The fenced code blocks of a page.
 *
 * @param {string} page - Markdown.
 * @returns {Block[]}
 */
export function codeBlocks(page) {
  /** @type {Block[]} */
  const blocks = []
  /** @type {string | undefined} */
  let source
  const lines = page.split('\n')
  for (const { type, content, info, map, markup } of markdown.parse(page, {})) {
    const [, marked] = (type === 'html_block' && MARKER.exec(content)) || []
    if (source !== undefined && type !== 'fence') throw new Error(`a code block must follow <!-- code: ${source} -->`)
    source = marked ?? source
    if (type !== 'fence' || !map) continue
    const [line, end] = map
    const last = end - 1 > line ? (lines[end - 1] ?? '').trim() : ''
    if (!last.startsWith(markup)) throw new Error(`line ${line + 1}: this code block has no end`)
    blocks.push({ line: line + 1, end, language: info.trim().split(/\s+/)[0] ?? '', text: content, source })
    source = undefined
  }
  if (source !== undefined) throw new Error(`a code block must follow <!-- code: ${source} -->`)
  return blocks
}

/**
 * The text that a marker stands for.
 *
 * @param {string} root - Of the repository.
 * @param {string} source - `path` or `path#region`.
 */
export function sourceText(root, source) {
  const [path = '', region] = source.split('#')
  if (!existsSync(join(root, path))) throw new Error(`there is no file ${path}`)
  const text = readFileSync(join(root, path), 'utf8')
  const lines = text.split('\n')
  const opens = (/** @type {string} */ line) => /#region\s+([\w-]+)/.exec(line)?.[1]
  const closes = (/** @type {string} */ line) => /#endregion\b/.test(line)
  if (region === undefined) return lines.filter((line) => !opens(line) && !closes(line)).join('\n')
  const start = lines.findIndex((line) => opens(line) === region)
  if (start < 0) throw new Error(`${path} has no '#region ${region}'`)
  const length = lines.slice(start + 1).findIndex(closes)
  if (length < 0) throw new Error(`${path}: '#region ${region}' has no '#endregion'`)
  const part = lines.slice(start + 1, start + 1 + length)
  const indent = Math.min(...part.filter((line) => line.trim() !== '').map((line) => line.search(/\S/)))
  return part.map((line) => `${line.slice(indent)}\n`).join('')
}

/**
 * The page with every marked block as its file has it.
 *
 * @param {string} page - Markdown.
 * @param {string} root - Of the repository.
 */
export function withSources(page, root) {
  const lines = page.split('\n')
  // From the end, so that the lines of the blocks before stay where they are.
  for (const { line, end, source } of codeBlocks(page).reverse()) {
    if (source === undefined) continue
    const text = sourceText(root, source)
    if (/^ *(```|~~~)/m.test(text)) throw new Error(`${source} has a fence in it and cannot stand in a page`)
    const indent = ' '.repeat((lines[line - 1] ?? '').search(/\S/))
    const inner = text.replace(/\n$/, '').split('\n')
    lines.splice(line, end - line - 1, ...inner.map((row) => (row === '' ? row : indent + row)))
  }
  return lines.join('\n')
}
