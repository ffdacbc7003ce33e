import { spawnSync } from 'node:child_process'
import { afterAll, afterEach, beforeAll } from 'vitest'
import { type OpenQueue, openQueue } from '../../src/queue/open.ts'
import { PROGRAM, TestRedis } from './test-redis.ts'

/** Whether tests with a Redis can run. In CI they have to. */
export const hasRedis = Boolean(process.env.CI) || spawnSync(PROGRAM, ['--version']).status === 0

/** Why tests are left out, as a part of their names. */
export const redisNote = hasRedis ? '' : ` (left out: ${PROGRAM} is not installed; apt-get install redis-server)`

/** A Redis for the tests of a group, which it is called in. */
export function redisForTests(...options: string[]): TestRedis {
  const redis = new TestRedis(...options)
  beforeAll(() => redis.start())
  afterAll(() => redis.remove())
  return redis
}

let count = 0

/** A queue that no other test uses. It is closed at the end of the test. */
export async function queueFor(redis: TestRedis, name = `test-${process.pid}-${count++}`) {
  const said: string[] = []
  const stop = new AbortController()
  const place = { redis: redis.url, name, say: (message: string) => void said.push(message), signal: stop.signal }
  const queue: OpenQueue = await openQueue(place, false, 10)
  opened.push(queue)
  return { place, queue, said, stop: () => stop.abort(new Error('stopped')) }
}

const opened: OpenQueue[] = []

afterEach(async () => {
  await Promise.all(opened.splice(0).map((queue) => queue.close()))
})

/** Waits until something holds, and asks again after each turn of the event loop. */
export async function until(holds: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await holds())) await new Promise((resolve) => setTimeout(resolve, 20))
}
