import { type Dirent, existsSync, statSync } from 'node:fs'
import { readdir } from 'node:fs/promises'
import { join, sep } from 'node:path'

/** Files in the order they were typed, each once; patterns without a single match are told apart from missing files. */
export interface ExpandedFiles {
  files: string[]
  unmatched: string[]
}

/**
 * Expands the globs among the arguments, for quoted ones and for shells that leave them alone: `*`, `?`, `[abc]`, `[!abc]`, `{a,b}` and `**`.
 * Names that start with a dot are matched only by patterns that do. What exists under the very name is never a pattern.
 */
export async function expandFiles(inputs: readonly string[]): Promise<ExpandedFiles> {
  const files = new Set<string>()
  const unmatched: string[] = []
  for (const input of inputs) {
    if (!/[*?[{]/.test(input) || existsSync(input)) {
      files.add(input)
      continue
    }
    const matches = await glob(input)
    if (matches.length === 0) unmatched.push(input)
    for (const match of matches) files.add(match)
  }
  return { files: [...files], unmatched }
}

/** Paths of the files a pattern matches, sorted. */
export async function glob(pattern: string): Promise<string[]> {
  const found = new Set<string>()
  for (const alternative of expandBraces(pattern)) {
    const forward = sep === '\\' ? alternative.replaceAll('\\', '/') : alternative
    const [first, ...rest] = forward.split('/')
    // A pattern from the root, or from a drive, starts with a segment that is a place and not a name.
    const rooted = first === '' || (sep === '\\' && /^[a-z]:$/i.test(first!))
    await walk(rooted ? `${first}/` : '', rooted ? rest : [first!, ...rest], found)
  }
  return [...found].sort()
}

/** `a{b,c}` to `ab`, `ac`; braces nest. A brace without a partner stands for itself. */
export function expandBraces(pattern: string): string[] {
  const open = pattern.indexOf('{')
  if (open < 0) return [pattern]
  const cuts = [open]
  let depth = 0
  for (let at = open; at < pattern.length; at++) {
    const letter = pattern[at]
    if (letter === '{') depth++
    if (letter === ',' && depth === 1) cuts.push(at)
    if (letter === '}' && --depth === 0) {
      cuts.push(at)
      const tails = expandBraces(pattern.slice(at + 1))
      const head = pattern.slice(0, open)
      return cuts
        .slice(0, -1)
        .flatMap((cut, index) => expandBraces(pattern.slice(cut + 1, cuts[index + 1])))
        .flatMap((middle) => tails.map((tail) => head + middle + tail))
    }
  }
  return expandBraces(pattern.slice(open + 1)).map((tail) => pattern.slice(0, open + 1) + tail)
}

/** Matches one path segment. */
function segmentPattern(segment: string): RegExp {
  const source = segment.replace(/\[!?\]?[^\]]*\]|[\s\S]/g, (token) => {
    if (token === '*') return '[^/]*'
    if (token === '?') return '[^/]'
    if (token.length > 2 && token.startsWith('[')) {
      const negated = token[1] === '!'
      const set = token.slice(negated ? 2 : 1, -1).replace(/[\\\]^[]/g, '\\$&')
      return set === '' ? token.replace(/\W/g, '\\$&') : `[${negated ? '^' : ''}${set}]`
    }
    return token.replace(/[\\^$.|+()[\]{}/]/g, '\\$&')
  })
  try {
    return new RegExp(`^${source}$`, 'u')
  } catch {
    // Such as [z-a]: no name fits.
    return /^(?!)/
  }
}

/** `prefix` is the path so far, '' or ending in a slash. */
async function walk(prefix: string, segments: readonly string[], found: Set<string>): Promise<void> {
  const [segment, ...rest] = segments
  if (segment === undefined) return
  if (segment === '' || segment === '.' || segment === '..') {
    return walk(segment === '' ? prefix : `${prefix}${segment}/`, rest, found)
  }
  const entries = await list(prefix)
  if (segment === '**' && rest.length > 0) {
    await walk(prefix, rest, found)
    for (const entry of entries) {
      // Links to folders are not followed: they may lead in a circle.
      if (entry.isDirectory() && !entry.name.startsWith('.')) await walk(`${prefix}${entry.name}/`, segments, found)
    }
    return
  }
  const fits = segmentPattern(segment === '**' ? '*' : segment)
  for (const entry of entries) {
    if (!fits.test(entry.name) || (entry.name.startsWith('.') && !segment.startsWith('.'))) continue
    if (rest.length > 0) {
      if (entry.isDirectory() || entry.isSymbolicLink()) await walk(`${prefix}${entry.name}/`, rest, found)
    } else if (isFile(entry, prefix)) {
      found.add(join(prefix, entry.name))
    }
  }
}

/** Through links; pipes and devices, which may never end, are no match. */
function isFile(entry: Dirent, prefix: string): boolean {
  if (!entry.isSymbolicLink()) return entry.isFile()
  try {
    return statSync(join(prefix, entry.name)).isFile()
  } catch {
    return false
  }
}

/** A folder that is missing or closed to us holds no match. */
async function list(prefix: string): Promise<Dirent[]> {
  try {
    return await readdir(prefix === '' ? '.' : prefix, { withFileTypes: true })
  } catch {
    return []
  }
}
