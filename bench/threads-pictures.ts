// Writes what bench:threads searches, as raw files: node bench/build/threads-pictures.mjs <folder>
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { group } from './images.ts'

const SIZES = [
  [640, 480],
  [1920, 1448],
  [3840, 2896],
] as const

const [, , folder] = process.argv
if (folder === undefined) throw new Error('which folder?')
mkdirSync(folder, { recursive: true })
for (const [width, height] of SIZES) {
  const { pixels } = await group(width, height)
  writeFileSync(join(folder, `${width}x${height}.rgb`), pixels.data)
}
