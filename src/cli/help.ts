import { FLAGS } from './flags.ts'
import { align } from './table.ts'

/** What --help prints. */
export function helpText(): string {
  const rows = FLAGS.flatMap(({ name, short, value, negatable, help }) => {
    const flag = `${short === undefined ? '' : `-${short}, `}--${negatable ? '[no-]' : ''}${name}`
    return help.map((line, row) => [row > 0 ? '' : value === undefined ? flag : `${flag} <${value}>`, line])
  })
  return `Finds faces and five landmarks in photographs.

Usage: mtcnn-wasm detect <what>... [options]

What is searched, as many as you like:
  a file      anything sharp reads (JPEG, PNG, WebP, AVIF, GIF, TIFF...), turned upright by EXIF
  a folder    all image files in it and in the folders below it
  'a*.jpg'    a pattern: * ? [abc] [!abc] {a,b} and ** for any number of folders. Put it in quotes
  -           one image from standard input
  Names that begin with a dot are found only by patterns that have the dot. A file name that begins
  with '-' goes after '--'. Reading images takes the package sharp: npm install sharp

Options:
${align(rows, [0, 1])}

Output:
  One table per file; coordinates in pixels of the upright photograph, "left" is the left of the picture.
  --json, one file         [{"box": [x, y, width, height], "confidence": 0.99, "keypoints": {...}}, ...]
  --json, anything else    [{"file": "a.jpg", "faces": [...]}, {"file": "b.jpg", "error": "..."}, ...]
  --json --explain         {"faces": [...], "trace": {...}}; else "trace" beside "faces" in each entry
  --draw                   a file name (one image), a folder (faces/ gives faces/<name>.png), or a name
                           with {name} in it ({name}-faces.jpg)
  Errors go to standard error, one line each. Control characters in names are shown as escapes.

Exit code:
  0  everything was done
  1  something could not be read, searched, drawn or printed; the rest was done
  2  the command line makes no sense, or --draw would overwrite a file; nothing was done
  A stop by Ctrl-C or SIGTERM is reported to the shell as usual (130 and 143).

Examples:
  mtcnn-wasm detect photo.jpg
  mtcnn-wasm detect photo.jpg --min-face 40 --draw faces.png
  mtcnn-wasm detect album --json > faces.json
  curl -s https://example.com/photo.jpg | mtcnn-wasm detect - --draw faces.png
`
}
