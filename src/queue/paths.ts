import { isAbsolute, join, relative, resolve, sep } from 'node:path'
import { isAddress } from './identity.ts'

/** What a name of an image stands for on this machine, or why it stands for nothing. */
export type Placed = { source: string } | { problem: string }

/**
 * The name under which an image is queued: relative to the root, with `/` between folders, so that each machine may have the root
 * in another place. Without a root, as it was typed.
 *
 * @param base - The folder that the name is seen from.
 */
export function queuedName(name: string, root: string | undefined, base = '.'): { name: string } | { problem: string } {
  if (isAddress(name)) return { name }
  if (root === undefined) return { name: slashes(name) }
  const below = relative(root, resolve(base, name))
  return isOutside(below) ? { problem: `it is not below --root '${root}'` } : { name: slashes(below) }
}

/**
 * Where to read an image that was queued. With a root, nothing outside it is read: whoever can write to the Redis could name any file.
 * Links inside the root are followed.
 */
export function placeOf(name: string, root: string | undefined): Placed {
  if (isAddress(name)) return { source: name }
  if (root === undefined) return { source: name }
  const path = isAbsolute(name) ? name : join(root, name)
  return isOutside(relative(root, path)) ? { problem: 'it is not below --root of this machine' } : { source: path }
}

function isOutside(below: string): boolean {
  return below === '' || below === '..' || below.startsWith(`..${sep}`) || isAbsolute(below)
}

function slashes(path: string): string {
  return sep === '/' ? path : path.replaceAll(sep, '/')
}
