import { existsSync } from 'node:fs'
import { chmod, link, mkdir, readdir, readFile, stat, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { HopelessError } from '../../src/bulk/child.ts'
import {
  finishReplacement,
  putBeside,
  putFile,
  replace,
  targetOf,
  temporaryFor,
  WriteError,
} from '../../src/bulk/output.ts'
import { scratchFolder } from './folder.ts'

const folder = scratchFolder()
const at = (name: string) => join(folder, name)
const bytes = (text: string) => Buffer.from(text)

describe('a picture', () => {
  it('is written whole, in folders that are made, over what an earlier run left', async () => {
    const path = at('new/er/a.jpg')
    await putFile(path, bytes('one'), at('none'))
    await writeFile(temporaryFor(path), 'torn')
    await putFile(path, bytes('two'), at('none'))
    expect(await readFile(path, 'utf8')).toBe('two')
    expect(await readdir(at('new/er'))).toEqual(['a.jpg'])
  })

  it('never takes the place of its original, by whatever way', async () => {
    await mkdir(at('album'))
    await writeFile(at('album/a.jpg'), 'original')
    await symlink('album', at('link'))
    await link(at('album/a.jpg'), at('other.jpg'))
    for (const path of ['album/a.jpg', 'link/a.jpg', 'album/../album/a.jpg', 'other.jpg']) {
      await expect(putFile(at(path), bytes('copy'), at('album/a.jpg'))).rejects.toThrow('it is the original')
    }
    expect(await readFile(at('album/a.jpg'), 'utf8')).toBe('original')
  })

  it('that cannot be written has failed, and leaves nothing', async () => {
    await writeFile(at('file'), '')
    await expect(putFile(at('file/a.jpg'), bytes('x'), at('none'))).rejects.toThrow(WriteError)
    await expect(putFile(at(`${'a'.repeat(300)}.jpg`), bytes('x'), at('none'))).rejects.toThrow(WriteError)
    expect((await readdir(folder)).filter((name) => name.endsWith('.tmp'))).toEqual([])
  })

  it('of a long name fits', async () => {
    const path = at(`${'a'.repeat(250)}.jpg`)
    await putFile(path, bytes('x'), at('none'))
    expect(existsSync(path)).toBe(true)
  })

  it('of a name that is no UTF-8', async () => {
    await putFile(at('raw-\udce9.jpg'), bytes('x'), at('none'))
    const names = await readdir(folder, { encoding: 'buffer' })
    expect(names.map((name) => name.toString('latin1'))).toContain('raw-\xe9.jpg')
  })
})

describe('a replacement', () => {
  it('lies beside its original until it takes its place, with the same rights, and links stay', async () => {
    await mkdir(at('photos'))
    await writeFile(at('photos/a.jpg'), 'with faces')
    await chmod(at('photos/a.jpg'), 0o640)
    await symlink('photos/a.jpg', at('a-link.jpg'))
    const to = await targetOf(at('a-link.jpg'))
    const from = await putBeside(to, bytes('without'))
    expect(await readFile(to, 'utf8')).toBe('with faces')
    await replace({ from, to })
    expect(await readFile(at('a-link.jpg'), 'utf8')).toBe('without')
    expect((await stat(to)).mode & 0o777).toBe(0o640)
    expect(await readdir(at('photos'))).toEqual(['a.jpg'])
  })

  it('that an earlier run did not come to is made', async () => {
    await writeFile(at('b.jpg'), 'with faces')
    await putBeside(await targetOf(at('b.jpg')), bytes('without'))
    await finishReplacement(at('b.jpg'))
    expect(await readFile(at('b.jpg'), 'utf8')).toBe('without')
    // Once more, and for what is gone: nothing to do.
    await finishReplacement(at('b.jpg'))
    await finishReplacement(at('gone.jpg'))
  })

  it('that cannot be made ends the run', async () => {
    await expect(replace({ from: at('none'), to: at('b.jpg') })).rejects.toThrow(HopelessError)
  })
})
