import type { Browser } from 'playwright'
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { drop, launch, openPage, type Site } from '../chromium.ts'
import {
  asset,
  DESKTOP,
  dropPeople,
  faces,
  type People,
  people,
  said,
  serveExamples,
  slide,
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

/** A site whose weights stop half-way until they are let go. */
async function slowSite() {
  let go = () => {}
  const released = new Promise<void>((resolve) => {
    go = resolve
  })
  const slow = await serveExamples((path) => (asset('mtcnn-f32').test(path) ? released : undefined))
  onTestFinished(() => {
    go()
    slow.close()
  })
  return { slow, go }
}

describe('while it loads', () => {
  it('tells how much of the detector has come, and how large it is', async () => {
    const { slow, go } = await slowSite()
    const page = await visit(browser, slow)
    await said(page, 'Loading the detector')
    const progress = page.getByRole('progressbar', { name: 'Loading the detector' })
    await expect.poll(() => progress.evaluate((bar) => (bar as HTMLProgressElement).position)).toBeCloseTo(0.5, 1)
    await page.getByText('1.0 of 2.0 MB').waitFor()
    expect(await faces(page).count()).toBe(0)
    go()
    await said(page, '4 faces found in the group')
    expect(await progress.count()).toBe(0)
  })

  it('moves nothing where motion is unwanted', async () => {
    const { slow, go } = await slowSite()
    const page = await visit(browser, slow, { viewport: DESKTOP, reducedMotion: 'reduce' })
    await said(page, 'Loading the detector')
    const moving = () => page.evaluate(() => document.getAnimations().length)
    expect(await moving()).toBe(0)
    go()
    await said(page, '4 faces found')
    await page.getByRole('radio', { name: 'Accurate' }).check()
    expect(await moving()).toBe(0)
  })
})

describe('an error', () => {
  it('of a file leaves what is still true: the picture before, with its faces', async () => {
    const page = await visit(browser, site)
    await dropPeople(page, three)
    await drop(page, '.view', 'notes.txt', 'text/plain', btoa('no picture'))
    const alert = page.getByRole('alert')
    await alert.filter({ hasText: 'notes.txt is not a picture or video' }).waitFor()
    await alert.filter({ hasText: 'You still see people.png.' }).waitFor()
    expect(await page.locator('.status p').first().innerText()).toBe('3 faces found in people.png')
    expect(await faces(page).count()).toBe(3)
    await page.getByRole('button', { name: 'A painting' }).click()
    await said(page, '1 face found in the painting')
    expect(await alert.innerText()).toBe('')
  })

  it('of a search leaves no face and no number on the screen', async () => {
    const page = await visitGroup(browser, site)
    await page.evaluate(() => {
      const post = Worker.prototype.postMessage
      Object.assign(globalThis, { post })
      Worker.prototype.postMessage = () => {
        throw new DOMException('it is gone', 'DataCloneError')
      }
    })
    await slide(page, 'Smallest face', 50)
    await page.getByRole('alert').filter({ hasText: 'The search failed' }).waitFor()
    expect(await page.locator('.status p').first().innerText()).toBe('No answer for the group')
    expect(await faces(page).count()).toBe(0)
    expect(await page.locator('.faces li, .timing dd, .funnel li').count()).toBe(0)
    expect(await page.locator('.status .note').innerText()).toBe('')
    expect(await page.locator('.view').getAttribute('aria-busy')).toBe('false')
    await page.evaluate(() => {
      Worker.prototype.postMessage = (globalThis as unknown as { post: typeof Worker.prototype.postMessage }).post
    })
    await page.getByRole('button', { name: 'Try again' }).click()
    await said(page, '4 faces found in the group')
    expect(await page.getByRole('alert').innerText()).toBe('')
  })

  it('of the download is told, and can be tried again', async () => {
    // Not with `visit`: the browser itself writes of the file that is missing.
    const page = await browser.newPage()
    onTestFinished(() => page.close())
    await page.route(asset('mtcnn-f32'), (route) => route.fulfill({ status: 503 }))
    await page.goto(`${site.url}web/`)
    await page.getByRole('alert').filter({ hasText: 'The detector could not be downloaded' }).waitFor()
    expect(await faces(page).count()).toBe(0)
    await page.unroute(asset('mtcnn-f32'))
    await page.getByRole('button', { name: 'Try again' }).click()
    await said(page, '4 faces found in the group')
  })

  it('of the first picture leaves a page that can be used', async () => {
    const page = await browser.newPage()
    onTestFinished(() => page.close())
    await page.route(/\/friends-[^/]*$/, (route) => route.abort())
    await page.goto(`${site.url}web/`)
    await page.getByRole('alert').filter({ hasText: 'the group could not be loaded' }).waitFor()
    await page.getByText('Drop a picture or a video here').waitFor()
    await page.unroute(/\/friends-[^/]*$/)
    await page.getByRole('button', { name: 'Try again' }).click()
    await said(page, '4 faces found in the group')
  })
})

describe('what is chosen last', () => {
  it('is what is shown, whatever comes first', async () => {
    const page = await visitGroup(browser, site)
    for (const name of ['Small faces', 'At night', 'Against the light', 'A painting']) {
      await page.getByRole('button', { name }).click({ noWaitAfter: true })
    }
    await said(page, '1 face found in the painting')
    expect(await faces(page).count()).toBe(1)
    expect(await page.getByRole('img', { name: 'the painting' }).isVisible()).toBe(true)
  })
})

it('works in any folder of a server, with no request to another', async () => {
  const requested: string[] = []
  const { page, quiet } = await openPage(browser, 'about:blank')
  onTestFinished(() => page.close())
  page.on('request', (request) => requested.push(request.url()))
  await page.goto(`${site.url}web/index.html`)
  await said(page, '4 faces found in the group')
  expect(requested.length).toBeGreaterThan(5)
  expect(requested.filter((url) => !/^(blob|data):/.test(url) && !url.startsWith(`${site.url}web/`))).toEqual([])
  quiet()
})
