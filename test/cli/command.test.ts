import { type ChildProcess, type StdioOptions, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { copyFile, cp, mkdir, open, readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { beforeAll, describe, expect, it } from 'vitest'
import { fixtures, photographFile } from '../helpers/photographs.ts'
import { painting, photo, scratchFolder } from './environment.ts'

/** The command as installed. Needs `npm run build`, which `npm install` runs. */
const command = fileURLToPath(new URL('../../dist/cli.js', import.meta.url))
const folder = scratchFolder()

function start(argv: string[], stdio: StdioOptions = ['ignore', 'pipe', 'pipe'], program = command): ChildProcess {
  return spawn(process.execPath, [program, ...argv], { cwd: folder, stdio })
}

/** Waits for the end. What nobody piped is empty. */
async function ended(child: ChildProcess) {
  const [[code, signal], stdout, stderr] = await Promise.all([
    once(child, 'close') as Promise<[number | null, NodeJS.Signals | null]>,
    child.stdout && !child.stdout.destroyed ? text(child.stdout) : '',
    child.stderr ? text(child.stderr) : '',
  ])
  return { code, signal, stdout, stderr }
}

const detect = (...argv: string[]) => ended(start(['detect', ...argv]))

beforeAll(async () => {
  await mkdir(join(folder, 'album/below'), { recursive: true })
  await copyFile(photo, join(folder, 'album/faces.jpg'))
  await copyFile(painting, join(folder, 'album/below/joconde.jpg'))
  await writeFile(join(folder, 'album/notes.txt'), 'no photograph')
})

describe('the built command', () => {
  it('knows its version', async () => {
    const { version } = JSON.parse(await readFile(new URL('../../package.json', import.meta.url), 'utf8'))
    expect(await ended(start(['--version']))).toEqual({ code: 0, signal: null, stdout: `${version}\n`, stderr: '' })
  })

  it("prints the reference's boxes for a photograph, as a file and from standard input", async () => {
    const { image, faces } = fixtures.find(
      ({ image, options }) => image.path?.endsWith('joconde.jpg') && options.minFaceSize === 40,
    )!
    const file = photographFile(image.package!, image.path!)
    const byName = await detect(file, '--min-face', '40', '--json')
    expect({ code: byName.code, stderr: byName.stderr }).toEqual({ code: 0, stderr: '' })
    expect(JSON.parse(byName.stdout).map(({ box }: { box: number[] }) => box)).toEqual(faces.map(({ box }) => box))
    const child = start(['detect', '-', '--min-face', '40', '--json'], ['pipe', 'pipe', 'pipe'])
    child.stdin!.end(await readFile(file))
    expect(await ended(child)).toEqual(byName)
  })

  it('never writes over the photograph that it reads from standard input, or from an address', async () => {
    await copyFile(photo, join(folder, 'mine.png'))
    const bytes = await readFile(photo)
    const input = await open(join(folder, 'mine.png'), 'r')
    const piped = await ended(start(['detect', '-', '--draw', 'mine.png', '--force'], [input.fd, 'pipe', 'pipe']))
    await input.close()
    const named = await detect(pathToFileURL(join(folder, 'mine.png')).href, '--draw', 'mine.png', '--force')
    for (const { code, stderr } of [piped, named]) {
      expect([code, stderr]).toEqual([2, expect.stringContaining('is a photograph that is searched')])
    }
    expect(await readFile(join(folder, 'mine.png'))).toEqual(bytes)
  })

  it('searches a folder, and draws into a folder inside it that is left out the next time', async () => {
    const first = await detect('album', '--draw', 'album/drawn/', '--json')
    expect([first.code, first.stderr]).toEqual([0, ''])
    const entries = JSON.parse(first.stdout)
    expect(entries.map(({ file }: { file: string }) => file)).toEqual(['album/below/joconde.jpg', 'album/faces.jpg'])
    const drawn = (await readdir(join(folder, 'album/drawn'), { recursive: true })).sort()
    expect(drawn).toEqual(['below', 'below/joconde.png', 'faces.png'])
    const again = await detect('album', '--draw', 'album/drawn/', '--json', '--force')
    expect(again).toEqual(first)
  })

  it('does the other files where one cannot be read, and draws them', async () => {
    const { code, stdout, stderr } = await detect('none.jpg', photo, '--draw', 'built/', '--explain')
    expect(code).toBe(1)
    expect(stderr).toContain('none.jpg')
    expect(stdout).toMatch(/faces \(600 x 346\)/)
    expect(stdout).toMatch(/milliseconds .*total/)
    expect(existsSync(join(folder, 'built/faces.png'))).toBe(true)
  })

  it('takes weights and kernels from files, and says when it cannot', async () => {
    const dist = fileURLToPath(new URL('../../dist/', import.meta.url))
    const half = fileURLToPath(new URL('../../weights/mtcnn-f16.bin', import.meta.url))
    const named = await detect(photo, '--json', '--weights', 'f16')
    expect(named.code).toBe(0)
    expect(await detect(photo, '--json', '--weights', half, '--module', `${dist}mtcnn.wasm`)).toEqual(named)
    const { code, stdout, stderr } = await detect(photo, '--weights', 'none.bin')
    expect([code, stdout]).toEqual([1, ''])
    expect(stderr).toMatch(/^mtcnn-wasm: .*none\.bin.*\n$/)
  })

  it('gives the same in workers, and draws what it searched', async () => {
    const plain = await detect('album', '--json')
    expect(await detect('album', '--json', '--workers', '2')).toEqual(plain)
    const drawn = await detect(photo, '--worker', '--draw', 'by-worker.png')
    expect([drawn.code, drawn.stderr]).toEqual([0, ''])
    expect((await detect(photo, '--draw', 'by-itself.png')).code).toBe(0)
    const read = (name: string) => readFile(join(folder, name))
    expect(await read('by-worker.png')).toEqual(await read('by-itself.png'))
  })

  it('tells the scores of all cells as lists', async () => {
    const { stdout } = await detect(photo, '--json', '--explain', '--scores', '--min-face', '60')
    for (const { cells, scores } of JSON.parse(stdout).trace.levels) expect(scores).toHaveLength(cells[0] * cells[1])
  })

  it('names sharp where it is not installed', async () => {
    const lonely = join(folder, 'lonely')
    await cp(fileURLToPath(new URL('../../dist', import.meta.url)), join(lonely, 'dist'), { recursive: true })
    await writeFile(join(lonely, 'package.json'), '{"type":"module"}')
    const child = start(['detect', photo], ['ignore', 'pipe', 'pipe'], join(lonely, 'dist/cli.js'))
    const { code, stdout, stderr } = await ended(child)
    expect([code, stdout]).toEqual([1, ''])
    expect(stderr).toContain('npm install sharp')
  })

  it('comes back from patterns that would keep others busy for ever', async () => {
    await mkdir(join(folder, 'bombs'))
    await writeFile(join(folder, 'bombs', `${'a'.repeat(200)}.jpg`), '')
    for (const pattern of ['{a,a}'.repeat(200), `${'*a'.repeat(60)}b`, '**/'.repeat(200), '{1..999999999}*']) {
      const { code, stderr } = await detect(`bombs/${pattern}x`)
      expect([code, stderr]).toEqual([1, expect.stringContaining('no file matches this pattern')])
    }
  })
})

describe('an output that does not take it', () => {
  it('that was closed: one line, no stack, exit code 1', async () => {
    const child = start(['detect', photo, painting], ['ignore', 'pipe', 'pipe'])
    child.stdout!.destroy()
    const { code, stderr } = await ended(child)
    expect([code, stderr]).toEqual([1, 'mtcnn-wasm: standard output was closed (EPIPE)\n'])
  })

  it.skipIf(!existsSync('/dev/full')).each([[['--help']], [['detect', photo]], [['detect', photo, '--json']]])(
    'that is full: %j',
    async (argv) => {
      const full = await open('/dev/full', 'w')
      const { code, stderr } = await ended(start(argv, ['ignore', full.fd, 'pipe']))
      await full.close()
      expect([code, stderr]).toEqual([
        1,
        expect.stringMatching(/^mtcnn-wasm: could not write to standard output: ENOSPC.*\n$/),
      ])
    },
  )

  it.skipIf(!existsSync('/dev/full'))('for errors: the exit code tells', async () => {
    const full = await open('/dev/full', 'w')
    const { code, stdout } = await ended(start(['detect', 'none.jpg', photo], ['ignore', 'pipe', full.fd]))
    await full.close()
    expect([code, stdout]).toEqual([1, expect.stringContaining('faces (600 x 346)')])
  })
})

describe('a stop', () => {
  it.each(['SIGINT', 'SIGTERM'] as const)(
    'by %s: ends as that signal ends it, and what was printed is whole',
    async (name) => {
      // Standard input stays open: the second image never comes.
      const child = start(['detect', photo, '-', '--json', '--draw', `stopped-${name}/`], ['pipe', 'pipe', 'pipe'])
      let stdout = ''
      child.stdout!.setEncoding('utf8').on('data', (part: string) => {
        if (stdout === '') child.kill(name)
        stdout += part
      })
      let stderr = ''
      child.stderr!.setEncoding('utf8').on('data', (part: string) => {
        stderr += part
      })
      const [code, signal] = await once(child, 'close')
      expect({ code, signal, stderr }).toEqual({ code: null, signal: name, stderr: 'mtcnn-wasm: interrupted\n' })
      expect(JSON.parse(stdout)).toEqual([expect.objectContaining({ file: photo })])
      expect(await readdir(join(folder, `stopped-${name}`))).toEqual(['faces.png'])
    },
  )
})
