import { createReadStream, existsSync, statSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { extname, join, normalize } from 'node:path'
import { type Browser, chromium, type Page } from 'playwright'
import { expect } from 'vitest'
import { CHROMIUM_FLAGS, chromiumPath } from '../helpers/chromium.mjs'

const TYPES: Record<string, string> = {
  '.html': 'text/html',
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.jpg': 'image/jpeg',
  '.wasm': 'application/wasm',
}

/** The strictest policy under which the library promises to work. */
const POLICY = [
  "default-src 'self'",
  "script-src 'self' 'wasm-unsafe-eval'",
  "img-src 'self' blob: data:",
  // What the page of examples/web plays of a visitor's own.
  "media-src 'self' blob:",
].join('; ')

export function launch(...flags: string[]): Promise<Browser> {
  return chromium.launch({ executablePath: chromiumPath(), args: [...CHROMIUM_FLAGS, ...flags] })
}

export interface Site {
  url: string
  close(): void
}

/**
 * Serves a folder of built files.
 *
 * @param delays - For a file's path, what its second half waits for.
 */
export async function serve(folder: string, delays: (path: string) => Promise<void> | undefined = () => undefined) {
  const server = createServer(async (request, response) => {
    const path = normalize(decodeURIComponent(new URL(request.url ?? '/', 'http://site').pathname))
    const file = join(folder, path.endsWith('/') ? `${path}index.html` : path)
    if (!existsSync(file) || !statSync(file).isFile()) {
      response.writeHead(404).end()
      return
    }
    const type = TYPES[extname(file)] ?? 'application/octet-stream'
    response.writeHead(200, { 'content-type': type, 'content-security-policy': POLICY })
    const delay = delays(path)
    if (!delay) {
      createReadStream(file).pipe(response)
      return
    }
    const half = Math.floor(statSync(file).size / 2)
    createReadStream(file, { end: half - 1 }).pipe(response, { end: false })
    await delay
    createReadStream(file, { start: half }).pipe(response)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://localhost:${(server.address() as AddressInfo).port}/`,
    close: () => server.close(),
  } satisfies Site
}

/** A page that fails the test where something is written to its console or thrown. */
export async function openPage(browser: Browser, url: string, options?: Parameters<Browser['newPage']>[0]) {
  const page = await browser.newPage(options)
  const complaints: string[] = []
  page.on('console', (message) => complaints.push(message.text()))
  page.on('pageerror', (error) => complaints.push(String(error)))
  await page.goto(url)
  return { page, quiet: () => expect(complaints).toEqual([]) }
}

/** Lets go of a file over the page, as a visitor would. */
export async function drop(page: Page, target: string, name: string, type: string, base64: string): Promise<void> {
  const transfer = await page.evaluateHandle(
    ([name, type, base64]) => {
      const bytes = Uint8Array.from(atob(base64), (character) => character.charCodeAt(0))
      const files = new DataTransfer()
      files.items.add(new File([bytes], name, { type }))
      return files
    },
    [name, type, base64] as const,
  )
  for (const event of ['dragenter', 'dragover', 'drop'])
    await page.dispatchEvent(target, event, { dataTransfer: transfer })
}
