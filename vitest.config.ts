import { defineConfig } from 'vitest/config'
import { embed, workers } from './rollup.config.js'

export default defineConfig({
  plugins: [embed(), workers()],
  test: {
    include: ['test/**/*.test.ts'],
    // Those of the browser have a configuration of their own.
    exclude: ['test/browser/**'],
    // Fixtures run whole photographs through naive twins and debug kernels, on machines of any speed.
    testTimeout: 120_000,
    hookTimeout: 120_000,
  },
})
