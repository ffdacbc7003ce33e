import { QueueError } from './queue-error.ts'

/** What a queue asks of a Redis before it is used. */
export interface ServerFacts {
  version: string
  /** Bytes it uses, and the most it may use; 0: all there is. */
  usedMemory: number
  maxMemory: number
  /** Whether it writes each change to a file (appendonly). */
  keepsChanges: boolean
}

/** The oldest Redis that BullMQ recommends. */
const OLDEST = [6, 2]

/**
 * Reads what the command INFO answers.
 *
 * @throws QueueError where a queue would not be safe there.
 */
export function checkServer(info: string, label: string): ServerFacts {
  const facts = new Map(
    info
      .split(/\r?\n/)
      .filter((line) => line.includes(':'))
      .map((line) => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 1)]),
  )
  const version = facts.get('redis_version') ?? ''
  const [major = Number.NaN, minor = Number.NaN] = version.split('.').map(Number)
  if (!(major > OLDEST[0]! || (major === OLDEST[0] && minor >= OLDEST[1]!))) {
    throw new QueueError(
      `${label} is Redis ${version || 'of an unknown version'}; a queue needs ${OLDEST.join('.')} or newer`,
    )
  }
  if (facts.get('cluster_enabled') === '1') {
    throw new QueueError(`${label} is a part of a Redis Cluster; a queue needs one Redis of its own`)
  }
  if (facts.get('role') === 'slave') {
    throw new QueueError(`${label} is a replica, which takes no writes; name the master`)
  }
  const policy = facts.get('maxmemory_policy')
  if (policy !== undefined && policy !== 'noeviction') {
    throw new QueueError(
      `${label} has maxmemory-policy ${policy}: it throws away parts of a queue when its memory is full. ` +
        `Set it to noeviction: redis-cli config set maxmemory-policy noeviction`,
    )
  }
  return {
    version,
    usedMemory: Number(facts.get('used_memory') ?? 0),
    maxMemory: Number(facts.get('maxmemory') ?? 0),
    keepsChanges: facts.get('aof_enabled') === '1',
  }
}
