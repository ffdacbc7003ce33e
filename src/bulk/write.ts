import { randomUUID } from 'node:crypto'
import { link, lstat, mkdir, rename, rm, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'

/**
 * Writes a file all at once: under another name in the same folder first, then renamed, so that no half of it is ever seen under
 * its name and nothing is written through links. Folders on the way are made.
 *
 * @param mayReplace - Asked right before the rename where something has that name; throws where it must stay.
 * @throws what the file system throws, and what `mayReplace` throws; the other name is then gone.
 */
export async function writeWhole(path: string, bytes: Uint8Array, mayReplace: () => void): Promise<void> {
  const folder = dirname(path)
  await mkdir(folder, { recursive: true })
  const temporary = join(folder, `.mtcnn-wasm-${randomUUID()}.tmp`)
  try {
    await writeFile(temporary, bytes, { flag: 'wx' })
    if (await exists(path)) mayReplace()
    else if (await linked(temporary, path)) return
    await rename(temporary, path)
  } finally {
    await rm(temporary, { force: true })
  }
}

/** A link fails where the name has been taken meanwhile; a rename would overwrite. */
async function linked(from: string, to: string): Promise<boolean> {
  try {
    await link(from, to)
    return true
  } catch (error) {
    // Some file systems have no hard links.
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') throw error
    return false
  }
}

async function exists(path: string): Promise<boolean> {
  return (await lstat(path).catch(() => undefined)) !== undefined
}
