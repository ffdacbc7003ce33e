/**
 * What is to be seen of the page that the tests run in, as a command that they can call.
 */
import type { BrowserCommandContext } from 'vitest/node'
import type { Browser } from './browser.ts'

/** Playwright's, of which this is all that is needed. */
interface Page {
  screenshot(): Promise<Buffer>
}

declare module 'vitest/browser' {
  interface BrowserCommands {
    /** A PNG file in base64 of what the window shows: the page around the frame of the test too. */
    photograph: () => Promise<string>
  }
}

export async function photograph(context: BrowserCommandContext): Promise<string> {
  const { page, browser } = context as BrowserCommandContext & { page?: Page; browser?: Promise<Browser> }
  if (page) return (await page.screenshot()).toString('base64')
  if (browser) return (await browser).photograph()
  throw new Error('this browser takes no photographs of pages')
}
