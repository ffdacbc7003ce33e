import { MTCNN } from 'mtcnn-wasm'
import type { Browser } from 'playwright'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { PRESETS } from '../../../src/options/options.ts'
import { launch, type Site } from '../chromium.ts'
import { faces, type People, people, said, serveExamples, slide, visitGroup, visitPeople } from './page.ts'

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

const SLIDERS = { 'First look': 'proposal', 'Second look': 'refine', 'Last look': 'output' } as const

describe('presets', () => {
  it.each(['classic', 'accurate', 'balanced', 'fast'] as const)(
    '%s moves the sliders to where the library has them',
    async (name) => {
      const page = await visitPeople(browser, site, three)
      await page.getByRole('radio', { name: new RegExp(name, 'i') }).check()
      await page.getByText('More settings').click()
      const { minFaceSize, thresholds } = PRESETS[name]
      expect(await page.getByLabel('Smallest face').inputValue()).toBe(String(minFaceSize))
      for (const [label, key] of Object.entries(SLIDERS)) {
        expect(await page.getByRole('slider', { name: label }).inputValue(), label).toBe(String(thresholds[key]))
      }
      await said(page, '3 faces found')
    },
  )
})

describe('sliders', () => {
  it('search again, say their value, and go back', async () => {
    const page = await visitPeople(browser, site, three)
    const back = page.getByRole('button', { name: 'Back to the preset' })
    expect(await back.isDisabled()).toBe(true)
    await slide(page, 'Last look', 1)
    expect(await page.getByRole('slider', { name: 'Last look' }).getAttribute('aria-valuetext')).toBe('1.00')
    await said(page, 'No face found in people.png')
    await back.click()
    await said(page, '3 faces found')
    await slide(page, 'Smallest face', 200)
    expect(await page.getByLabel('Smallest face').getAttribute('aria-valuetext')).toBe('200 pixels')
    await expect.poll(() => page.locator('.levels figure').count()).toBe(2)
  })

  it('never leave the faces of other settings on the screen', async () => {
    const page = await visitPeople(browser, site, three)
    await page.evaluate(() => {
      const seen = new Set<string>()
      Object.assign(globalThis, { seen })
      const look = () => {
        const text = document.querySelector('.status p')?.textContent ?? ''
        const state = text.startsWith('Searching') || text.startsWith('Loading') ? 'busy' : text.split(' ')[0]
        seen.add(
          `${state} ${document.querySelectorAll('.face').length} ${document.querySelectorAll('.faces li').length}`,
        )
      }
      // What is painted, frame by frame.
      const watch = () => {
        look()
        requestAnimationFrame(watch)
      }
      watch()
    })
    for (const size of [30, 100, 25, 60]) {
      await slide(page, 'Smallest face', size)
      await page.getByText(`minFaceSize: ${size},`).waitFor()
      await page.locator('.view[aria-busy=false]').waitFor()
    }
    await page.getByRole('radio', { name: 'Accurate' }).check()
    await said(page, '3 faces found')
    const seen = await page.evaluate(() => [...(globalThis as unknown as { seen: Set<string> }).seen])
    expect(seen).toContain('busy 0 0')
    expect(seen).toContain('3 3 3')
    expect(seen.filter((state) => state.startsWith('busy') && state !== 'busy 0 0')).toEqual([])
  })

  it('find faces that stand on their head', async () => {
    const page = await visitGroup(browser, site)
    await page.getByRole('button', { name: 'Upside down' }).click()
    await said(page, 'No face found in the picture upside down')
    await page.getByLabel('Faces upside down and lying, too').check()
    await said(page, '3 faces found in the picture upside down')
    await page.getByText('rotate: true').waitFor()
    await page.locator('.levels').scrollIntoViewIfNeeded()
    await page
      .getByText(/^Faces of \d+ px, turned by 180°$/)
      .first()
      .waitFor()
    await page.getByRole('button', { name: 'Back to the preset' }).click()
    await said(page, 'No face found')
  })

  it('in the background or on the main thread: the same faces', async () => {
    const page = await visitPeople(browser, site, three)
    await page.getByText('Measured in the background worker').waitFor()
    const before = await Promise.all((await faces(page).all()).map((face) => face.getAttribute('aria-label')))
    await page.getByText('More settings').click()
    await page.getByLabel('Search in the background').uncheck()
    await page.getByText('Measured on the main thread').waitFor()
    expect(await Promise.all((await faces(page).all()).map((face) => face.getAttribute('aria-label')))).toEqual(before)
  })
})

describe('the code in view', () => {
  /** Runs what a visitor would copy. */
  async function run(code: string): Promise<unknown[]> {
    const head = "import { MTCNN } from 'mtcnn-wasm'\n"
    expect(code.startsWith(head)).toBe(true)
    const AsyncFunction = (async () => {}).constructor as new (
      ...args: string[]
    ) => (...args: unknown[]) => Promise<unknown[]>
    return new AsyncFunction('MTCNN', 'image', `${code.slice(head.length)}\nreturn faces`)(MTCNN, three.png)
  }

  it('gives the faces that the page shows', async () => {
    const page = await visitPeople(browser, site, three)
    const code = page.locator('.code pre')
    expect(await run(await code.innerText())).toHaveLength(3)
    await page.getByRole('radio', { name: 'Accurate' }).check()
    await slide(page, 'Smallest face', 90)
    await slide(page, 'Last look', 0.6)
    await page.locator('.view[aria-busy=false]').waitFor()
    await expect.poll(() => code.innerText()).toContain('minFaceSize: 90')
    expect(await code.innerText()).toContain("preset: 'accurate'")
    expect(await code.innerText()).toContain('output: 0.6')
    await page.locator('.faces li').first().waitFor()
    expect(await run(await code.innerText())).toHaveLength(await faces(page).count())
  })

  it('is copied', async () => {
    const page = await visitGroup(browser, site)
    await page.context().grantPermissions(['clipboard-read', 'clipboard-write'])
    await page.getByRole('button', { name: 'Copy the code' }).click()
    await said(page, 'Copied')
    expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(await page.locator('.code pre').innerText())
  })
})

