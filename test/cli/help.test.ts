import { expect, it } from 'vitest'
import { FLAGS } from '../../src/cli/flags.ts'
import { helpText } from '../../src/cli/help.ts'

it('names every flag, with its value where it takes one', () => {
  const lines = helpText().split('\n')
  for (const { name, short, value } of FLAGS) {
    const line = lines.find((text) => new RegExp(`--(\\[no-\\])?${name}( |$)`).test(text))
    expect(line, name).toBeDefined()
    if (value !== undefined) expect(line).toContain(`<${value}>`)
    if (short !== undefined) expect(line).toContain(`-${short}, `)
  }
})

it('fits a terminal of 120 columns', () => {
  expect(
    helpText()
      .split('\n')
      .filter((line) => line.length > 120),
  ).toEqual([])
})
