import { getEventListeners } from 'node:events'
import { expect, it } from 'vitest'
import { abortWith, onAbort } from '../../src/shared/on-abort.ts'

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

it('a signal whose listeners cannot be removed does no harm; one that takes none is told', () => {
  const throwing = () => {
    throw new TypeError('no')
  }
  const target = new EventTarget()
  const signal = Object.assign(target, { removeEventListener: throwing, aborted: false }) as unknown as AbortSignal
  const called: string[] = []
  onAbort(signal, () => called.push('first'))()
  onAbort(signal, () => called.push('second'))
  target.dispatchEvent(new Event('abort'))
  expect(called).toEqual(['second'])
  const deaf = { aborted: false, addEventListener: throwing, removeEventListener() {} } as unknown as AbortSignal
  for (let n = 0; n < 2; n++) expect(() => onAbort(deaf, () => {})).toThrow("option 'signal' must be an AbortSignal")
})

it('abortWith passes on the abort and its reason, until it is released', () => {
  const [from, to, released] = [new AbortController(), new AbortController(), new AbortController()]
  abortWith(to, from.signal)
  abortWith(released, from.signal)()
  const reason = new Error('enough')
  from.abort(reason)
  expect(to.signal.reason).toBe(reason)
  expect(released.signal.aborted).toBe(false)
  const late = new AbortController()
  abortWith(late, from.signal)
  expect(late.signal.reason).toBe(reason)
  expect(abortWith(late, undefined)()).toBeUndefined()
})

it('abortWith makes an AbortError for signals without a reason, or whose reason cannot be read', () => {
  for (const reason of [{ value: undefined }, { get: () => expect.unreachable() }]) {
    const target = Object.assign(new EventTarget(), { aborted: false })
    const signal = Object.defineProperty(target, 'reason', reason) as unknown as AbortSignal
    const controller = new AbortController()
    abortWith(controller, signal)
    target.dispatchEvent(new Event('abort'))
    expect(controller.signal.reason).toMatchObject({ name: 'AbortError' })
  }
})