describe('comparing', () => {
  it('shows two presets beside each other, divided where the visitor wants', async () => {
    const page = await visitPeople(browser, site, three)
    await page.getByLabel('Compare with').selectOption('Fast')
    await said(page, '3 faces found in people.png, 3 with Fast')
    await page.getByText(/^Classic 3 faces, \d+ ms$/).waitFor()
    await page.getByText(/^Fast 3 faces, \d+ ms$/).waitFor()
    const [left, right] = [
      page.getByRole('group', { name: /found with Classic/ }),
      page.getByRole('group', { name: /found with Fast/ }),
    ]
    expect(await left.getByRole('button').count()).toBe(3)
    expect(await right.getByRole('button').count()).toBe(3)
    const view = (await page.locator('.view').boundingBox())!
    /** Which answer's face is on top at the middle of this face. */
    const onTop = async (n: number) => {
      const box = (await left.getByRole('button').nth(n).boundingBox())!
      return page.evaluate(
        ([x, y]) => document.elementFromPoint(x!, y!)?.closest('[role=group]')?.getAttribute('aria-label') ?? '',
        [box.x + box.width / 2, box.y + box.height / 2],
      )
    }
    const slider = page.getByRole('slider', { name: /^Divider/ })
    for (const [percent, name] of [
      ['0', /with Fast/],
      ['100', /with Classic/],
    ] as const) {
      await slider.fill(percent)
      await expect.poll(() => onTop(0)).toMatch(name)
      expect(await onTop(2)).toMatch(name)
    }
    // With the mouse, too.
    await page.mouse.move(view.x + view.width - 4, view.y + view.height - 30)
    await page.mouse.down()
    await page.mouse.move(view.x + view.width / 4, view.y + view.height - 30, { steps: 4 })
    await page.mouse.up()
    await expect.poll(async () => Math.round(Number(await slider.inputValue()) / 5)).toBe(5)
    await page.getByLabel('Compare with').selectOption('Nothing')
    await page.getByRole('group', { name: 'Faces in the picture' }).waitFor()
    expect(await right.count()).toBe(0)
  })
})

describe('how the faces were found', () => {
  it('shows the counts of every step, a drawing for every size, and the time of every step', async () => {
    const page = await visitPeople(browser, site, three)
    await page.locator('.explanation').scrollIntoViewIfNeeded()
    const { levels, proposals, refinePassed, refined, outputPassed } = three.expected.trace
    const figures = page.locator('.levels figure')
    expect(await figures.count()).toBe(levels.length)
    const told = await page.locator('.funnel strong').allTextContents()
    const cells = levels.reduce((sum, { cells: [columns, rows] }) => sum + columns * rows, 0)
    const passed = levels.reduce((sum, level) => sum + level.passed, 0)
    const numbers = told.map((text) => Number(text.replaceAll(',', '')))
    expect(numbers).toEqual([cells, passed, proposals, refinePassed, refined, outputPassed, 3])
    await page.locator('.levels').evaluate((all) => all.lastElementChild!.scrollIntoView())
    // Places that glow: near the middle of a scale, a face of that size.
    for (const [n, { passed }] of levels.entries()) {
      await figures.nth(n).scrollIntoViewIfNeeded()
      await figures.nth(n).locator('[data-drawn]').waitFor()
      if (passed <= 10) continue
      expect(await glowing(figures.nth(n).locator('canvas')), `size ${n}`).toBeGreaterThan(0)
    }
    expect(await page.locator('.timing dd').count()).toBe(6)
    for (const text of await page.locator('.timing dd').allTextContents()) expect(text).toMatch(/^\d+\.\d ms$/)
  })

  it('says it without words that only specialists know', async () => {
    const page = await visitGroup(browser, site)
    await page.locator('.explanation').scrollIntoViewIfNeeded()
    const text = await page.locator('body').innerText()
    expect(text).not.toMatch(/P-Net|R-Net|O-Net|NMS|suppression|proposal|tensor|inference/i)
  })
})

/** Pixels of a canvas that are orange or brighter. */
function glowing(canvas: import('playwright').Locator): Promise<number> {
  return canvas.evaluate((element) => {
    const { width, height } = element as HTMLCanvasElement
    const context = new OffscreenCanvas(width, height).getContext('2d')!
    context.drawImage(element as HTMLCanvasElement, 0, 0)
    const { data } = context.getImageData(0, 0, width, height)
    let count = 0
    for (let n = 0; n < data.length; n += 4) if (data[n]! > 200 && data[n]! > data[n + 2]! + 40) count++
    return count
  })
}
