import { isAbsolute, join, posix, relative, resolve, sep } from 'node:path'

/** An image of the web is named by this. */
export const ADDRESS = /^https?:\/\//i

/** Folders for images that lie elsewhere: on the web, and outside of the folder that all others lie below. */
const WEB = '_web'
const OUTSIDE = '_outside'

/**
 * Where the picture made of an image lies below its folder, with `/` between names: as the image lies below `base`. Two images never
 * have the same place.
 *
 * @param name - A path, an `http:` or `https:` address, or `-` for standard input.
 * @param base - Absolute.
 * @example placeInTree('album/2024/a.jpg', resolve('album')) // '2024/a.jpg'
 */
export function placeInTree(name: string, base: string): string {
  if (name === '-') return `${OUTSIDE}/standard-input`
  if (ADDRESS.test(name)) return posix.join(WEB, ...webParts(name))
  const path = resolve(name)
  const below = relative(base, path)
  const isBelow = below !== '' && below.split(sep)[0] !== '..' && !isAbsolute(below)
  const parts = (isBelow ? below : path.replace(/^([a-z]):/i, '$1')).split(sep).filter((part) => part !== '')
  // An image may lie in a folder that has the name of ours.
  if (isBelow) return posix.join(escapedPart(parts[0]!), ...parts.slice(1))
  return posix.join(OUTSIDE, ...parts)
}

function escapedPart(part: string): string {
  return /^_+(web|outside)$/.test(part) ? `_${part}` : part
}

/** Scheme, host, folders, and the name with the query behind it; what no folder is called is encoded. */
function webParts(address: string): string[] {
  const { protocol, host, pathname, search } = new URL(address)
  const folders = pathname.split('/').slice(1)
  const last = folders.pop() || 'index'
  const part = (text: string) => encodeURIComponent(decoded(text)).replace(/^\.+$/, '_')
  return [protocol.slice(0, -1), host.replace(':', '_'), ...folders.map(part), part(last) + encodeURIComponent(search)]
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}

/** The folder that all of these lie below, absolute. */
export function commonFolder(folders: readonly string[]): string {
  const [first = resolve('.'), ...rest] = folders.map((folder) => resolve(folder))
  return rest.reduce((common, folder) => {
    let above = common
    while (!`${folder}${sep}`.startsWith(above.endsWith(sep) ? above : `${above}${sep}`)) above = resolve(above, '..')
    return above
  }, first)
}

/** The path of a place in a folder. */
export function inFolder(folder: string, place: string): string {
  return join(folder, ...place.split('/'))
}
