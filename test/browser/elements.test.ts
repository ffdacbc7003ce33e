import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { readImage } from '../../src/image/browser/read.ts'
import type { Pixels } from '../../src/image/pixels.ts'
import { MTCNN } from '../../src/index.ts'
import { DEFAULT_OPTIONS } from '../../src/options/options.ts'
import { rejection } from '../helpers/refusal.ts'
import { blobOf, difference, HEIGHT, imageWith, loaded, photographBytes, rgbOf, svgImage, WIDTH } from './pixels.ts'
import { videoOf } from './videos.ts'

let photograph: Uint8Array
let detector: MTCNN
beforeAll(async () => {
  photograph = await photographBytes()
  detector = await MTCNN.create()
})
afterAll(() => detector.dispose())

const PICTURE = '/pictures/faces.png'
/** Never answered. */
const SLOW = '/pictures/slow'

function expectPhotograph(pixels: Pixels): void {
  expect([pixels.width, pixels.height]).toEqual([WIDTH, HEIGHT])
  expect(difference(rgbOf(pixels), photograph).most).toBe(0)
}

function lazyImage(source: string): HTMLImageElement {
  return Object.assign(new Image(), { loading: 'lazy' as const, src: source })
}

/** HTML far below what is to be seen of the page. */
function belowTheFold(html: string): HTMLImageElement {
  const place = document.createElement('div')
  place.innerHTML = `<div style="height: 100000px"></div>${html}`
  document.body.append(place)
  onTestFinished(() => place.remove())
  return place.querySelector('img')!
}

/** The image in a frame that is taken out of the page again. */
async function ofRemovedFrame(): Promise<HTMLImageElement> {
  const frame = document.createElement('iframe')
  const ready = new Promise((resolve) => {
    frame.onload = resolve
  })
  frame.srcdoc = `<img src="${PICTURE}">`
  document.body.append(frame)
  await ready
  const image = frame.contentDocument!.querySelector('img')!
  frame.remove()
  return image
}

async function largeFile(): Promise<Blob> {
  const canvas = new OffscreenCanvas(3000, 2000)
  canvas.getContext('2d')!.fillRect(0, 0, 3000, 2000)
  return canvas.convertToBlob()
}

const parsed = (html: string) => new DOMParser().parseFromString(html, 'text/html')

describe('images that do not load by themselves', () => {
  it.each<[string, () => HTMLImageElement | Promise<HTMLImageElement>]>([
    ['lazy, not in the page', () => lazyImage(PICTURE)],
    ['lazy, with a srcset only', () => Object.assign(new Image(), { loading: 'lazy', srcset: `${PICTURE} 1x` })],
    ['lazy, out of sight', () => belowTheFold(`<img loading="lazy" src="${PICTURE}">`)],
    [
      'lazy, in a picture element',
      () => {
        const source = `<source srcset="${PICTURE}" type="image/png">`
        return belowTheFold(`<picture>${source}<img loading="lazy" src="/pictures/missing.png"></picture>`)
      },
    ],
    ['parsed, not in a page', () => parsed(`<img src="${PICTURE}">`).querySelector('img')!],
    [
      'in a template',
      () =>
        Object.assign(document.createElement('template'), {
          innerHTML: `<img src="${PICTURE}">`,
        }).content.querySelector('img')!,
    ],
    ['in a frame that was removed', ofRemovedFrame],
  ])('%s: they are read, and stay as they are', async (_, make) => {
    const image = await make()
    // Some browsers load it by themselves after all.
    const another = await make()
    const before = image.outerHTML
    expectPhotograph(await readImage(image))
    expect(image.outerHTML).toBe(before)
    if (!another.complete) expect(image.complete).toBe(false)
    expect(await detector.detectFaces(image)).toHaveLength(3)
  })

  it('an SVG image that was parsed, not in a page', async () => {
    const image = parsed(`<svg><image href="${PICTURE}"/></svg>`).querySelector('image')!
    expectPhotograph(await readImage(image))
  })

  it('a lazy image that is broken is told as one', async () => {
    expect(await rejection(detector.detectFaces(lazyImage('/pictures/missing.png')))).toMatchObject({
      code: 'DECODE_FAILED',
      message: expect.stringContaining('missing.png'),
    })
  })

  it('the natural size is that of the element, whose srcset may say that it is dense', async () => {
    for (const loading of ['lazy', 'eager'] as const) {
      const image = Object.assign(new Image(), { loading, srcset: `${PICTURE} 2x` })
      const { width, height } = await readImage(image)
      expect([width, height]).toEqual([WIDTH / 2, HEIGHT / 2])
    }
  })
})

