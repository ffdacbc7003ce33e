import { parseArgs } from 'node:util'
import { type CreateOptions, DEFAULT_OPTIONS as defaults, type Preset } from '../options/options.ts'
import { resolveCreateOptions } from '../options/resolve.ts'
import { nearestName } from '../options/suggest.ts'
import { MtcnnError } from '../shared/errors.ts'

/** The command line makes no sense: exit code 2, with a hint at --help. */
export class UsageError extends Error {
  override readonly name = 'UsageError'
}

export interface DetectCommand {
  kind: 'detect'
  /** Files and globs as typed. */
  files: string[]
  options: CreateOptions
  json: boolean
  explain: boolean
  draw: string | undefined
  weights: string | undefined
}

export type Command = { kind: 'help' } | { kind: 'version' } | DetectCommand

interface Flag {
  name: string
  short?: string
  /** What stands behind the flag in --help; flags without one are switches. */
  value?: string
  help: string[]
  /** For flags that are options of the library. */
  read?: (text: string) => CreateOptions
}

const nms = defaults.nms
const thresholds = defaults.thresholds

const FLAGS: readonly Flag[] = [
  {
    name: 'preset',
    value: 'name',
    help: [
      'classic (default): as the Python package; accurate: more and smaller faces, better',
      'placed, slower; fast: faces of 40 pixels and more. The defaults below are those of classic',
    ],
    read: (text) => ({ preset: text as Preset }),
  },
  {
    name: 'min-face',
    value: 'pixels',
    help: [`smallest face looked for, in pixels of the photograph (default ${defaults.minFaceSize})`],
    read: (text) => ({ minFaceSize: number(text) }),
  },
  {
    name: 'scale-factor',
    value: 'ratio',
    help: [`size of one pyramid level relative to the one before it (default ${defaults.scaleFactor})`],
    read: (text) => ({ scaleFactor: number(text) }),
  },
  {
    name: 'thresholds',
    value: 'p,r,o',
    help: [
      'scores under which the three nets drop a candidate',
      `(default ${thresholds.proposal},${thresholds.refine},${thresholds.output})`,
    ],
    read: (text) => {
      const [proposal, refine, output] = numbers(text, ['p', 'r', 'o'])
      return { thresholds: { proposal: proposal!, refine: refine!, output: output! } }
    },
  },
  {
    name: 'nms',
    value: 'l,p,r,o',
    help: [
      'overlaps over which the weaker of two boxes is dropped: within a level,',
      `in the whole pyramid, after R-Net, after O-Net (default ${nms.level},${nms.pyramid},${nms.refine},${nms.output})`,
    ],
    read: (text) => {
      const [level, pyramid, refine, output] = numbers(text, ['l', 'p', 'r', 'o'])
      return { nms: { level: level!, pyramid: pyramid!, refine: refine!, output: output! } }
    },
  },
  {
    name: 'max-faces',
    value: 'count',
    help: ['only this many faces, the most confident ones (default all)'],
    read: (text) => ({ maxFaces: number(text) }),
  },
  {
    name: 'stages',
    value: 'full|boxes',
    help: [`'boxes' leaves out O-Net: faster, looser boxes, no keypoints (default ${defaults.stages})`],
    read: (text) => ({ stages: text as 'full' }),
  },
  {
    name: 'roi',
    value: 'x,y,w,h',
    help: ['search this rectangle only (pixels); results stay in coordinates of the photograph'],
    read: (text) => {
      const [x, y, width, height] = numbers(text, ['x', 'y', 'w', 'h'])
      return { roi: { x: x!, y: y!, width: width!, height: height! } }
    },
  },
  {
    name: 'no-clip',
    help: ['let boxes reach beyond the edges of the photograph'],
    read: () => ({ clip: false }),
  },
  { name: 'weights', value: 'file', help: ['other weights, in the container format of this package'] },
  { name: 'json', help: ['print JSON in the form of the Python package mtcnn 0.1.1'] },
  {
    name: 'draw',
    value: 'out',
    help: ["write the photograph with boxes and landmarks; the format goes by the name's ending"],
  },
  { name: 'explain', help: ['also say what each stage found, and how long it took'] },
  { name: 'help', short: 'h', help: ['print this and stop'] },
  { name: 'version', short: 'v', help: ['print the version and stop'] },
]

