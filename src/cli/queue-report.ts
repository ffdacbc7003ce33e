import { duration } from '../bulk/tally.ts'
import type { Status } from '../queue/status.ts'
import { align } from './table.ts'

const PLURALS: Readonly<Record<string, string>> = { batch: 'batches', process: 'processes' }

/** @example count(1200, 'image') // '1,200 images' */
export function count(value: number, what: string): string {
  return `${value.toLocaleString('en')} ${value === 1 ? what : (PLURALS[what] ?? `${what}s`)}`
}

/** What a queue is doing, for people. */
export function statusText(status: Status): string {
  const { name, images, faces, errors, batches, workers, rate, secondsLeft, redis } = status
  const number = (value: number) => value.toLocaleString('en')
  const megabytes = (bytes: number) => `${number(Math.round(bytes / 1e6))} MB`
  const share = images.added === 0 ? '' : ` (${((100 * images.done) / images.added).toFixed(1)} %)`
  const reasons = Object.entries(errors).map(([code, value]) => `${code} ${number(value)}`)
  const batchParts = [
    `${number(batches.waiting)} waiting`,
    `${number(batches.active)} active`,
    `${number(batches.later)} to be tried again`,
  ]
  if (batches.failed > 0) batchParts.push(`${number(batches.failed)} failed`)
  if (batches.unsent > 0) batchParts.push(`${number(batches.unsent)} not handed over: run 'queue add' again`)
  const left = secondsLeft === null ? '' : `, ${secondsLeft === 0 ? 'all done' : `${duration(secondsLeft)} left`}`
  const most = redis.maxMemory === 0 ? 'no limit' : `limit ${megabytes(redis.maxMemory)}`
  const rows = [
    ['images', `${number(images.added)} added, ${number(images.done)} done${share}, ${number(images.left)} left`],
    ['failed', [number(images.failed), ...reasons].join('  ')],
    ['faces', number(faces)],
    ['batches', batchParts.join(', ')],
    ['workers', number(workers)],
    ['rate', `${rate.toFixed(1)} images per second over the last minute${left}`],
    [
      'redis',
      `${redis.version}, ${megabytes(redis.usedMemory)}, ${most}, appendonly ${redis.appendOnly ? 'yes' : 'no'}`,
    ],
  ]
  if (images.removed > 0) rows.splice(1, 0, ['removed', `${number(images.removed)} results were written and removed`])
  return `${name}\n${align(rows, [0, 1])}\n`
}
