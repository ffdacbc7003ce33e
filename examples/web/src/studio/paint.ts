import { drawFaces } from 'mtcnn-wasm/draw'
import { anonymiseFaces, type Face } from 'mtcnn-wasm/slim'

/** Red, green, blue and alpha. */
export interface Pixels {
  data: Uint8ClampedArray<ArrayBuffer>
  width: number
  height: number
}

/** The picture with frames, landmarks and confidences, as large as it is. */
export function paintFaces(picture: ImageBitmap, faces: readonly Face[], mirror: boolean): Promise<Blob> {
  const { width, height } = picture
  const { canvas, context } = canvasOf(width, height)
  if (mirror) context.setTransform(-1, 0, 0, 1, width, 0)
  context.drawImage(picture, 0, 0)
  context.resetTransform()
  // Not by the context, which would mirror the labels too.
  drawFaces(context, mirror ? faces.map((face) => mirrored(face, width)) : faces)
  return canvas.convertToBlob()
}

function mirrored(face: Face, width: number): Face {
  const { box, keypoints } = face
  const points = Object.entries(keypoints).map(([name, { x, y }]) => [name, { x: width - x, y }])
  return { ...face, box: { ...box, x: width - box.x - box.width }, keypoints: Object.fromEntries(points) }
}

/** The picture with its faces blurred, so that nobody is known. */
export async function hideFaces(picture: ImageBitmap, faces: readonly Face[]): Promise<ImageBitmap> {
  const { canvas, context } = canvasOf(picture.width, picture.height)
  context.drawImage(picture, 0, 0)
  const { data, width, height } = await anonymiseFaces(context.getImageData(0, 0, canvas.width, canvas.height), faces)
  return createImageBitmap(new ImageData(data, width, height))
}

/** A picture as a file. */
export function asFile(picture: ImageBitmap, mirror: boolean): Promise<Blob> {
  return paintFaces(picture, [], mirror)
}

/** Pixels as a PNG. */
export function encode({ data, width, height }: Pixels): Promise<Blob> {
  const { canvas, context } = canvasOf(width, height)
  context.putImageData(new ImageData(data, width, height), 0, 0)
  return canvas.convertToBlob()
}

function canvasOf(width: number, height: number) {
  const canvas = new OffscreenCanvas(width, height)
  return { canvas, context: canvas.getContext('2d', { willReadFrequently: true })! }
}
