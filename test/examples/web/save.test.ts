import { readFile } from 'node:fs/promises'
import { unzipSync } from 'fflate'
import { MTCNN } from 'mtcnn-wasm'
import type { Browser, Page } from 'playwright'
import sharp from 'sharp'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { launch, type Site } from '../chromium.ts'
import { type People, people, said, serveExamples, visitPeople } from './page.ts'

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

/** The file that a click saves, and its name. */
async function saved(page: Page, click: () => Promise<void>): Promise<{ name: string; bytes: Buffer }> {
  const [download] = await Promise.all([page.waitForEvent('download'), click()])
  return { name: download.suggestedFilename(), bytes: await readFile(await download.path()) }
}

const press = (page: Page, name: string) => () => page.getByRole('button', { name, exact: true }).click()

describe('what is found', () => {
  it('is copied and saved as JSON', async () => {
    const page = await visitPeople(browser, site, three)
    const wanted = JSON.parse(JSON.stringify(three.expected.faces))
    await page.context().grantPermissions(['clipboard-read', 'clipboard-write'])
    await page.getByRole('button', { name: 'Copy JSON' }).click()
    await said(page, 'Copied')
    expect(JSON.parse(await page.evaluate(() => navigator.clipboard.readText()))).toEqual(wanted)
    const { name, bytes } = await saved(page, press(page, 'Save JSON'))
    expect(name).toBe('people.faces.json')
    expect(JSON.parse(bytes.toString())).toEqual(wanted)
  })

  it('says so where nothing may be copied', async () => {
    const page = await visitPeople(browser, site, three)
    await page.evaluate(() => {
      navigator.clipboard.writeText = () => Promise.reject(new DOMException('no', 'NotAllowedError'))
    })
    await page.getByRole('button', { name: 'Copy JSON' }).click()
    await said(page, 'Not allowed here')
  })

  it('is saved as a picture, as large as the file, with frames on the faces', async () => {
    const page = await visitPeople(browser, site, three)
    const { name, bytes } = await saved(page, press(page, 'Save picture'))
    expect(name).toBe('people.png')
    const { data, info } = await sharp(bytes).removeAlpha().raw().toBuffer({ resolveWithObject: true })
    const before = await sharp(three.png).raw().toBuffer()
    expect([info.width, info.height]).toEqual([three.expected.width, three.expected.height])
    const changed = (x: number, y: number) => {
      const at = 3 * (Math.round(y) * info.width + Math.round(x))
      return Math.max(...[0, 1, 2].map((c) => Math.abs(data[at + c]! - before[at + c]!)))
    }
    for (const { box } of three.expected.faces) {
      expect(changed(box.x, box.y + box.height / 3)).toBeGreaterThan(30)
      expect(changed(box.x + box.width / 2, box.y + box.height)).toBeGreaterThan(30)
    }
    // Away from all faces, nothing.
    expect(changed(5, 5)).toBeLessThan(3)
  })

  it('is saved face by face, and all of them in an archive', async () => {
    const page = await visitPeople(browser, site, three)
    const detector = await MTCNN.create()
    const each = page.getByRole('link', { name: /^Save face \d+:/ })
    await expect.poll(() => page.locator('.crop img').count()).toBe(3)
    for (let n = 0; n < 3; n++) {
      const { name, bytes } = await saved(page, () => each.nth(n).click())
      expect(name).toBe(`people.face-${n + 1}.png`)
      expect(await detector.detectFaces(bytes), `face ${n + 1}`).toHaveLength(1)
    }
    detector.dispose()
    const { name, bytes } = await saved(page, press(page, 'Save faces'))
    expect(name).toBe('people.faces.zip')
    const files = unzipSync(bytes)
    expect(Object.keys(files)).toEqual(['face-1.png', 'face-2.png', 'face-3.png'])
    for (const file of Object.values(files)) expect((await sharp(file).metadata()).format).toBe('png')
  })

  it('is straightened for face recognition: both eyes at one height', async () => {
    const page = await visitPeople(browser, site, three)
    await page.getByLabel('Straighten').check()
    const detector = await MTCNN.create()
    for (let n = 0; n < 3; n++) {
      const link = page.getByRole('link', { name: `Save face ${n + 1}:` })
      await expect
        .poll(() => link.locator('img').evaluate((image) => (image as HTMLImageElement).naturalWidth))
        .toBe(224)
      const { bytes } = await saved(page, () => link.click())
      // With grey around it, since the face fills the crop.
      const grey = { top: 60, bottom: 60, left: 60, right: 60, background: '#808080' }
      const [face] = await detector.detectFaces(await sharp(bytes).extend(grey).png().toBuffer())
      const { leftEye, rightEye } = face!.keypoints
      expect(Math.abs(leftEye.y - rightEye.y), `face ${n + 1}`).toBeLessThan(6)
    }
    detector.dispose()
  })

  it('is blurred where the visitor wants, on the screen and in what is saved: nobody is found in it', async () => {
    const page = await visitPeople(browser, site, three)
    await page.getByLabel('Blur in the picture').check()
    await page.getByRole('img', { name: 'The picture with blurred faces' }).waitFor()
    expect(await page.getByRole('button', { name: /^Face \d+: / }).count()).toBe(0)
    const { bytes } = await saved(page, press(page, 'Save picture'))
    const detector = await MTCNN.create()
    expect(await detector.detectFaces(bytes)).toEqual([])
    const shown = await page.locator('.view').screenshot()
    expect(await detector.detectFaces(shown)).toEqual([])
    detector.dispose()
    await page.getByLabel('Blur in the picture').uncheck()
    await expect.poll(() => page.getByRole('button', { name: /^Face \d+: / }).count()).toBe(3)
  })
})
