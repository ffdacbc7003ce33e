import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmdirSync } from 'node:fs'
import { cp, mkdir, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, relative } from 'node:path'
import { Readable } from 'node:stream'
import { text } from 'node:stream/consumers'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { Ajv } from 'ajv'
import sharp from 'sharp'
import { beforeAll, describe, expect, it } from 'vitest'
import type { FoundLine, Line } from '../../src/bulk/line.ts'
import { Interrupted } from '../../src/cli/bulk.ts'
import { cli as command, painting, photo, scratchFolder, workerScript } from './environment.ts'

const folder = scratchFolder()
const at = (name: string) => join(folder, name)
const album = at('album')
/** Enough for a run that can be ended in its middle. */
const MANY = 24

beforeAll(async () => {
  for (const below of ['one', 'two/three']) await mkdir(join(album, below), { recursive: true })
  for (const [name, file] of [
    ['one/a.jpg', photo],
    ['two/a.jpg', painting],
    ['two/three/a.jpg', photo],
  ] as const)
    await cp(file, join(album, name))
  await writeFile(join(album, 'bad.jpg'), 'no photograph')
  await mkdir(at('many'))
  for (let n = 0; n < MANY; n++) await cp(n % 2 ? photo : painting, at(`many/${n}.jpg`))
})

const schema = JSON.parse(readFileSync(new URL('../../schemas/faces-line.schema.json', import.meta.url), 'utf8'))
const isLine = new Ajv().compile<Line>(schema)

/** The lines of a file, each of which is of the schema. */
const lines = async (file: string): Promise<Line[]> =>
  (await readFile(file, 'utf8'))
    .trimEnd()
    .split('\n')
    .map((text) => {
      const line: unknown = JSON.parse(text)
      if (!isLine(line)) throw new Error(`not of the schema: ${text}`)
      return line
    })
const byFile = (all: Line[]) => [...all].sort((a, b) => (a.file < b.file ? -1 : 1))

/** The built command. */
const program = fileURLToPath(new URL('../../dist/cli.js', import.meta.url))
function start(...argv: string[]) {
  // With a group of its own, to which a terminal would send its signals.
  const options = { cwd: folder, detached: true }
  const child = spawn(process.execPath, [program, ...argv], { ...options, stdio: 'pipe' })
  child.stdin.on('error', () => {})
  const ended = Promise.all([once(child, 'close'), text(child.stdout), text(child.stderr)]).then(
    ([[code, signal], stdout, stderr]) => ({ code, signal, stdout, stderr }),
  )
  return { child, ended }
}

/** Waits until a file has so many lines. */
async function hasLines(file: string, count: number): Promise<void> {
  for (;;) {
    const content = await readFile(file, 'utf8').catch(() => '')
    if (content.split('\n').length > count) return
    await new Promise((resolve) => setTimeout(resolve, 2))
  }
}

