import { fstatSync, lstatSync, statSync } from 'node:fs'
import { join, parse, posix, resolve } from 'node:path'
import { endingOf, PICTURE_FORMATS, type PictureEnding } from '../bulk/picture.ts'
import { UsageError } from '../bulk/usage-error.ts'
import type { Input } from './files.ts'

/** Where the drawing of one image goes. */
export interface Target {
  path: string
  ending: PictureEnding
}

/** Device and inode: one name for one file, whatever paths lead to it. */
export type FileIdentity = string

/** What `--draw` was given. */
export interface DrawPlan {
  /** With `{name}` where each image's own name goes. */
  pattern: string
  ending: PictureEnding
  /** The folder all drawings go to, where a folder was given. */
  folder: string | undefined
}

/**
 * Reads the value of `--draw`: a file, a folder (one that exists or a name that ends in a slash), or a name with `{name}` in it.
 *
 * @throws UsageError where the format is not known.
 */
export function readDrawPattern(out: string): DrawPlan {
  const folder = /[/\\]$/.test(out) || isFolder(out) ? out : undefined
  const pattern = folder === undefined ? out : join(folder, '{name}.png')
  const ending = endingOf(pattern)
  if (ending !== undefined) return { pattern, ending, folder }
  const endings = Object.keys(PICTURE_FORMATS).join(', ')
  throw new UsageError(`--draw: the name must end in ${endings}, or be a folder; got '${out}'`)
}

/**
 * Where the drawing of each input goes. Those that would have the same path are numbered in their order: `x.png`, `x-2.png`.
 *
 * @param force - Files that exist may be overwritten; those that are searched never are.
 * @throws UsageError where all images would be drawn to one file, a photograph would be overwritten, or a file exists.
 */
export function planDrawings(plan: DrawPlan, inputs: readonly Input[], force: boolean): Map<Input, Target> {
  const { pattern, ending, folder } = plan
  if (inputs.length > 1 && !pattern.includes('{name}')) {
    throw new UsageError(
      `--draw: for several images give a folder, such as 'faces/', or a name with {name} in it; got '${pattern}'`,
    )
  }
  const photographs = identities(inputs)
  const taken = new Set<string>()
  const targets = new Map<Input, Target>()
  for (const input of inputs) {
    // Below a folder the tree is kept in which they were found.
    const tree = folder !== undefined && input.folders ? `${input.folders}/` : ''
    const path = firstFree(pattern, `${tree}${nameOf(input)}`, taken)
    const id = identityOf(path)
    if (id !== undefined && photographs.has(id)) {
      throw new UsageError(`--draw: '${path}' is a photograph that is searched; it would be overwritten`)
    }
    if (isFolder(path)) throw new UsageError(`--draw: '${path}' is a folder`)
    if (!force && exists(path)) {
      throw new UsageError(`--draw: '${path}' exists already; with --force it is overwritten`)
    }
    targets.set(input, { path, ending })
  }
  return targets
}

/** Which files the inputs are. */
export function identities(inputs: readonly Input[]): Set<FileIdentity> {
  const found = inputs.map(({ source }) => (source === '-' ? identityOfStdin() : identityOf(source)))
  return new Set(found.filter((id) => id !== undefined))
}

/** Through links; undefined where nothing is. */
export function identityOf(path: string): FileIdentity | undefined {
  try {
    const info = statSync(path, { bigint: true, throwIfNoEntry: false })
    return info && `${info.dev}:${info.ino}`
  } catch {
    // Such as a name that is too long, or an address: no file of ours.
    return undefined
  }
}

/** Standard input may come from a file (`< photo.png`). */
function identityOfStdin(): FileIdentity | undefined {
  try {
    const info = fstatSync(0, { bigint: true })
    return info.isFile() ? `${info.dev}:${info.ino}` : undefined
  } catch {
    // It is closed.
    return undefined
  }
}

/** The names taken are compared without case: some systems take `A.png` and `a.png` for one file. */
function firstFree(pattern: string, name: string, taken: Set<string>): string {
  for (let number = 1; ; number++) {
    const path = pattern.replaceAll('{name}', () => (number === 1 ? name : `${name}-${number}`))
    const key = resolve(path).normalize().toLowerCase()
    if (taken.has(key)) continue
    taken.add(key)
    return path
  }
}

/** The name of the image without folder and ending. It is always a name of its own: `..` would lead out of the folder. */
function nameOf({ name, source }: Input): string {
  if (source === '-') return 'stdin'
  const own = /^https?:\/\//i.test(source) ? posix.parse(new URL(source).pathname).name : parse(name).name
  return own.replace(/[/\\]/g, '_').replace(/^\.{0,2}$/, (dots) => '_'.repeat(Math.max(1, dots.length)))
}

/** A link that leads nowhere exists too. */
function exists(path: string): boolean {
  try {
    lstatSync(path)
    return true
  } catch {
    return false
  }
}

function isFolder(path: string): boolean {
  try {
    return statSync(path).isDirectory()
  } catch {
    return false
  }
}
