import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import sharp from 'sharp'
import { describe, expect, it } from 'vitest'
import { toFaces, toReference } from '../../src/api/format.ts'
import { facesTable, traceTable } from '../../src/cli/table.ts'
import { DEFAULT_OPTIONS } from '../../src/options/options.ts'
import { MtcnnError } from '../../src/shared/errors.ts'
import { emptyTrace } from '../../src/shared/trace.ts'
import { cli, detections, painting, photo, scratchFolder, trace } from './environment.ts'

const folder = scratchFolder()
const missing = join(folder, 'missing.jpg')

describe('tables', () => {
  it('are aligned', async () => {
    const { code, stdout, stderr, disposed } = await cli(['detect', photo])
    expect([code, stderr, disposed]).toEqual([0, '', 1])
    expect(stdout.split('\n')).toEqual([
      `${photo}: 2 faces (600 x 346)`,
      '  #      x     y  width  height  confidence     left eye    right eye         nose   mouth left  mouth right',
      '  1  100.4  90.5   60.2    80.2     0.99991  110.0,120.0  150.0,121.0  130.0,140.0  112.0,160.0  148.0,161.0',
      '  2    0.0   5.0   40.0    55.0     0.80000  110.0,120.0  150.0,121.0  130.0,140.0  112.0,160.0  148.0,161.0',
      '',
    ])
  })

  it('have no columns for keypoints where there are none, and say when there is no face', async () => {
    const { stdout } = await cli(['detect', photo], [{ x1: 1, y1: 2, x2: 3, y2: 4, confidence: 1 }])
    expect(stdout).toContain('1 face (')
    expect(stdout).not.toContain('eye')
    expect((await cli(['detect', photo], [])).stdout).toBe(`${photo}: no faces (600 x 346)\n`)
    expect(facesTable('f', { width: 1, height: 2 }, [])).toBe('f: no faces (1 x 2)')
  })

  it('explain turn by turn', () => {
    const level = { scale: 0.6, width: 24, height: 12, cells: [7, 1] as [number, number], passed: 3, afterNms: 2 }
    const trace = { ...emptyTrace(), levels: [level], proposals: 2 }
    const turns = ([0, 90] as const).map((turn) => ({ turn, ...trace }))
    const lines = traceTable({ ...trace, levels: [level, level], proposals: 4, turns }).split('\n')
    expect(lines.filter((line) => line.includes('turned'))).toEqual(['  turned by 0 degrees', '  turned by 90 degrees'])
    expect(lines.filter((line) => /^ +proposals +2$/.test(line))).toHaveLength(2)
    expect(lines.filter((line) => line.includes('24 x 12'))).toHaveLength(2)
  })

  it('explain', async () => {
    const { stdout } = await cli(['detect', photo, '--explain'])
    expect(stdout).toMatch(/level +scale +size +cells +passed +after NMS\n +1 +0.6000 +360 x 208 +175 x 99 +12 +5\n/)
    expect(stdout).toMatch(/passed by R-Net +4, after NMS 3\n/)
    expect(stdout).toMatch(/milliseconds +resize 1.3, total 9.5\n/)
  })
})