describe('detect --out', () => {
  it('writes a line for each image below a folder, with what detectFaces finds', async () => {
    const { MTCNN } = await import('../../src/index.node.ts')
    const out = at('faces.jsonl')
    const { code, stdout, stderr } = await command(['detect', album, '--out', out, '--workers', '2'])
    expect([code, stdout]).toEqual([1, ''])
    expect(stderr).toMatch(
      /^4 images in [\d.]+ s \([\d.]+ images per second\), \d+ faces\n1 failed:\n {2}1 DECODE_FAILED: /,
    )
    const detector = await MTCNN.create()
    const found = byFile(await lines(out))
    expect(found.map(({ file }) => relative(album, file))).toEqual([
      'bad.jpg',
      'one/a.jpg',
      'two/a.jpg',
      'two/three/a.jpg',
    ])
    for (const line of found.slice(1) as FoundLine[]) {
      const faces = await detector.detectFaces(line.file)
      const wanted = faces.map(({ box, confidence, keypoints }) => ({ box, confidence, keypoints }))
      expect(line).toEqual({ file: line.file, width: faces.imageWidth, height: faces.imageHeight, faces: wanted })
    }
    detector.dispose()
  })

  it('does only what is missing, and what failed where that is asked for', async () => {
    const out = at('again.jsonl')
    await command(['detect', join(album, 'two'), join(album, 'bad.jpg'), '--out', out])
    const before = await readFile(out, 'utf8')
    const again = await command(['detect', album, '--out', out])
    expect(again.code).toBe(1)
    expect(again.stderr).toContain('1 image in')
    expect(again.stderr).toContain('3 images done before\n1 failed before; --retry-failed does them again')
    const after = await readFile(out, 'utf8')
    expect(after.startsWith(before)).toBe(true)
    expect(byFile(await lines(out))).toEqual(byFile(await lines(at('faces.jsonl'))))
    await cp(photo, join(album, 'bad.jpg'))
    try {
      const retried = await command(['detect', album, '--out', out, '--retry-failed', '--quiet'])
      expect([retried.code, retried.stdout, retried.stderr]).toEqual([0, '', ''])
    } finally {
      await writeFile(join(album, 'bad.jpg'), 'no photograph')
    }
    expect((await lines(out)).filter((line) => 'faces' in line)).toHaveLength(4)
  })

  it('writes CSV, and draws into the tree', async () => {
    const out = at('faces.csv')
    expect((await command(['detect', album, '--out', out, '--draw', at('drawn')])).code).toBe(1)
    const rows = (await readFile(out, 'utf8')).trimEnd().split('\n')
    const faces = ((await lines(at('faces.jsonl'))) as FoundLine[]).flatMap((line) => line.faces ?? [null])
    expect(rows).toHaveLength(1 + faces.length)
    const drawn = (await readdir(at('drawn'), { recursive: true })).filter((name) => name.endsWith('.jpg'))
    expect(drawn.sort()).toEqual(['one/a.jpg', 'two/a.jpg', 'two/three/a.jpg'])
    // A second run has nothing to do; the folder is its own.
    const again = await command(['detect', album, '--out', out, '--draw', at('drawn')])
    expect(again.stderr).toContain('4 images done before')
    const other = await command(['detect', album, '--out', at('other.jsonl'), '--draw', at('drawn')])
    expect([other.code, other.stderr]).toEqual([2, expect.stringContaining('has files in it; with --force')])
  })

  it('prints JSONL, takes names from standard input, and endings', async () => {
    const names = () => Readable.from([Buffer.from(`${join(album, 'one/a.jpg')}\0${at('gone\n.jpg')}\0`)])
    const { code, stdout } = await command(['detect', '-', '-0', '--out', '-'], undefined, { readStdin: names })
    expect(code).toBe(1)
    const found = stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line))
    expect(byFile(found)).toMatchObject([
      { file: join(album, 'one/a.jpg'), width: 600 },
      { file: at('gone\n.jpg'), error: { code: 'DECODE_FAILED' } },
    ])
    const none = await command(['detect', album, '--ext', 'png', '--out', '-'])
    expect([none.code, none.stdout]).toEqual([1, ''])
    expect(none.stderr).toContain('no image file in this folder')
    const flat = await command(['detect', join(album, 'two'), '--no-recursive', '--out', '-', '-q'])
    expect(flat.stdout.trimEnd().split('\n')).toHaveLength(1)
  })

  it('ends at once where a line cannot be written', async () => {
    const { code, stderr } = await command(['detect', album, '--out', '/dev/full'])
    expect(code).toBe(1)
    expect(stderr).toMatch(/\nmtcnn-wasm: could not write to '\/dev\/full': ENOSPC.*\nThe run has ended\. Run the same/)
  })

  it('ends where it cannot go on, although standard input has no end', async () => {
    const { child, ended } = start('detect', '-', '--out', '/dev/full')
    child.stdin.write(`${photo}\n`)
    const { code, stderr } = await ended
    expect([code, stderr]).toEqual([1, expect.stringContaining('ENOSPC')])
  })

  it('gives up a pipe that nobody writes to, and does the others', async () => {
    execFileSync('mkfifo', [at('pipe.jpg')])
    const argv = ['detect', at('pipe.jpg'), photo, '--out', at('pipe.jsonl'), '--timeout', '1', '--workers', '1']
    const { code } = await command(argv)
    expect(code).toBe(1)
    const [first, second] = await lines(at('pipe.jsonl'))
    expect([first, second].sort((one) => ('error' in one! ? -1 : 1))).toMatchObject([
      { file: at('pipe.jpg'), error: { code: 'TIMEOUT' } },
      { file: photo, width: 600 },
    ])
  })

  it('names sharp once where it is missing', async () => {
    const lonely = at('lonely')
    await cp(fileURLToPath(new URL('../../dist', import.meta.url)), join(lonely, 'dist'), { recursive: true })
    await writeFile(join(lonely, 'package.json'), '{"type":"module"}')
    const { BulkPool } = await import('../../src/bulk/pool.ts')
    const { code, stderr } = await command(['detect', album, '--out', at('lonely.jsonl')], undefined, {
      startPool: (settings) =>
        BulkPool.start({ ...settings, script: pathToFileURL(join(lonely, 'dist/cli-worker.js')) }),
    })
    expect(code).toBe(1)
    expect(stderr.match(/npm install sharp/g)).toHaveLength(1)
    expect(await readFile(at('lonely.jsonl'), 'utf8')).toBe('')
  })

  it('gives an image up that takes too long', async () => {
    const { BulkPool } = await import('../../src/bulk/pool.ts')
    const script = new URL('../bulk/children/fake.mjs', import.meta.url)
    const { code } = await command(['detect', 'hang', 'a', '--out', at('late.jsonl'), '--timeout', '0.2'], undefined, {
      startPool: (settings) => BulkPool.start({ ...settings, script }),
    })
    expect(code).toBe(1)
    expect(byFile(await lines(at('late.jsonl')))).toMatchObject([
      { file: 'a', faces: [] },
      { file: 'hang', error: { code: 'TIMEOUT', message: 'it was not done in the 0.2 s that --timeout allows' } },
    ])
  })
})

