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
    coverage: {
      provider: 'v8',
      include: ['src/**/*.ts'],
      // What runs in a browser, in a worker or as a program of its own: the tests of those do not count here.
      exclude: [
        'src/**/*.d.ts',
        'src/**/*.browser.ts',
        'src/image/browser/**',
        'src/{index,slim,index.workerd,index.edge,worker,worker.node,cli,cli-worker}.ts',
        'src/workers/worker-host.ts',
      ],
      reporter: ['text-summary', 'html'],
      thresholds: { statements: 97, branches: 93, functions: 97, lines: 98 },
    },
  },
})
