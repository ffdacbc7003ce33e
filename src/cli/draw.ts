import { realpathSync, statSync } from 'node:fs'
import { mkdir } from 'node:fs/promises'
import { dirname, extname, join, parse, resolve } from 'node:path'
import { loadSharp } from '../image/node/read.ts'
import type { Pixels } from '../image/pixels.ts'
import type { Face } from '../shared/face.ts'
import { UsageError } from './arguments.ts'

const FORMATS = ['.png', '.jpg', '.jpeg', '.webp', '.avif', '.tif', '.tiff', '.gif']

/**
 * Where the drawing of each file goes. `out` is a file, a folder (one that exists or a name that ends in a slash: `<folder>/<name>.png`),
 * or a name with `{name}` in it, which stands for the file's name without its ending.
 *
 * @throws UsageError where two files would be drawn to one, a photograph would be overwritten, or the format is not known.
 */
export function planDrawings(out: string, files: readonly string[]): Map<string, string> {
  const pattern = isFolder(out) ? join(out, '{name}.png') : out
  const ending = extname(pattern).toLowerCase()
  if (!FORMATS.includes(ending)) {
    throw new UsageError(`--draw: the name must end in ${FORMATS.join(', ')}, or be a folder; got '${out}'`)
  }
  if (files.length > 1 && !pattern.includes('{name}')) {
    throw new UsageError(
      `--draw: for several files give a folder, such as 'faces/', or a name with {name} in it; got '${out}'`,
    )
  }
  const inputs = new Set(files.map(identity))
  const sources = new Map<string, string>()
  const targets = new Map<string, string>()
  for (const file of files) {
    const target = pattern.replaceAll('{name}', () => parse(file).name)
    const id = identity(target)
    if (inputs.has(id)) throw new UsageError(`--draw: would overwrite the photograph '${target}'`)
    const other = sources.get(id)
    if (other !== undefined) throw new UsageError(`--draw: '${other}' and '${file}' would both be drawn to '${target}'`)
    sources.set(id, file)
    targets.set(file, target)
  }
  return targets
}

function isFolder(path: string): boolean {
  if (/[/\\]$/.test(path)) return true
  try {
    return statSync(path).isDirectory()
  } catch {
    return false
  }
}

/** One name for one file, through links. */
function identity(path: string): string {
  try {
    return realpathSync(path)
  } catch {
    return resolve(path)
  }
}

/** Boxes and landmarks as SVG, the size of the image. Every line has a dark edge, so that it shows on any photograph. */
export function overlay(width: number, height: number, faces: readonly Face[]): string {
  const line = Math.max(1.5, Math.hypot(width, height) / 400)
  const parts = faces.map(({ box, keypoints }) => {
    const rectangle = `x="${box.x}" y="${box.y}" width="${Math.max(0, box.width)}" height="${Math.max(0, box.height)}" rx="${line}"`
    const points = keypoints === undefined ? [] : Object.values(keypoints)
    // On a small face dots as wide as on a large one would cover the face.
    const radius = Math.max(1, Math.min(line * 1.5, box.width / 20))
    const dots = points.map(({ x, y }) => `<circle cx="${x}" cy="${y}" r="${radius}"/>`).join('')
    return (
      `<g fill="none"><rect ${rectangle} stroke="#0009" stroke-width="${line * 2}"/>` +
      `<rect ${rectangle} stroke="#3dff7c" stroke-width="${line}"/></g>` +
      `<g fill="#ffd23d" stroke="#000c" stroke-width="${radius / 2}">${dots}</g>`
    )
  })
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}">${parts.join('')}</svg>`
}

/**
 * Writes the image with its faces marked; folders on the way are made.
 *
 * @throws whatever writing the file throws; MtcnnError MISSING_DEPENDENCY without `sharp`.
 */
export async function drawFaces(image: Pixels, faces: readonly Face[], target: string): Promise<void> {
  const sharp = await loadSharp()
  const { data, width, height, channels } = image
  await mkdir(dirname(target), { recursive: true })
  const drawing = sharp(data, { raw: { width, height, channels } })
    .toColourspace('srgb')
    .composite([{ input: Buffer.from(overlay(width, height, faces)), top: 0, left: 0 }])
    .removeAlpha()
  // Thin coloured lines blur with the usual halved colour resolution.
  if (/\.jpe?g$/i.test(target)) drawing.jpeg({ quality: 92, chromaSubsampling: '4:4:4' })
  await drawing.toFile(target)
}