describe('JSON', () => {
  const wanted = toReference(toFaces(detections, { width: 600, height: 346 }, DEFAULT_OPTIONS))

  it("of one file is the reference's", async () => {
    expect(JSON.parse((await cli(['detect', photo, '--json'])).stdout)).toEqual(wanted)
    expect(wanted[1]!.box).toEqual([0, 5, 40, 55])
    expect((await cli(['detect', photo, '--json'], [])).stdout).toBe('[]\n')
  })

  it('of several files is a list, those that failed among them', async () => {
    const { code, stdout, stderr } = await cli(['detect', photo, missing, painting, join(folder, '*.gif'), '--json'])
    expect(code).toBe(1)
    expect(JSON.parse(stdout)).toEqual([
      { file: photo, faces: wanted },
      { file: missing, error: expect.stringContaining('ENOENT') },
      { file: painting, faces: expect.any(Array) },
      { file: join(folder, '*.gif'), error: 'no file matches this pattern' },
    ])
    expect(stderr.split('\n')).toHaveLength(3)
    expect(stderr).toContain(missing)
  })

  it('of a folder or a pattern is a list, however many files it has', async () => {
    const own = join(folder, 'own.jpg')
    await writeFile(own, await readFile(photo))
    for (const what of [folder, join(folder, '*.jpg')]) {
      expect(JSON.parse((await cli(['detect', what, '--json'])).stdout)).toEqual([{ file: own, faces: wanted }])
    }
    expect(JSON.parse((await cli(['detect', join(folder, '*.gif'), '--json'])).stdout)).toHaveLength(1)
  })

  it('explains', async () => {
    const one = JSON.parse((await cli(['detect', photo, '--explain', '--json'])).stdout)
    expect(one).toEqual({ faces: wanted, trace })
    const two = JSON.parse((await cli(['detect', photo, painting, '--explain', '--json'])).stdout)
    expect(two[1]).toEqual({ file: painting, faces: expect.any(Array), trace })
  })

  it('says where a drawing is, or why there is none, beside the faces', async () => {
    const blocked = join(folder, 'blocked')
    await writeFile(blocked, 'a file, not a folder')
    const out = join(blocked, '{name}.png')
    const { code, stdout } = await cli(['detect', photo, painting, '--json', '--draw', out])
    expect(code).toBe(1)
    expect(JSON.parse(stdout)[0]).toEqual({
      file: photo,
      faces: wanted,
      error: expect.stringContaining('could not draw'),
    })
    const drawn = JSON.parse((await cli(['detect', photo, painting, '--json', '--draw', `${folder}/drawn/`])).stdout)
    expect(drawn[1].drawing).toBe(join(folder, 'drawn/joconde.png'))
  })
})

