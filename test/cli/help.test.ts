import { expect, it } from 'vitest'
import { parseArguments } from '../../src/cli/arguments.ts'
import { FLAGS } from '../../src/cli/flags.ts'
import { type HelpTopic, helpText } from '../../src/cli/help.ts'

it('names every flag, with its value where it takes one', () => {
  const lines = helpText().split('\n')
  for (const { name, short, value } of FLAGS) {
    const line = lines.find((text) => new RegExp(`^ {2}(-\\w, )?--(\\[no-\\])?${name}( |$)`).test(text))
    expect(line, name).toBeDefined()
    if (value !== undefined) expect(line).toContain(`<${value}>`)
    if (short !== undefined) expect(line).toContain(`-${short}, `)
  }
})

it('of a command has its options, and no others', () => {
  const has = (topic: HelpTopic, name: string) =>
    new RegExp(`^ {2}(-\\w, )?--(\\[no-\\])?${name}( |$)`, 'm').test(helpText(topic))
  for (const topic of ['detect', 'crop', 'blur'] as const) {
    for (const name of ['preset', 'out', 'timeout', 'help']) expect(has(topic, name), `${topic} ${name}`).toBe(true)
  }
  const own = { detect: ['explain'], crop: ['align', 'format'], blur: ['method', 'in-place', 'format'] }
  for (const [topic, names] of Object.entries(own)) {
    for (const name of names) expect(has(topic as HelpTopic, name), `${topic} ${name}`).toBe(true)
  }
  for (const name of ['align', 'method', 'format']) expect(has('detect', name)).toBe(false)
  for (const name of ['explain', 'method']) expect(has('crop', name)).toBe(false)
  expect(parseArguments(['crop', '--help'])).toEqual({ kind: 'help', topic: 'crop' })
  expect(parseArguments(['help', 'blur'])).toEqual({ kind: 'help', topic: 'blur' })
  expect(parseArguments(['-h'])).toEqual({ kind: 'help', topic: undefined })
})

it('has each flag in one section', () => {
  const [options = ''] = helpText().split('Output of detect:')
  const all = options.matchAll(/^ {2}(?:-\w, )?--(?:\[no-\])?([a-z-]+)(?: <| {2}|$)/gm)
  const names = [...all].map(([, name]) => name)
  expect(names.sort()).toEqual(FLAGS.map(({ name }) => name).sort())
})

it('fits a terminal of 120 columns', () => {
  expect(
    helpText()
      .split('\n')
      .filter((line) => line.length > 120),
  ).toEqual([])
})
