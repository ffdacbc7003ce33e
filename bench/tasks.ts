// npm run bench:tasks: how long detectors in workers keep the thread of a page busy at a time, in headless Chromium.
import { fileURLToPath } from 'node:url'
import { CHROMIUM_FLAGS, chromiumPath } from '../test/helpers/chromium.mjs'
import { group } from './images.ts'
import { machine, ms, table, writeSection } from './report.ts'
import { serve } from './serve.ts'
import { RUNS, type TaskPlan } from './tasks-page.ts'

interface Page {
  on(event: 'pageerror', listener: (error: Error) => void): void
  goto(url: string): Promise<unknown>
  waitForFunction(expression: string): Promise<unknown>
  evaluate<T>(expression: string): Promise<T>
  setDefaultTimeout(milliseconds: number): void
  close(): Promise<void>
}

interface Browser {
  version(): string
  newPage(): Promise<Page>
  startTracing(page: Page, options: { categories: string[] }): Promise<void>
  stopTracing(): Promise<Buffer>
  close(): Promise<void>
}

interface Playwright {
  chromium: { launch(options: { executablePath: string; args: string[] }): Promise<Browser> }
}

/** What is used of an event of Chromium's trace; microseconds. */
interface TraceEvent {
  readonly name: string
  readonly pid: number
  readonly tid: number
  /** From begin to end, and how much of it the thread was running. */
  readonly dur?: number
  readonly tdur?: number
  readonly args?: { readonly name?: string }
}

const PLAN: TaskPlan = { library: '/dist/index.js', picture: '/picture', width: 1920, height: 1080, images: 40 }
const LIMIT_MS = 8

/** Milliseconds that the thread of the page ran in each task. */
function tasksIn(trace: Buffer): number[] {
  const { traceEvents } = JSON.parse(trace.toString()) as { traceEvents: TraceEvent[] }
  const place = ({ pid, tid }: TraceEvent) => `${pid} ${tid}`
  const threads = traceEvents.filter(({ name, args }) => name === 'thread_name' && args?.name === 'CrRendererMain')
  const main = new Set(threads.map(place))
  const tasks = traceEvents.filter((event) => event.name === 'ThreadControllerImpl::RunTask' && main.has(place(event)))
  if (tasks.length === 0) throw new Error('the trace has no tasks of the page: this Chromium names them otherwise')
  return tasks.map(({ tdur, dur }) => (tdur ?? dur ?? 0) / 1000)
}

const { pixels } = await group(PLAN.width, PLAN.height)
const files = new Map<string, Uint8Array | string>([
  ['/favicon.ico', ''],
  ['/', '<!doctype html><title>bench</title><script type="module" src="/build/tasks-page.mjs"></script>'],
  [PLAN.picture, pixels.data],
])
const folders = {
  build: fileURLToPath(new URL('build/', import.meta.url)),
  dist: fileURLToPath(new URL('../dist/', import.meta.url)),
}
const playwright = (await import('playwright-core')) as { default?: Playwright } & Playwright
const browser = await (playwright.chromium ?? playwright.default!.chromium).launch({
  executablePath: chromiumPath(),
  args: [...CHROMIUM_FLAGS, '--disable-gpu'],
})
const rows: string[][] = []
let longest = 0
try {
  for (const isolated of [true, false]) {
    const server = await serve(folders, files, isolated)
    const page = await browser.newPage()
    page.setDefaultTimeout(120_000)
    page.on('pageerror', (error) => console.error(error))
    await page.goto(server.url)
    await page.waitForFunction('typeof prepareRuns === "function"')
    await page.evaluate(`prepareRuns(${JSON.stringify(PLAN)})`)
    for (const name of RUNS) {
      await browser.startTracing(page, { categories: ['toplevel'] })
      await page.evaluate(`run(${JSON.stringify(name)})`)
      const tasks = tasksIn(await browser.stopTracing()).sort((a, b) => b - a)
      const [first, tenth] = [tasks[0]!, tasks[9]!]
      longest = Math.max(longest, first)
      const over = tasks.filter((task) => task > LIMIT_MS).length
      rows.push([`${name}, ${isolated ? 'isolated' : 'not isolated'}`, ms(first), ms(tenth), `${over}`])
    }
    await page.close()
    server.close()
  }
  writeSection('Tasks', [
    `\`npm run bench:tasks\` on ${machine()}; Chromium ${browser.version()}, headless.`,
    '',
    `The longest tasks on the thread of a page while ${PLAN.images} images of ${PLAN.width}x${PLAN.height}, RGBA, pixels already read,`,
    'are searched in workers: milliseconds that the thread ran, from the trace of the browser. With what the browser does besides.',
    '',
    table(['', 'longest', 'tenth longest', `over ${LIMIT_MS} ms`], rows),
  ])
} finally {
  await browser.close()
}
if (longest > LIMIT_MS) {
  console.error(`the longest task took ${ms(longest)} ms, at most ${LIMIT_MS} are wanted`)
  process.exitCode = 1
}