describe('names with control characters', () => {
  it('cannot forge a line, nor steer the terminal, wherever they are printed', async () => {
    const evil = join(folder, 'a\n\x1b[2Kb.jpg: 9 faces\x9b\u202e.png')
    await writeFile(evil, await readFile(photo))
    const bad = join(folder, 'c\r\n\x07mtcnn-wasm: all is well.jpg')
    await writeFile(bad, 'no photograph')
    const { stdout, stderr } = await cli([
      'detect',
      evil,
      bad,
      missing.replace('miss', '\n'),
      '--draw',
      `${folder}/\n/`,
    ])
    // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what must not be there
    expect(stdout + stderr).not.toMatch(/[\x00-\x09\x0b-\x1f\x7f-\x9f\u202e]/)
    expect(stdout.split('\n')).toEqual([
      expect.stringContaining('/a\\n\\u001b[2Kb.jpg: 9 faces\\u009b\\u202e.png: 2 faces (600 x 346)'),
      expect.stringMatching(/^ {2}#/),
      expect.stringMatching(/^ {2}1/),
      expect.stringMatching(/^ {2}2/),
      expect.stringMatching(/^ {2}drawn to .*\/\\n\/a\\n/),
      '',
    ])
    expect(stderr.trimEnd().split('\n')).toEqual([
      expect.stringContaining('c\\r\\n\\u0007mtcnn-wasm: all is well.jpg'),
      expect.stringContaining('/\\ning.jpg'),
    ])
    const usage = await cli(['detect', evil, '--draw', 'a\n\x1b.bmp'])
    expect(usage.stderr.split('\n')).toHaveLength(3)
    const json = await cli(['detect', evil, bad, '--json'])
    expect(json.stdout).toMatch(/^[ -~\n]+$/)
    expect(JSON.parse(json.stdout)[0].file).toBe(evil)
  })
})

describe('what is searched', () => {
  it('is named in a line of its own, however long the name is', async () => {
    const { code, stderr } = await cli(['detect', 'a'.repeat(100_000)])
    expect([code, stderr.length < 1100]).toEqual([1, true])
    const usage = await cli(['detect', 'a.jpg', '--draw', 'b'.repeat(100_000)])
    expect([usage.code, usage.stderr.length < 1200]).toEqual([2, true])
  })

  it('goes on after a file that cannot be read, and ends with 1', async () => {
    const text = join(folder, 'text.jpg')
    await writeFile(text, 'no photograph')
    const { code, stdout, stderr, disposed } = await cli(['detect', text, photo])
    expect([code, disposed]).toEqual([1, 1])
    expect(stdout).toContain(`${photo}: 2 faces`)
    expect(stderr).toMatch(/^mtcnn-wasm: .*text\.jpg: could not decode/)
  })

  it('makes no detector where there is nothing to search', async () => {
    const { code, stderr, created } = await cli(['detect', join(folder, '*.webp')])
    expect([code, created]).toEqual([1, []])
    expect(stderr).toMatch(/\*\.webp: no file matches this pattern\n$/)
    expect((await cli(['detect', join(folder, '*.webp'), photo])).code).toBe(1)
  })

  it('standard input, within the limit', async () => {
    const limits: number[] = []
    const stdin = async (maxBytes: number) => {
      limits.push(maxBytes)
      return readFile(photo)
    }
    const { code, stdout } = await cli(['detect', '-', '--max-bytes', '9000000'], detections, { stdin })
    expect([code, limits]).toEqual([0, [9_000_000]])
    expect(stdout).toMatch(/^standard input: 2 faces \(600 x 346\)/)
    expect((await cli(['detect', '-'])).stderr).toBe('mtcnn-wasm: standard input: nothing was piped in\n')
    const json = await cli(['detect', '-', painting, '--json'], detections, { stdin })
    expect(JSON.parse(json.stdout)[0].file).toBe('-')
  })

  it('upright pixels', async () => {
    const turned = join(folder, 'turned.jpg')
    await sharp(photo).withMetadata({ orientation: 6 }).toFile(turned)
    expect((await cli(['detect', turned])).images).toMatchObject([{ width: 346, height: 600, channels: 3 }])
  })

  it('stops at the first file where a package is missing', async () => {
    const { code, stderr } = await cli(['detect', photo, painting], detections, {
      createDetector: async () => ({
        detectFaces: async () => {
          throw new MtcnnError('MISSING_DEPENDENCY', 'npm install it')
        },
        explain: async () => {
          throw new Error('not asked for')
        },
        dispose: () => {},
      }),
    })
    expect(code).toBe(1)
    expect(stderr.match(/npm install it/g)).toHaveLength(1)
  })

  it('several images at a time with workers, and tells them in order', async () => {
    // Each search waits until two are running: one after the other they would wait for ever.
    let running = 0
    let open = () => {}
    const two = new Promise<void>((resolve) => {
      open = resolve
    })
    const asked: (number | undefined)[] = []
    const names = [photo, missing, painting, join(folder, 'nothing.jpg'), '-']
    const { code, stdout } = await cli(['detect', ...names, '--json', '--workers', '2'], [], {
      stdin: () => readFile(photo),
      createDetector: async (_, workers) => {
        asked.push(workers)
        return {
          detectFaces: async () => {
            if (++running === 2) open()
            await two
            return []
          },
          explain: async () => {
            throw new Error('not asked for')
          },
          dispose: () => {},
        }
      },
    })
    expect([code, asked]).toEqual([1, [2]])
    const entries: { file: string; error?: string }[] = JSON.parse(stdout)
    expect(entries.map(({ file }) => file)).toEqual(names)
    expect(entries.map(({ error }) => error !== undefined)).toEqual([false, true, false, true, false])
  })

  it('nothing more once it is stopped; what is done is a whole document', async () => {
    const stop = new AbortController()
    const { code, stdout, stderr } = await cli(['detect', photo, painting, missing, '--json'], detections, {
      signal: stop.signal,
      createDetector: async () => ({
        detectFaces: async (image) => {
          if (image.width === 600) return []
          stop.abort(new Error('stopped'))
          throw stop.signal.reason
        },
        explain: async () => {
          throw new Error('not asked for')
        },
        dispose: () => {},
      }),
    })
    expect({ code, stderr }).toEqual({ code: 1, stderr: '' })
    expect(JSON.parse(stdout)).toEqual([{ file: photo, faces: [] }])
  })

  it('a mistake of ours is one line, without a stack', async () => {
    const { stderr } = await cli(['detect', photo], detections, {
      createDetector: async () => {
        throw new TypeError('x is not a function')
      },
    })
    expect(stderr).toMatch(/^mtcnn-wasm: TypeError: x is not a function .*report it\)\n$/)
  })
})
