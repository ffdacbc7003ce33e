import { describe, expect, it } from 'vitest'
import { IMAGE_ENDINGS } from '../../src/bulk/names.ts'
import { parseArguments } from '../../src/cli/arguments.ts'
import { FLAGS } from '../../src/cli/flags.ts'
import { DEFAULT_OPTIONS } from '../../src/options/options.ts'
import { resolveCreateOptions } from '../../src/options/resolve.ts'
import { cli } from './environment.ts'

describe('arguments', () => {
  it('turns flags into options', () => {
    const line =
      'detect a.jpg b.jpg --preset accurate --min-face 40 --scale-factor=0.8 --thresholds 0.5,0.6,0.7 --nms 0.1,0.2,0.3,0.4 ' +
      '--max-faces 3 --stages boxes --patches bicubic --no-flip --passes 1 --confidence output --rotate 0,180 --pad 0.1 --roi 1,2,30,40 --no-clip --strict ' +
      '--max-pixels 1000 --max-bytes 2000 --precision fast --worker --weights f16 --json --explain --scores --draw out.png --force'
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
        patches: 'bicubic',
        flip: false,
        passes: 1,
        confidence: 'output',
        rotate: [0, 180],
        pad: 0.1,
        roi: { x: 1, y: 2, width: 30, height: 40 },
        clip: false,
        strict: true,
        maxPixels: 1000,
        maxBytes: 2000,
        precision: 'fast',
        worker: true,
        weights: 'f16',
      },
      json: true,
      explain: true,
      scores: true,
      workers: undefined,
      draw: 'out.png',
      force: true,
      recursive: true,
      endings: IMAGE_ENDINGS,
    })
    expect(parseArguments(['detect', 'a.jpg'])).toMatchObject({ options: {}, json: false, draw: undefined })
    expect(parseArguments(['detect', 'a.jpg', '--module', 'k.wasm'])).toMatchObject({ options: { module: 'k.wasm' } })
    expect(parseArguments(['detect', 'a.jpg', '--rotate', 'all'])).toMatchObject({ options: { rotate: true } })
    expect(parseArguments(['detect', 'a.jpg', '--workers', '3'])).toMatchObject({ options: {}, workers: 3 })
  })

  it('has a flag for every option of the library, but for those that mean nothing here', () => {
    const { detect: _, ...fixed } = resolveCreateOptions()
    const options = new Set([...Object.keys(DEFAULT_OPTIONS), ...Object.keys(fixed)])
    const flags = FLAGS.map(({ option }) => option as string | undefined)
    const missing = [...options].filter((option) => !flags.includes(option))
    expect(missing).toEqual(['signal', 'transfer', 'queueLimit'])
  })

  it('takes the last of a flag given twice, and of a switch and its contrary', () => {
    const options = (line: string) => parseArguments(line.split(' ')) as { options: object }
    expect(options('detect a --min-face 20 --min-face 40').options).toEqual({ minFaceSize: 40 })
    expect(options('detect a --flip --no-flip').options).toEqual({ flip: false })
    expect(options('detect a --no-flip --flip').options).toEqual({ flip: true })
  })

  it("takes what follows '--' for names, and '-' for standard input", () => {
    expect(parseArguments(['detect', '-', '--', '--json', '-a.jpg'])).toMatchObject({
      files: ['-', '--json', '-a.jpg'],
      json: false,
    })
  })

  it.each([
    ['', 'no command given'],
    ['photo.jpg', "did you mean 'mtcnn-wasm detect photo.jpg'?"],
    ['detect', 'no file given'],
    ['detect a.jpg --min-fcae 40', "unknown option '--min-fcae': did you mean '--min-face'?"],
    ['detect a.jpg --minFace 40', "did you mean '--min-face'?"],
    ['detect a.jpg -x', "unknown option '-x'. A file name that begins with '-' goes after '--'"],
    ['detect a.jpg --min-face', '--min-face needs a value: --min-face <pixels>'],
    ['detect a.jpg --min-face --json', '--min-face needs a value: --min-face <pixels>'],
    ['detect a.jpg --min-face big', "--min-face: a number is wanted; got 'big'"],
    ['detect a.jpg --min-face=', '--min-face needs a value'],
    ['detect a.jpg --min-face 0', '--min-face: option'],
    ['detect a.jpg --scale-factor 1', '--scale-factor: option'],
    ['detect a.jpg --thresholds 0.6,0.7', '--thresholds: 3 numbers are wanted (p,r,o)'],
    ['detect a.jpg --thresholds 0.6,0.7,7', '--thresholds: option'],
    ['detect a.jpg --nms 0.6,,0.1,0.2', '--nms: a number is wanted'],
    ['detect a.jpg --roi 0,0,10', '--roi: 4 numbers are wanted (x,y,w,h)'],
    ['detect a.jpg --roi 0,0,10,0', '--roi: option'],
    ['detect a.jpg --stages some', '--stages: option'],
    ['detect a.jpg --preset best', '--preset: option'],
    ['detect a.jpg --module k.wasm --precision fast', "option 'precision' must be 'exact' here"],
    ['detect a.jpg --draw=', '--draw needs a value'],
    ['detect a.jpg --workers 0', '--workers: option'],
    ['detect a.jpg --workers many', '--workers: a number is wanted'],
    ['detect a.jpg --workers 2 --worker', '--worker and --workers exclude one another'],
    ['detect a.jpg --json --scores', '--scores goes with --explain and --json'],
    ['detect a.jpg --force', '--force goes with --draw'],
    ['detect a.jpg --json=yes', '--json takes no value'],
    ['detect a.jpg --draw out.bmp', '--draw: the name must end in .png'],
    ['detect a.jpg b.jpg --draw out.png', '--draw: for several images give a folder'],
  ])("'%s' is a usage error: exit code 2, nothing on stdout", async (line, message) => {
    const { code, stdout, stderr, created } = await cli(line.split(' ').filter(Boolean))
    expect(stderr).toContain(message)
    expect(stderr).toContain('--help')
    expect({ code, stdout, created }).toEqual({ code: 2, stdout: '', created: [] })
  })

  it('refuses an empty name', async () => {
    const { code, stderr } = await cli(['detect', ''])
    expect([code, stderr]).toEqual([2, expect.stringContaining('a file name is empty')])
  })

  it('prints help and version', async () => {
    for (const argv of [['--help'], ['-h'], ['help']]) {
      const { code, stdout, stderr } = await cli(argv)
      expect([code, stderr]).toEqual([0, ''])
      for (const { name, negatable } of FLAGS) {
        expect(stdout).toMatch(new RegExp(`^  .*--${negatable ? '\\[no-\\]' : ''}${name}\\b`, 'm'))
      }
      const long = stdout.split('\n').filter((line) => line.length > 120)
      expect(long).toEqual([])
    }
    expect((await cli(['-v'])).stdout).toBe('1.2.3\n')
  })
})
