import { describe, expect, it } from 'vitest'
import { QueueError } from '../../src/queue/queue-error.ts'
import { checkServer } from '../../src/queue/server.ts'

const GOOD = {
  redis_version: '7.0.15',
  role: 'master',
  cluster_enabled: '0',
  used_memory: '1234567',
  maxmemory: '2000000',
  maxmemory_policy: 'noeviction',
  aof_enabled: '1',
}

const infoOf = (changes: Record<string, string>) =>
  ['# Server', ...Object.entries({ ...GOOD, ...changes }).map(([name, value]) => `${name}:${value}`), ''].join('\r\n')

describe('a Redis', () => {
  it('is told by what INFO says', () => {
    expect(checkServer(infoOf({}), 'redis://a:1')).toEqual({
      version: '7.0.15',
      usedMemory: 1234567,
      maxMemory: 2000000,
      keepsChanges: true,
    })
    expect(checkServer(infoOf({ aof_enabled: '0' }), 'x').keepsChanges).toBe(false)
  })

  it.each([
    ['6.2.0', true],
    ['10.1.0', true],
    ['6.0.16', false],
    ['5.0.7', false],
    ['', false],
  ])('of version %s: %s', (version, isGood) => {
    const check = () => checkServer(infoOf({ redis_version: version }), 'redis://a:1')
    if (isGood) expect(check().version).toBe(version)
    else expect(check).toThrow(/^redis:\/\/a:1 is Redis .*; a queue needs 6\.2 or newer/)
  })

  it('that would lose what is in it, or takes no writes, is refused', () => {
    const check = (changes: Record<string, string>) => () => checkServer(infoOf(changes), 'redis://a:1')
    expect(check({ maxmemory_policy: 'allkeys-lru' })).toThrow(QueueError)
    expect(check({ maxmemory_policy: 'allkeys-lru' })).toThrow(/maxmemory-policy allkeys-lru.*config set/)
    expect(check({ cluster_enabled: '1' })).toThrow(/Redis Cluster/)
    expect(check({ role: 'slave' })).toThrow(/replica/)
  })
})
