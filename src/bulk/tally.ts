import { shortened } from '../shared/errors.ts'
import { isFailed, type Line } from './line.ts'
import { printable } from './printable.ts'

/** What a run has done so far. */
export class Tally {
  /** Images done by this run, those that failed among them. */
  done = 0
  faces = 0
  failed = 0
  /** Images that an earlier run has done, or that were named twice. */
  skipped = 0
  /** Images that have failed in an earlier run. */
  failedBefore = 0
  /** How many images there are; undefined as long as they are being counted, or where they cannot be. */
  total: number | undefined
  readonly #begin: number
  readonly #now: () => number
  /** By code: how often, and the first of them. */
  readonly #reasons = new Map<string, { count: number; first: string }>()

  /** @param now - The time in milliseconds. */
  constructor(now: () => number = () => performance.now()) {
    this.#now = now
    this.#begin = now()
  }

  add(line: Line): void {
    this.done++
    if (!isFailed(line)) {
      this.faces += line.faces.length
      return
    }
    this.failed++
    const { code, message } = line.error
    const reason = this.#reasons.get(code) ?? { count: 0, first: `${line.file}: ${message}` }
    reason.count++
    this.#reasons.set(code, reason)
  }

  /** Images per second of this run. */
  get rate(): number {
    return this.done / Math.max(this.#seconds, 1e-3)
  }

  get #seconds(): number {
    return (this.#now() - this.#begin) / 1000
  }

  /** The state in one line, for as long as the run goes. */
  progress(): string {
    const seen = this.done + this.skipped
    const { total } = this
    const parts = [total === undefined ? `${count(seen)} images` : `${count(seen)} of ${count(total)} images`]
    parts.push(`${this.rate.toFixed(1)}/s`, `${count(this.faces)} ${this.faces === 1 ? 'face' : 'faces'}`)
    parts.push(`${count(this.failed)} failed`)
    if (total !== undefined && this.done > 0) parts.push(`${duration((total - seen) / this.rate)} left`)
    return parts.join(' | ')
  }

  /** Between 0 and 1; 0 as long as the number of images is not known. */
  get share(): number {
    return this.total ? Math.min(1, (this.done + this.skipped) / this.total) : 0
  }

  /** What is told at the end: some lines, the last of them without a line break. */
  summary(): string {
    const { done, faces, failed, skipped } = this
    const speed = `${this.rate.toFixed(1)} images per second`
    const lines = [
      `${images(done)} in ${duration(this.#seconds)} (${speed}), ${count(faces)} ${faces === 1 ? 'face' : 'faces'}`,
    ]
    if (skipped > 0) lines.push(`${images(skipped)} done before`)
    if (this.failedBefore > 0) lines.push(`${count(this.failedBefore)} failed before; --retry-failed does them again`)
    if (failed > 0) lines.push(`${count(failed)} failed:`)
    const width = Math.max(...[...this.#reasons.values()].map((reason) => count(reason.count).length))
    for (const [code, reason] of [...this.#reasons].sort(([, a], [, b]) => b.count - a.count)) {
      const example = shortened(printable(reason.first), 400)
      lines.push(`  ${count(reason.count).padStart(width)} ${code}${reason.count > 1 ? ', the first' : ''}: ${example}`)
    }
    return lines.join('\n')
  }
}

function images(value: number): string {
  return `${count(value)} ${value === 1 ? 'image' : 'images'}`
}

function count(value: number): string {
  return value.toLocaleString('en')
}

/** @example duration(3700) // '1 h 2 min' */
export function duration(seconds: number): string {
  if (seconds < 60) return `${seconds < 10 ? seconds.toFixed(1) : Math.round(seconds)} s`
  const minutes = Math.round(seconds / 60)
  if (minutes < 60) return `${minutes} min`
  const hours = Math.floor(minutes / 60)
  return hours < 48 ? `${hours} h ${minutes % 60} min` : `${Math.round(hours / 24)} days`
}
