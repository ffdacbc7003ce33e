import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { CODES } from '../helpers/codes.ts'

it('docs/errors.md lists every code once, in the table and with a section, and no other', () => {
  const page = readFileSync(new URL('../../docs/errors.md', import.meta.url), 'utf8')
  const codes = Object.keys(CODES)
  expect([...page.matchAll(/^## (.*)$/gm)].map(([, code]) => code)).toEqual(codes)
  const rows = [...page.matchAll(/^\| \[`(\w+)`\]\(#(\w+)\) \|/gm)]
  expect(rows.map(([, code, link]) => [code, link])).toEqual(codes.map((code) => [code, code.toLowerCase()]))
})
