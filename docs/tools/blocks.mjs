// Code blocks of Markdown pages, and the files they are taken from: a comment `<!-- code: examples/recipes/vue/useFaces.ts -->`
// in front of a block says that the block is this file. `#name` behind the path takes a part of it: the lines between
// `#region name` and `#endregion`.

import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

/**
 * @typedef {object} Block
 * @property {number} line - Of the opening fence, from 1.
 * @property {number} end - Of the closing fence.
 * @property {string} language - The first word behind the fence, such as `ts`.
 * @property {string} text - Without the fences, ends with a line break.
 * @property {string} [source] - What the marker in front of it says: the path of a file from the root of the repository.
 */

const FENCE = /^( *)(`{3,}|~{3,})([^`]*)$/
const MARKER = /^ *<!-- code: (\S+) -->$/

/**
 * The fenced code blocks of a page.
 *
 * @param {string} page - Markdown.
 * @returns {Block[]}
 */
export function codeBlocks(page) {
  const lines = page.split('\n')
  const blocks = []
  /** @type {string | undefined} */
  let source
  for (let n = 0; n < lines.length; n++) {
    const line = lines[n] ?? ''
    const fence = FENCE.exec(line)
    if (!fence) {
      const marker = MARKER.exec(line)
      if (source !== undefined && (marker || line.trim() !== '')) {
        throw new Error(`line ${n + 1}: a code block must follow <!-- code: ${source} -->`)
      }
      if (marker) source = marker[1]
      continue
    }
    const [, indent = '', mark = '', info = ''] = fence
    const closing = new RegExp(`^ *${mark[0]}{${mark.length},}\\s*$`)
    const start = n
    do n++
    while (n < lines.length && !closing.test(lines[n] ?? ''))
    if (n === lines.length) throw new Error(`line ${start + 1}: this code block has no end`)
    const text = lines.slice(start + 1, n).map((inner) => inner.slice(Math.min(indent.length, inner.search(/\S|$/))))
    const [language = ''] = info.trim().split(/\s+/)
    blocks.push({ line: start + 1, end: n + 1, language, text: text.map((inner) => `${inner}\n`).join(''), source })
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
