import type { Box, LevelTrace } from 'mtcnn-wasm/slim'
import { heatMap } from './heat.ts'

/** Longest side of the drawings, pixels. */
const SIDE = 480

/** The picture as the ground to draw on: grey and dark, and no larger than needed. */
export function ground(picture: ImageBitmap): OffscreenCanvas {
  const shrink = Math.min(1, (1.5 * SIDE) / Math.max(picture.width, picture.height))
  const { canvas, context } = canvasOf(picture.width * shrink, picture.height * shrink)
  context.filter = 'grayscale(1) brightness(0.6)'
  context.imageSmoothingQuality = 'high'
  context.drawImage(picture, 0, 0, canvas.width, canvas.height)
  return canvas
}

/** @param width - Of the picture in whose pixels the boxes are. */
export function drawBoxes(ground: OffscreenCanvas, boxes: readonly Box[], width: number): ImageBitmap {
  const { canvas, context } = canvasOf(ground.width, ground.height)
  context.drawImage(ground, 0, 0)
  const scale = ground.width / width
  context.strokeStyle = '#5ff0b4'
  // Hundreds of boxes lie over one another: the more there are, the fainter is each.
  context.globalAlpha = Math.min(1, Math.max(0.5, 12 / boxes.length))
  context.lineWidth = boxes.length > 40 ? 1.5 : 2.5
  for (const box of boxes) {
    context.strokeRect(box.x * scale, box.y * scale, box.width * scale, box.height * scale)
  }
  return canvas.transferToImageBitmap()
}

/** @param turn - By how many degrees faces are turned that are upright in this level. */
export function drawLevel(
  ground: OffscreenCanvas,
  { width, height, cells, scores }: LevelTrace,
  turn: number,
): ImageBitmap {
  const shrink = Math.min(1, SIDE / Math.max(width, height))
  const { canvas, context } = canvasOf(width * shrink, height * shrink)
  const [columns, rows] = cells
  const lies = turn % 180 !== 0
  const [groundWidth, groundHeight] = lies ? [canvas.height, canvas.width] : [canvas.width, canvas.height]
  context.translate(canvas.width / 2, canvas.height / 2)
  context.rotate((-turn * Math.PI) / 180)
  context.drawImage(ground, -groundWidth / 2, -groundHeight / 2, groundWidth, groundHeight)
  context.resetTransform()
  if (scores && scores.length > 0) {
    // Each cell's window is 12 pixels wide and 2 from the next one's: the map starts at the middle of the first.
    context.imageSmoothingEnabled = false
    const heat = heatMap(scores, columns, rows, SIDE / 2)
    const [across, down] = [canvas.width / width, canvas.height / height]
    context.drawImage(heat, 5 * across, 5 * down, 2 * columns * across, 2 * rows * down)
  }
  return canvas.transferToImageBitmap()
}

function canvasOf(width: number, height: number) {
  const canvas = new OffscreenCanvas(Math.max(1, Math.round(width)), Math.max(1, Math.round(height)))
  return { canvas, context: canvas.getContext('2d')! }
}
