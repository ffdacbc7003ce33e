import { mkdir, writeFile } from 'node:fs/promises'
import { availableParallelism } from 'node:os'
import { join, resolve } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { IMAGE_ENDINGS } from '../../src/bulk/names.ts'
import { parseArguments } from '../../src/cli/arguments.ts'
import { type BulkCommand, readEndings } from '../../src/cli/bulk-command.ts'
import { cli, scratchFolder } from './environment.ts'

const folder = scratchFolder()
beforeAll(async () => {
  await mkdir(join(folder, 'album'))
  await writeFile(join(folder, 'file'), '')
})

const parse = (line: string) => parseArguments(line.split(' ').filter(Boolean)) as BulkCommand

describe('commands for many images', () => {
  it('detect', () => {
    expect(parse('detect a b.jpg - --out faces.jsonl --preset fast')).toEqual({
      kind: 'bulk',
      task: 'detect',
      files: ['a', 'b.jpg', '-'],
      options: { preset: 'fast' },
      crop: {},
      hide: {},
      lines: { path: 'faces.jsonl', format: 'jsonl' },
      folder: undefined,
      ending: undefined,
      draw: undefined,
      workers: availableParallelism(),
      timeout: 60_000,
      recursive: true,
      endings: IMAGE_ENDINGS,
      nul: false,
      retryFailed: false,
      quiet: false,
      force: false,
    })
    const all = parse(
      'detect a --out faces.CSV --workers 3 --timeout 1.5 --no-recursive --ext JPG,.png,*.Tif -0 --retry-failed -q --draw drawn --force',
    )
    expect(all).toMatchObject({
      lines: { path: 'faces.CSV', format: 'csv' },
      ...{ workers: 3, timeout: 1500, recursive: false, endings: ['jpg', 'png', 'tif'], draw: resolve('drawn') },
      ...{ nul: true, retryFailed: true, quiet: true, force: true },
    })
    expect(parse('detect a --out -').lines).toEqual({ path: '-', format: 'jsonl' })
    expect(parse('detect a --out /dev/null').lines).toEqual({ path: '/dev/null', format: 'jsonl' })
    expect(parse('detect a --out a.jsonl --timeout Infinity').timeout).toBe(Number.POSITIVE_INFINITY)
  })

  it('crop', () => {
    const points = '0.3,0.4,0.7,0.4,0.5,0.6,0.35,0.8,0.65,0.8'
    const line = `crop a --out crops --align ${points} --size 96,112 --margin 0.2 --no-square --fill edge --format webp`
    expect(parse(line)).toMatchObject({
      task: 'crop',
      crop: {
        align: [
          [0.3, 0.4],
          [0.7, 0.4],
          [0.5, 0.6],
          [0.35, 0.8],
          [0.65, 0.8],
        ],
        size: [96, 112],
        margin: 0.2,
        square: false,
        fill: 'edge',
      },
      folder: resolve('crops'),
      ending: '.webp',
      lines: { path: join('crops', 'index.jsonl'), format: 'jsonl' },
    })
    expect(parse('crop a --out c --align facenet --size 80 --fill 1,2,3').crop).toEqual({
      ...{ align: 'facenet', size: 80, fill: [1, 2, 3] },
    })
    expect(parse('crop a --out c --stages boxes --align none').options).toEqual({ stages: 'boxes' })
  })

  it('blur', () => {
    const line = 'blur a --out b --method fill --colour 9,8,7 --strength 2 --margin 0.5 --shape box --format .jpg'
    expect(parse(line)).toMatchObject({
      task: 'blur',
      hide: { method: 'fill', colour: [9, 8, 7], strength: 2, margin: 0.5, shape: 'box' },
      ending: '.jpg',
    })
    expect(parse('blur a --in-place')).toMatchObject({ folder: undefined, lines: undefined })
    expect(parse('blur a --in-place --out done.csv')).toMatchObject({ lines: { path: 'done.csv', format: 'csv' } })
  })

  it('share the processors out among images and threads', () => {
    const processors = availableParallelism()
    const shared = (flags: string) => {
      const { workers, options } = parse(`detect a --out a.jsonl ${flags}`)
      return [workers, options.threads]
    }
    expect(shared('')).toEqual([processors, undefined])
    expect(shared('--threads 3')).toEqual([Math.max(1, Math.floor(processors / 3)), 3])
    expect(shared('--threads auto')).toEqual([processors, 1])
    expect(shared('--threads auto --workers 1')).toEqual([1, processors])
    expect(shared('--threads 2 --workers 5')).toEqual([5, 2])
  })

  it('endings', () => {
    expect(readEndings(undefined)).toBe(IMAGE_ENDINGS)
    expect(readEndings(' jpg , .PNG')).toEqual(['jpg', 'png'])
  })

  it.each([
    [
      'detect a --out faces.txt',
      "detect takes a name that ends in .jsonl or .csv, or - for JSONL on standard output; got 'faces.txt'",
    ],
    ['detect a --out ALBUM', 'detect takes a name that ends in .jsonl'],
    ['detect a --out a.jsonl --json', '--json goes with detect without --out'],
    ['detect a --out a.jsonl --worker', '--worker goes with detect without --out'],
    ['detect a --timeout 5', '--timeout goes with detect --out, crop, blur'],
    ['detect a --in-place', '--in-place goes with blur'],
    ['crop a --method fill --out c', '--method goes with blur'],
    ['detect a --out a.jsonl --align none', '--align goes with crop'],
    ['detect a --out a.jsonl --draw a.png', '--draw: with --out, crop and blur it takes a folder'],
    ['detect a --out a.jsonl --draw {name}-x', 'it takes a folder'],
    ['detect a --out a.jsonl --timeout 0', '--timeout: seconds over 0 are wanted'],
    ['detect a --out a.jsonl --timeout soon', "--timeout: a number is wanted; got 'soon'"],
    ['detect a --out a.jsonl --ext jpg,,png', '--ext: endings are wanted'],
    ['detect a --out a.jsonl --ext a/b', '--ext: endings are wanted'],
    ['detect a --out a.jsonl -0', "-0 goes with '-'"],
    ['crop a', 'where do the pictures go? Give a folder: --out crops/'],
    ['blur a', "Give a folder: --out copies/, or '--in-place'"],
    ['blur a --in-place --out copies', '--in-place takes a name that ends in .jsonl'],
    ['crop a --out FILE', 'is a file; crop takes a folder'],
    ['crop a --out -', "crop takes a folder; got '-'"],
    ['crop a --out c --format bmp', '--format: png, jpg, webp, avif, tif or gif is wanted'],
    ['crop a --out c --align some', '--align: option'],
    ['crop a --out c --align 1,2,3', '--align: 10 numbers are wanted (x1,y1,x2,y2,x3,y3,x4,y4,x5,y5)'],
    ['crop a --out c --size 0', '--size: option'],
    ['crop a --out c --margin 11', '--margin: option'],
    ['crop a --out c --stages boxes', "option 'align' must be 'none' or 'facenet' with stages: 'boxes'"],
    ['blur a --out c --margin 3', '--margin: option'],
    ['blur a --out c --colour red', '--colour: 3 numbers are wanted (r,g,b)'],
    ['blr a', "unknown command 'blr': did you mean 'mtcnn-wasm blur'?"],
  ])("'%s' is a usage error", async (line, message) => {
    const argv = line.replace('ALBUM', join(folder, 'album')).replace('FILE', join(folder, 'file')).split(' ')
    const { code, stdout, stderr } = await cli(argv)
    expect(stderr).toContain(message)
    expect([code, stdout]).toEqual([2, ''])
  })
})
