import * as library from '../../../dist/index.node.js'

/**
 * The names that a code block of a page may use without declaring them. In Node each has a value, with which the block is
 * run; for browsers there are only types.
 */

/** Name to the type, and the expression that makes the value. */
export const NODE_PRELUDE: Record<string, { type: string; value: string }> = {
  detector: {
    type: "import('mtcnn-wasm').MTCNN",
    value: "await (await import('mtcnn-wasm')).MTCNN.create()",
  },
  file: { type: 'string', value: "'photo.jpg'" },
  files: { type: 'string[]', value: "['photo.jpg', 'team.jpg']" },
  image: {
    type: "import('mtcnn-wasm').PixelImage",
    value: `await (await import('sharp'))
      .default('photo.jpg').removeAlpha().raw().toBuffer({ resolveWithObject: true })
      .then(({ data, info }) => ({ data, width: info.width, height: info.height, channels: 3 }))`,
  },
  data: { type: 'Uint8Array', value: 'new Uint8Array(300 * 200 * 3)' },
  yuv: { type: 'Uint8Array', value: 'new Uint8Array(300 * 200 * 1.5)' },
  width: { type: 'number', value: '300' },
  height: { type: 'number', value: '200' },
  request: {
    type: 'Request',
    value: `await import('node:fs').then(({ readFileSync }) => {
      const form = new FormData()
      form.set('photo', new Blob([readFileSync('photo.jpg')]), 'photo.jpg')
      return new Request('http://localhost/', { method: 'POST', body: form })
    })`,
  },
  faces: {
    type: "import('mtcnn-wasm').Faces",
    value: "await (await (await import('mtcnn-wasm')).MTCNN.create()).detectFaces('photo.jpg')",
  },
}

/** Name to the type. */
export const BROWSER_PRELUDE: Record<string, string> = {
  detector: "import('mtcnn-wasm').MTCNN",
  file: 'File',
  files: 'File[]',
  image: 'HTMLImageElement',
  faces: "import('mtcnn-wasm').Faces",
  video: 'HTMLVideoElement',
  canvas: 'HTMLCanvasElement',
  context: 'CanvasRenderingContext2D',
  input: 'HTMLInputElement',
  draw: "(faces: import('mtcnn-wasm').Faces) => void",
}

/**
 * The block with an import of what it uses of the library, where it imports nothing from it: a page need not repeat that
 * line. A block that has the line must name all.
 */
export function withImports(text: string): string {
  if (/(from |require\()'mtcnn-wasm/.test(text)) return text
  const used = Object.keys(library).filter((name) => new RegExp(`\\b${name}\\b`).test(text))
  return used.length > 0 ? `${text}import { ${used.join(', ')} } from 'mtcnn-wasm'\n` : text
}

/** Modules that bundlers make of files. */
export const BUNDLER_MODULES = `
declare module '*?url' { const address: string; export default address }
declare module '*.wasm' { const kernels: WebAssembly.Module; export default kernels }
declare module '*.bin' { const bytes: ArrayBuffer; export default bytes }
`
