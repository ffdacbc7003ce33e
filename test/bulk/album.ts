import { execFileSync } from 'node:child_process'
import { mkdir, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

const FILES = ['a.jpg', 'b.PNG', 'c.txt', '.hidden.jpg', 'x[1].jpg', 'deep/d.jpg', 'deep/er/e.JPG', 'deep/.git/f.jpg']

/** Makes a folder of empty files, with all that may lie in one: hidden files, links, a pipe, names with line breaks. */
export async function makeAlbum(album: string): Promise<void> {
  for (const below of ['deep/er', 'deep/.git', 'empty', 'line\nbreak'])
    await mkdir(join(album, below), { recursive: true })
  for (const name of [...FILES, 'line\nbreak/\n.jpg']) await writeFile(join(album, name), '')
  // Followed, the first would lead in a circle; the second leads nowhere, the third to a file.
  await symlink('..', join(album, 'deep/loop'))
  await symlink('gone.jpg', join(album, 'broken.jpg'))
  await symlink('../a.jpg', join(album, 'deep/link.jpg'))
  // Opened, it would wait for a writer.
  execFileSync('mkfifo', [join(album, 'pipe.jpg')])
}
