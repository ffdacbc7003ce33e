import { chmod, mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { expandInputs } from '../../src/cli/files.ts'
import { makeAlbum } from '../bulk/album.ts'
import { scratchFolder } from './environment.ts'

const folder = scratchFolder()
const album = join(folder, 'album')

beforeAll(() => makeAlbum(album))

/** Names relative to the album, and problems in angle brackets. */
async function expand(...args: string[]) {
  const found = await expandInputs(args)
  return found.map((entry) => {
    const name = entry.name.startsWith(album) ? entry.name.slice(album.length + 1) : entry.name
    return 'problem' in entry ? `${name} <${entry.problem}>` : name
  })
}

describe('what the arguments stand for', () => {
  it.each([
    ['*.jpg', ['a.jpg', 'x[1].jpg']],
    ['.*.jpg', ['.hidden.jpg']],
    ['?.*', ['a.jpg', 'b.PNG', 'c.txt']],
    ['**/*.jpg', ['a.jpg', 'deep/d.jpg', 'deep/link.jpg', 'line\nbreak/\n.jpg', 'x[1].jpg']],
    ['{deep/er,.}/*.{jpg,JPG}', ['deep/er/e.JPG']],
    ['deep/**', ['deep/d.jpg', 'deep/er/e.JPG', 'deep/link.jpg']],
    ['deep/loop/?.jpg', ['a.jpg']],
    ['*.gif', ['*.gif <no file matches this pattern>']],
    ['nowhere/*', ['nowhere/* <no file matches this pattern>']],
  ])('pattern %s', async (pattern, wanted) => {
    const found = await expand(`${album}/${pattern}`)
    expect(found.map((name) => name.replace(/^deep\/loop\//, ''))).toEqual(wanted)
  })

  it('a folder: its image files, and those of the folders below, sorted, without hidden ones', async () => {
    expect(await expand(album)).toEqual([
      'a.jpg',
      'b.PNG',
      'deep/d.jpg',
      'deep/er/e.JPG',
      'deep/link.jpg',
      'line\nbreak/\n.jpg',
      'x[1].jpg',
    ])
    expect(await expand(join(album, 'empty'))).toEqual(['empty <no image file in this folder>'])
  })

  it('a folder, in which drawings of an earlier run are left out', async () => {
    const names = async (skip: string) => (await expandInputs([join(album, 'deep')], { skip })).map(({ name }) => name)
    expect(await names(join(album, 'deep/er/'))).toEqual([join(album, 'deep/d.jpg'), join(album, 'deep/link.jpg')])
    expect(await names(join(album, 'deep'))).toHaveLength(3)
  })

  it('files as they are, in the order typed, each once, missing ones too', async () => {
    const at = (name: string) => join(album, name)
    expect(await expand(at('x[1].jpg'), at('*.jpg'), at('deep/../a.jpg'), at('no.jpg'), '-', '-')).toEqual([
      'x[1].jpg',
      'a.jpg',
      'no.jpg',
      '-',
    ])
  })

  it('a folder that cannot be read is told', async () => {
    const closed = join(folder, 'closed')
    await mkdir(join(closed, 'inner'), { recursive: true })
    await writeFile(join(closed, 'a.jpg'), '')
    await chmod(folder, 0o755)
    await chmod(join(closed, 'inner'), 0)
    // Root may read everything.
    const isRoot = process.geteuid!() === 0
    if (isRoot) process.seteuid!(65534)
    try {
      expect(await expandInputs([closed])).toEqual([
        { name: join(closed, 'a.jpg'), source: join(closed, 'a.jpg') },
        { name: join(closed, 'inner'), problem: expect.stringMatching(/^could not read this folder: EACCES/) },
      ])
    } finally {
      if (isRoot) process.seteuid!(0)
      await chmod(join(closed, 'inner'), 0o755)
    }
  })

  it('a file called like an address is read as a file', async () => {
    const here = process.cwd()
    process.chdir(folder)
    try {
      await writeFile('data:1.jpg', '')
      expect(await expandInputs(['data:1.jpg', 'https://example.com/*.jpg'])).toEqual([
        { name: 'data:1.jpg', source: './data:1.jpg' },
        { name: 'https://example.com/*.jpg', source: 'https://example.com/*.jpg' },
      ])
    } finally {
      process.chdir(here)
    }
  })
})
