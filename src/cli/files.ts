import { existsSync } from 'node:fs'
import { stat } from 'node:fs/promises'
import { join, relative, resolve, sep } from 'node:path'
import { fileURLToPath } from 'node:url'
import { folderRules, IMAGE_ENDINGS } from '../bulk/names.ts'
import { compilePattern, hasWildcard } from '../bulk/pattern.ts'
import { UsageError } from '../bulk/usage-error.ts'
import { type WalkRules, walk } from '../bulk/walk.ts'

/** One image to search. */
export interface Input {
  /** As it is named in the output: the path as typed or found, the address, or `-`. */
  name: string
  /** What to read: a path, an address, or `-` for standard input. */
  source: string
  /** The folders between it and the folder or the pattern that it was found by, with `/` between them. */
  folders?: string
}

/** What an argument stands for: an image, or the reason why there is none. */
export type Expanded = Input | { name: string; problem: string }

/** A scheme has two letters or more: one letter is a drive. */
const ADDRESS = /^(https?|file):\/\//i

/**
 * Expands the arguments, for quoted patterns and for shells that expand none: folders and patterns to the files in them, sorted by name.
 * Every file comes once. What exists under the very name is never a pattern. Names that start with a dot are left out unless the
 * pattern has the dot. Links to folders are not followed unless they are typed.
 *
 * @throws UsageError
 */
export async function expandInputs(args: readonly string[], folders: FolderOptions = {}): Promise<Expanded[]> {
  const found = new Map<string, Expanded>()
  const add = (name: string, folders?: string) => {
    const key = name === '-' || ADDRESS.test(name) ? name : resolve(name)
    if (!found.has(key)) found.set(key, { name, source: sourceOf(name), ...(folders && { folders }) })
  }
  const fail = (name: string, problem: string) => found.set(`${found.size}: ${name}`, { name, problem })
  for (const arg of args) {
    if (arg === '') throw new UsageError('a file name is empty')
    const info = arg === '-' ? undefined : await stat(arg).catch(() => undefined)
    if (info?.isDirectory()) await searchFolder(arg, folders, add, fail)
    else if (info === undefined && arg !== '-' && hasWildcard(arg) && !ADDRESS.test(arg))
      await searchPattern(arg, add, fail)
    else add(arg)
  }
  return [...found.values()]
}

/** Which files of a folder are taken. */
export interface FolderOptions {
  /** A folder that is left out where a folder above it is searched: the one that drawings go to. */
  skip?: string | undefined
  /** Whether folders below it are searched; default true. */
  recursive?: boolean
  /** Endings, lower case, without the dot; default: those of images. */
  endings?: readonly string[]
}

type Add = (name: string, folders?: string) => void
type Fail = (name: string, problem: string) => void

async function searchFolder(
  folder: string,
  { skip, recursive = true, endings = IMAGE_ENDINGS }: FolderOptions,
  add: Add,
  fail: Fail,
): Promise<void> {
  const rules = folderRules(folder, { recursive, endings, skip: skip === undefined ? [] : [resolve(skip)] })
  const { files, problems } = await findFiles(folder, rules)
  for (const file of files) add(join(folder, file), foldersOf(file))
  for (const { path, problem } of problems) fail(path, problem)
  if (files.length + problems.length === 0) fail(folder, 'no image file in this folder')
}

async function searchPattern(pattern: string, add: Add, fail: Fail): Promise<void> {
  const { base, entersFolder, takesFile } = compilePattern(sep === '\\' ? pattern.replaceAll('\\', '/') : pattern)
  // A folder that is missing or closed to us holds no match.
  const { files } = await findFiles(base, { enters: entersFolder, takes: takesFile })
  for (const file of files) add(join(base, file), foldersOf(file))
  if (files.length === 0) fail(pattern, 'no file matches this pattern')
}

function foldersOf(file: string): string {
  return file.slice(0, Math.max(0, file.lastIndexOf('/')))
}

interface Found {
  /** Sorted; relative to the folder, with `/` between names. */
  files: string[]
  /** Folders that could not be read. */
  problems: { path: string; problem: string }[]
}

async function findFiles(base: string, rules: WalkRules): Promise<Found> {
  const found: Found = { files: [], problems: [] }
  for await (const walked of walk(base, rules)) {
    if ('problem' in walked) found.problems.push(walked)
    else found.files.push(relative(base, walked.path).replaceAll(sep, '/'))
  }
  found.files.sort()
  return found
}

/**
 * What to read for a name. A `file:` address becomes the path it stands for. A file that is there may be called like an address
 * (`data:1.jpg`): with a folder before it, it cannot be mistaken.
 */
function sourceOf(name: string): string {
  if (!/^[a-z][a-z0-9+.-]+:/i.test(name)) return name
  if (existsSync(name)) return `.${sep}${name}`
  try {
    return /^file:/i.test(name) ? fileURLToPath(name) : name
  } catch {
    // What is wrong with it is told where it is read.
    return name
  }
}
