import type { Face } from 'mtcnn-wasm/slim'

/** Share of a face's longer side that is kept around it. */
const MARGIN = 0.2

/** The picture with frames and landmarks, as large as it is. */
export async function paintFaces(picture: ImageBitmap, faces: readonly Face[], mirror: boolean): Promise<Blob> {
  const { width, height } = picture
  const canvas = new OffscreenCanvas(width, height)
  const context = canvas.getContext('2d')!
  if (mirror) context.setTransform(-1, 0, 0, 1, width, 0)
  context.drawImage(picture, 0, 0)
  const line = Math.max(2, Math.max(width, height) / 400)
  for (const { box, keypoints } of faces) {
    for (const [style, thickness] of [
      ['rgb(0 0 0 / 0.45)', 2.2],
      ['#4dffb4', 1],
    ] as const) {
      context.strokeStyle = style
      context.lineWidth = line * thickness
      context.strokeRect(box.x, box.y, box.width, box.height)
    }
    context.fillStyle = '#4dffb4'
    for (const { x, y } of Object.values(keypoints)) {
      context.beginPath()
      context.arc(x, y, Math.max(line * 0.8, box.width / 60), 0, 2 * Math.PI)
      context.fill()
    }
  }
  return canvas.convertToBlob()
}

/** Each face with some space around it, cut at the edges of the picture. */
export function cutFaces(picture: ImageBitmap, faces: readonly Face[]): Promise<Blob[]> {
  return Promise.all(
    faces.map(({ box }) => {
      const side = Math.max(box.width, box.height) * (1 + 2 * MARGIN)
      const [middleX, middleY] = [box.x + box.width / 2, box.y + box.height / 2]
      const left = Math.round(Math.max(0, middleX - side / 2))
      const top = Math.round(Math.max(0, middleY - side / 2))
      const width = Math.max(1, Math.round(Math.min(picture.width, middleX + side / 2)) - left)
      const height = Math.max(1, Math.round(Math.min(picture.height, middleY + side / 2)) - top)
      const canvas = new OffscreenCanvas(width, height)
      canvas.getContext('2d')!.drawImage(picture, -left, -top)
      return canvas.convertToBlob()
    }),
  )
}
