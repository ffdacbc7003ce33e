// npm run browsers [-- --check]: puts the browsers of the last `npm run test:browser` into README.md; with --check, fails where
// that run had other browsers than the README names, or a test that failed.

import { readFile, writeFile } from 'node:fs/promises'

const [BEGIN, END] = ['<!-- browsers: npm run test:browser && npm run browsers -->', '<!-- /browsers -->']

/** @type {Record<string, [name: string, stands: string]>} */
const ENGINES = {
  chromium: ['Chromium', 'Chrome, Edge, Opera, Samsung Internet, Android WebView'],
  firefox: ['Firefox', 'Firefox'],
  webkit: ['WebKitGTK', 'the engine of Safari, and of all browsers on iOS'],
}

const root = new URL('../../../', import.meta.url)
/** @type {import('./report.ts').Outcome[]} */
const outcomes = JSON.parse(await readFile(new URL('build/browsers.json', root), 'utf8').catch(noRun))
const order = Object.keys(ENGINES)
outcomes.sort((a, b) => order.indexOf(a.engine) - order.indexOf(b.engine))
const rows = outcomes.map(({ engine, version }) => {
  const [name, stands] = ENGINES[engine] ?? [engine, '']
  return `| ${name} | ${version} | ${stands} |`
})
const table = ['| browser | version tested | stands for |', '|---|---|---|', ...rows].join('\n')

const readme = new URL('README.md', root)
const text = await readFile(readme, 'utf8')
const [from, to] = [text.indexOf(BEGIN), text.indexOf(END)]
if (from < 0 || to < from) throw new Error(`README.md has no place between ${BEGIN} and ${END}`)
const stated = text.slice(from + BEGIN.length, to).trim()

if (process.argv.includes('--check')) {
  /** The first column: browsers get newer by themselves. @param {string} some */
  const names = (some) => some.split('\n').map((line) => line.split('|')[1])
  check(
    outcomes.every(({ failed, passed }) => failed === 0 && passed > 0),
    'the last run had tests that failed',
  )
  check(names(stated).join() === names(table).join(), `README.md names other browsers than were tested:\n${table}`)
} else {
  await writeFile(readme, `${text.slice(0, from)}${BEGIN}\n${table}\n${text.slice(to)}`)
}

/** @param {boolean} isSo @param {string} message */
function check(isSo, message) {
  if (isSo) return
  console.error(message)
  process.exitCode = 1
}

/** @returns {never} */
function noRun() {
  console.error('no browser was tested yet: npm run test:browser')
  process.exit(1)
}
