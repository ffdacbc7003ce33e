import { facesToSvg } from '../draw/svg.ts'
import { loadSharp } from '../image/node/decode.ts'
import type { Pixels } from '../image/pixels.ts'
import type { AnyFace } from '../shared/face.ts'
import { formatOfEnding, type PictureEnding } from './picture.ts'

/**
 * Gives the image file with its faces marked.
 *
 * @throws whatever sharp throws; MtcnnError MISSING_DEPENDENCY without it.
 */
export async function drawFaces(image: Pixels, faces: readonly AnyFace[], ending: PictureEnding): Promise<Uint8Array> {
  const sharp = await loadSharp()
  const { data, width, height, channels } = image
  const format = formatOfEnding(ending)
  const drawing = sharp(data, { raw: { width, height, channels } })
    .toColourspace('srgb')
    .composite([{ input: Buffer.from(facesToSvg(faces, { width, height }, { labels: false })), top: 0, left: 0 }])
    .removeAlpha()
  // Thin coloured lines blur with the usual halved colour resolution.
  const encoded =
    format === 'jpeg' ? drawing.jpeg({ quality: 92, chromaSubsampling: '4:4:4' }) : drawing.toFormat(format)
  return encoded.toBuffer()
}
