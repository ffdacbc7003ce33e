import { execFileSync, spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'

const script = fileURLToPath(new URL('../../.ci/release.mjs', import.meta.url))

const CHANGELOG = '# Changelog\n\n## Unreleased\n\n- Something new.\n\n## 0.1.0 (2026-01-01)\n\n- All of it.\n'
const MANIFEST = {
  name: 'scratch',
  version: '0.1.0',
  exports: { '.': { types: './dist/index.d.ts', default: './dist/index.js' } },
  bin: { scratch: 'dist/index.js' },
  files: ['dist'],
  scripts: { build: 'node build.mjs' },
}
const BUILD = `import { mkdirSync, writeFileSync } from 'node:fs'
mkdirSync('dist', { recursive: true })
writeFileSync('dist/index.js', '')
writeFileSync('dist/index.d.ts', '')
`

let folder = ''
const git = (...args: string[]) => execFileSync('git', args, { cwd: folder, encoding: 'utf8' }).trim()
const put = (name: string, text: string) => writeFileSync(join(folder, name), text)
const text = (name: string) => readFileSync(join(folder, name), 'utf8')

function release(...args: string[]) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [script, ...args], { cwd: folder, encoding: 'utf8' })
  return { status, stdout, stderr }
}

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'release-'))
  mkdirSync(join(folder, '.ci'))
  git('init', '--quiet', '--initial-branch', 'main')
  git('config', 'user.name', 'Tester')
  git('config', 'user.email', 'tester@example.com')
  put('.gitignore', 'dist\n')
  put('CHANGELOG.md', CHANGELOG)
  put('package.json', `${JSON.stringify(MANIFEST, null, 2)}\n`)
  put('build.mjs', BUILD)
  writeFileSync(join(folder, '.ci/run'), '#!/bin/sh\necho all is well\n', { mode: 0o755 })
  git('add', '.')
  git('commit', '--quiet', '--message', 'First')
})
afterEach(() => rmSync(folder, { recursive: true }))

describe('a release', () => {
  it('is a commit and a tag, with the version and the changelog in it; pushing is left to people', () => {
    const { status, stdout, stderr } = release('0.2.0')
    expect([status, stderr]).toEqual([0, expect.any(String)])
    expect(stdout).toContain('all is well')
    expect(stdout).toContain('git push origin main v0.2.0\n  npm publish\n')
    expect(JSON.parse(text('package.json')).version).toBe('0.2.0')
    expect(text('CHANGELOG.md')).toMatch(
      /^# Changelog\n\n## Unreleased\n\n## 0\.2\.0 \(\d{4}-\d\d-\d\d\)\n\n- Something new\.\n\n## 0\.1\.0/,
    )
    expect(git('log', '--format=%s')).toBe('Release 0.2.0\nFirst')
    expect(git('rev-parse', 'v0.2.0^{commit}')).toBe(git('rev-parse', 'HEAD'))
    expect(git('status', '--porcelain')).toBe('')
    // There is nothing to tell about the next one yet.
    expect(release('0.3.0').stderr).toContain("says nothing under '## Unreleased'")
  })

  it('may be the first, with the version that stands in package.json', () => {
    expect(release('0.1.0').status).toBe(0)
    put('CHANGELOG.md', CHANGELOG)
    git('commit', '--quiet', '--all', '--message', 'More')
    expect(release('0.1.0').stderr).toContain('there is a tag v0.1.0 already')
  })

  it('is published under another name where it is a pre-release', () => {
    expect(release('0.2.0-beta.1').stdout).toContain('npm publish --tag next')
  })

  it('changes nothing when it is only tried', () => {
    const { status, stdout } = release('0.2.0', '--dry-run')
    expect([status, stdout]).toEqual([0, expect.stringContaining('Nothing was changed')])
    expect(stdout).toContain('all is well')
    expect([git('log', '--format=%s'), git('tag'), git('status', '--porcelain')]).toEqual(['First', '', ''])
  })

  it.each<[string, string[], () => void, string]>([
    ['without a version', [], () => {}, 'usage: npm run release'],
    ['of no version', ['v1'], () => {}, "'v1' is no version"],
    ['of a lower version', ['0.0.9'], () => {}, 'is lower than the version in package.json, 0.1.0'],
    ['of a pre-release of what is there', ['0.1.0-beta'], () => {}, 'is lower'],
    [
      'of another branch',
      ['0.2.0'],
      () => git('switch', '--quiet', '--create', 'other'),
      'made on main; this is other',
    ],
    ['with changes', ['0.2.0'], () => put('build.mjs', `${BUILD}// more\n`), 'not committed'],
    ['with files nobody added', ['0.2.0'], () => put('new.txt', ''), 'not committed'],
  ])('is refused %s, before anything is run', (_, args, prepare, message) => {
    prepare()
    const { status, stdout, stderr } = release(...args)
    expect([status, stderr]).toEqual([1, expect.stringContaining(message)])
    expect(stdout).not.toContain('all is well')
    expect(git('tag')).toBe('')
  })

  it.each<[string, string, string, string]>([
    ['.ci/run fails', '.ci/run', '#!/bin/sh\nexit 3\n', '.ci/run'],
    ['the build fails', 'build.mjs', 'process.exit(1)\n', 'npm run build'],
    [
      'a file is not in the package',
      'build.mjs',
      BUILD.replace("'dist/index.d.ts'", "'dist/other.d.ts'"),
      'dist/index.d.ts',
    ],
    ['.ci/run changes files', '.ci/run', '#!/bin/sh\necho >> build.mjs\n', 'changed files'],
  ])('leaves everything as it was where %s', (_, file, content, message) => {
    put(file, content)
    git('commit', '--quiet', '--all', '--message', 'Broken')
    const { status, stderr } = release('0.2.0')
    expect([status, stderr]).toEqual([1, expect.stringContaining(message)])
    expect([git('log', '-1', '--format=%s'), git('tag')]).toEqual(['Broken', ''])
    expect(git('diff', '--name-only', '--', 'package.json', 'CHANGELOG.md')).toBe('')
  })
})
