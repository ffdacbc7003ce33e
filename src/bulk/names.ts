import { type Stats, statSync } from 'node:fs'
import { dirname, resolve, sep } from 'node:path'
import { fileURLToPath } from 'node:url'
import { compilePattern, hasWildcard } from './pattern.ts'
import { ADDRESS, commonFolder } from './tree.ts'
import { UsageError } from './usage-error.ts'
import { type WalkRules, walk } from './walk.ts'

/** Names that a folder is searched for. Those that `sharp` may be unable to read are among them, so that this is told. */
export const IMAGE_ENDINGS = [
  ...['jpg', 'jpeg', 'jpe', 'jfif', 'png', 'webp', 'avif', 'gif', 'tif', 'tiff', 'heic', 'heif', 'bmp'],
] as const

/** An image; or a folder or an argument without one, and why. */
export type FoundName =
  | { name: string; problem?: undefined }
  | { name: string; problem: string; what: 'folder' | 'argument' }

export interface NameOptions {
  /** Whether folders below a folder are searched. */
  recursive: boolean
  /** Endings, lower case, without the dot, that folders are searched for. */
  endings: readonly string[]
  /** Absolute: folders that are left out where a folder above them is searched, such as that of the output. */
  skip: readonly string[]
  /** Names for `-`. */
  stdin(): AsyncIterable<string>
}

/** What one argument stands for, known before anything is searched. */
type Source =
  | { kind: 'name'; name: string; folder: string | undefined }
  | { kind: 'folder'; folder: string }
  | { kind: 'pattern'; pattern: string; folder: string }
  | { kind: 'names' }

/** The images that the arguments stand for, to be gone through as often as one likes. */
export interface Names {
  /** Absolute: the folder that all images lie below; for those named by standard input, the current one. */
  base: string
  /** Whether they can be gone through only once. */
  fromStdin: boolean
  /** One by one: nothing is listed. A file that is named twice comes twice. */
  find(): AsyncGenerator<FoundName, void, undefined>
}

/**
 * Reads the arguments: files, folders, patterns, addresses, and `-` for names from standard input. What exists under the very
 * name is never a pattern. Names that start with a dot are left out unless the pattern has the dot.
 *
 * @throws UsageError
 */
export function readNames(args: readonly string[], options: NameOptions): Names {
  const sources = args.map(sourceOf)
  if (sources.filter(({ kind }) => kind === 'names').length > 1) throw new UsageError("'-' can be given once only")
  const fromStdin = sources.some(({ kind }) => kind === 'names')
  const folders = sources.flatMap((source) =>
    'folder' in source && source.folder !== undefined ? [source.folder] : [],
  )
  return {
    base: commonFolder(fromStdin ? [...folders, '.'] : folders),
    fromStdin,
    async *find() {
      for (const source of sources) yield* findIn(source, options)
    },
  }
}

function sourceOf(arg: string): Source {
  if (arg === '') throw new UsageError('a file name is empty')
  if (arg === '-') return { kind: 'names' }
  const name = /^file:\/\//i.test(arg) ? pathOfAddress(arg) : arg
  const info = infoOf(name)
  if (info?.isDirectory()) return { kind: 'folder', folder: name }
  if (info === undefined && ADDRESS.test(name)) return { kind: 'name', name, folder: undefined }
  if (info === undefined && hasWildcard(name)) {
    const pattern = sep === '\\' ? name.replaceAll('\\', '/') : name
    return { kind: 'pattern', pattern, folder: compilePattern(pattern).base || '.' }
  }
  return { kind: 'name', name, folder: dirname(name) }
}

/** Undefined where nothing is, or nothing can be: what is wrong with the name is told when it is read. */
function infoOf(name: string): Stats | undefined {
  try {
    return statSync(name, { throwIfNoEntry: false })
  } catch {
    return undefined
  }
}

function pathOfAddress(address: string): string {
  try {
    return fileURLToPath(address)
  } catch {
    throw new UsageError(`'${address}' is no usable file: address`)
  }
}

async function* findIn(source: Source, options: NameOptions): AsyncGenerator<FoundName, void, undefined> {
  switch (source.kind) {
    case 'name':
      yield { name: source.name }
      break
    case 'names':
      for await (const name of options.stdin()) yield { name }
      break
    case 'folder':
      yield* findInFolder(source.folder, options)
      break
    case 'pattern':
      yield* findPattern(source.pattern, options)
  }
}

const HIDDEN = /(^|\/)\.[^/]*$/

/** What is searched of a folder: the files with these endings, but hidden ones, and not the folders that are left out. */
export function folderRules(
  folder: string,
  { recursive, endings, skip }: Pick<NameOptions, 'recursive' | 'endings' | 'skip'>,
): WalkRules {
  const wanted = new Set(endings)
  const skipped = skip.filter((path) => path !== resolve(folder))
  return {
    enters: (path) => recursive && !HIDDEN.test(path) && !skipped.includes(resolve(folder, path)),
    takes: (path) => wanted.has(/\.([^./]*)$/.exec(path)?.[1]?.toLowerCase() ?? '') && !HIDDEN.test(path),
  }
}

async function* findInFolder(folder: string, options: NameOptions) {
  let count = 0
  for await (const { path, ...problem } of walk(folder, folderRules(folder, options))) {
    count++
    yield 'problem' in problem ? { name: path, problem: problem.problem, what: 'folder' as const } : { name: path }
  }
  if (count === 0) yield { name: folder, problem: 'no image file in this folder', what: 'argument' as const }
}

async function* findPattern(pattern: string, { skip }: NameOptions): AsyncGenerator<FoundName, void, undefined> {
  const { base, entersFolder, takesFile } = compilePattern(pattern)
  let count = 0
  const enters = (path: string) => entersFolder(path) && !skip.includes(resolve(base, path))
  for await (const { path, ...problem } of walk(base, { enters, takes: takesFile })) {
    // A folder that is missing or closed to us holds no match.
    if ('problem' in problem) continue
    count++
    yield { name: path }
  }
  if (count === 0) yield { name: pattern, problem: 'no file matches this pattern', what: 'argument' }
}
