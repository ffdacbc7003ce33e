import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { expect, it } from 'vitest'
import { Workplace } from '../browser/engines/program.ts'
import { whatIsMissing } from '../browser/engines/programs.ts'

it('programs that a test run starts end with all that they started, and their folder is removed', async () => {
  const place = new Workplace()
  // A program that starts another, and does not end when it is asked to.
  const script = 'trap "" TERM; sleep 1000 & echo started; wait; wait'
  const { process: parent } = place.start('/bin/sh', ['-c', script])
  await once(parent.stdout!, 'data')
  expect(existsSync(place.folder)).toBe(true)
  // Both write to it: it is closed when both have ended.
  const closed = once(parent.stdout!, 'close')
  await place.close()
  await closed
  expect([parent.signalCode, existsSync(place.folder)]).toEqual(['SIGKILL', false])
})

it('one that ends by itself is told, with its last words', async () => {
  const place = new Workplace()
  const { failure } = place.start('/bin/sh', ['-c', 'echo no display >&2; exit 3'])
  await expect(failure).rejects.toThrow(/\/bin\/sh ended \(3\): no display/)
  await expect(place.start('/no/such/program', []).failure).rejects.toThrow(/ENOENT/)
  await place.close()
})

it('a browser that is not there is told, with how to get it', () => {
  const { FIREFOX } = process.env
  process.env.FIREFOX = '/no/such/firefox'
  try {
    expect(whatIsMissing('firefox')).toBe('no Firefox at /no/such/firefox, which FIREFOX names')
  } finally {
    if (FIREFOX === undefined) delete process.env.FIREFOX
    else process.env.FIREFOX = FIREFOX
  }
})
