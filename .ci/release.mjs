// npm run release -- <version> [--dry-run]: makes a release of the checkout, as a commit and a tag. It pushes and publishes
// nothing: its last lines say how. With --dry-run everything is tried and nothing is left changed.

import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { parseArgs } from 'node:util'

const BRANCH = 'main'
const CHANGED = ['CHANGELOG.md', 'package.json', 'package-lock.json']

class Refusal extends Error {}

/** @param {string} message */
function refuse(message) {
  throw new Refusal(message)
}

/** What a command prints. @param {string} command @param {string[]} args */
const read = (command, ...args) => execFileSync(command, args, { encoding: 'utf8' }).trim()

/** Runs a command that may print. @param {string} command @param {string[]} args */
function run(command, ...args) {
  console.log(`\n== ${[command, ...args].join(' ')}`)
  execFileSync(command, args, { stdio: 'inherit' })
}

/** The numbers of a version, and what follows `-`. @param {string} version */
function parseVersion(version) {
  const parts = /^(\d+)\.(\d+)\.(\d+)(?:-([0-9a-z.-]+))?$/.exec(version)
  if (parts === null)
    return refuse(`'${version}' is no version: three numbers are wanted, such as 1.2.3 or 1.2.3-beta.1`)
  return { numbers: parts.slice(1, 4).map(Number), pre: parts[4] }
}

/** Whether one version is lower than another, as semver.org orders them; of two pre-releases by their text. @param {string} one @param {string} other */
function isLower(one, other) {
  const [a, b] = [parseVersion(one), parseVersion(other)]
  const at = a.numbers.findIndex((number, index) => number !== b.numbers[index])
  if (at >= 0) return a.numbers[at] < b.numbers[at]
  if (a.pre === undefined || b.pre === undefined) return a.pre !== undefined && b.pre === undefined
  return a.pre.localeCompare(b.pre, 'en', { numeric: true }) < 0
}

const manifest = () => JSON.parse(readFileSync('package.json', 'utf8'))

/** @param {string} version */
function checkState(version) {
  const current = manifest().version
  if (isLower(version, current)) refuse(`${version} is lower than the version in package.json, ${current}`)
  if (read('git', 'tag', '--list', `v${version}`) !== '') refuse(`there is a tag v${version} already`)
  const branch = read('git', 'rev-parse', '--abbrev-ref', 'HEAD')
  if (branch !== BRANCH) refuse(`releases are made on ${BRANCH}; this is ${branch}`)
  if (read('git', 'status', '--porcelain') !== '')
    refuse('there are changes that are not committed: git status shows them')
}

/** The changelog with its part "Unreleased" under the version. @param {string} text @param {string} version */
function releasedChangelog(text, version) {
  const heading = /^## Unreleased[ \t]*$/m.exec(text)
  if (heading === null) return refuse("CHANGELOG.md has no part '## Unreleased'")
  const start = heading.index + heading[0].length
  const next = text.slice(start).search(/^## /m)
  const part = next < 0 ? text.slice(start) : text.slice(start, start + next)
  if (part.trim() === '') refuse("CHANGELOG.md says nothing under '## Unreleased'")
  const date = new Date().toISOString().slice(0, 10)
  return `${text.slice(0, start)}\n\n## ${version} (${date})${text.slice(start)}`
}

/** Every file that package.json names has to be in the package. */
function checkPackage() {
  const { exports = {}, main, types, bin = {} } = manifest()
  const packed = JSON.parse(read('npm', 'pack', '--dry-run', '--json', '--ignore-scripts'))
  const [{ files, unpackedSize }] = Object.values(packed)
  const names = files.map(({ path }) => path)
  const named = [...paths(exports), ...paths(bin), main, types].filter((path) => path !== undefined)
  const missing = named.map((path) => path.replace(/^\.\//, '')).filter((path) => !names.includes(path))
  if (missing.length > 0) refuse(`package.json names files that are not in the package: ${missing.join(', ')}`)
  const { dependencies } = manifest()
  if (dependencies !== undefined)
    refuse(`the package has no dependencies; package.json has ${Object.keys(dependencies)}`)
  console.log(`\nThe package has ${names.length} files, ${(unpackedSize / 1e6).toFixed(1)} MB.`)
}

/** All paths in `exports` or `bin`, whatever their conditions. @param {unknown} value @returns {string[]} */
function paths(value) {
  if (typeof value === 'string') return [value]
  return value === null ? [] : Object.values(/** @type {object} */ (value)).flatMap(paths)
}

/** @param {string} version @param {boolean} isDry */
function release(version, isDry) {
  process.chdir(read('git', 'rev-parse', '--show-toplevel'))
  checkState(version)
  const changelog = releasedChangelog(readFileSync('CHANGELOG.md', 'utf8'), version)
  run('.ci/run')
  if (read('git', 'status', '--porcelain') !== '') refuse('.ci/run changed files: git status shows them')
  let done = false
  try {
    writeFileSync('CHANGELOG.md', changelog)
    run('npm', 'version', version, '--no-git-tag-version', '--allow-same-version')
    // Once more: the version is part of what is built.
    run('npm', 'run', 'build')
    checkPackage()
    if (isDry) return
    run(
      'git',
      'commit',
      '--quiet',
      '--message',
      `Release ${version}`,
      '--',
      ...CHANGED.filter((file) => existsSync(file)),
    )
    run('git', 'tag', '--annotate', `v${version}`, '--message', `Release ${version}`)
    done = true
  } finally {
    if (!done) execFileSync('git', ['checkout', '--quiet', '--', ...CHANGED.filter((file) => existsSync(file))])
  }
}

const { values, positionals } = parseArgs({ allowPositionals: true, options: { 'dry-run': { type: 'boolean' } } })
try {
  const [version] = positionals
  if (version === undefined || positionals.length > 1) refuse('usage: npm run release -- <version> [--dry-run]')
  const isDry = values['dry-run'] === true
  release(version, isDry)
  console.log(
    isDry
      ? `\nTried: ${version} can be released. Nothing was changed.`
      : `\nReleased ${version} here. To let others have it:\n\n  git push origin ${BRANCH} v${version}\n  npm publish${version.includes('-') ? ' --tag next' : ''}\n`,
  )
} catch (error) {
  // What a command had to say, it has said.
  if (!(error instanceof Refusal) && typeof error.status !== 'number') throw error
  console.error(`\nrelease: ${error.message}`)
  process.exitCode = 1
}
