import { checkFaces } from '../faces/check-faces.ts'
import { describe, MtcnnError } from '../shared/errors.ts'
import type { AnyFace, Size } from '../shared/face.ts'
import { FONT, type Label, shapesOf } from './shapes.ts'
import { type DrawStyle, resolveStyle } from './style.ts'

/**
 * Gives faces as an SVG picture of the size of the image, transparent but for what `drawFaces` draws: to be laid over the image.
 *
 * @param faces - As `detectFaces` gives them.
 * @param size - Of the image, pixels.
 * @throws MtcnnError INVALID_OPTION for what is no array of faces, no size or no style.
 * @example const svg = facesToSvg(faces, { width: faces.imageWidth, height: faces.imageHeight })
 */
export function facesToSvg<F extends AnyFace>(faces: readonly F[], size: Size, style?: DrawStyle<F>): string {
  checkFaces(faces, 'facesToSvg')
  const { width, height } = Object(size) as Partial<Size>
  if (!(Number.isFinite(width) && Number.isFinite(height) && width! > 0 && height! > 0)) {
    const wanted = 'a size { width, height } in pixels, over 0'
    throw new MtcnnError('INVALID_OPTION', `facesToSvg takes ${wanted}; got ${describe(size)}`)
  }
  const resolved = resolveStyle(style)
  const { lineWidth, faces: shapes } = shapesOf(faces, { width: width!, height: height! }, resolved)
  const [colour, pointColour] = [escaped(resolved.colour), escaped(resolved.pointColour)]
  const parts = shapes.map(({ box, points, radius }) => {
    const rectangle = `x="${box.x}" y="${box.y}" width="${box.width}" height="${box.height}" rx="${lineWidth}"`
    const dots = points.map(({ x, y }) => `<circle cx="${x}" cy="${y}" r="${radius}"/>`).join('')
    return (
      `<g fill="none"><rect ${rectangle} stroke="#0009" stroke-width="${lineWidth * 2}"/>` +
      `<rect ${rectangle} stroke="${colour}" stroke-width="${lineWidth}"/></g>` +
      `<g fill="${pointColour}" stroke="#000c" stroke-width="${radius / 2}">${dots}</g>`
    )
  })
  const labels = shapes.map(({ label }) => (label ? plate(label) : ''))
  const content = [...parts, ...labels].join('')
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}">${content}</svg>`
}

function plate({ x, y, width, height, text, fontSize, inset }: Label): string {
  const letters = width - 2 * inset
  const place = `x="${x + inset}" y="${y + height / 2}" textLength="${letters}" lengthAdjust="spacingAndGlyphs"`
  return (
    `<rect x="${x}" y="${y}" width="${width}" height="${height}" fill="#000c"/>` +
    `<text ${place} dominant-baseline="central" font-family="${escaped(FONT)}" font-size="${fontSize}" fill="#fff">` +
    `${escaped(text)}</text>`
  )
}

const ENTITIES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' }

/** Text as XML can hold it: characters that XML has no place for are left out. */
function escaped(text: string): string {
  return text.replace(/[^\t\n\r\P{Cc}]|[\ufffe\uffff]|\p{Cs}/gu, '').replace(/[&<>"]/g, (letter) => ENTITIES[letter]!)
}
