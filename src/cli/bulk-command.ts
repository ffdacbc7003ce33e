import { statSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { extname, join, resolve } from 'node:path'
import { IMAGE_ENDINGS } from '../bulk/names.ts'
import { endingOf, type PictureEnding } from '../bulk/picture.ts'
import { UsageError } from '../bulk/usage-error.ts'
import type { AnonymiseOptions } from '../options/anonymise.ts'
import { resolveAnonymiseOptions } from '../options/anonymise.ts'
import { type CropOptions, resolveExtractOptions } from '../options/crop.ts'
import type { CreateOptions } from '../options/options.ts'
import { resolveCreateOptions } from '../options/resolve.ts'
import { BLUR_FLAGS, CROP_FLAGS } from './bulk-flags.ts'
import { number } from './flag.ts'
import { judge, type Values } from './values.ts'

/** What is done with each of many images. */
export interface BulkCommand {
  kind: 'bulk'
  task: 'detect' | 'crop' | 'blur'
  /** Files, folders, patterns, addresses and `-`, as typed. */
  files: string[]
  options: CreateOptions
  crop: CropOptions
  hide: AnonymiseOptions
  /** Where the lines go: a file, `-` for standard output; undefined for nowhere. */
  lines: { path: string; format: 'jsonl' | 'csv' } | undefined
  /** The folder that crops or copies go to. */
  folder: string | undefined
  /** The ending of crops or copies, with its dot. */
  ending: PictureEnding | undefined
  draw: string | undefined
  workers: number
  /** Milliseconds. */
  timeout: number
  recursive: boolean
  endings: readonly string[]
  nul: boolean
  retryFailed: boolean
  quiet: boolean
  force: boolean
}

/** The file in a folder of crops or copies that says what each is made of. */
export const INDEX = 'index.jsonl'

/**
 * Reads what the flags of a command for many images say.
 *
 * @throws UsageError
 */
export function readBulkCommand(
  task: BulkCommand['task'],
  files: string[],
  values: Values,
  shared: { options: CreateOptions; workers: number | undefined },
): BulkCommand {
  const text = (name: string) => (values.has(name) ? String(values.get(name)) : undefined)
  const { detect } = resolveCreateOptions(shared.options)
  const crop: CropOptions = {}
  const hide: AnonymiseOptions = {}
  const flags: [name: string, into: object, option: string, read: ((text: string) => unknown) | undefined][] = [
    ...CROP_FLAGS.filter(() => task === 'crop').map((flag) => [flag.name, crop, flag.crop, flag.read] as const),
    ...BLUR_FLAGS.filter(() => task === 'blur').map((flag) => [flag.name, hide, flag.hide, flag.read] as const),
  ].map(([name, into, option, read]) => [name, into, option, read])
  for (const [name, into, option, read] of flags) {
    const value = values.get(name)
    if (value === undefined) continue
    judge(`--${name}: `, () => {
      Object.assign(into, { [option]: read === undefined ? value : read(String(value)) })
      if (task === 'crop') resolveExtractOptions(detect, crop)
      else resolveAnonymiseOptions(hide)
    })
  }
  // Aligned crops need landmarks, which not every search finds.
  if (task === 'crop') judge('', () => resolveExtractOptions(detect, crop))
  return {
    kind: 'bulk',
    task,
    files,
    ...sharedOut(shared.options, shared.workers),
    crop,
    hide,
    ...readOut(task, text('out'), values.has('in-place')),
    ending: text('format') === undefined ? undefined : readFormat(text('format')!),
    draw: text('draw') === undefined ? undefined : readDraw(text('draw')!),
    timeout: readTimeout(text('timeout')),
    recursive: values.get('recursive') !== false,
    endings: readEndings(text('ext')),
    nul: values.has('null'),
    retryFailed: values.has('retry-failed'),
    quiet: values.has('quiet'),
    force: values.has('force'),
  }
}

/** Shares the processors out: among images, and among the threads that search one image together. */
function sharedOut({ threads, ...options }: CreateOptions, workers: number | undefined) {
  const processors = availableParallelism()
  if (threads === undefined) return { options, workers: workers ?? processors }
  const count = workers ?? (threads === 'auto' ? processors : Math.max(1, Math.floor(processors / threads)))
  const each = threads === 'auto' ? Math.max(1, Math.floor(processors / count)) : threads
  return { options: { ...options, threads: each }, workers: count }
}

function readOut(task: BulkCommand['task'], out: string | undefined, inPlace: boolean) {
  const format = out === undefined ? undefined : formatOf(out)
  if (task === 'detect' || inPlace) {
    if (out !== undefined && format === undefined) {
      const wanted = 'a name that ends in .jsonl or .csv, or - for JSONL on standard output'
      throw new UsageError(`--out: ${inPlace ? 'with --in-place' : 'detect'} takes ${wanted}; got '${out}'`)
    }
    return { lines: out === undefined ? undefined : { path: out, format: format! }, folder: undefined }
  }
  if (out === undefined) {
    const hint = task === 'blur' ? ", or '--in-place' to write over the originals" : ''
    throw new UsageError(
      `where do the pictures go? Give a folder: --out ${task === 'blur' ? 'copies' : 'crops'}/${hint}`,
    )
  }
  if (statSync(out, { throwIfNoEntry: false })?.isFile())
    throw new UsageError(`--out: '${out}' is a file; ${task} takes a folder`)
  if (out === '-') throw new UsageError(`--out: ${task} takes a folder; got '-'`)
  return { lines: { path: join(out, INDEX), format: 'jsonl' as const }, folder: resolve(out) }
}

function formatOf(out: string): 'jsonl' | 'csv' | undefined {
  if (out === '-') return 'jsonl'
  const info = statSync(out, { throwIfNoEntry: false })
  if (info?.isDirectory()) return undefined
  const ending = extname(out).toLowerCase()
  if (ending === '.csv') return 'csv'
  // Pipes and devices have names of their own.
  return ending === '.jsonl' || ending === '.ndjson' || (info && !info.isFile()) ? 'jsonl' : undefined
}

function readFormat(text: string): PictureEnding {
  const ending = endingOf(`.${text.replace(/^\./, '')}`)
  if (ending === undefined) throw new UsageError(`--format: png, jpg, webp, avif, tif or gif is wanted; got '${text}'`)
  return ending
}

/** For many images there is a folder, in which the tree is kept. */
function readDraw(text: string): string {
  if (endingOf(text) === undefined && !text.includes('{name}')) return resolve(text)
  throw new UsageError(`--draw: with --out, crop and blur it takes a folder, in which the tree is kept; got '${text}'`)
}

function readTimeout(text: string | undefined): number {
  if (text === undefined) return 60_000
  let seconds = 0
  judge('--timeout: ', () => {
    seconds = number(text)
  })
  if (!(seconds > 0)) throw new UsageError(`--timeout: seconds over 0 are wanted; got '${text}'`)
  return seconds * 1000
}

/** @throws UsageError for what no ending can be. */
export function readEndings(text: string | undefined): readonly string[] {
  if (text === undefined) return IMAGE_ENDINGS
  const endings = text.split(',').map((ending) =>
    ending
      .trim()
      .replace(/^\*?\./, '')
      .toLowerCase(),
  )
  const wrong = endings.find((ending) => ending === '' || /[./\\*?]/.test(ending))
  if (wrong !== undefined) throw new UsageError(`--ext: endings are wanted, such as jpg,png; got '${text}'`)
  return endings
}