export function helpText(): string {
  const left = FLAGS.map(({ name, short, value }) => {
    const flag = short === undefined ? `--${name}` : `-${short}, --${name}`
    return value === undefined ? flag : `${flag} <${value}>`
  })
  const width = Math.max(...left.map((text) => text.length))
  const flags = FLAGS.flatMap(({ help }, index) =>
    help.map((line, row) => `  ${(row === 0 ? left[index]! : '').padEnd(width)}  ${line}`),
  )
  return `Finds faces and five landmarks in photographs.

Usage: mtcnn-wasm detect <file or glob>... [options]

Files: anything sharp reads (JPEG, PNG, WebP, AVIF, GIF, TIFF...), turned upright by EXIF. Globs in quotes
work too: * ? [abc] {a,b} and ** for any depth. Reading files takes the package sharp.

Options:
${flags.join('\n')}

Output:
  One table per file; coordinates in pixels of the upright photograph, "left" is the left of the picture.
  --json, one file         [{"box": [x, y, width, height], "confidence": 0.99, "keypoints": {...}}, ...]
  --json, several files    [{"file": "a.jpg", "faces": [...]}, {"file": "b.jpg", "error": "..."}, ...]
  --json --explain         {"faces": [...], "trace": {...}}; for several files with "file" in each
  --draw, several files    a folder (faces/ gives faces/<name>.png) or a name with {name} in it ({name}-faces.jpg)

Exit code: 0 all files done, 1 a file could not be read, searched or drawn (the others are done), 2 wrong usage.

Examples:
  mtcnn-wasm detect photo.jpg
  mtcnn-wasm detect photo.jpg --min-face 40 --draw faces.png
  mtcnn-wasm detect "album/**/*.{jpg,png}" --json > faces.json
`
}

/**
 * Reads the arguments after the program's name.
 *
 * @throws UsageError
 */
export function parseArguments(argv: readonly string[]): Command {
  const { values, positionals } = parsed(argv)
  if (values.help === true || positionals[0] === 'help') return { kind: 'help' }
  if (values.version === true) return { kind: 'version' }
  const [command, ...files] = positionals
  if (command === undefined) throw new UsageError('no command given; the command is: detect')
  if (command !== 'detect') {
    throw new UsageError(`unknown command '${command}': did you mean 'mtcnn-wasm detect ${command}'?`)
  }
  if (files.length === 0) throw new UsageError('no file given')
  const options: CreateOptions = {}
  for (const { name, read } of FLAGS) {
    const value = values[name]
    if (value === undefined || read === undefined) continue
    Object.assign(
      options,
      checked(name, () => read(String(value))),
    )
  }
  const text = (name: string) => {
    const value = values[name]
    if (value === '') throw new UsageError(`--${name} needs a value`)
    return typeof value === 'string' ? value : undefined
  }
  return {
    kind: 'detect',
    files,
    options,
    json: values.json === true,
    explain: values.explain === true,
    draw: text('draw'),
    weights: text('weights'),
  }
}

function parsed(argv: readonly string[]) {
  const options: Record<string, { type: 'string' | 'boolean'; short?: string }> = {}
  for (const { name, short, value } of FLAGS) {
    options[name] = { type: value === undefined ? 'boolean' : 'string', ...(short === undefined ? {} : { short }) }
  }
  try {
    return parseArgs({ args: [...argv], options, allowPositionals: true, strict: true })
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException
    if (code === 'ERR_PARSE_ARGS_UNKNOWN_OPTION') {
      const unknown = /'-{0,2}([^'=]*)/.exec(message)?.[1] ?? ''
      const nearest = nearestName(
        unknown,
        FLAGS.map(({ name }) => name),
      )
      const hint = nearest === undefined ? '' : `: did you mean '--${nearest}'?`
      throw new UsageError(`unknown option '${unknown.length > 1 ? '--' : '-'}${unknown}'${hint}`)
    }
    throw new UsageError(message)
  }
}

/** Has the library judge the value at once, so that a wrong one is found before the first file is read. */
function checked(name: string, read: () => CreateOptions): CreateOptions {
  try {
    const options = read()
    resolveCreateOptions(options)
    return options
  } catch (error) {
    if (error instanceof UsageError) throw new UsageError(`--${name}: ${error.message}`)
    if (error instanceof MtcnnError) throw new UsageError(`--${name}: ${error.message}`)
    throw error
  }
}

function number(text: string): number {
  const value = text.trim() === '' ? Number.NaN : Number(text)
  if (Number.isNaN(value)) throw new UsageError(`a number is wanted; got '${text}'`)
  return value
}

function numbers(text: string, names: readonly string[]): number[] {
  const parts = text.split(',')
  if (parts.length !== names.length) {
    throw new UsageError(`${names.length} numbers are wanted (${names.join(',')}); got '${text}'`)
  }
  return parts.map(number)
}
