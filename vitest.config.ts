import { defineConfig } from 'vitest/config'
import { embed, workers } from './rollup.config.js'

export default defineConfig({
  plugins: [embed(), workers()],
  test: {
    include: ['test/**/*.test.ts'],
    // Those of browsers and examples have configurations of their own.
    exclude: ['test/browser/**', 'test/examples/**', 'test/package/**'],
    // Fixtures run whole photographs through naive twins and debug kernels, on machines of any speed.
    testTimeout: 120_000,
    hookTimeout: 120_000,
  },
})
