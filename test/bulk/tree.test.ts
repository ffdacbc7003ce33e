import { resolve } from 'node:path'
import { describe, expect, it } from 'vitest'
import { commonFolder, inFolder, placeInTree } from '../../src/bulk/tree.ts'

const base = resolve('/home/me/album')

describe('where a picture goes', () => {
  it.each([
    ['/home/me/album/a.jpg', 'a.jpg'],
    ['/home/me/album/2024/../2025/a.jpg', '2025/a.jpg'],
    ['/home/me/album/..jpg', '..jpg'],
    ['/home/me/other/a.jpg', '_outside/home/me/other/a.jpg'],
    ['/home/me/album2/a.jpg', '_outside/home/me/album2/a.jpg'],
    ['/home/me/album/_outside/a.jpg', '__outside/a.jpg'],
    ['/home/me/album/__outside/a.jpg', '___outside/a.jpg'],
    ['-', '_outside/standard-input'],
    ['https://example.com/2024/a.jpg', '_web/https/example.com/2024/a.jpg'],
    ['http://example.com:8080/', '_web/http/example.com_8080/index'],
    ['https://example.com/a.jpg?size=2/../..', '_web/https/example.com/a.jpg%3Fsize%3D2%2F..%2F..'],
    ['https://example.com/a%2f..%2f..%2fb.jpg', '_web/https/example.com/a%2F..%2F..%2Fb.jpg'],
  ])('%s: %s', (name, place) => {
    expect(placeInTree(name, base)).toBe(place)
  })

  it('never leaves its folder', () => {
    for (const name of ['..', '../..', '/', '/..', 'https://example.com/%2e%2e/%2e%2e/a', 'https://a/..']) {
      const path = inFolder('/out', placeInTree(name, base))
      expect(path.startsWith(resolve('/out/_')), path).toBe(true)
    }
  })
})

it('the folder that all lie below', () => {
  const common = (...folders: string[]) => commonFolder(folders)
  expect(common('/a/b/c', '/a/b/d')).toBe(resolve('/a/b'))
  expect(common('/a/b', '/a/bc')).toBe(resolve('/a'))
  expect(common('/a/b', '/a/b/c')).toBe(resolve('/a/b'))
  expect(common('/a', '/b')).toBe(resolve('/'))
  expect(common('x')).toBe(resolve('x'))
  expect(common()).toBe(resolve('.'))
})
