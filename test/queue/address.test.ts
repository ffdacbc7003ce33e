import { describe, expect, it } from 'vitest'
import { checkQueueName, checkRedisUrl, redisLabel } from '../../src/queue/address.ts'
import { MtcnnError } from '../../src/shared/errors.ts'

describe('the URL of a Redis', () => {
  it.each([
    ['redis://queue', 'redis://queue:6379'],
    ['redis://queue:6380/2', 'redis://queue:6380/2'],
    ['rediss://user:se%20cret@queue.example.com:6380', 'rediss://queue.example.com:6380'],
    ['redis://:secret@127.0.0.1', 'redis://127.0.0.1:6379'],
    ['redis://[::1]:6379/0?family=6&password=secret', 'redis://[::1]:6379/0'],
  ])('%s is shown as %s', (url, label) => {
    expect(checkRedisUrl(url)).toBe(url)
    expect(redisLabel(url)).toBe(label)
  })

  it.each([
    'queue:6379',
    'localhost',
    '',
    'http://user:secret@queue',
    'redis://user:secret@queue/database',
    'redis://:secret@',
    'redis:///secret',
  ])('%s is refused, without what may be a password', (url) => {
    let error: unknown
    try {
      checkRedisUrl(url)
    } catch (caught) {
      error = caught
    }
    expect(error).toBeInstanceOf(MtcnnError)
    expect((error as MtcnnError).code).toBe('INVALID_OPTION')
    expect((error as MtcnnError).message).toMatch(/redis:\/\/host:6379/)
    expect((error as MtcnnError).message).not.toMatch(/secret|user:/)
  })
})

describe('the name of a queue', () => {
  it('is a part of keys', () => {
    expect(checkQueueName('faces-2024_a.b')).toBe('faces-2024_a.b')
    for (const name of ['', 'a:b', 'a b', '{a}', '\u00e4', 'a'.repeat(65)]) {
      expect(() => checkQueueName(name), name).toThrow(/1 to 64 letters/)
    }
  })
})
