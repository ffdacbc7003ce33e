import { chromium } from 'playwright-core'
import { CHROMIUM_FLAGS, chromiumPath } from '../helpers/chromium.mjs'

/** @type {Promise<import('playwright-core').Browser> | undefined} */
let browser

/**
 * A page, with what it complains of on the console, and the addresses of requests that fail.
 *
 * @param {(text: string) => boolean} [expected] - Takes what is no complaint.
 */
export async function newPage(expected = () => false) {
  browser ??= chromium.launch({ executablePath: chromiumPath(), args: CHROMIUM_FLAGS })
  const page = await (await browser).newPage()
  /** @type {string[]} */
  const complaints = []
  /** @type {string[]} */
  const failed = []
  page.on('requestfailed', (request) => failed.push(request.url()))
  page.on('response', (response) => {
    if (response.status() >= 400) failed.push(response.url())
  })
  page.on('pageerror', (error) => complaints.push(String(error)))
  page.on('console', (message) => {
    if (!expected(message.text())) complaints.push(message.text())
  })
  return { page, complaints, failed }
}

/**
 * Opens a page and waits for its answer.
 *
 * @param {string} url
 * @returns {Promise<{ faces: object[], worker: boolean, complaints: string[], failed: string[] }>}
 */
export async function openPage(url, seconds = 40) {
  let done = (/** @type {object} */ _) => {}
  const isAnswer = (/** @type {string} */ text) => {
    if (!text.startsWith('answer ')) return false
    done(JSON.parse(text.slice('answer '.length)))
    return true
  }
  const { page, complaints, failed } = await newPage(isAnswer)
  try {
    const answered = new Promise((resolve, fail) => {
      done = resolve
      setTimeout(() => fail(new Error(`no answer within ${seconds} s`)), 1000 * seconds).unref()
    })
    // Where the page does not even load, this is nobody's concern any more.
    answered.catch(() => undefined)
    const [answer] = await Promise.all([answered, page.goto(url)])
    if (answer.error) throw new Error(answer.error)
    return { ...answer, complaints, failed }
  } catch (error) {
    throw new Error(`${error instanceof Error ? error.message : error}\n${complaints.join('\n')}`)
  } finally {
    await page.close()
  }
}

export async function closeBrowser() {
  await (await browser)?.close()
}
