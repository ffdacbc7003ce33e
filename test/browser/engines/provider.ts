/**
 * Lets Vitest run tests in browsers that it does not know itself.
 */
import { defineBrowserProvider } from '@vitest/browser'
import type { BrowserProvider } from 'vitest/node'
import type { Browser } from './browser.ts'

/** The browser that is open: tests run in one after the other, and one that has done its part is closed. */
let current: { owner: BrowserProvider; browser: Promise<Browser> } | undefined

async function closeCurrent(): Promise<void> {
  const { browser } = current ?? {}
  current = undefined
  await (await browser?.catch(() => undefined))?.close()
}

export function provider(engine: string, start: () => Promise<Browser>) {
  return defineBrowserProvider({
    name: engine,
    supportedBrowser: [engine],
    providerFactory: () => {
      const owner: BrowserProvider & { version?: string } = {
        name: engine,
        supportsParallelism: false,
        getCommandsContext: () => ({ browser: current?.browser }),
        async openPage(_, url) {
          await closeCurrent()
          current = { owner, browser: start() }
          const browser = await current.browser
          owner.version = browser.version
          await browser.open(url)
        },
        async close() {
          if (current?.owner === owner) await closeCurrent()
        },
      }
      return owner
    },
  })
}
