import { playwright } from '@vitest/browser-playwright'
import type { ViteDevServer } from 'vite'
import { defineConfig } from 'vitest/config'
import { embed, workers } from './rollup.config.js'
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
      provider: playwright({ launchOptions: { executablePath: chromiumPath(), args: [...CHROMIUM_FLAGS, ...CAMERA] } }),
      instances: [{ browser: 'chromium' as const }],
    },
  },
})

export default defineConfig({
  test: {
    projects: [
      project('page', ['test/browser/*.test.ts']),
      project('isolated', ['test/browser/isolated/*.test.ts'], ISOLATED),
    ],
  },
})
