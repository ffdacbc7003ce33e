import type { Flag, Use } from './flag.ts'
import { FLAGS } from './flags.ts'
import { align } from './table.ts'

/** Commands that --help may be asked of. */
export type HelpTopic = 'detect' | 'crop' | 'blur'

const USES: Readonly<Record<HelpTopic, readonly Use[]>> = {
  detect: ['print', 'detect'],
  crop: ['crop'],
  blur: ['blur'],
}

const isOnly = (flag: Flag, use: Use) => flag.uses?.length === 1 && flag.uses[0] === use

/** Flags under their headings; each is in one section. */
const SECTIONS: readonly [heading: string, has: (flag: Flag) => boolean][] = [
  ['Options of the search', (flag) => flag.option !== undefined && flag.uses === undefined],
  ['Options for files and folders', (flag) => flag.option === undefined && flag.uses?.length !== 1],
  ['Options of detect without --out', (flag) => isOnly(flag, 'print')],
  ['Options of crop', (flag) => isOnly(flag, 'crop')],
  ['Options of blur', (flag) => isOnly(flag, 'blur')],
]

/** What --help prints: of all commands, or of one. */
export function helpText(topic?: HelpTopic): string {
  const isWanted = ({ uses }: Flag) => !topic || !uses || uses.some((use) => USES[topic].includes(use))
  const sections = SECTIONS.flatMap(([heading, has]) => {
    const rows = FLAGS.filter((flag) => has(flag) && isWanted(flag)).flatMap(rowsOf)
    return rows.length === 0 ? [] : [`${heading}:\n${align(rows, [0, 1])}\n`]
  })
  return [USAGE, ...sections, ...(topic === 'crop' || topic === 'blur' ? [] : [OUTPUT]), ENDING].join('\n')
}

function rowsOf({ name, short, value, negatable, help }: Flag): string[][] {
  const flag = `${short === undefined ? '' : `-${short}, `}--${negatable ? '[no-]' : ''}${name}`
  return help.map((line, row) => [row > 0 ? '' : value === undefined ? flag : `${flag} <${value}>`, line])
}

const USAGE = `Finds faces and five landmarks in photographs.

Usage:
  mtcnn-wasm detect <what>... [options]               print the faces, as tables or JSON
  mtcnn-wasm detect <what>... --out faces.jsonl       write them to a file (.jsonl or .csv): for many images
  mtcnn-wasm crop <what>... --out crops/              write each face as a picture, aligned
  mtcnn-wasm blur <what>... --out copies/             write copies in which nobody is recognised
  mtcnn-wasm queue --help                             how several machines share the images
  mtcnn-wasm <command> --help                         the options of one command

What is searched, as many as you like:
  a file      anything sharp reads (JPEG, PNG, WebP, AVIF, GIF, TIFF...), turned upright by EXIF
  a folder    all image files in it and in the folders below it
  'a*.jpg'    a pattern: * ? [abc] [!abc] {a,b} and ** for any number of folders. Put it in quotes
  -           standard input: with --out, and for crop and blur, a list of names, one a line; else one image
  Names that begin with a dot are found only by patterns that have the dot. A file name that begins
  with '-' goes after '--'. Reading images takes the package sharp: npm install sharp
`

const OUTPUT = `Output of detect:
  One table per file; coordinates in pixels of the upright photograph, "left" is the left of the picture.
  --json, one file         [{"box": [x, y, width, height], "confidence": 0.99, "keypoints": {...}}, ...]
  --json, anything else    [{"file": "a.jpg", "faces": [...]}, {"file": "b.jpg", "error": "..."}, ...]
  --json --explain         {"faces": [...], "trace": {...}}; else "trace" beside "faces" in each entry
  --out faces.jsonl        {"file": "a.jpg", "width": 600, "height": 400, "faces": [{"box": {...}, ...}]}
                           {"file": "b.jpg", "error": {"code": "DECODE_FAILED", "message": "..."}}
  --draw                   a file name (one image), a folder (faces/ gives faces/<name>.png, with the tree in
                           which images were found), or a name with {name} in it ({name}-faces.jpg)
  Errors go to standard error. Control characters in names are shown as escapes.
`

const ENDING = `Exit code:
  0  everything was done
  1  something could not be read, searched or written; the rest was done, unless the disk is full
  2  the command line makes no sense, or files would be overwritten; nothing was done
  130, 143  stopped by Ctrl-C or SIGTERM. With --out, crop and blur, what was begun is done first; the same
            command goes on where it was

Examples:
  mtcnn-wasm detect photo.jpg --min-face 40 --draw faces.png
  mtcnn-wasm detect album --out faces.jsonl --workers 4
  mtcnn-wasm crop album --out crops/ --align arcface
  mtcnn-wasm blur album --out anonymous/ --method pixelate
  find . -name '*.jpg' -print0 | mtcnn-wasm detect - -0 --out faces.csv
  curl -s https://example.com/photo.jpg | mtcnn-wasm detect - --draw faces.png
`
