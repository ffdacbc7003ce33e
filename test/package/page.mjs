import { chromium } from 'playwright-core'
import { CHROMIUM_FLAGS, chromiumPath } from '../helpers/chromium.mjs'

/** @type {Promise<import('playwright-core').Browser> | undefined} */
let browser

/**
 * Opens a page and waits for its answer.
 *
 * @param {string} url
 * @returns {Promise<{ faces: object[], worker: boolean, complaints: string[] }>}
 */
export async function openPage(url, seconds = 40) {
  browser ??= chromium.launch({ executablePath: chromiumPath(), args: CHROMIUM_FLAGS })
  const page = await (await browser).newPage()
  /** @type {string[]} */
  const complaints = []
  page.on('pageerror', (error) => complaints.push(String(error)))
  try {
    const answered = new Promise((done, fail) => {
      setTimeout(() => fail(new Error(`no answer within ${seconds} s`)), 1000 * seconds).unref()
      page.on('console', (message) => {
        const text = message.text()
        if (text.startsWith('answer ')) done(JSON.parse(text.slice('answer '.length)))
        else complaints.push(text)
      })
    })
    // Where the page does not even load, this is nobody's concern any more.
    answered.catch(() => undefined)
    const [answer] = await Promise.all([answered, page.goto(url)])
    if (answer.error) throw new Error(answer.error)
    return { ...answer, complaints }
  } catch (error) {
    throw new Error(`${error instanceof Error ? error.message : error}\n${complaints.join('\n')}`)
  } finally {
    await page.close()
  }
}

export async function closeBrowser() {
  await (await browser)?.close()
}
