import { newPage } from './page.mjs'

/**
 * Chooses a picture in a page of one of the recipes, and waits for what it finds. Fails where the page cannot load something, or
 * complains on the console; React and Vue chat there in development, below warnings.
 *
 * @param {string} url
 * @param {string} photograph
 * @param {{ hydrated?: boolean }} [options] - React takes over what was rendered on the server.
 * @returns {Promise<{ faces: { box: Record<string, number> }[], workers: string[] }>}
 */
export async function choosePicture(url, photograph, { hydrated = false } = {}) {
  const { page, complaints, failed } = await newPage(() => true)
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') complaints.push(message.text())
  })
  page.setDefaultTimeout(90_000)
  try {
    await page.goto(url)
    const input = page.getByLabel('A picture')
    if (hydrated) {
      // React listens once it has marked the element.
      const marked = (/** @type {Element} */ element) => Object.keys(element).some((key) => key.startsWith('__react'))
      await page.waitForFunction(marked, await input.elementHandle())
    }
    await input.setInputFiles(photograph)
    await page.getByRole('status').filter({ hasText: 'found' }).waitFor()
    const faces = await page
      .getByRole('img', { name: /faces/ })
      .locator('rect')
      .evaluateAll((frames) =>
        frames.map((frame) => {
          const sides = ['x', 'y', 'width', 'height'].map((side) => [side, Number(frame.getAttribute(side))])
          return { box: Object.fromEntries(sides) }
        }),
      )
    const workers = page.workers().map((worker) => worker.url())
    if (failed.length > 0) throw new Error(`failed requests: ${failed.join(', ')}`)
    if (complaints.length > 0) throw new Error('the page complains')
    return { faces, workers }
  } catch (error) {
    throw new Error([error instanceof Error ? error.message : error, ...failed, ...complaints].join('\n'))
  } finally {
    await page.close()
  }
}
