// npm run fuzz: searches for cases in which the detector does not keep what it promises. See run.mjs for its arguments.
import { inspect, parseArgs } from 'node:util'
import fc from 'fast-check'
import { answerProperties } from './answers.ts'
import { bufferProperties } from './buffers.ts'
import { createDetectors } from './detectors.ts'
import { junkProperties } from './junk.ts'
import { loadPhotographs } from './pictures.ts'
import type { Property } from './property.ts'
import { twinProperty } from './twin.ts'
import { Watchdog } from './watchdog.ts'

/** A case takes some tens of milliseconds, a naive one a second; on a busy machine many times as long. */
const LIMIT_SECONDS = 60
/** The largest share of cases that may not be told right from wrong. */
const UNSURE = 0.1

const { values } = parseArgs({
  options: {
    seed: { type: 'string' },
    seconds: { type: 'string', default: '60' },
    only: { type: 'string' },
    path: { type: 'string' },
  },
})
const seed = values.seed === undefined ? Math.floor(Math.random() * 2 ** 31) : wholeNumber('seed', values.seed)
const seconds = wholeNumber('seconds', values.seconds)

function wholeNumber(name: string, text: string): number {
  if (!/^-?\d+$/.test(text)) throw new RangeError(`--${name} must be a whole number; got '${text}'`)
  return Number(text)
}

/** Generated objects may have no prototype: of no concern here. */
const tell = (one: unknown) => fc.stringify(one).replaceAll('__proto__:null,', '')

const watchdog = new Watchdog(LIMIT_SECONDS)

/** Looks for a case in which a property does not hold, for so long; says whether there was none. */
async function search({ name, cases, check }: Property<never>, milliseconds: number): Promise<boolean> {
  let count = 0
  let unsure = 0
  let running: Promise<unknown> | undefined
  const watched = fc.asyncProperty(cases, async (one) => {
    watchdog.beat(`'${name}', case ${count} of seed ${seed}: ${tell(one)}`)
    count++
    const checked = check(one)
    running = checked
    if ((await checked) === 'unsure') unsure++
  })
  const details = await fc.check(watched, {
    seed,
    ...(values.path === undefined ? {} : { path: values.path }),
    numRuns: values.path === undefined ? Number.MAX_SAFE_INTEGER : 1,
    interruptAfterTimeLimit: milliseconds,
  })
  // One case is still at work where the time was over.
  await running?.catch(() => undefined)
  // Where the time was over before the first case was done, there is no counterexample: the watchdog ends a case that never ends.
  const failed = details.failed && details.counterexample !== null
  const aside = unsure > 0 ? `, ${unsure} of them unsure` : ''
  console.log(`${failed ? 'FAILED' : 'ok    '}  ${name}: ${count} cases${aside}`)
  if (failed) {
    console.log(`case: ${tell(details.counterexample[0])}`)
    // Lines may be as long as what was given.
    console.log(inspect(details.errorInstance).replace(/^(.{400}).+$/gm, '$1...'))
    console.log(`again: npm run fuzz -- --seed ${seed} --only '${name}' --path ${details.counterexamplePath}\n`)
  }
  if (count >= 20 && unsure > UNSURE * count) {
    console.log(`FAILED  ${name}: too many cases that cannot be told right from wrong`)
    return false
  }
  return !failed
}

console.log(`fuzz: seed ${seed}, ${seconds} s (the same cases again: npm run fuzz -- --seed ${seed})`)
await loadPhotographs()
const detectors = await createDetectors()
const all = [
  ...answerProperties(detectors),
  twinProperty(detectors.single),
  ...junkProperties(detectors),
  ...bufferProperties(detectors),
]
const chosen = all.filter(({ name }) => values.only === undefined || name === values.only)
if (chosen.length === 0) throw new RangeError(`--only must be one of ${all.map(({ name }) => name).join(', ')}`)
let sound = true
for (const property of chosen) sound = (await search(property, (1000 * seconds) / chosen.length)) && sound
detectors.dispose()
await watchdog.end()
process.exitCode = sound ? 0 : 1
