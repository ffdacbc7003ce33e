// The extension of examples/recipes/extension, loaded into Chromium: its popup, its background, its offscreen document, and what its
// content script does to a page.

import { cp, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { chromium } from 'playwright-core'
import { CHROMIUM_FLAGS, chromiumPath } from '../helpers/chromium.mjs'
import { expectNear } from './expect.mjs'
import { run } from './process.mjs'
import { serveFolder } from './server.mjs'

const PAGE = '<!doctype html><title>A page</title><link rel="icon" href="data:,"><img src="faces.jpg" width="300">'
/** What somebody may try: the main entry in a background that is made of several files. */
const WRONG = `import { MTCNN } from 'mtcnn-wasm'
chrome.runtime.onMessage.addListener((_, __, respond) => {
  MTCNN.create().then(() => respond({}), ({ code, message }) => respond({ code, message }))
  return true
})`

/** @param {import('./cases.mjs').Setting} setting */
export function extension({ here, wanted, project }) {
  /**
   * @param {'vite8' | 'esbuild'} bundler
   * @param {string} [background]
   * @returns {Promise<{ folder: string, root: string }>} The project, and the extension's folder in it.
   */
  async function built(bundler, background) {
    const folder = await project()
    const root = join(folder, 'extension')
    await cp(join(here, '../../examples/recipes/extension'), root, { recursive: true })
    if (background) await writeFile(join(root, 'background.js'), background)
    if (bundler === 'vite8') {
      await run(process.execPath, [join(here, 'bundle.mjs'), 'vite8, its configuration', root, ''], { cwd: root })
    } else {
      // Packages are found beside the file that imports them.
      const build = (await readFile(join(root, 'esbuild.mjs'), 'utf8')).replace(
        "from 'esbuild'",
        `from ${JSON.stringify(import.meta.resolve('esbuild'))}`,
      )
      await writeFile(join(root, 'build.mjs'), build)
      await run(process.execPath, ['build.mjs'], { cwd: root })
    }
    return { folder, root }
  }

  /**
   * Opens Chromium with the extension in it.
   *
   * @template T
   * @param {{ folder: string, root: string }} built
   * @param {(context: import('playwright-core').BrowserContext, url: string) => Promise<T>} use - Gets the address of the extension.
   */
  async function loaded({ folder, root }, use) {
    const dist = join(root, 'dist')
    const profile = join(folder, 'profile')
    const context = await chromium.launchPersistentContext(profile, {
      executablePath: chromiumPath(),
      args: [...CHROMIUM_FLAGS, '--headless=new', `--disable-extensions-except=${dist}`, `--load-extension=${dist}`],
    })
    try {
      const worker = context.serviceWorkers()[0] ?? (await context.waitForEvent('serviceworker', { timeout: 20_000 }))
      return await use(context, new URL('/', worker.url()).href)
    } finally {
      await context.close()
      await rm(profile, { recursive: true, force: true, maxRetries: 3 })
    }
  }

  /** @param {'vite8' | 'esbuild'} bundler */
  const works = (bundler) => ({
    name: `extension, ${bundler}`,
    async test() {
      const it = await built(bundler)
      const site = join(it.folder, 'public')
      await writeFile(join(site, 'index.html'), PAGE)
      const server = await serveFolder(site)
      try {
        return await loaded(it, async (context, url) => {
          /** @type {string[]} */
          const complaints = []
          context.on('console', (message) => complaints.push(message.text()))
          context.on('weberror', (error) => complaints.push(String(error.error())))

          const popup = await context.newPage()
          await popup.goto(`${url}popup.html`)
          await popup.setInputFiles('input', join(site, 'faces.jpg'))
          await popup.getByText(`${wanted.length} found`).waitFor()
          if (popup.workers().length !== 1) throw new Error(`the popup has ${popup.workers().length} workers`)
          for (const to of ['background', 'background, offscreen']) {
            const answer = await popup.evaluate((message) => globalThis.chrome.runtime.sendMessage(message), {
              to,
              url: `${server.url}faces.jpg`,
            })
            if (answer.error) throw new Error(`${to}: ${answer.error}`)
            expectNear(answer.faces, wanted)
          }

          const page = await context.newPage()
          await page.goto(server.url)
          const frames = page.locator('.face-frame')
          await frames.nth(wanted.length - 1).waitFor()
          const { factor, boxes } = await page.evaluate(() => {
            const image = /** @type {HTMLImageElement} */ (document.querySelector('img'))
            const { left, top } = image.getBoundingClientRect()
            const boxes = [...document.querySelectorAll('.face-frame')].map((frame) => {
              const { x, y, width, height } = frame.getBoundingClientRect()
              return { x: x - left, y: y - top, width, height }
            })
            return { factor: image.naturalWidth / image.width, boxes }
          })
          const scaled = ({ x, y, width, height }) => ({
            box: { x: x * factor, y: y * factor, width: width * factor, height: height * factor },
          })
          expectNear(boxes.map(scaled), wanted, 3)
          if (complaints.length > 0) throw new Error(`the console says: ${complaints}`)
          return `${wanted.length} faces in popup, background, offscreen document and a page`
        })
      } finally {
        server.close()
      }
    },
  })

  return [
    works('vite8'),
    works('esbuild'),
    {
      name: 'extension, main entry in the background',
      async test() {
        return loaded(await built('vite8', WRONG), async (context, url) => {
          const popup = await context.newPage()
          await popup.goto(`${url}popup.html`)
          const { code, message } = await popup.evaluate(() => globalThis.chrome.runtime.sendMessage({}))
          if (code !== 'UNSUPPORTED_PLATFORM' || !/service workers .*mtcnn-wasm\/slim/.test(message)) {
            throw new Error(`${code}: ${message}`)
          }
          return 'refused, and told what to use'
        })
      },
    },
  ]
}
