// Runs the tests of the detector's bits and precisions in the newer Node that test/package installs: the answers to every fixture have to
// be those of test/fixtures/hashes.json there as well. The browser tests do the same in Chromium.
import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))
const engine = fileURLToPath(new URL('package/node_modules/node/bin/node', import.meta.url))
if (!existsSync(engine)) {
  process.stderr.write("no newer Node at hand: run 'npm ci --prefix test/package' first\n")
  process.exit(1)
}
const vitest = [
  'node_modules/vitest/vitest.mjs',
  'run',
  'test/api/hashes.test.ts',
  'test/api/fixtures.test.ts',
  'test/api/precision.test.ts',
]
process.exit(spawnSync(engine, vitest, { cwd: root, stdio: 'inherit' }).status ?? 1)
