/**
 * Writes down which browsers the tests ran in, of which versions, and how it went: build/browsers.json. `npm run browsers`
 * makes the README's table of it.
 */
import { mkdir, writeFile } from 'node:fs/promises'
import type { Reporter, TestModule } from 'vitest/node'

export interface Outcome {
  engine: string
  version: string
  passed: number
  failed: number
  skipped: number
}

export default class Report implements Reporter {
  async onTestRunEnd(modules: readonly TestModule[]): Promise<void> {
    const outcomes = new Map<string, Outcome>()
    for (const module of modules) {
      const { engine, version } = browserOf(module)
      const outcome = outcomes.get(engine) ?? { engine, version, passed: 0, failed: 0, skipped: 0 }
      outcomes.set(engine, outcome)
      for (const test of module.children.allTests()) {
        const { state } = test.result()
        if (state !== 'pending') outcome[state]++
      }
      // One whose file could not be loaded has no tests.
      outcome.failed += module.errors().length
    }
    await mkdir('build', { recursive: true })
    await writeFile('build/browsers.json', `${JSON.stringify([...outcomes.values()], null, 2)}\n`)
  }
}

function browserOf({ project }: TestModule): { engine: string; version: string } {
  // Playwright's has a browser that tells, our own tells itself.
  const provider = project.browser?.provider as { version?: string; browser?: { version(): string } } | undefined
  return { engine: project.config.browser.name, version: provider?.version ?? provider?.browser?.version() ?? '' }
}
