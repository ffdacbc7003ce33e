import { describe, expect, it } from 'vitest'
import { bound } from '../../src/shared/bound.ts'

async function* count() {
  try {
    for (let n = 0; n < 3; n++) yield n
  } finally {
    ended++
  }
}
let ended = 0

describe('bound', () => {
  it('is the generator itself', async () => {
    const generator = count()
    expect(bound(generator)).toBe(generator)
    expect(Object.keys(generator)).toEqual([])
    expect(Object.prototype.toString.call(generator)).toBe('[object AsyncGenerator]')
  })

  it('runs behind a proxy, where generators do not', async () => {
    await expect(new Proxy(count(), {}).next()).rejects.toThrow(TypeError)
    const seen: number[] = []
    for await (const n of new Proxy(bound(count()), {})) seen.push(n)
    expect(seen).toEqual([0, 1, 2])
  })

  it('ends behind a proxy, with break and with an error', async () => {
    const before = ended
    for await (const _ of new Proxy(bound(count()), {})) break
    expect(ended).toBe(before + 1)
    const proxy = new Proxy(bound(count()), {})
    await proxy.next()
    await expect(proxy.throw(new Error('over'))).rejects.toThrow('over')
    expect(ended).toBe(before + 2)
    expect(await proxy.next()).toEqual({ done: true, value: undefined })
  })
})
