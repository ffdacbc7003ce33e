import { execFile } from 'node:child_process'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { build } from 'esbuild'
import { type Face, MTCNN } from 'mtcnn-wasm'
import type { Browser } from 'playwright'
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { photographFile } from '../helpers/photographs.ts'
import { launch, openPage, serve } from './chromium.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))
const file = photographFile('tracking', 'examples/assets/faces.jpg')
const run = promisify(execFile)

let browser: Browser
let expected: Face[]

beforeAll(async () => {
  browser = await launch()
  const detector = await MTCNN.create()
  expected = await detector.detectFaces(file)
  detector.dispose()
})

afterAll(() => browser?.close())

async function pageOf(folder: string) {
  const site = await serve(folder)
  const { page, quiet } = await openPage(browser, site.url)
  onTestFinished(async () => {
    await page.close()
    site.close()
    quiet()
  })
  return page
}

describe('node', () => {
  it('prints the faces as JSON', async () => {
    const { stdout, stderr } = await run(process.execPath, [join(root, 'examples/node/detect.mjs'), file])
    expect(JSON.parse(stdout)).toEqual(JSON.parse(JSON.stringify(expected)))
    expect(stderr).toBe('')
  })
})

describe('worker', () => {
  it('answers with the faces of each picture, and with what is wrong', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'mtcnn-worker-'))
    onTestFinished(() => rm(folder, { recursive: true, force: true }))
    const example = join(root, 'examples/worker')
    await build({
      entryPoints: [join(example, 'main.ts'), join(example, 'worker.ts')],
      outdir: folder,
      bundle: true,
      splitting: true,
      format: 'esm',
      logLevel: 'silent',
      // Not the repository's own, which leads to the library's source for type-checking.
      tsconfigRaw: {},
      // What a bundler that knows workers does by itself.
      plugins: [
        {
          name: 'worker-address',
          setup: ({ onLoad }) => {
            onLoad({ filter: /examples.worker.main\.ts$/ }, async ({ path }) => {
              const contents = (await readFile(path, 'utf8')).replace("'./worker.ts', import", "'./worker.js', import")
              return { contents, loader: 'ts', resolveDir: dirname(path) }
            })
          },
        },
      ],
    })
    await writeFile(join(folder, 'page.js'), "import { facesIn } from './main.js'\nglobalThis.facesIn = facesIn\n")
    const head = '<!doctype html><title>worker</title><link rel="icon" href="data:,">'
    await writeFile(join(folder, 'index.html'), `${head}<script type="module" src="/page.js"></script>`)
    const page = await pageOf(folder)
    const base64 = await readFile(file, 'base64')
    const [first, second, wrong] = await page.evaluate(async (base64) => {
      const { facesIn } = globalThis as unknown as { facesIn(picture: Blob): Promise<Face[]> }
      const bytes = Uint8Array.from(atob(base64), (character) => character.charCodeAt(0))
      const picture = new Blob([bytes], { type: 'image/jpeg' })
      const broken = facesIn(new Blob(['no picture'])).then(String, (error: Error) => error.message)
      return [await facesIn(picture), await facesIn(picture), await broken] as const
    }, base64)
    expect(first).toHaveLength(expected.length)
    expect(second).toEqual(first)
    expect(wrong).toMatch(/decode/)
    // Decoders of JPEG differ in the last bits.
    first.forEach(({ box }, n) => {
      expect(Math.abs(box.x - expected[n]!.box.x)).toBeLessThan(2)
      expect(Math.abs(box.y - expected[n]!.box.y)).toBeLessThan(2)
    })
  })
})

it('the page of examples/web has the right types', async () => {
  const tsc = join(root, 'node_modules/typescript/bin/tsc')
  const { stdout } = await run(process.execPath, [tsc, '-p', join(root, 'examples/web')])
  expect(stdout).toBe('')
})
