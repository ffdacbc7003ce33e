import { describe, expect, it } from 'vitest'
import { compilePattern } from '../../src/bulk/pattern.ts'
import { UsageError } from '../../src/bulk/usage-error.ts'

const matches = (pattern: string, path: string) => {
  const { base, takesFile } = compilePattern(pattern)
  return path.startsWith(base) && takesFile(path.slice(base.length))
}

describe('patterns', () => {
  it.each([
    ['*.jpg', 'a.jpg .hidden.jpg', 'a.jpg'],
    ['.*', 'a.jpg .hidden.jpg', '.hidden.jpg'],
    ['{.,}*.jpg', 'a.jpg .hidden.jpg', 'a.jpg .hidden.jpg'],
    ['?.jpg', 'a.jpg ab.jpg .jpg', 'a.jpg'],
    ['[ab].jpg', 'a.jpg b.jpg c.jpg', 'a.jpg b.jpg'],
    ['[!ab].jpg', 'a.jpg b.jpg c.jpg ..jpg', 'c.jpg'],
    ['[^ab].jpg', 'a.jpg b.jpg c.jpg', 'c.jpg'],
    ['[a-c-].jpg', 'a.jpg b.jpg -.jpg d.jpg', 'a.jpg b.jpg -.jpg'],
    ['[]x].jpg', '].jpg x.jpg a.jpg', '].jpg x.jpg'],
    ['[z-a].jpg', 'a.jpg z.jpg', ''],
    ['[ab.jpg', 'a.jpg [ab.jpg', '[ab.jpg'],
    ['{a,b}.{jpg,png}', 'a.jpg b.png c.jpg ab.jpg', 'a.jpg b.png'],
    ['a{b,c{d,e}}f', 'abf acdf acef acf', 'abf acdf acef'],
    ['a{b', 'a{b ab', 'a{b'],
    ['a{b{c,d}', 'a{bc a{bd abc', 'a{bc a{bd'],
    ['a}b', 'a}b', 'a}b'],
    ['{a,deep/d}.jpg', 'a.jpg deep/d.jpg deep/a.jpg', 'a.jpg deep/d.jpg'],
    ['**/*.jpg', 'a.jpg b/a.jpg b/c/a.jpg .b/a.jpg b/.a.jpg', 'a.jpg b/a.jpg b/c/a.jpg'],
    ['b/**', 'a.jpg b/a.jpg b/c/a.jpg b/.git/a.jpg', 'b/a.jpg b/c/a.jpg'],
    ['**/b/**/a.jpg', 'b/a.jpg x/b/y/z/a.jpg a.jpg xb/a.jpg', 'b/a.jpg x/b/y/z/a.jpg'],
    ['a**.jpg', 'a.jpg ab.jpg a/b.jpg', 'a.jpg ab.jpg'],
    ['./*/./a.jpg', './b/a.jpg', './b/a.jpg'],
    ['\\*.jpg', '*.jpg a.jpg', '*.jpg'],
    ['*.jpg/', 'a.jpg', ''],
    ['*😀.jpg', 'a😀.jpg', 'a😀.jpg'],
  ])('%s', (pattern, paths, wanted) => {
    const found = paths.split(' ').filter((path) => matches(pattern, path))
    expect(found).toEqual(wanted.split(' ').filter(Boolean))
  })

  it('matches line breaks and what else a name may contain', () => {
    expect(matches('*.jpg', '\n.jpg')).toBe(true)
    expect(matches('**/*.jpg', 'a\nb/\u2028.jpg')).toBe(true)
  })

  it('enters only folders that can hold a match', () => {
    const { base, entersFolder } = compilePattern('photos/*/{2023,2024}/**/*.jpg')
    expect(base).toBe('photos/')
    expect(['a', 'a/2023', 'a/2023/x/y', 'a/2022', '.a', 'a/2023/.git'].filter(entersFolder)).toEqual([
      'a',
      'a/2023',
      'a/2023/x/y',
    ])
  })

  const name = 'a'.repeat(250)
  // A matcher that tries one way after the other does not come back from these.
  it.each([
    ['stars', `${'*a'.repeat(40)}*b`],
    ['alternatives that are alike', `${'{a,a}'.repeat(200)}b`],
    ['alternatives of every length', `${'{a,aa,aaa}'.repeat(200)}b`],
    ['nested stars and braces', `${'{*a,*{a,*}}'.repeat(100)}b`],
    ['deep braces', `${'{a,'.repeat(1000)}b${'}'.repeat(1000)}c`],
    ['open braces', '{a,'.repeat(1300)],
    ['open brackets', '['.repeat(4000)],
    ['folders', `${'**/a/'.repeat(500)}b`],
  ])('takes no exponential time or memory: %s', (_, pattern) => {
    const path = pattern.includes('/') ? 'a/'.repeat(500).slice(0, -1) : name
    const { entersFolder, takesFile } = compilePattern(pattern)
    expect(takesFile(path)).toBe(false)
    expect(entersFolder(path)).toBe(pattern.includes('/'))
  })

  it('refuses what is too long, and going up after a wildcard', () => {
    expect(() => compilePattern('*'.repeat(4097))).toThrow(UsageError)
    expect(() => compilePattern('*/../*.jpg')).toThrow(/go up/)
    expect(() => compilePattern('*/{a,..}/*.jpg')).toThrow(/go up/)
    expect(compilePattern('../*..jpg').base).toBe('../')
  })
})
