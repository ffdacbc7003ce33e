import { link, mkdir, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { UsageError } from '../../src/bulk/usage-error.ts'
import type { Input } from '../../src/cli/files.ts'
import { planDrawings, readDrawPattern } from '../../src/cli/targets.ts'
import { scratchFolder } from './environment.ts'

const folder = scratchFolder()

function plan(out: string, names: string[], force = false): string[] {
  const inputs = names.map((name): Input => ({ name, source: name }))
  return [...planDrawings(readDrawPattern(out), inputs, force).values()].map(({ path }) => path)
}

describe('where drawings go', () => {
  it('to one file, to a folder, to a name made of that of the image', () => {
    expect(plan('out.png', ['a/b.jpg'])).toEqual(['out.png'])
    expect(plan('{name}-faces.webp', ['a/b.c.jpg', 'd.png'])).toEqual(['b.c-faces.webp', 'd-faces.webp'])
    expect(plan('drawn/', ['a/$&.jpg'])).toEqual([join('drawn', '$&.png')])
    expect(plan(folder, ['x.jpg'])).toEqual([join(folder, 'x.png')])
    expect(plan('{name}.png', ['-'])).toEqual(['stdin.png'])
    expect(plan('{name}.png', ['https://example.com/a/b.jpg?c=d/e.jpg'])).toEqual(['b.png'])
  })

  it('to numbered files where images have the same name, on every system', () => {
    expect(plan('out/', ['a/x.jpg', 'b/x.jpg', 'c/X.png', 'x-2.jpg'])).toEqual(
      ['x', 'x-2', 'X-3', 'x-2-2'].map((name) => join('out', `${name}.png`)),
    )
  })

  it.each(['a/...jpg', '..', 'a/..', '....jpg', '\\..\\..\\x.jpg'])('never out of the folder: %j', (name) => {
    for (const path of plan('out/{name}/{name}.png', [name])) {
      expect(join(path).startsWith(join('out', ' ').trim())).toBe(true)
      expect(path.split(/[/\\]/)).not.toContain('..')
    }
  })

  it.each(['hard link', 'symbolic link', 'link to the folder', 'name with detours'])(
    'never to an image that is searched, by whatever name: %s',
    async (way) => {
      const own = join(folder, way)
      await mkdir(own)
      const original = join(own, 'original.png')
      await writeFile(original, 'photograph')
      const other = join(own, 'other.png')
      if (way === 'hard link') await link(original, other)
      if (way === 'symbolic link') await symlink(original, other)
      if (way === 'link to the folder') await symlink(own, join(own, 'there'))
      const names: Record<string, string> = {
        'link to the folder': join(own, 'there', 'original.png'),
        'name with detours': `${own}/./../${way}/original.png`,
      }
      const out = names[way] ?? other
      for (const force of [false, true]) {
        expect(() => plan(out, [original], force)).toThrow(/photograph that is searched/)
      }
      expect(() => plan(original, [out], true)).toThrow(UsageError)
    },
  )

  it('to a file that exists only with --force, to a folder never', async () => {
    const existing = join(folder, 'existing.png')
    await writeFile(existing, '')
    await symlink('nowhere', join(folder, 'dangling.png'))
    await mkdir(join(folder, 'folder.png', 'x.png'), { recursive: true })
    expect(() => plan(existing, ['a.jpg'])).toThrow(/with --force it is overwritten/)
    expect(() => plan(join(folder, 'dangling.png'), ['a.jpg'])).toThrow(/--force/)
    expect(plan(existing, ['a.jpg'], true)).toEqual([existing])
    expect(() => plan(join(folder, 'folder.png'), ['x.jpg'], true)).toThrow(/is a folder/)
  })
})
