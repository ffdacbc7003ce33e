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

/** The `<image>` of an SVG document in the page, shown small: its own pixels count. */
export function svgImage(source: string): SVGImageElement {
  const image = document.createElementNS('http://www.w3.org/2000/svg', 'image')
  image.setAttribute('href', source)
  image.setAttribute('width', '30')
  document.body.appendChild(document.createElementNS('http://www.w3.org/2000/svg', 'svg')).appendChild(image)
  return image
}
