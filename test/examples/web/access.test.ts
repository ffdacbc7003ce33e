import axe from 'axe-core'
import type { Browser, Page } from 'playwright'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { drop, launch, type Site } from '../chromium.ts'
import { DESKTOP, faces, PHONE, said, serveExamples, visitGroup } from './page.ts'

let site: Site
let browser: Browser

beforeAll(async () => {
  site = await serveExamples()
  browser = await launch('--use-fake-device-for-media-stream', '--use-fake-ui-for-media-stream')
})

afterAll(async () => {
  await browser?.close()
  site?.close()
})

/** What a reader cannot read or use, as axe finds it. */
async function violations(page: Page): Promise<string[]> {
  // Colours in between are nobody's fault.
  await page.evaluate(() => Promise.allSettled(document.getAnimations().map(({ finished }) => finished)))
  await page.evaluate(axe.source)
  return page.evaluate(async () => {
    const { violations } = await (globalThis as unknown as { axe: typeof axe }).axe.run(document, {
      runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'],
    })
    return violations.flatMap(({ id, nodes }) =>
      nodes.map(({ target, failureSummary }) => `${id} ${target}: ${failureSummary}`),
    )
  })
}

/** At 200 % a window of 1280 x 800 holds half of that. */
const ZOOMED = { width: 640, height: 400 }

describe.each(['light', 'dark'] as const)('%s', (colorScheme) => {
  it.each([
    ['1280 x 800', { viewport: DESKTOP }],
    ['200 % zoom', { viewport: ZOOMED, deviceScaleFactor: 2 }],
    ['390 x 844', { viewport: PHONE, deviceScaleFactor: 2, isMobile: true, hasTouch: true }],
  ])('has nothing that axe objects to, %s', async (_, device) => {
    const page = await visitGroup(browser, site, { ...device, colorScheme })
    await page.locator('.crop img').first().waitFor()
    expect(await violations(page)).toEqual([])
    // With everything open, and a face that tells of itself.
    for (const title of ['Settings', 'How the faces were found']) {
      const fold = page.locator('details.card', { has: page.getByRole('heading', { name: title }) })
      if (!(await fold.evaluate((details) => (details as HTMLDetailsElement).open)))
        await fold.locator('summary').first().click()
    }
    await page.getByText('More settings').click()
    await page.locator('.levels figure').first().waitFor()
    await page.getByLabel('Compare with').selectOption('Fast')
    await page.locator('.verdict').first().waitFor()
    await faces(page).first().focus()
    expect(await violations(page)).toEqual([])
    await page.getByLabel('Compare with').selectOption('Nothing')
    await drop(page, '.view', 'notes.txt', 'text/plain', btoa('no picture'))
    await page.getByRole('alert').filter({ hasText: 'notes.txt' }).waitFor()
    expect(await violations(page)).toEqual([])
    await page.getByRole('button', { name: 'Use the camera' }).click()
    await said(page, 'found in the camera')
    expect(await violations(page)).toEqual([])
  })

  it('has the ground of its scheme', async () => {
    const page = await visitGroup(browser, site, { viewport: DESKTOP, colorScheme })
    const ground = await page.evaluate(() => getComputedStyle(document.body).backgroundColor)
    expect(Number(ground.match(/\d+/)![0]) > 128).toBe(colorScheme === 'light')
  })
})

describe('a narrow window', () => {
  it.each([
    ['200 % zoom', ZOOMED],
    ['400 % zoom', { width: 320, height: 256 }],
    ['a phone', PHONE],
    ['a tablet', { width: 820, height: 1180 }],
  ])('needs no scrolling sideways: %s', async (_, viewport) => {
    const page = await visitGroup(browser, site, { viewport })
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(viewport.width)
  })

  it('of a phone has the result first and the explanation folded', async () => {
    const page = await visitGroup(browser, site, { viewport: PHONE, isMobile: true, hasTouch: true })
    const top = async (selector: string) => (await page.locator(selector).first().boundingBox())!.y
    const order = await Promise.all(['.view', '.status', '.gallery', '.faces', '.settings', '.explanation'].map(top))
    expect(order).toEqual([...order].sort((a, b) => a - b))
    expect(order[1]).toBeLessThan(PHONE.height)
    expect(await page.locator('.levels').isVisible()).toBe(false)
    expect(await page.locator('#minFaceSize').isVisible()).toBe(false)
    // Folded, it is not worked at either.
    expect(await page.locator('[data-drawn]').count()).toBe(0)
    await page.getByText('How the faces were found').click()
    await page.locator('.looks').scrollIntoViewIfNeeded()
    await page.locator('.looks [data-drawn]').first().waitFor()
  })
})
