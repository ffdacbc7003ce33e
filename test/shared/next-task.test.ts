import { afterEach, expect, it, vi } from 'vitest'
import { nextTask } from '../../src/shared/next-task.ts'

afterEach(() => vi.unstubAllGlobals())

it('comes after all microtasks, and lets messages and immediates in', async () => {
  const order: string[] = []
  const { port1, port2 } = new MessageChannel()
  const arrived = new Promise<void>((resolve) => {
    port1.onmessage = () => {
      order.push('message')
      resolve()
    }
  })
  port2.postMessage(null)
  const task = nextTask().then(() => order.push('task'))
  queueMicrotask(() => queueMicrotask(() => order.push('microtask')))
  await Promise.all([task, arrived])
  port1.close()
  expect(order[0]).toBe('microtask')
  expect(order).toContain('message')

  let immediate = false
  setImmediate(() => {
    immediate = true
  })
  // A few turns at the most, without a timer.
  for (let n = 0; n < 5 && !immediate; n++) await nextTask()
  expect(immediate).toBe(true)
})

it('leaves nothing behind that keeps a process alive', async () => {
  const before = process.getActiveResourcesInfo()
  for (let n = 0; n < 20; n++) await nextTask()
  await new Promise((resolve) => setImmediate(resolve))
  const count = (all: string[]) => all.filter((name) => name === 'MessagePort').length
  expect(count(process.getActiveResourcesInfo())).toBeLessThanOrEqual(count(before))
})

it('is a timer where there are no ports', async () => {
  vi.stubGlobal('MessageChannel', undefined)
  const order: string[] = []
  const task = nextTask().then(() => order.push('task'))
  queueMicrotask(() => order.push('microtask'))
  await task
  expect(order).toEqual(['microtask', 'task'])
})
