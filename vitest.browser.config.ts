import { playwright } from '@vitest/browser-playwright'
import type { ViteDevServer } from 'vite'
import { defineConfig } from 'vitest/config'
import { embed, workers } from './rollup.config.js'
import { startFirefox } from './test/browser/engines/firefox.ts'
import { photograph } from './test/browser/engines/photograph.ts'
import { ENGINES, type Engine, whatIsMissing } from './test/browser/engines/programs.ts'
import { provider } from './test/browser/engines/provider.ts'
import { startWebKit } from './test/browser/engines/webkit.ts'
import { servePicture } from './test/browser/pictures.ts'
import { CHROMIUM_FLAGS, chromiumPath } from './test/helpers/chromium.mjs'

/** A camera that shows a test picture, and no question whether the page may use it. */
const CAMERA = ['--use-fake-device-for-media-stream', '--use-fake-ui-for-media-stream']

const pictures = {
  name: 'pictures',
  configureServer(server: ViteDevServer) {
    server.middlewares.use('/pictures', (request, response) => void servePicture(request, response))
  },
}

/** Cross-origin isolated, as pages are that use threads: nothing here needs it, nothing may break under it. */
const ISOLATED = {
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-embedder-policy': 'require-corp',
}

const PROVIDERS = {
  chromium: () =>
    playwright({ launchOptions: { executablePath: chromiumPath(), args: [...CHROMIUM_FLAGS, ...CAMERA] } }),
  firefox: () => provider('firefox', startFirefox),
  webkit: () => provider('webkit', startWebKit),
}

/**
 * Those that are tested: `--browser firefox` runs one. In CI each must be there; elsewhere one that is not installed is left
 * out, and this is said, unless it was asked for by its name.
 */
function testedEngines(): Engine[] {
  const missing = ENGINES.filter((engine) => whatIsMissing(engine) !== undefined)
  const isNamed = process.argv.some((argument) => /^--(browser|project)\b/.test(argument))
  if (missing.length === 0 || isNamed) return [...ENGINES]
  const why = missing.map(whatIsMissing).join('\n')
  if (process.env.CI || missing.length === ENGINES.length) throw new Error(why)
  process.stderr.write(`Not tested here: ${missing.join(', ')}\n${why}\n`)
  return ENGINES.filter((engine) => !missing.includes(engine))
}

const engines = testedEngines()

/** Which browsers these were, for the README. */
const REPORT = './test/browser/engines/report.ts'

const project = (name: string, include: string[], headers: Record<string, string> = {}) => ({
  server: { headers },
  plugins: [embed(), workers(), pictures],
  test: {
    name,
    include,
    globalSetup: ['test/browser/elsewhere.ts'],
    testTimeout: 60_000,
    hookTimeout: 60_000,
    browser: {
      enabled: true,
      headless: true,
      screenshotFailures: false,
      // Smaller than every window: a larger frame would be shown scaled.
      viewport: { width: 414, height: 600 },
      commands: { photograph },
      instances: engines.map((engine) => ({
        browser: engine,
        name: `${name} in ${engine}`,
        provider: PROVIDERS[engine](),
      })),
    },
  },
})

export default defineConfig({
  test: {
    reporters: ['default', REPORT],
    projects: [
      project('page', ['test/browser/*.test.ts']),
      project('isolated', ['test/browser/isolated/*.test.ts'], ISOLATED),
    ],
  },
})
