/** A server on this machine for the page of a bench: a few folders and a few buffers. */
import { readFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { extname, join, normalize, sep } from 'node:path'

const TYPES: Record<string, string> = {
  '.html': 'text/html',
  '.js': 'text/javascript',
  '.json': 'application/json',
  '.mjs': 'text/javascript',
  '.wasm': 'application/wasm',
}

export interface Served {
  /** With a slash at the end. */
  readonly url: string
  close(): void
}

/**
 * @param folders - By the first part of the path.
 * @param files - By the whole path, beginning with a slash.
 * @param isolated - Whether pages are cross-origin isolated: their clock is then one of 5 microseconds, else of 100. Default true.
 */
export async function serve(
  folders: Readonly<Record<string, string>>,
  files: ReadonlyMap<string, Uint8Array | string>,
  isolated = true,
): Promise<Served> {
  const find = async (path: string): Promise<Uint8Array | string | undefined> => {
    const file = files.get(path)
    if (file !== undefined) return file
    const [, first = '', ...rest] = path.split('/')
    const folder = Object.hasOwn(folders, first) ? folders[first] : undefined
    const inside = normalize(rest.join('/'))
    if (folder === undefined || inside.split(sep).includes('..')) return undefined
    return readFile(join(folder, inside)).catch(() => undefined)
  }
  const server = createServer(async (request, response) => {
    const path = decodeURIComponent(new URL(request.url ?? '/', 'http://localhost').pathname)
    const content = await find(path)
    response.statusCode = content === undefined ? 404 : 200
    response.setHeader('Content-Type', TYPES[extname(path) || '.html'] ?? 'application/octet-stream')
    if (isolated) {
      response.setHeader('Cross-Origin-Opener-Policy', 'same-origin')
      response.setHeader('Cross-Origin-Embedder-Policy', 'require-corp')
    }
    response.end(content)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${port}/`,
    close() {
      server.closeAllConnections()
      server.close()
    },
  }
}
