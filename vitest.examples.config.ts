import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vitest/config'

export default defineConfig({
  // The built package, which is what the examples run on.
  resolve: { alias: { 'mtcnn-wasm': fileURLToPath(new URL('dist/index.node.js', import.meta.url)) } },
  test: {
    include: ['test/examples/**/*.test.ts'],
    globalSetup: ['test/examples/prepare.ts'],
    // One browser at a time: what is measured is whether a page stays quick.
    fileParallelism: false,
    expect: { poll: { timeout: 20_000 } },
    testTimeout: 120_000,
    hookTimeout: 120_000,
  },
})
