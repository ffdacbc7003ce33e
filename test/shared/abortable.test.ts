import { expect, it } from 'vitest'
import { abortable } from '../../src/shared/abortable.ts'

const never = new Promise<never>(() => {})

it('settles as the work does', async () => {
  const { signal } = new AbortController()
  expect(await abortable(Promise.resolve(1), undefined)).toBe(1)
  expect(await abortable(Promise.resolve(2), signal)).toBe(2)
  const failure = new Error('boom')
  await expect(abortable(Promise.reject(failure), signal)).rejects.toBe(failure)
})

it('an abort settles it at once, with the reason of the signal', async () => {
  await expect(abortable(never, AbortSignal.abort('before'))).rejects.toBe('before')
  const controller = new AbortController()
  const waiting = abortable(never, controller.signal)
  controller.abort('while it waited')
  await expect(waiting).rejects.toBe('while it waited')
})

it('what comes too late is given to discard, and a late failure is no unhandled rejection', async () => {
  const controller = new AbortController()
  let give!: (value: string) => void
  let fail!: (error: Error) => void
  const discarded: string[] = []
  const work = new Promise<string>((resolve) => {
    give = resolve
  })
  const failing = new Promise<string>((_, reject) => {
    fail = reject
  })
  const calls = [
    abortable(work, controller.signal, (late) => discarded.push(late)),
    abortable(failing, controller.signal, (late) => discarded.push(late)),
  ]
  controller.abort('enough')
  for (const call of calls) await expect(call).rejects.toBe('enough')
  give('bitmap')
  fail(new Error('too late to tell'))
  await work
  expect(discarded).toEqual(['bitmap'])
})

it('what came in time is not discarded by a later abort', async () => {
  const controller = new AbortController()
  const discarded: string[] = []
  expect(await abortable(Promise.resolve('in time'), controller.signal, (late) => discarded.push(late))).toBe('in time')
  controller.abort()
  await Promise.resolve()
  expect(discarded).toEqual([])
})
