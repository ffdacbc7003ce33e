import { checkFaces } from '../faces/check-faces.ts'
import { describe, MtcnnError } from '../shared/errors.ts'
import type { AnyFace, Size } from '../shared/face.ts'
import { FONT, shapesOf } from './shapes.ts'
import { type DrawStyle, resolveStyle } from './style.ts'

/** What is used of a 2D context: that of a canvas, of an OffscreenCanvas, of `@napi-rs/canvas` and of others like it. */
export interface DrawContext {
  readonly canvas: Size
  lineWidth: number
  // biome-ignore lint/suspicious/noExplicitAny: contexts take gradients and patterns of their own, too.
  strokeStyle: any
  // biome-ignore lint/suspicious/noExplicitAny: as above.
  fillStyle: any
  font: string
  // biome-ignore lint/suspicious/noExplicitAny: contexts have types of their own for it.
  textBaseline: any
  // biome-ignore lint/suspicious/noExplicitAny: as above.
  textAlign: any
  save(): void
  restore(): void
  beginPath(): void
  arc(x: number, y: number, radius: number, start: number, end: number): void
  fill(): void
  stroke(): void
  strokeRect(x: number, y: number, width: number, height: number): void
  fillRect(x: number, y: number, width: number, height: number): void
  fillText(text: string, x: number, y: number, most?: number): void
}

const METHODS = ['save', 'restore', 'beginPath', 'arc', 'fill', 'stroke', 'strokeRect', 'fillRect', 'fillText'] as const

/**
 * Draws faces on a canvas: boxes, landmarks and labels. Every line has a dark edge, so that it shows on any picture.
 *
 * @param context - A 2D context. What it is set to (colours, fonts) is as before afterwards.
 * @param faces - In pixels of the canvas: as `detectFaces` gives them where the canvas has the size of the image, else by
 * `scaleFaces(faces, canvas)`.
 * @throws MtcnnError INVALID_OPTION for what is no context, no array of faces or no style.
 * @example drawFaces(canvas.getContext('2d'), await detector.detectFaces(canvas))
 */
export function drawFaces<F extends AnyFace>(context: DrawContext, faces: readonly F[], style?: DrawStyle<F>): void {
  const { width, height } = sizeOf(context)
  checkFaces(faces, 'drawFaces')
  const resolved = resolveStyle(style)
  const { lineWidth, faces: shapes } = shapesOf(faces, { width, height }, resolved)
  context.save()
  try {
    for (const { box } of shapes) {
      for (const [colour, thickness] of [
        ['#0009', 2 * lineWidth],
        [resolved.colour, lineWidth],
      ] as const) {
        context.strokeStyle = colour
        context.lineWidth = thickness
        context.strokeRect(box.x, box.y, box.width, box.height)
      }
    }
    context.fillStyle = resolved.pointColour
    context.strokeStyle = '#000c'
    for (const { points, radius } of shapes) {
      context.lineWidth = radius / 2
      for (const { x, y } of points) {
        context.beginPath()
        context.arc(x, y, radius, 0, 2 * Math.PI)
        context.fill()
        context.stroke()
      }
    }
    context.textBaseline = 'middle'
    context.textAlign = 'left'
    for (const { label } of shapes) {
      if (!label) continue
      const { x, y, width, height, text, fontSize, inset } = label
      context.fillStyle = '#000c'
      context.fillRect(x, y, width, height)
      context.fillStyle = '#fff'
      context.font = `${fontSize}px ${FONT}`
      context.fillText(text, x + inset, y + height / 2, width - 2 * inset)
    }
  } finally {
    context.restore()
  }
}

function sizeOf(context: DrawContext): Size {
  const missing = METHODS.find((method) => typeof context?.[method] !== 'function')
  const { width, height } = (context?.canvas ?? {}) as Partial<Size>
  if (missing === undefined && width !== undefined && height !== undefined) return { width, height }
  const hint =
    typeof (context as { getContext?: unknown } | null)?.getContext === 'function'
      ? ": give canvas.getContext('2d')"
      : ''
  throw new MtcnnError('INVALID_OPTION', `drawFaces takes the 2D context of a canvas; got ${describe(context)}${hint}`)
}
