import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { cpSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { root } from '../../docs/tools/pages.mjs'
import { leaving } from '../helpers/clips/cases.ts'
import { framesOf } from '../helpers/clips/clip.ts'
import { VGA } from '../helpers/clips/staging.ts'
import { makeProject } from './code/run.ts'

let project: ReturnType<typeof makeProject>
beforeAll(() => {
  project = makeProject()
  cpSync(join(root, 'examples/recipes/live/count.mjs'), join(project.folder, 'count.mjs'))
})
afterAll(() => project.remove())

/** What the recipe says to raw frames, which come in pieces of any size. */
async function count(frames: Iterable<Uint8Array>): Promise<string> {
  const program = spawn(process.execPath, ['count.mjs', '640', '480'], {
    cwd: project.folder,
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  const ended = once(program, 'close')
  let text = ''
  program.stdout.on('data', (data) => {
    text += String(data)
  })
  for (const data of frames) {
    for (let at = 0; at < data.length; at += 100_000) {
      if (!program.stdin.write(data.subarray(at, at + 100_000))) await once(program.stdin, 'drain')
    }
  }
  program.stdin.end()
  expect(await ended).toEqual([0, null])
  return text
}

it('the recipe counts two people and one who comes back: he is a third one to the tracker', async () => {
  const clip = await leaving(19, VGA)
  const bytes = [...framesOf(clip)].map(({ data }) => data)
  expect(await count(bytes)).toBe('3\n')
  expect(await count([])).toBe('0\n')
})
