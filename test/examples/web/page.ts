// The page of examples/web as a visitor sees it.

import { type Explanation, MTCNN } from 'mtcnn-wasm'
import type { Browser, Locator, Page } from 'playwright'
import sharp from 'sharp'
import { expect, inject, onTestFinished } from 'vitest'
import { photographFile } from '../../helpers/photographs.ts'
import { drop, openPage, type Site, serve } from '../chromium.ts'

/** Three people, 600 x 346 pixels. */
export const PEOPLE = photographFile('tracking', 'examples/assets/faces.jpg')
/** Four people, 1920 x 1537 pixels. */
export const GROUP = photographFile('@vladmandic/face-api', 'demo/sample6.jpg')

export const DESKTOP = { width: 1280, height: 800 }
export const PHONE = { width: 390, height: 844 }

/** The page lies in a folder of the site, as it may lie anywhere. */
export function serveExamples(delays?: Parameters<typeof serve>[1]): Promise<Site> {
  return serve(inject('built'), delays)
}

export interface People {
  /** Not as a JPEG: decoders differ in the last bits. */
  png: Buffer
  expected: Explanation
}

/** The photograph of three people, and what the library finds in it. */
export async function people(): Promise<People> {
  const png = await sharp(PEOPLE).removeAlpha().png().toBuffer()
  const detector = await MTCNN.create()
  const expected = await detector.explain(png)
  detector.dispose()
  return { png, expected }
}

type PageOptions = Parameters<Browser['newPage']>[0]

/** Opens the page, which fails the test where it complains. */
export async function visit(browser: Browser, site: Site, options: PageOptions = { viewport: DESKTOP }): Promise<Page> {
  const { page, quiet } = await openPage(browser, `${site.url}web/`, options)
  // Sooner than the test itself gives up, so that it says what it waited for.
  page.setDefaultTimeout(20_000)
  onTestFinished(async () => {
    await page.close()
    quiet()
  })
  return page
}

/** Waits until the page says this. */
export function said(page: Page, text: string): Promise<void> {
  return page.getByRole('status').filter({ hasText: text }).first().waitFor()
}

/** Opens the page and waits for the faces of its first picture. */
export async function visitGroup(browser: Browser, site: Site, options?: PageOptions): Promise<Page> {
  const page = await visit(browser, site, options)
  await said(page, '4 faces found in the group')
  return page
}

export async function dropPeople(page: Page, { png }: People): Promise<void> {
  await drop(page, '.view', 'people.png', 'image/png', png.toString('base64'))
  await said(page, '3 faces found in people.png')
}

/** A page with the three people, searched. */
export async function visitPeople(browser: Browser, site: Site, three: People): Promise<Page> {
  const page = await visit(browser, site)
  await dropPeople(page, three)
  return page
}

/** The frames over the picture, most confident first. */
export function faces(page: Page): Locator {
  return page.getByRole('button', { name: /^Face \d+: / })
}

interface Area {
  x: number
  y: number
  width: number
  height: number
}

/** Where the frames are, from the top left corner of the picture's element. */
async function framed(page: Page): Promise<Area[]> {
  const view = await page.locator('.view').boundingBox()
  const all = await Promise.all((await faces(page).all()).map((face) => face.boundingBox()))
  return all.map((box) => ({ ...box!, x: box!.x - view!.x, y: box!.y - view!.y }))
}

/** Where they belong: the picture is shown whole and centred. */
async function expectedFrames(page: Page, { width, height, faces }: Explanation, mirrored: boolean): Promise<Area[]> {
  const view = (await page.locator('.view').boundingBox())!
  const scale = Math.min(view.width / width, view.height / height)
  const left = (view.width - width * scale) / 2
  const top = (view.height - height * scale) / 2
  return faces.map(({ box }) => {
    const x = mirrored ? width - box.x - box.width : box.x
    return { x: x * scale + left, y: box.y * scale + top, width: box.width * scale, height: box.height * scale }
  })
}

/** @param within - Pixels of the page that a frame may be off. */
export async function expectFrames(page: Page, expected: Explanation, mirrored = false, within = 0.6): Promise<void> {
  await expect
    .poll(async () => {
      const [drawn, wanted] = [await framed(page), await expectedFrames(page, expected, mirrored)]
      if (drawn.length !== wanted.length) return Number.POSITIVE_INFINITY
      const apart = wanted.flatMap((box, n) => {
        const frame = drawn[n]!
        return [frame.x - box.x, frame.y - box.y, frame.width - box.width, frame.height - box.height]
      })
      return Math.max(...apart.map(Math.abs))
    })
    .toBeLessThan(within)
}

/** Sets a slider as a visitor's hand does. */
export async function slide(page: Page, name: string, value: number): Promise<void> {
  const slider = page.getByRole('slider', { name, exact: true })
  if (!(await slider.isVisible())) await page.getByText('More settings').click()
  await slider.fill(String(value))
}

/** A file of the built page whose name begins so. */
export function asset(name: string): RegExp {
  return new RegExp(`/assets/${name}[^/]*$`)
}