describe('crop and blur', () => {
  it('keep the tree, and an index', async () => {
    expect((await command(['crop', album, '--out', at('crops'), '--size', '64'])).code).toBe(1)
    const index = (await lines(at('crops/index.jsonl'))) as FoundLine[]
    const crops = index.flatMap(({ faces }) => faces ?? []).map(({ crop }) => crop!)
    expect(new Set(crops).size).toBe(crops.length)
    for (const crop of crops) expect((await stat(at(join('crops', crop)))).size).toBeGreaterThan(100)
    expect(crops).toContain('two/three/a.jpg-1.png')

    expect((await command(['blur', album, '--out', at('copies')])).code).toBe(1)
    const copies = (await readdir(at('copies'), { recursive: true })).filter((name) => name.endsWith('.jpg'))
    expect(copies.sort()).toEqual(['one/a.jpg', 'two/a.jpg', 'two/three/a.jpg'])
    expect((await command(['blur', album, '--out', at('copies')])).stderr).toContain('4 images done before')
  })

  it('never write into a folder with files of somebody else, nor over originals', async () => {
    await cp(join(album, 'one'), at('photos'), { recursive: true })
    const before = await readFile(at('photos/a.jpg'))
    const argv = ['blur', at('photos'), '--out', at('photos')]
    expect(await command(argv)).toMatchObject({ code: 2, stderr: expect.stringContaining('none of an earlier run') })
    const forced = await command([...argv, '--force'])
    expect(forced).toMatchObject({ code: 1, stderr: expect.stringContaining('it is the original') })
    expect(await readFile(at('photos/a.jpg'))).toEqual(before)
  })

  it('in place: the originals are replaced, and a second run finds that it is done', async () => {
    await cp(join(album, 'one'), at('mine'), { recursive: true })
    const argv = ['blur', at('mine'), '--in-place', '--out', at('mine.jsonl')]
    expect(await command(argv)).toMatchObject({ code: 0 })
    expect(await readdir(at('mine'))).toEqual(['a.jpg'])
    expect(await readFile(at('mine/a.jpg'))).not.toEqual(await readFile(photo))
    const after = await readFile(at('mine/a.jpg'))
    expect((await command(argv)).stderr).toContain('1 image done before')
    expect(await readFile(at('mine/a.jpg'))).toEqual(after)
  })
})

