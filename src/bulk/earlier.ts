import { closeSync, createReadStream, fsyncSync, openSync, renameSync, rmSync, statSync, writeSync } from 'node:fs'
import { CSV_HEADER, readCsvRow } from './csv.ts'
import { temporaryFor } from './output.ts'
import { UsageError } from './usage-error.ts'

export type JournalFormat = 'jsonl' | 'csv'

/** What an earlier run has left. */
export interface Earlier {
  /** Bytes up to the end of the last image that is whole. */
  size: number
}

/** Gets an image that an earlier run has done. */
export type TakeEarlier = (file: string, failed: boolean) => void | Promise<void>

/** A line that was read. */
interface Entry {
  text: Buffer
  /** Where the next one begins. */
  end: number
  /** Missing for a header. */
  file?: string
  failed: boolean
  /** Whether it is the last of its image. */
  isLast: boolean
}

/**
 * Reads the output of an earlier run, line by line.
 *
 * @param take - Gets the name of each image that has a line.
 * @throws UsageError for a file of something else.
 */
export async function readEarlier(path: string, format: JournalFormat, take: TakeEarlier): Promise<Earlier> {
  const earlier: Earlier = { size: 0 }
  for await (const { file, failed, isLast, end } of entriesOf(path, format)) {
    if (!isLast) continue
    earlier.size = end
    if (file !== undefined) await take(file, failed)
  }
  return earlier
}

/** Takes the lines of images that failed out of a file: all of them or, where that is interrupted, none. */
export async function withoutFailed(path: string, format: JournalFormat): Promise<void> {
  if (!statSync(path, { throwIfNoEntry: false })) return
  const temporary = temporaryFor(path)
  const file = openSync(temporary, 'w')
  try {
    for await (const { text, failed } of entriesOf(path, format)) if (!failed) writeSync(file, text)
    fsyncSync(file)
    renameSync(temporary, path)
  } finally {
    closeSync(file)
    rmSync(temporary, { force: true })
  }
}

/** The whole lines of a file. What follows the last line break was torn. */
async function* entriesOf(path: string, format: JournalFormat): AsyncGenerator<Entry, void, undefined> {
  if (!statSync(path, { throwIfNoEntry: false })) return
  const read = format === 'csv' ? readCsv : readJson
  let rest: Buffer = Buffer.alloc(0)
  let offset = 0
  let number = 0
  for await (const chunk of createReadStream(path, { highWaterMark: 1 << 18 })) {
    rest = rest.length === 0 ? (chunk as Buffer) : Buffer.concat([rest, chunk as Buffer])
    let from = 0
    for (let end = rest.indexOf(10); end >= 0; end = rest.indexOf(10, from)) {
      const text = rest.subarray(from, end + 1)
      const line = text.toString()
      offset += text.length
      const entry = number++ === 0 && line === CSV_HEADER && format === 'csv' ? HEADER : read(line.slice(0, -1))
      if (entry === undefined || (format === 'csv' && number === 1 && entry !== HEADER)) {
        throw new UsageError(`--out: '${path}' was not written by this command: its line ${number} is of another kind`)
      }
      yield { ...entry, text, end: offset }
      from = end + 1
    }
    rest = rest.subarray(from)
    if (rest.length > LONGEST_LINE) throw new UsageError(`--out: '${path}' was not written by this command`)
  }
}

/** Bytes; a line with 100,000 faces has fewer. */
const LONGEST_LINE = 1 << 26

const HEADER = { failed: false, isLast: true }

function readCsv(line: string) {
  const found = readCsvRow(line)
  return found && { file: found.file, failed: found.failed, isLast: found.row >= found.rows }
}

/** As this command writes it: the name first, then what came of it. So the faces need not be read. */
const START = /^\{"file":("(?:[^"\\]|\\.)*"),"(error|width)":.*\}$/

function readJson(line: string) {
  const [, file, next] = START.exec(line) ?? []
  try {
    if (file !== undefined) return { file: JSON.parse(file) as string, failed: next === 'error', isLast: true }
    const value: unknown = JSON.parse(line)
    const { file: name, error } = Object(value) as { file?: unknown; error?: unknown }
    return typeof name === 'string' ? { file: name, failed: error !== undefined, isLast: true } : undefined
  } catch {
    return undefined
  }
}
