import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { chmod, mkdir, realpath, rename, rm, stat, writeFile } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { shortened } from '../shared/errors.ts'
import { HopelessError } from './child.ts'
import { nameOfBytes, pathOfName } from './name-text.ts'
import type { Replacement } from './protocol.ts'

/** A picture could not be written; the next one may be. */
export class WriteError extends Error {
  override readonly name = 'WriteError'
}

/** Not the fault of one file: no other can be written either. */
const HOPELESS = ['ENOSPC', 'EDQUOT', 'EROFS', 'EIO', 'ENXIO', 'ENODEV']

/**
 * Where a file is written before it gets its name: in the same folder, hidden, the same each time. So what a run that was killed has
 * left is written over by the next one.
 */
export function temporaryFor(path: string): string {
  const key = createHash('sha256').update(basename(path)).digest('hex').slice(0, 16)
  return join(dirname(path), `.mtcnn-wasm-${key}.tmp`)
}

/**
 * Writes a file whole, over what has its name: no half of it is ever seen. Folders on the way are made.
 *
 * @param original - The image that it is made of, which is never written over.
 * @throws WriteError; HopelessError where no file could be written.
 */
export async function putFile(path: string, bytes: Uint8Array, original: string): Promise<void> {
  await writing(path, async () => {
    if (await isSame(path, original)) throw new WriteError('it is the original, which is never written over')
    const temporary = await putAside(path, bytes)
    try {
      await rename(pathOfName(temporary), pathOfName(path))
    } catch (error) {
      await rm(pathOfName(temporary), { force: true })
      throw error
    }
  })
}

/**
 * Writes what will take the place of a file, beside it, with the rights of that file.
 *
 * @returns Where it is.
 */
export async function putBeside(path: string, bytes: Uint8Array): Promise<string> {
  return writing(path, async () => {
    const { mode } = await stat(pathOfName(path))
    const temporary = await putAside(path, bytes)
    await chmod(pathOfName(temporary), mode)
    return temporary
  })
}

/** Gives a copy without faces the name of its image, from which on the image is without them. */
export async function replace({ from, to }: Replacement): Promise<void> {
  try {
    await rename(pathOfName(from), pathOfName(to))
  } catch (cause) {
    throw new HopelessError(`could not replace '${to}' by '${from}': ${(cause as Error).message}`, { cause })
  }
}

/** Does what a run did not come to that ended between the line of an image and its replacement. */
export async function finishReplacement(name: string): Promise<void> {
  const to = await targetOf(name).catch(() => undefined)
  if (to === undefined) return
  const from = temporaryFor(to)
  if (existsSync(pathOfName(from))) await replace({ from, to })
}

/** The file that a name leads to, through links: the link stays where there is one. */
export async function targetOf(name: string): Promise<string> {
  return nameOfBytes(await realpath(pathOfName(name), { encoding: 'buffer' }))
}

async function putAside(path: string, bytes: Uint8Array): Promise<string> {
  const temporary = temporaryFor(path)
  const place = pathOfName(temporary)
  await mkdir(pathOfName(dirname(path)), { recursive: true })
  await rm(place, { force: true })
  try {
    await writeFile(place, bytes, { flag: 'wx' })
  } catch (error) {
    await rm(place, { force: true })
    throw error
  }
  return temporary
}

async function writing<T>(path: string, write: () => Promise<T>): Promise<T> {
  try {
    return await write()
  } catch (cause) {
    const { code = '', message } = cause as NodeJS.ErrnoException
    const text = `could not write '${shortened(path, 300)}': ${shortened(message, 300)}`
    throw HOPELESS.includes(code) ? new HopelessError(text, { cause }) : new WriteError(text, { cause })
  }
}

/** By device and inode: whatever ways lead to it. */
async function isSame(path: string, other: string): Promise<boolean> {
  const [one, two] = await Promise.all(
    [path, other].map((name) => stat(pathOfName(name), { bigint: true }).catch(() => undefined)),
  )
  return one !== undefined && two !== undefined && one.dev === two.dev && one.ino === two.ino
}