describe('a run that is ended', () => {
  it('by SIGKILL again and again has at the end what a run in one go has', async () => {
    await command(['blur', at('many'), '--out', at('whole'), '-q'])
    const wanted = byFile(await lines(at('whole/index.jsonl')))
    expect(wanted).toHaveLength(MANY)
    const argv = ['blur', at('many'), '--out', at('killed'), '--workers', '2']
    for (const count of [3, 9, 16]) {
      const { child, ended } = start(...argv)
      await hasLines(at('killed/index.jsonl'), count)
      child.kill('SIGKILL')
      expect((await ended).signal).toBe('SIGKILL')
    }
    const before = await readFile(at('killed/index.jsonl'), 'utf8')
    const { code, stderr } = await start(...argv).ended
    expect(code).toBe(0)
    expect(stderr).toMatch(/^\d+ images in .*\n\d+ images done before\n$/)
    const after = await readFile(at('killed/index.jsonl'), 'utf8')
    expect(after.startsWith(before.slice(0, before.lastIndexOf('\n') + 1))).toBe(true)
    expect(byFile(await lines(at('killed/index.jsonl')))).toEqual(wanted.map((line) => ({ ...line, file: line.file })))
    for (const name of await readdir(at('whole'))) {
      if (name.endsWith('.jpg')) {
        expect(await readFile(at(`killed/${name}`)), name).toEqual(await readFile(at(`whole/${name}`)))
      }
    }
    expect((await readdir(at('killed'))).sort()).toEqual((await readdir(at('whole'))).sort())
  })

  it('by SIGKILL in place has replaced each file once, and says what was in it', async () => {
    for (const name of ['all', 'some']) await cp(at('many'), at(name), { recursive: true })
    const argv = (name: string) => ['blur', name, '--in-place', '--out', `${name}.csv`, '--workers', '2']
    await start(...argv('all')).ended
    for (const rows of [4, 12, 25]) {
      const { child, ended } = start(...argv('some'))
      await hasLines(at('some.csv'), rows)
      child.kill('SIGKILL')
      await ended
    }
    expect((await start(...argv('some')).ended).code).toBe(0)
    const rows = async (name: string) =>
      (await readFile(at(`${name}.csv`), 'utf8')).replaceAll(`${name}/`, '').split('\n')
    expect((await rows('some')).sort()).toEqual((await rows('all')).sort())
    expect(await readdir(at('some'))).toHaveLength(MANY)
    for (const name of await readdir(at('all'))) {
      expect(await readFile(at(`some/${name}`)), name).toEqual(await readFile(at(`all/${name}`)))
    }
  })

  it('by Ctrl-C finishes what is begun and says how to go on; a second run does the rest', async () => {
    const argv = ['detect', at('many'), '--out', at('stopped.jsonl'), '--workers', '2']
    const { child, ended } = start(...argv)
    await hasLines(at('stopped.jsonl'), 2)
    // As a terminal does: its workers get it, too.
    process.kill(-child.pid!, 'SIGINT')
    const { code, signal, stderr } = await ended
    expect([code, signal]).toEqual([130, null])
    expect(stderr).toMatch(/Stopped; what was begun is done\. Run the same command again to go on\.\n$/)
    const count = (await lines(at('stopped.jsonl'))).length
    expect(count).toBeGreaterThanOrEqual(3)
    expect(count).toBeLessThan(MANY)
    expect((await start(...argv).ended).code).toBe(0)
    expect(await lines(at('stopped.jsonl'))).toHaveLength(MANY)
    expect((await readdir(folder)).filter((name) => name.endsWith('.lock'))).toEqual([])
  })

  it('by a worker that is killed loses nothing', async () => {
    const { child, ended } = start('detect', at('many'), '--out', at('robbed.jsonl'), '--workers', '2')
    await hasLines(at('robbed.jsonl'), 2)
    const children = (await readFile(`/proc/${child.pid}/task/${child.pid}/children`, 'utf8')).trim().split(' ')
    process.kill(Number(children[0]), 'SIGKILL')
    expect((await ended).code).toBe(0)
    expect(await lines(at('robbed.jsonl'))).toHaveLength(MANY)
  })

  it('says so with its exit code', () => {
    expect([new Interrupted('SIGINT').exitCode, new Interrupted('SIGTERM').exitCode]).toEqual([130, 143])
  })

  it('two at once: the second is refused', async () => {
    const first = start('detect', at('many'), '--out', at('both.jsonl'), '--workers', '1')
    await hasLines(at('both.jsonl'), 1)
    const second = await start('detect', at('many'), '--out', at('both.jsonl')).ended
    expect(second).toMatchObject({ code: 2, stderr: expect.stringContaining('is writing to this output') })
    expect((await first.ended).code).toBe(0)
    expect(await lines(at('both.jsonl'))).toHaveLength(MANY)
    await rm(at('both.jsonl'))
  })
})

describe('a full disk', () => {
  it.skipIf(!canMount())(
    'ends the run at once; what is there is whole, and it goes on when there is room',
    async () => {
      const disk = at('disk')
      await mkdir(disk)
      const argv = ['blur', at('many'), '--out', join(disk, 'copies'), '--workers', '2']
      execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=400k', 'tmpfs', disk])
      try {
        const { code, stderr } = await start(...argv).ended
        expect(code).toBe(1)
        expect(stderr).toMatch(
          /\nmtcnn-wasm: could not write .*ENOSPC.*\nThe run has ended\. Run the same command again to go on\.\n$/,
        )
        const names = (await readdir(join(disk, 'copies'))).sort()
        expect(names.filter((name) => !/^\d+\.jpg$|^index\.jsonl$/.test(name))).toEqual([])
        const found = (await lines(join(disk, 'copies/index.jsonl'))) as FoundLine[]
        expect(found.length).toBeGreaterThan(0)
        for (const { copy } of found) {
          const bytes = await readFile(join(disk, 'copies', copy!))
          await sharp(bytes, { failOn: 'warning' }).stats()
        }
        execFileSync('mount', ['-o', 'remount,size=20m', disk])
        expect((await start(...argv).ended).code).toBe(0)
        expect(await lines(join(disk, 'copies/index.jsonl'))).toHaveLength(MANY)
      } finally {
        execFileSync('umount', [disk])
      }
    },
  )
})

/** Whether a disk can be made here: as root, and not in every container. */
function canMount(): boolean {
  const folder = mkdtempSync(join(tmpdir(), 'mtcnn-mount-'))
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=16k', 'tmpfs', folder], { stdio: 'ignore' })
    execFileSync('umount', [folder])
    return true
  } catch {
    return false
  } finally {
    rmdirSync(folder)
  }
}

it('the worker is built', async () => {
  expect((await stat(workerScript)).isFile()).toBe(true)
})
