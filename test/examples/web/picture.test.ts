import type { Browser } from 'playwright'
import sharp from 'sharp'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { drop, launch, type Site } from '../chromium.ts'
import {
  DESKTOP,
  dropPeople,
  expectFrames,
  faces,
  type People,
  PHONE,
  people,
  said,
  serveExamples,
  visit,
  visitGroup,
} from './page.ts'

let site: Site
let browser: Browser
let three: People

beforeAll(async () => {
  site = await serveExamples()
  browser = await launch()
  three = await people()
})

afterAll(async () => {
  await browser?.close()
  site?.close()
})

describe('the first view', () => {
  it.each([DESKTOP, PHONE])('shows a group with its faces, and other pictures to try, %o', async (viewport) => {
    const page = await visitGroup(browser, site, { viewport })
    expect(await faces(page).count()).toBe(4)
    for (const face of await faces(page).all()) await expect.poll(() => isInView(face, viewport.height)).toBe(true)
    const gallery = page.getByRole('list', { name: 'Pictures to try' }).getByRole('button')
    expect(await gallery.count()).toBeGreaterThanOrEqual(4)
    expect(await isInView(gallery.first(), viewport.height)).toBe(true)
  })

  it('has a confidence on every face, on the phone too', async () => {
    const page = await visitGroup(browser, site, { viewport: PHONE })
    const labels = page.locator('.label')
    await expect.poll(() => labels.count()).toBe(4)
    for (const text of await labels.allTextContents()) expect(text).toMatch(/^99\.\d %$/)
  })
})

describe('the gallery', () => {
  it.each([
    ['Against the light', 5, 5],
    ['Small faces', 28, 40],
    ['At night', 3, 3],
    ['A painting', 1, 1],
    ['A group', 4, 4],
  ])('%s', async (title, least, most) => {
    const page = await visitGroup(browser, site)
    // Another one first, so that there is something to leave.
    await page.getByRole('button', { name: title === 'A painting' ? 'At night' : 'A painting' }).click()
    await said(page, title === 'A painting' ? '3 faces found in the evening' : '1 face found in the painting')
    await page.getByRole('button', { name: title, exact: true }).click()
    await expect
      .poll(async () => {
        const count = await faces(page).count()
        return count >= least && count <= most
      })
      .toBe(true)
    const pressed = page.getByRole('list', { name: 'Pictures to try' }).locator('[aria-pressed=true]')
    expect(await pressed.allInnerTexts()).toEqual([title])
  })
})

describe('a picture', () => {
  it('dropped gives its faces, framed where they are at every size, mirrored too', async () => {
    const page = await visit(browser, site)
    await dropPeople(page, three)
    await expectFrames(page, three.expected)
    await page.setViewportSize({ width: 700, height: 500 })
    await expectFrames(page, three.expected)
    await page.setViewportSize(DESKTOP)
    await page.getByText('More settings').click()
    await page.getByLabel('Mirror the picture').check()
    await expectFrames(page, three.expected, true)
    await page.setViewportSize({ width: 1400, height: 700 })
    await expectFrames(page, three.expected, true)
  })

  it('chosen', async () => {
    const page = await visit(browser, site)
    const buffer = three.png
    await page.getByLabel('Choose a file').setInputFiles({ name: 'chosen.png', mimeType: 'image/png', buffer })
    await said(page, '3 faces found in chosen.png')
  })

  it('pasted', async () => {
    const page = await visit(browser, site)
    await page.evaluate((base64) => {
      const bytes = Uint8Array.from(atob(base64), (character) => character.charCodeAt(0))
      const clipboardData = new DataTransfer()
      clipboardData.items.add(new File([bytes], 'pasted.png', { type: 'image/png' }))
      document.dispatchEvent(new ClipboardEvent('paste', { clipboardData, bubbles: true }))
    }, three.png.toString('base64'))
    await said(page, '3 faces found in pasted.png')
  })

  it('without a face: says so', async () => {
    const page = await visit(browser, site)
    const grey = await sharp({ create: { width: 200, height: 150, channels: 3, background: '#888' } })
      .png()
      .toBuffer()
    await drop(page, '.view', 'grey.png', 'image/png', grey.toString('base64'))
    await said(page, 'No face found in grey.png')
    expect(await faces(page).count()).toBe(0)
    await page.getByText('No face in this picture.').waitFor()
  })

  it('held over the page is expected, and no more when it leaves', async () => {
    const page = await visitGroup(browser, site)
    const transfer = await page.evaluateHandle(() => {
      const files = new DataTransfer()
      files.items.add(new File(['x'], 'x.png', { type: 'image/png' }))
      return files
    })
    const hint = page.getByText('Let go to find the faces')
    await page.dispatchEvent('.view', 'dragenter', { dataTransfer: transfer })
    await hint.waitFor()
    await page.dispatchEvent('.view', 'dragleave', { dataTransfer: transfer })
    await hint.waitFor({ state: 'detached' })
  })
})

describe('a face', () => {
  it('tells its confidence and size under the pointer', async () => {
    const page = await visit(browser, site)
    await dropPeople(page, three)
    const { box, confidence } = three.expected.faces[1]!
    await faces(page).nth(1).hover()
    const tip = page.locator('.tip')
    await expect
      .poll(() => tip.innerText())
      .toContain(`Face 2: ${(Math.floor(confidence * 1000) / 10).toFixed(1)} % sure`)
    expect(await tip.innerText()).toContain(`${Math.round(box.width)} × ${Math.round(box.height)} pixels`)
    await page.mouse.move(5, 5)
    await tip.waitFor({ state: 'detached' })
  })

  it('tells the same with the keyboard: one stop, then the arrows', async () => {
    const page = await visit(browser, site)
    await dropPeople(page, three)
    // From the element before the faces.
    await page.getByRole('link', { name: 'GitHub' }).focus()
    await page.keyboard.press('Tab')
    const focused = () => page.evaluate(() => document.activeElement?.getAttribute('aria-label') ?? '')
    expect(await focused()).toMatch(/^Face 1: \d+\.\d % sure, \d+ × \d+ pixels$/)
    await page.locator('.tip').filter({ hasText: 'Face 1' }).waitFor()
    await page.keyboard.press('ArrowLeft')
    expect(await focused()).toMatch(/^Face 3: /)
    await page.keyboard.press('ArrowRight')
    await page.keyboard.press('ArrowRight')
    expect(await focused()).toMatch(/^Face 2: /)
    await page.keyboard.press('Escape')
    await page.locator('.tip').waitFor({ state: 'detached' })
    await page.keyboard.press('Tab')
    expect(await page.evaluate(() => document.activeElement?.getAttribute('type'))).toBe('file')
    const outline = page.locator('label:has([type=file])').evaluate((label) => getComputedStyle(label).outlineStyle)
    expect(await outline).toBe('solid')
  })

  it('under the pointer in the list is marked in the picture', async () => {
    const page = await visit(browser, site)
    await dropPeople(page, three)
    await page.getByRole('link', { name: /^Save face 3:/ }).hover()
    await page.locator('.tip').filter({ hasText: 'Face 3' }).waitFor()
  })
})

async function isInView(element: import('playwright').Locator, height: number): Promise<boolean> {
  const box = await element.boundingBox()
  return box !== null && box.y >= 0 && box.y + box.height <= height
}