describe('a source that changes while the image is waited for', () => {
  it.each<[string, (image: HTMLImageElement) => void]>([
    ['src', (image) => image.setAttribute('src', PICTURE)],
    ['srcset', (image) => image.setAttribute('srcset', `${PICTURE} 1x`)],
    [
      'src, twice',
      (image) => {
        image.src = `${SLOW}?again`
        queueMicrotask(() => {
          image.src = PICTURE
        })
      },
    ],
  ])('%s: the new one is read', async (_, change) => {
    for (const image of [imageWith(SLOW), lazyImage(SLOW)]) {
      const answer = readImage(image)
      change(image)
      expectPhotograph(await answer)
    }
  })

  it('so it is with an SVG image', async () => {
    const image = svgImage(SLOW)
    const answer = readImage(image)
    image.setAttribute('href', PICTURE)
    expectPhotograph(await answer)
  })

  it('a large image that is replaced while it is read is not mixed with the next', async () => {
    const image = await loaded(imageWith(URL.createObjectURL(await largeFile())))
    // Its first lines are read, then the page gets its turn.
    let isReplaced = false
    const drawImage = OffscreenCanvasRenderingContext2D.prototype.drawImage
    OffscreenCanvasRenderingContext2D.prototype.drawImage = function (...given: unknown[]) {
      Reflect.apply(drawImage, this, given)
      if (isReplaced) return
      isReplaced = true
      image.src = PICTURE
    }
    onTestFinished(() => {
      OffscreenCanvasRenderingContext2D.prototype.drawImage = drawImage
    })
    expectPhotograph(await readImage(image))
    expect(isReplaced).toBe(true)
  })

  it.each<[string, (image: HTMLImageElement) => void]>([
    ['is taken away', (image) => image.removeAttribute('src')],
    [
      'is empty',
      (image) => {
        image.src = ''
      },
    ],
  ])('one that %s is told', async (_, change) => {
    for (const image of [imageWith(SLOW), lazyImage(SLOW)]) {
      const answer = rejection(readImage(image))
      change(image)
      expect(await answer).toMatchObject({ code: 'INVALID_IMAGE', message: expect.stringContaining('no source') })
    }
  })
})

describe('an abort ends the wait at once', () => {
  const WAITING: [string, () => unknown][] = [
    ['an image element', () => imageWith(SLOW)],
    ['a lazy image element', () => lazyImage(SLOW)],
    ['an SVG image element', () => svgImage(SLOW)],
    ['an address', () => SLOW],
    ['a stream that gives nothing', () => new ReadableStream()],
    ['a response without an end', () => new Response(new ReadableStream())],
  ]

  it.each(WAITING)('%s, and the place is free again', async (_, make) => {
    const controller = new AbortController()
    const answer = detector.detectFaces(make() as HTMLImageElement, { signal: controller.signal })
    const reading = readImage(make(), { ...DEFAULT_OPTIONS, signal: controller.signal })
    controller.abort(new Error('enough'))
    await expect(answer).rejects.toThrow('enough')
    await expect(reading).rejects.toThrow('enough')
    expect(await detector.detectFaces(PICTURE)).toHaveLength(3)
  })

  it.each<[string, () => Promise<unknown>]>([
    ['a file', () => blobOf('faces.png')],
    ['a large file', largeFile],
    ['a loaded image element', () => loaded(imageWith(PICTURE))],
    ['a vector image', () => blobOf('square.svg')],
    ['a video', async () => videoOf(10)],
  ])('%s: aborted before and while it is read', async (_, make) => {
    const image = await make()
    const before = readImage(image, { ...DEFAULT_OPTIONS, signal: AbortSignal.abort('before') })
    await expect(before).rejects.toBe('before')
    const controller = new AbortController()
    const reading = readImage(image, { ...DEFAULT_OPTIONS, signal: controller.signal })
    controller.abort('while')
    await expect(reading).rejects.toBe('while')
  })
})
