import { loadSharp } from '../image/node/decode.ts'
import type { Pixels } from '../image/pixels.ts'
import type { AnyFace } from '../shared/face.ts'

/** The endings a drawing may have, and sharp's names of their formats. */
export const DRAWING_FORMATS = {
  '.png': 'png',
  '.jpg': 'jpeg',
  '.jpeg': 'jpeg',
  '.webp': 'webp',
  '.avif': 'avif',
  '.tif': 'tiff',
  '.tiff': 'tiff',
  '.gif': 'gif',
} as const

export type DrawingEnding = keyof typeof DRAWING_FORMATS

/** Boxes and landmarks as SVG, the size of the image. Every line has a dark edge, so that it shows on any photograph. */
export function overlay(width: number, height: number, faces: readonly AnyFace[]): string {
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
 * Gives the image file with its faces marked.
 *
 * @throws whatever sharp throws; MtcnnError MISSING_DEPENDENCY without it.
 */
export async function drawFaces(image: Pixels, faces: readonly AnyFace[], ending: DrawingEnding): Promise<Uint8Array> {
  const sharp = await loadSharp()
  const { data, width, height, channels } = image
  const format = DRAWING_FORMATS[ending]
  const drawing = sharp(data, { raw: { width, height, channels } })
    .toColourspace('srgb')
    .composite([{ input: Buffer.from(overlay(width, height, faces)), top: 0, left: 0 }])
    .removeAlpha()
  // Thin coloured lines blur with the usual halved colour resolution.
  const encoded =
    format === 'jpeg' ? drawing.jpeg({ quality: 92, chromaSubsampling: '4:4:4' }) : drawing.toFormat(format)
  return encoded.toBuffer()
}
