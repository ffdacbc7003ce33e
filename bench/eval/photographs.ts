/** Which of the photographs that truth and landmarks name take part. */
import { access } from 'node:fs/promises'
import { join } from 'node:path'

/** What lies in the folder and what does not, in the order given. */
export interface Presence {
  readonly there: readonly string[]
  readonly missing: readonly string[]
}

/** Looks for files, named relative to the folder. */
export async function lookFor(folder: string, files: readonly string[]): Promise<Presence> {
  const found = await Promise.all(
    files.map((file) =>
      access(join(folder, file)).then(
        () => true,
        () => false,
      ),
    ),
  )
  return { there: files.filter((_, n) => found[n]), missing: files.filter((_, n) => !found[n]) }
}

export type Half = 'A' | 'B'

/**
 * The half that a photograph belongs to, by its name alone: the same whatever else is evaluated. About as many of each
 * event in both.
 */
export function halfOf(file: string): Half {
  // FNV-1a, its bits folded: the lowest alone would only say whether the sum of the characters is odd.
  let hash = 0x811c9dc5
  for (const byte of Buffer.from(file)) hash = Math.imul(hash ^ byte, 0x01000193)
  hash ^= hash >>> 16
  hash = Math.imul(hash, 0x45d9f3b)
  return ((hash >>> 15) & 1) === 0 ? 'A' : 'B'
}
