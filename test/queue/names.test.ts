import { resolve } from 'node:path'
import { describe, expect, it } from 'vitest'
import { canonical, identityOf, isAddress, jobIdOf, NAME_SETS } from '../../src/queue/identity.ts'
import { placeOf, queuedName } from '../../src/queue/paths.ts'

describe('the identity of a name', () => {
  it('is that of the image, and fits into a set of whole numbers', () => {
    const { set, member } = identityOf('album/a.jpg')
    expect(set).toBeGreaterThanOrEqual(0)
    expect(set).toBeLessThan(NAME_SETS)
    expect(BigInt.asIntN(64, BigInt(member))).toBe(BigInt(member))
    for (const name of ['./album/a.jpg', 'album//a.jpg', 'album/b/../a.jpg']) {
      expect(identityOf(name)).toEqual({ set, member })
    }
  })

  it('tells names apart, also those that are no Unicode, and addresses', () => {
    const names = [
      'a.jpg',
      'A.jpg',
      '/a.jpg',
      '../a.jpg',
      'a\udce9',
      'a\udcea',
      'a\ufffd',
      'https://a/b',
      'https://a//b',
    ]
    const keys = names.map((name) => JSON.stringify(identityOf(name)))
    expect(new Set(keys).size).toBe(names.length)
    expect(isAddress('HTTPS://a/b')).toBe(true)
    expect(isAddress('https.jpg')).toBe(false)
  })
})

describe('the id of a job', () => {
  it('is its content', () => {
    const id = jobIdOf(['a.jpg', 'b.jpg'], { minFaceSize: 40, nms: { level: 0.5, output: 0.7 } })
    expect(id).toMatch(/^[\w-]{22}$/)
    expect(jobIdOf(['a.jpg', 'b.jpg'], { nms: { output: 0.7, level: 0.5 }, minFaceSize: 40 })).toBe(id)
    expect(jobIdOf(['b.jpg', 'a.jpg'], { minFaceSize: 40, nms: { level: 0.5, output: 0.7 } })).not.toBe(id)
    expect(jobIdOf(['a.jpg', 'b.jpg'], {})).not.toBe(id)
    expect(canonical({ b: [2, 1], a: undefined })).toBe('{"b":[2,1]}')
  })
})

describe('names and places', () => {
  const root = resolve('/photographs')

  it('without a root are as typed', () => {
    for (const name of ['a.jpg', '../a.jpg', '/b/c.jpg', './a.jpg']) {
      expect(queuedName(name, undefined)).toEqual({ name })
      expect(placeOf(name, undefined)).toEqual({ source: name })
    }
  })

  it('with a root are below it, on every machine', () => {
    expect(queuedName('/photographs/2024/a.jpg', root)).toEqual({ name: '2024/a.jpg' })
    expect(queuedName('/photographs/..a/b.jpg', root)).toEqual({ name: '..a/b.jpg' })
    expect(placeOf('2024/a.jpg', resolve('/mnt'))).toEqual({ source: resolve('/mnt/2024/a.jpg') })
    expect(placeOf('/photographs/a.jpg', root)).toEqual({ source: resolve('/photographs/a.jpg') })
  })

  it('are seen from the current folder, or from another one', () => {
    expect(queuedName('a.jpg', resolve('.'))).toEqual({ name: 'a.jpg' })
    expect(queuedName('2024/a.jpg', root, root)).toEqual({ name: '2024/a.jpg' })
    expect(queuedName('a.jpg', root)).toHaveProperty('problem')
  })

  it('nothing is outside of it', () => {
    for (const name of ['/other/a.jpg', '/photographs', '/photographs-2/a.jpg', '/photographs/../a.jpg']) {
      expect(queuedName(name, root), name).toHaveProperty('problem')
      expect(placeOf(name, root), name).toHaveProperty('problem')
    }
    for (const name of ['../a.jpg', '..', '.', 'b/../../a.jpg', '']) {
      expect(placeOf(name, root), name).toHaveProperty('problem')
    }
  })

  it('addresses stay what they are', () => {
    expect(queuedName('https://example.com/a.jpg', root)).toEqual({ name: 'https://example.com/a.jpg' })
    expect(placeOf('http://example.com/a.jpg', root)).toEqual({ source: 'http://example.com/a.jpg' })
  })
})
