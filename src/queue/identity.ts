import { createHash } from 'node:crypto'
import { posix } from 'node:path'
import { ADDRESS } from '../bulk/tree.ts'

/** What of the options of the library belongs to a queue: plain values only. */
export type QueueOptions = Readonly<Record<string, unknown>>

/** How many sets the names of a queue are divided into, by the first two bytes of their hash. */
export const NAME_SETS = 1 << 16

/** Which of the sets a name is in, and as which number. */
export interface NameIdentity {
  set: number
  /** A whole number of 64 bits: Redis keeps small sets of such in 8 bytes each. */
  member: string
}

/** Two names of one image have one identity: `a//b.jpg` and `./a/b.jpg`. The set and the number together are 80 bits of SHA-256. */
export function identityOf(name: string): NameIdentity {
  // As JSON: names that are not Unicode differ from one another in it, but not as UTF-8.
  const hash = createHash('sha256')
    .update(JSON.stringify(plainName(name)))
    .digest()
  return { set: hash.readUInt16BE(0), member: String(hash.readBigInt64BE(2)) }
}

/** A job's id is its content: the same images and options give the same id, on every machine. */
export function jobIdOf(names: readonly string[], options: QueueOptions): string {
  const content = JSON.stringify([names, canonical(options)])
  return createHash('sha256').update(content).digest('base64url').slice(0, 22)
}

/** The options as one text, whatever order they were typed in. */
export function canonical(options: QueueOptions): string {
  return JSON.stringify(options, (_, value: unknown) => {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return value
    return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)))
  })
}

export function isAddress(name: string): boolean {
  return ADDRESS.test(name)
}

function plainName(name: string): string {
  return isAddress(name) ? name : posix.normalize(name)
}
