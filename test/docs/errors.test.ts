import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import type { MtcnnErrorCode } from '../../src/shared/errors.ts'

/** Compiles only with every code that there is. */
const CODES: Record<MtcnnErrorCode, true> = {
  INVALID_OPTION: true,
  INVALID_IMAGE: true,
  UNSUPPORTED_IMAGE: true,
  DECODE_FAILED: true,
  IMAGE_TOO_LARGE: true,
  MISSING_DEPENDENCY: true,
  INVALID_WEIGHTS: true,
  OUT_OF_MEMORY: true,
  UNSUPPORTED_PLATFORM: true,
  DISPOSED: true,
  WORKER_FAILED: true,
}

it('docs/errors.md lists every code once, in the table and with a section, and no other', () => {
  const page = readFileSync(new URL('../../docs/errors.md', import.meta.url), 'utf8')
  const codes = Object.keys(CODES)
  expect([...page.matchAll(/^## (.*)$/gm)].map(([, code]) => code)).toEqual(codes)
  const rows = [...page.matchAll(/^\| \[`(\w+)`\]\(#(\w+)\) \|/gm)]
  expect(rows.map(([, code, link]) => [code, link])).toEqual(codes.map((code) => [code, code.toLowerCase()]))
})
