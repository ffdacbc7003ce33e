import { chmod, mkdir, writeFile } from 'node:fs/promises'
import { join, relative } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { IMAGE_ENDINGS, type NameOptions, readNames } from '../../src/bulk/names.ts'
import { walk } from '../../src/bulk/walk.ts'
import { makeAlbum } from './album.ts'
import { scratchFolder } from './folder.ts'

const folder = scratchFolder()
const album = join(folder, 'album')

beforeAll(() => makeAlbum(album))

const none: NameOptions = { recursive: true, endings: IMAGE_ENDINGS, skip: [], stdin: async function* () {} }

/** Names relative to the album, sorted, and problems in angle brackets. */
async function find(args: string[], options: Partial<NameOptions> = {}): Promise<string[]> {
  const found: string[] = []
  for await (const { name, problem } of readNames(args, { ...none, ...options }).find()) {
    const short = name.startsWith(album) ? relative(album, name) : name
    found.push(problem === undefined ? short : `${short} <${problem}>`)
  }
  return found.sort()
}

const ALL = ['a.jpg', 'b.PNG', 'deep/d.jpg', 'deep/er/e.JPG', 'deep/link.jpg', 'line\nbreak/\n.jpg', 'x[1].jpg']

describe('what the arguments stand for', () => {
  it('a folder: its image files, and those of the folders below, without hidden ones', async () => {
    expect(await find([album])).toEqual(ALL)
    expect(await find([album], { recursive: false })).toEqual(['a.jpg', 'b.PNG', 'x[1].jpg'])
    expect(await find([album], { endings: ['txt'] })).toEqual(['c.txt'])
    expect(await find([join(album, 'empty')])).toEqual(['empty <no image file in this folder>'])
  })

  it('a folder without those that output goes to', async () => {
    expect(await find([album], { skip: [join(album, 'deep')] })).toEqual(ALL.filter((name) => !name.includes('deep')))
    // It is the one that is asked for.
    expect(await find([join(album, 'deep/er')], { skip: [join(album, 'deep/er')] })).toEqual(['deep/er/e.JPG'])
    expect(await find([`${album}/**/*.jpg`], { skip: [join(album, 'deep')] })).not.toContain('deep/d.jpg')
  })

  it.each([
    ['*.jpg', ['a.jpg', 'x[1].jpg']],
    ['.*.jpg', ['.hidden.jpg']],
    ['{deep/er,.}/*.{jpg,JPG}', ['deep/er/e.JPG']],
    ['deep/**', ['deep/d.jpg', 'deep/er/e.JPG', 'deep/link.jpg']],
    ['deep/loop/?.jpg', ['deep/loop/a.jpg']],
    ['*.gif', ['*.gif <no file matches this pattern>']],
    ['nowhere/*', ['nowhere/* <no file matches this pattern>']],
    ['x[1].jpg', ['x[1].jpg']],
  ])('pattern %s', async (pattern, wanted) => {
    expect(await find([`${album}/${pattern}`])).toEqual(wanted)
  })

  it('names from standard input, addresses, and files that are not there, as they are', async () => {
    const stdin = async function* () {
      yield 'one.jpg'
      yield '*.jpg'
    }
    const args = ['-', 'https://example.com/a.jpg', join(album, 'gone.jpg'), `file://${album}/a.jpg`]
    expect(await find(args, { stdin })).toEqual(['*.jpg', 'a.jpg', 'gone.jpg', 'https://example.com/a.jpg', 'one.jpg'])
    expect(() => readNames(['-', '-'], none)).toThrow("'-' can be given once only")
    expect(() => readNames([''], none)).toThrow('a file name is empty')
    expect(() => readNames(['file://elsewhere/a%2fb'], none)).toThrow('is no usable file: address')
  })

  it('a folder that cannot be read is told, and the others are searched', async () => {
    const closed = join(folder, 'closed')
    await mkdir(join(closed, 'inner'), { recursive: true })
    await mkdir(join(closed, 'other'))
    await writeFile(join(closed, 'a.jpg'), '')
    await writeFile(join(closed, 'other/b.jpg'), '')
    await chmod(folder, 0o755)
    await chmod(join(closed, 'inner'), 0)
    // Root may read everything.
    const isRoot = process.geteuid!() === 0
    if (isRoot) process.seteuid!(65534)
    try {
      expect(await find([closed])).toEqual([
        join(closed, 'a.jpg'),
        expect.stringMatching(/inner <could not read this folder: EACCES/),
        join(closed, 'other/b.jpg'),
      ])
    } finally {
      if (isRoot) process.seteuid!(0)
      await chmod(join(closed, 'inner'), 0o755)
    }
  })

  it('files with names that are no UTF-8', async () => {
    const raw = (...bytes: number[]) => Buffer.concat([Buffer.from(`${folder}/raw/`), Buffer.from(bytes)])
    await mkdir(join(folder, 'raw'))
    await mkdir(raw(0xff))
    await writeFile(Buffer.concat([raw(0xff), Buffer.from('/\xe9.jpg', 'latin1')]), '')
    expect(await find([join(folder, 'raw')])).toEqual([join(folder, 'raw/\udcff/\udce9.jpg')])
  })
})

describe('the folder that all lie below', () => {
  it.each([
    [[album], album],
    [[album, `${folder}/closed/*.jpg`], folder],
    [[`${album}/deep/d.jpg`, `${album}/a.jpg`], album],
    [[`${album}/deep/e*`, 'https://example.com/a.jpg'], join(album, 'deep')],
    [['-'], process.cwd()],
  ])('%j: %s', (args, base) => {
    expect(readNames(args, none).base).toBe(base)
  })
})

describe('names are streamed', () => {
  it('a name is asked for only when it is wanted', async () => {
    let count = 0
    const rules = { enters: () => true, takes: () => count++ >= 0 }
    const big = join(folder, 'big')
    await mkdir(big)
    for (let n = 0; n < 1000; n++) await writeFile(join(big, `${n}.jpg`), '')
    const found = walk(big, rules)
    for (let n = 0; n < 3; n++) await found.next()
    expect(count).toBe(3)
    await found.return()
  })
})
