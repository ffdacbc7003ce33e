import { beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { readImage } from '../../src/image/browser/read.ts'
import { blobOf, difference, HEIGHT, photographBytes, rgbOf, WIDTH } from './pixels.ts'

let photograph: Uint8Array
beforeAll(async () => {
  photograph = await photographBytes()
})

interface Answer {
  rgb: Uint8Array
  width: number
  height: number
  code?: string
}

async function readInWorker(blob: Blob): Promise<Answer> {
  const worker = new Worker(new URL('./reading-worker.ts', import.meta.url), { type: 'module' })
  onTestFinished(() => worker.terminate())
  return new Promise((resolve, reject) => {
    worker.onmessage = ({ data }) => resolve(data)
    worker.onerror = (event) => reject(new Error(event.message))
    worker.postMessage(blob)
  })
}

/** Whether the browser's own bitmaps keep colours under alpha, so that no element is needed. */
async function keepsColours(): Promise<boolean> {
  const image = new ImageData(new Uint8ClampedArray([200, 100, 50, 0]), 1, 1)
  const bitmap = await createImageBitmap(image, { premultiplyAlpha: 'none' })
  const frame = new VideoFrame(bitmap, { timestamp: 0 })
  const bytes = new Uint8Array(frame.allocationSize())
  await frame.copyTo(bytes)
  bitmap.close()
  frame.close()
  return bytes[1] === 100
}

describe('images that are read in a worker of the page', () => {
  it.each(['faces.png', 'turned-6.jpg', 'faces.webp'])('%s has the pixels that it has in the page', async (name) => {
    const blob = await blobOf(name)
    const { rgb, width, height } = await readInWorker(blob)
    expect([width, height]).toEqual([WIDTH, HEIGHT])
    expect(difference(rgb, rgbOf(await readImage(blob))).most).toBe(0)
  })

  it('colours under alpha are kept where the browser keeps them without an image element', async () => {
    const { rgb } = await readInWorker(await blobOf('transparent.png'))
    if (await keepsColours()) expect(difference(rgb, photograph).most).toBe(0)
    // The alpha of pixel n is n % 256; multiplied with a large one, and divided again, colours are nearly the same.
    let most = 0
    for (let at = 0; at < rgb.length; at++) {
      if (Math.floor(at / 3) % 256 >= 128) most = Math.max(most, Math.abs(rgb[at]! - photograph[at]!))
    }
    expect(most).toBeLessThan(3)
  })

  it.each(['cut.jpg', 'cut.png', 'cut.webp'])(
    '%s: what there is of it, or an error; never an empty picture',
    async (name) => {
      const { rgb, code } = await readInWorker(await blobOf(name))
      if (code === undefined) expect(rgb.some((byte) => byte !== 0)).toBe(true)
      else expect(code).toBe('DECODE_FAILED')
    },
  )
})
