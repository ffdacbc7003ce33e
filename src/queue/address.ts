import { MtcnnError, shortened } from '../shared/errors.ts'

/** Where Redis is looked for when nothing is said. */
export const DEFAULT_REDIS = 'redis://127.0.0.1:6379'

/**
 * Checks the URL of a Redis.
 *
 * @throws MtcnnError INVALID_OPTION. Neither user nor password are in the message.
 */
export function checkRedisUrl(text: string): string {
  const wanted =
    "wanted is 'redis://host:6379', or 'rediss://...' for TLS, with ':password@' before the host where there is one"
  let url: URL
  try {
    url = new URL(text)
  } catch (cause) {
    // What cannot be read may have a password anywhere.
    throw new MtcnnError('INVALID_OPTION', `this is not the URL of a Redis; ${wanted}`, { cause })
  }
  if (url.protocol !== 'redis:' && url.protocol !== 'rediss:') {
    throw new MtcnnError(
      'INVALID_OPTION',
      `a URL of a Redis does not begin with '${shortened(url.protocol, 40)}'; ${wanted}`,
    )
  }
  if (url.hostname === '') throw new MtcnnError('INVALID_OPTION', `this URL of a Redis names no host; ${wanted}`)
  const database = url.pathname.replace(/^\//, '')
  if (!/^\d*$/.test(database)) {
    throw new MtcnnError(
      'INVALID_OPTION',
      `behind the host of a Redis stands the number of a database, such as /0; ${wanted}`,
    )
  }
  return text
}

/** A Redis for people: its address without user, password and whatever else the URL holds. */
export function redisLabel(url: string): string {
  const { protocol, hostname, port, pathname } = new URL(url)
  return `${protocol}//${hostname}:${port || '6379'}${pathname.length > 1 ? pathname : ''}`
}

/**
 * Checks the name of a queue. It becomes a part of keys in Redis.
 *
 * @throws MtcnnError INVALID_OPTION
 */
export function checkQueueName(name: string): string {
  if (/^[\w.-]{1,64}$/.test(name)) return name
  throw new MtcnnError(
    'INVALID_OPTION',
    `the name of a queue is made of 1 to 64 letters, digits, '.', '-' and '_'; got '${shortened(name)}'`,
  )
}
