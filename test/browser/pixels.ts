/**
 * Pictures of the test server, and pixels in one form so that they can be compared.
 */
import type { Pixels } from '../../src/image/pixels.ts'

export const WIDTH = 600
export const HEIGHT = 346

export const blobOf = async (name: string): Promise<Blob> => (await fetch(`/pictures/${name}`)).blob()

/** RGB of the photograph that most pictures are made of. */
export const photographBytes = async (): Promise<Uint8Array> =>
  new Uint8Array(await (await blobOf('raw.bin')).arrayBuffer())

/** RGB without padding. */
export function rgbOf({ data, width, height, channels, order, stride }: Pixels): Uint8Array {
  const rgb = new Uint8Array(width * height * 3)
  const [red, blue] = order === 'rgb' ? [0, 2] : [2, 0]
  for (let y = 0, to = 0; y < height; y++) {
    for (let x = 0; x < width; x++, to += 3) {
      const from = y * stride + x * channels
      rgb[to] = data[from + red]!
      rgb[to + 1] = data[from + 1]!
      rgb[to + 2] = data[from + blue]!
    }
  }
  return rgb
}

/** Mean and largest difference of two pictures' bytes. */
export function difference(a: Uint8Array, b: Uint8Array): { mean: number; most: number } {
  if (a.length !== b.length) return { mean: Number.POSITIVE_INFINITY, most: Number.POSITIVE_INFINITY }
  let sum = 0
  let most = 0
  for (let n = 0; n < a.length; n++) {
    const distance = Math.abs(a[n]! - b[n]!)
    sum += distance
    most = Math.max(most, distance)
  }
  return { mean: sum / a.length, most }
}

/** A canvas that shows a picture. */
export async function canvasWith(name: string): Promise<HTMLCanvasElement> {
  const bitmap = await createImageBitmap(await blobOf(name))
  const canvas = Object.assign(document.createElement('canvas'), { width: bitmap.width, height: bitmap.height })
  canvas.getContext('2d')!.drawImage(bitmap, 0, 0)
  bitmap.close()
  return canvas
}

/** An image element with a source, not waited for. */
export function imageWith(source: string, crossOrigin?: string): HTMLImageElement {
  const image = new Image()
  if (crossOrigin !== undefined) image.crossOrigin = crossOrigin
  image.src = source
  return image
}

export async function loaded(image: HTMLImageElement): Promise<HTMLImageElement> {
  await image.decode()
  return image
}

/** A short clip of the canvas, recorded as it is drawn anew; in a muted element that shows its first frame. */
export async function videoOf(canvas: HTMLCanvasElement, seconds = 1): Promise<HTMLVideoElement> {
  const stream = canvas.captureStream(30)
  const recorder = new MediaRecorder(stream, { mimeType: 'video/webm;codecs=vp8', videoBitsPerSecond: 8e6 })
  const parts: Blob[] = []
  recorder.ondataavailable = ({ data }) => parts.push(data)
  const context = canvas.getContext('2d')!
  const timer = setInterval(() => context.drawImage(canvas, 0, 0), 30)
  recorder.start()
  await new Promise((resolve) => setTimeout(resolve, seconds * 1000))
  const stopped = new Promise((resolve) => {
    recorder.onstop = resolve
  })
  recorder.stop()
  await stopped
  clearInterval(timer)
  for (const track of stream.getTracks()) track.stop()
  const video = document.createElement('video')
  video.muted = true
  video.src = URL.createObjectURL(new Blob(parts, { type: 'video/webm' }))
  const shown = new Promise((resolve) => video.requestVideoFrameCallback(resolve))
  await new Promise((resolve, reject) => {
    video.onloadeddata = resolve
    video.onerror = reject
  })
  await shown
  return video
}
