/**
 * A worker of a page's own that reads images: there are no elements in it.
 */
import { readImage } from '../../src/image/browser/read.ts'
import { rgbOf } from './pixels.ts'

self.onmessage = async ({ data }: MessageEvent<Blob>) => {
  try {
    const pixels = await readImage(data)
    self.postMessage({ rgb: rgbOf(pixels), width: pixels.width, height: pixels.height })
  } catch (error) {
    self.postMessage({ code: (error as { code?: string }).code, message: (error as Error).message })
  }
}
