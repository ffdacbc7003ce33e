import type { Dirent } from 'node:fs'
import { opendir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { nameOfBytes, pathOfName } from './name-text.ts'

/** A file below a folder, or a folder that could not be read. */
export type Walked = { path: string } | { path: string; problem: string }

/** Which folders are entered and which files are taken; paths are relative to where the walk begins, with `/` between names. */
export interface WalkRules {
  enters(folder: string): boolean
  takes(file: string): boolean
}

/** How many names of a folder are asked for at once. */
const NAMES_AT_ONCE = 256

/**
 * Gives the files below a folder one by one, in the order in which the system has them: nothing is listed, however many there are.
 * Only files and links to files: a pipe or a device may never end. Links to folders are not followed, which could lead in circles.
 *
 * @param base - Where to begin; '' for the current folder. Paths are given with it in front.
 */
export async function* walk(base: string, rules: WalkRules): AsyncGenerator<Walked, void, undefined> {
  // Folders still to be read, the next one last: so no more wait than there are beside the way down.
  const waiting = ['']
  for (let folder = waiting.pop(); folder !== undefined; folder = waiting.pop()) {
    const path = join(base, folder)
    try {
      const place = pathOfName(path === '' ? '.' : path)
      // The types of Node know no names in bytes here.
      const options = { encoding: 'buffer' as BufferEncoding, bufferSize: NAMES_AT_ONCE }
      for await (const entry of await opendir(place as string, options)) {
        const name = nameOfBytes(entry.name as unknown as Buffer)
        const below = folder === '' ? name : `${folder}/${name}`
        if (entry.isDirectory()) {
          if (rules.enters(below)) waiting.push(below)
        } else if (rules.takes(below) && (await isFile(entry, join(base, below)))) yield { path: join(base, below) }
      }
    } catch (error) {
      yield { path: path === '' ? '.' : path, problem: `could not read this folder: ${(error as Error).message}` }
    }
  }
}

/** Through links, and where the system does not say what an entry is. */
async function isFile(entry: Dirent, path: string): Promise<boolean> {
  if (entry.isFile()) return true
  if (entry.isFIFO() || entry.isSocket() || entry.isCharacterDevice() || entry.isBlockDevice()) return false
  const info = await stat(pathOfName(path)).catch(() => undefined)
  return info?.isFile() ?? false
}
