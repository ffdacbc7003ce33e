import { resolve } from 'node:path'
import { describe, expect, it } from 'vitest'
import { NameSet } from '../../src/bulk/name-set.ts'

describe('a set of names', () => {
  it('has what was added, and nothing else, while it grows', () => {
    const names = new NameSet()
    for (let n = 0; n < 20_000; n++) expect(names.add(`album/${n}.jpg`)).toBe(true)
    for (let n = 0; n < 20_000; n++) if (names.add(`album/${n}.jpg`)) throw new Error(`${n} was forgotten`)
    for (let n = 20_000; n < 40_000; n++) if (names.has(`album/${n}.jpg`)) throw new Error(`${n} was never added`)
    expect(names.size).toBe(20_000)
  })

  it('knows a file by whatever path', () => {
    const names = new NameSet()
    names.add('album/a.jpg')
    for (const other of ['./album/a.jpg', 'album/../album//a.jpg', resolve('album/a.jpg')]) {
      expect(names.has(other), other).toBe(true)
    }
    expect(names.has('a.jpg')).toBe(false)
    names.add('https://example.com/a//b.jpg')
    expect(names.has('https://example.com/a/b.jpg')).toBe(false)
  })

  it('tells names apart that differ in bytes that are no UTF-8', () => {
    const names = new NameSet()
    names.add('a\udce9')
    expect(names.has('a\udce8')).toBe(false)
    expect(names.has('a\udce9')).toBe(true)
  })
})
