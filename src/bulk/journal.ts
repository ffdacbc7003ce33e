import { closeSync, fsyncSync, ftruncateSync, mkdirSync, openSync, statSync, writeSync } from 'node:fs'
import { dirname } from 'node:path'
import { HopelessError } from './child.ts'
import { CSV_HEADER, csvRows } from './csv.ts'
import { type Earlier, type JournalFormat, readEarlier, type TakeEarlier, withoutFailed } from './earlier.ts'
import { jsonLine, type Line } from './line.ts'
import { Lock } from './lock.ts'

/** Where the lines of a run go. */
export interface LineSink {
  /** Writes one line whole, or nothing of it. @throws HopelessError where it cannot be written. */
  add(line: Line): void
  close(): void
}

/**
 * The output of a run, which is also what tells the next run what is done: lines are written whole, one after the other, and a line
 * that was torn by a sudden end is cut off when the file is opened again. One process has it at a time.
 */
export class Journal implements LineSink {
  readonly earlier: Earlier
  readonly #path: string
  readonly #format: JournalFormat
  readonly #file: number
  readonly #lock: Lock | undefined
  #size: number

  private constructor(path: string, format: JournalFormat, lock: Lock | undefined, earlier: Earlier) {
    this.#path = path
    this.#format = format
    this.#lock = lock
    this.earlier = earlier
    this.#file = openSync(path, 'a')
    this.#size = earlier.size
    // What is behind the last whole line was torn. A pipe has no length.
    if (lock) ftruncateSync(this.#file, this.#size)
    if (format === 'csv' && this.#size === 0) this.#write(CSV_HEADER)
  }

  /**
   * Opens the output, and reads what an earlier run has written to it.
   *
   * @param take - Gets each image that has a line.
   * @param retryFailed - Lines of images that failed are taken out first, so that these are done again.
   * @throws LockedError, UsageError for a file of something else, and what the file system throws.
   */
  static async open(
    path: string,
    { format, take, retryFailed }: { format: JournalFormat; take: TakeEarlier; retryFailed: boolean },
  ): Promise<Journal> {
    mkdirSync(dirname(path), { recursive: true })
    const info = statSync(path, { throwIfNoEntry: false })
    // Pipes and devices only take lines.
    if (info && !info.isFile()) return new Journal(path, format, undefined, { size: 0 })
    const lock = Lock.take(path)
    try {
      if (retryFailed) await withoutFailed(path, format)
      return new Journal(path, format, lock, await readEarlier(path, format, take))
    } catch (error) {
      lock.release()
      throw error
    }
  }

  add(line: Line): void {
    this.#write(this.#format === 'csv' ? csvRows(line) : jsonLine(line))
  }

  close(): void {
    try {
      if (this.#lock) fsyncSync(this.#file)
    } finally {
      closeSync(this.#file)
      this.#lock?.release()
    }
  }

  #write(text: string): void {
    const bytes = Buffer.from(text)
    try {
      for (let at = 0; at < bytes.length; ) at += writeSync(this.#file, bytes, at)
      this.#size += bytes.length
    } catch (cause) {
      this.#takeBack()
      throw new HopelessError(`could not write to '${this.#path}': ${(cause as Error).message}`, { cause })
    }
  }

  /** Cuts off what was written of a line. */
  #takeBack(): void {
    try {
      if (this.#lock) ftruncateSync(this.#file, this.#size)
    } catch {
      // Then the next run does it.
    }
  }
}
