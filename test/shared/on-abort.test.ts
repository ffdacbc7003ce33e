import { getEventListeners } from 'node:events'
import { expect, it } from 'vitest'
import { onAbort } from '../../src/shared/on-abort.ts'

const listeners = (signal: AbortSignal) => getEventListeners(signal, 'abort').length

it('calls each that waits, once, through one listener', () => {
  const controller = new AbortController()
  const { signal } = controller
  const called: number[] = []
  for (let n = 0; n < 30; n++) onAbort(signal, () => called.push(n))
  expect(listeners(signal)).toBe(1)
  expect(called).toEqual([])
  controller.abort()
  expect(called).toEqual(Array.from({ length: 30 }, (_, n) => n))
  controller.abort()
  expect(called).toHaveLength(30)
})

it('does not call what has been released, and lets go of the signal with the last', () => {
  const controller = new AbortController()
  const { signal } = controller
  const called: string[] = []
  const first = onAbort(signal, () => called.push('first'))
  const second = onAbort(signal, () => called.push('second'))
  first()
  expect(listeners(signal)).toBe(1)
  second()
  expect(listeners(signal)).toBe(0)
  const third = onAbort(signal, () => called.push('third'))
  first()
  expect(listeners(signal)).toBe(1)
  controller.abort()
  expect(called).toEqual(['third'])
  third()
  expect(listeners(signal)).toBe(0)
})

it('one that releases others while it is called takes nobody along who still waits', () => {
  const controller = new AbortController()
  const called: string[] = []
  const releases: (() => void)[] = []
  onAbort(controller.signal, () => {
    called.push('a')
    releases[0]!()
  })
  releases.push(onAbort(controller.signal, () => called.push('b')))
  onAbort(controller.signal, () => called.push('c'))
  controller.abort()
  expect(called).toEqual(['a', 'c'])
})

it('without a signal there is nothing to wait for', () => {
  const release = onAbort(undefined, () => {
    throw new Error('called')
  })
  expect(release()).toBeUndefined()
})
