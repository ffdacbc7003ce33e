import { link, mkdir, readdir, readFile, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { writeWhole } from '../../src/bulk/write.ts'
import { scratchFolder } from '../cli/environment.ts'

const folder = scratchFolder()
const bytes = Buffer.from('drawing')
const never = () => {
  throw new Error('must stay')
}

async function own(name: string): Promise<string> {
  await mkdir(join(folder, name))
  return join(folder, name)
}

describe('writing a file', () => {
  it('makes the folders on the way and leaves nothing else there', async () => {
    const path = join(folder, 'made/on/the/way/out.png')
    await writeWhole(path, bytes, never)
    expect(await readFile(path)).toEqual(bytes)
    expect(await readdir(join(folder, 'made/on/the/way'))).toEqual(['out.png'])
  })

  it('asks before it replaces, and leaves everything as it was where that is refused', async () => {
    const here = await own('refused')
    const path = join(here, 'out.png')
    await writeFile(path, 'before')
    await expect(writeWhole(path, bytes, never)).rejects.toThrow('must stay')
    expect(await readFile(path, 'utf8')).toBe('before')
    expect(await readdir(here)).toEqual(['out.png'])
    await writeWhole(path, bytes, () => {})
    expect(await readFile(path)).toEqual(bytes)
  })

  it('replaces a link, not what it leads to', async () => {
    const here = await own('links')
    await writeFile(join(here, 'photo'), 'photograph')
    await symlink('photo', join(here, 'soft.png'))
    await link(join(here, 'photo'), join(here, 'hard.png'))
    for (const name of ['soft.png', 'hard.png']) {
      await writeWhole(join(here, name), bytes, () => {})
      expect(await readFile(join(here, name))).toEqual(bytes)
    }
    expect(await readFile(join(here, 'photo'), 'utf8')).toBe('photograph')
  })

  it('leaves nothing behind where it cannot be done', async () => {
    const here = await own('failed')
    await mkdir(join(here, 'out.png', 'full'), { recursive: true })
    await expect(writeWhole(join(here, 'out.png'), bytes, () => {})).rejects.toThrow()
    await writeFile(join(here, 'file'), '')
    await expect(writeWhole(join(here, 'file', 'out.png'), bytes, never)).rejects.toThrow(/ENOTDIR|EEXIST/)
    expect(await readdir(here)).toEqual(['file', 'out.png'])
  })
})
