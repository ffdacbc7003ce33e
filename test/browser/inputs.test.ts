import { afterAll, beforeAll, describe, expect, inject, it, vi } from 'vitest'
import { readImage } from '../../src/image/browser/read.ts'
import type { Pixels } from '../../src/image/pixels.ts'
import { type ImageInput, MTCNN } from '../../src/index.ts'
import {
  blobOf,
  canvasWith,
  difference,
  HEIGHT,
  imageWith,
  loaded,
  photographBytes,
  rgbOf,
  svgImage,
  WIDTH,
} from './pixels.ts'
import { videoOf } from './videos.ts'

let photograph: Uint8Array
let detector: MTCNN
beforeAll(async () => {
  photograph = await photographBytes()
  detector = await MTCNN.create()
})
afterAll(() => detector.dispose())

const bitmapOf = async (name: string) => createImageBitmap(await blobOf(name))
const offscreenWith = async (name: string) => {
  const bitmap = await bitmapOf(name)
  const canvas = new OffscreenCanvas(bitmap.width, bitmap.height)
  canvas.getContext('2d')!.drawImage(bitmap, 0, 0)
  return canvas
}
const frameOf = async (name: string, init: VideoFrameInit = { timestamp: 0 }) =>
  new VideoFrame(await bitmapOf(name), init)

async function yuvFrame(): Promise<VideoFrame> {
  // Grey of rising brightness, no colour.
  const [width, height] = [64, 48]
  const data = new Uint8Array(width * height * 1.5).fill(128)
  for (let n = 0; n < width * height; n++) data[n] = 16 + (n % width) * 3
  return new VideoFrame(data, { format: 'I420', codedWidth: width, codedHeight: height, timestamp: 0 })
}

function expectPhotograph(pixels: Pixels, most = 0, mean = 0): void {
  expect([pixels.width, pixels.height]).toEqual([WIDTH, HEIGHT])
  const found = difference(rgbOf(pixels), photograph)
  expect(found.most).toBeLessThanOrEqual(most)
  expect(found.mean).toBeLessThanOrEqual(mean)
}

const EXACT: [string, () => ImageInput | Promise<ImageInput>][] = [
  ['a URL string', () => '/pictures/faces.png'],
  ['a URL', () => new URL('/pictures/faces.png', location.href)],
  ['a blob: URL', async () => URL.createObjectURL(await blobOf('faces.png'))],
  ['a Blob', () => blobOf('faces.png')],
  ['a File', async () => new File([await blobOf('faces.png')], 'faces.png')],
  ['a Blob that does not say what it is', async () => new Blob([await blobOf('faces.png')])],
  ['the bytes of a file', async () => new Uint8Array(await (await blobOf('faces.png')).arrayBuffer())],
  ['the buffer of a file', async () => (await blobOf('faces.png')).arrayBuffer()],
  ['an image element', () => loaded(imageWith('/pictures/faces.png'))],
  ['an image element that loads still', () => imageWith('/pictures/faces.png')],
  ['an SVG image element', () => svgImage('/pictures/faces.png')],
  ['a canvas', () => canvasWith('faces.png')],
  ['an OffscreenCanvas', () => offscreenWith('faces.png')],
  ['an ImageBitmap', () => bitmapOf('faces.png')],
  ['a VideoFrame', () => frameOf('faces.png')],
  ['ImageData', async () => (await canvasWith('faces.png')).getContext('2d')!.getImageData(0, 0, WIDTH, HEIGHT)],
  ['raw pixels', () => ({ data: photograph, width: WIDTH, height: HEIGHT })],
  ['a Blob whose alpha would take its colours away', () => blobOf('transparent.png')],
  ['an image element whose alpha would take its colours away', () => imageWith('/pictures/transparent.png')],
  ['an SVG image element whose alpha would take its colours away', () => svgImage('/pictures/transparent.png')],
]

describe('inputs', () => {
  it.each(EXACT)('%s gives its pixels exactly, and its faces', async (_, make) => {
    const image = await make()
    expectPhotograph(await readImage(image))
    const faces = await detector.detectFaces(image)
    expect(faces).toHaveLength(3)
    expect([faces.imageWidth, faces.imageHeight]).toEqual([WIDTH, HEIGHT])
  })

  it.each(['turned-6.jpg', 'turned-3.jpg', 'turned-2.jpg', 'faces.jpg', 'faces.webp'])(
    '%s stands upright',
    async (name) => {
      for (const image of [
        await blobOf(name),
        `/pictures/${name}`,
        imageWith(`/pictures/${name}`),
        svgImage(`/pictures/${name}`),
      ]) {
        expectPhotograph(await readImage(image), 90, 3)
      }
      expect(await detector.detectFaces(`/pictures/${name}`)).toHaveLength(3)
    },
  )

  it('a large picture is read in bands, without a seam', async () => {
    const [width, height] = [3001, 2003]
    const canvas = new OffscreenCanvas(width, height)
    const context = canvas.getContext('2d')!
    const image = context.createImageData(width, height)
    for (let n = 0; n < width * height; n++) image.data.set([n, n >> 8, n >> 16, 255], 4 * n)
    context.putImageData(image, 0, 0)
    const sources = [canvas, await createImageBitmap(canvas), await canvas.convertToBlob()]
    for (const source of sources) {
      const pixels = await readImage(source)
      expect([pixels.width, pixels.height]).toEqual([width, height])
      expect(difference(pixels.data, new Uint8Array(image.data.buffer)).most).toBe(0)
    }
  })

  it('vector images are drawn at their own size', async () => {
    for (const image of ['/pictures/square.svg', await blobOf('square.svg'), imageWith('/pictures/square.svg')]) {
      const pixels = await readImage(image)
      expect([pixels.width, pixels.height]).toEqual([40, 30])
      expect([...rgbOf(pixels).subarray(0, 3)]).toEqual([0, 170, 0])
    }
  })

  it('canvases, bitmaps and frames are read as they are at the time of the call', async () => {
    const canvas = await canvasWith('faces.png')
    const answer = detector.detectFaces(canvas)
    canvas.getContext('2d')!.fillRect(0, 0, WIDTH, HEIGHT)
    expect(await answer).toHaveLength(3)
    const bitmap = await bitmapOf('faces.png')
    const another = detector.detectFaces(bitmap)
    bitmap.close()
    expect(await another).toHaveLength(3)
  })

  it('asks nothing of a canvas: it can still get any context', async () => {
    const canvas = Object.assign(document.createElement('canvas'), { width: 20, height: 20 })
    expect(await detector.detectFaces(canvas)).toEqual([])
    expect(canvas.getContext('webgl2') ?? canvas.getContext('bitmaprenderer')).not.toBeNull()
  })
})

describe('video', () => {
  it('a video element gives the frame it shows', async () => {
    const video = await videoOf()
    expectPhotograph(await readImage(video), 255, 6)
    const faces = await detector.detectFaces(video)
    expect(faces).toHaveLength(3)
    expect([faces.imageWidth, faces.imageHeight]).toEqual([WIDTH, HEIGHT])
  })

  it('frames in YUV are converted', async () => {
    const frame = await yuvFrame()
    const pixels = await readImage(frame)
    expect([pixels.width, pixels.height]).toEqual([64, 48])
    const rgb = rgbOf(pixels)
    for (let x = 0; x < 64; x++) {
      // Brightness from 16 to 235 becomes 0 to 255.
      const expected = Math.round((x * 3 * 255) / 219)
      for (let channel = 0; channel < 3; channel++) expect(Math.abs(rgb[3 * x + channel]! - expected)).toBeLessThan(4)
    }
  })

  it('only the visible part of a frame counts, at the size at which it is shown', async () => {
    const cut = await frameOf('faces.png', { timestamp: 0, visibleRect: { x: 100, y: 40, width: 300, height: 200 } })
    const pixels = await readImage(cut)
    expect([pixels.width, pixels.height]).toEqual([300, 200])
    const rgb = rgbOf(pixels)
    for (const [x, y] of [
      [0, 0],
      [299, 199],
      [150, 3],
    ] as const) {
      const at = 3 * ((y + 40) * WIDTH + x + 100)
      expect([...rgb.subarray(3 * (y * 300 + x), 3 * (y * 300 + x) + 3)]).toEqual([...photograph.subarray(at, at + 3)])
    }
    const wide = await frameOf('faces.png', { timestamp: 0, displayWidth: 2 * WIDTH, displayHeight: HEIGHT })
    const shown = await readImage(wide)
    expect([shown.width, shown.height]).toEqual([2 * WIDTH, HEIGHT])
  })

  // Without this property no frame is ever shown turned.
  it.runIf('rotation' in VideoFrame.prototype).each<[string, object, [number, number], [number, number]]>([
    // The corner of the photograph that comes to the upper left.
    ['a quarter clockwise', { rotation: 90 }, [HEIGHT, WIDTH], [0, HEIGHT - 1]],
    ['upside down', { rotation: 180 }, [WIDTH, HEIGHT], [WIDTH - 1, HEIGHT - 1]],
    ['mirrored', { flip: true }, [WIDTH, HEIGHT], [WIDTH - 1, 0]],
  ])('frames that are shown turned are read turned: %s', async (_, init, size, [x, y]) => {
    const upright = await frameOf('faces.png')
    const pixels = await readImage(new VideoFrame(upright, init as VideoFrameInit))
    expect([pixels.width, pixels.height]).toEqual(size)
    const corner = 3 * (y * WIDTH + x)
    const found = rgbOf(pixels).subarray(0, 3)
    for (let n = 0; n < 3; n++) expect(Math.abs(found[n]! - photograph[corner + n]!)).toBeLessThan(4)
  })
})

describe('what has no pixels, or may not be read', () => {
  const elsewhere = inject('elsewhere')
  const taintedCanvas = async () => {
    const image = await loaded(imageWith(`${elsewhere}/faces.png`))
    const canvas = Object.assign(document.createElement('canvas'), { width: 50, height: 50 })
    canvas.getContext('2d')!.drawImage(image, 0, 0)
    return canvas
  }
  const closed = <T extends { close(): void }>(thing: T): T => {
    thing.close()
    return thing
  }

  it.each<[string, string, () => unknown, RegExp]>([
    ['a tainted canvas', 'INVALID_IMAGE', taintedCanvas, /another origin.*crossOrigin/],
    ['an image of another origin', 'INVALID_IMAGE', () => imageWith(`${elsewhere}/faces.png`), /another origin/],
    [
      'a bitmap of another origin',
      'INVALID_IMAGE',
      async () => createImageBitmap(await loaded(imageWith(`${elsewhere}/faces.png`))),
      /another origin/,
    ],
    ['an image that is not there', 'DECODE_FAILED', () => imageWith('/pictures/missing.png'), /could not be loaded/],
    ['an SVG image that is not there', 'DECODE_FAILED', () => svgImage('/pictures/missing.png'), /could not be loaded/],
    ['a broken image', 'DECODE_FAILED', () => imageWith('/pictures/broken.png'), /could not be loaded/],
    ['an image without a source', 'INVALID_IMAGE', () => new Image(), /no source/],
    ['a broken Blob', 'DECODE_FAILED', () => blobOf('broken.png'), /20 bytes, a PNG file/],
    ['an empty Blob', 'DECODE_FAILED', () => new Blob([]), /0 bytes/],
    ['a text file', 'DECODE_FAILED', () => new File(['no picture'], 'notes.txt', { type: 'text/plain' }), /notes\.txt/],
    ['an address that is not there', 'DECODE_FAILED', () => '/pictures/missing.png', /missing\.png'.*status 404/],
    ['an address that does not answer', 'DECODE_FAILED', () => 'http://127.0.0.1:1/x.png', /could not fetch/],
    ['an address of another origin', 'DECODE_FAILED', () => `${elsewhere}/faces.png`, /could not fetch/],
    ['a page', 'DECODE_FAILED', () => '/pictures/fixtures.json', /could not decode/],
    [
      'a canvas without pixels',
      'INVALID_IMAGE',
      () => Object.assign(document.createElement('canvas'), { width: 0 }),
      /0 x/,
    ],
    ['an OffscreenCanvas without pixels', 'INVALID_IMAGE', () => new OffscreenCanvas(0, 5), /0 x 5/],
    ['a video without a source', 'INVALID_IMAGE', () => document.createElement('video'), /no frame/],
    ['a closed bitmap', 'INVALID_IMAGE', async () => closed(await bitmapOf('faces.png')), /closed/],
    ['a closed frame', 'INVALID_IMAGE', async () => closed(await frameOf('faces.png')), /closed/],
  ])('%s', async (_, code, make, message) => {
    const image = (await make()) as ImageInput
    await expect(detector.detectFaces(image)).rejects.toMatchObject({
      name: 'MtcnnError',
      code,
      message: expect.stringMatching(message),
    })
  })

  it('an image of another origin that allows it is read', async () => {
    const image = imageWith(`${elsewhere}/faces.png?cors`, 'anonymous')
    expectPhotograph(await readImage(image))
  })

  it('a fetch is called off with the signal', async () => {
    const controller = new AbortController()
    const answer = detector.detectFaces('/pictures/slow', { signal: controller.signal })
    controller.abort(new Error('enough'))
    await expect(answer).rejects.toThrow('enough')
    // The line is free again, not held up by an answer that nobody waits for.
    expect(await detector.detectFaces('/pictures/faces.png')).toHaveLength(3)
  })
})

describe('nothing is left open', () => {
  it('bitmaps and frames made on the way are closed, those of the caller are not', async () => {
    const made: { name: string; thing: ImageBitmap | VideoFrame }[] = []
    const original = globalThis.createImageBitmap
    const spy = vi.spyOn(globalThis, 'createImageBitmap').mockImplementation(async (...given: unknown[]) => {
      const thing: ImageBitmap = await Reflect.apply(original, globalThis, given)
      made.push({ name: 'bitmap', thing })
      return thing
    })
    const Original = globalThis.VideoFrame
    globalThis.VideoFrame = class extends Original {
      constructor(...given: unknown[]) {
        super(...(given as ConstructorParameters<typeof Original>))
        made.push({ name: 'frame', thing: this })
      }
    } as typeof VideoFrame
    try {
      const video = await videoOf(10)
      const bitmap = await Reflect.apply(original, globalThis, [await blobOf('faces.png')])
      const frame = new Original(bitmap, { timestamp: 0 })
      made.length = 0
      const inputs = [
        await blobOf('transparent.png'),
        '/pictures/faces.png',
        imageWith('/pictures/transparent.png'),
        svgImage('/pictures/transparent.png'),
        video,
      ]
      for (const image of inputs) await readImage(image)
      // One frame for each picture with alpha, and where frames tell how they are turned one for the video.
      const frames = 'rotation' in Original.prototype ? 4 : 3
      const names = [...Array(4).fill('bitmap'), ...Array(frames).fill('frame')]
      expect(made.map(({ name }) => name).sort()).toEqual(names)
      // A closed bitmap or frame has no size.
      for (const { thing } of made) expect('codedWidth' in thing ? thing.codedWidth : thing.width).toBe(0)
      await readImage(bitmap)
      await readImage(frame)
      expect([bitmap.width, frame.codedWidth]).toEqual([WIDTH, WIDTH])
    } finally {
      spy.mockRestore()
      globalThis.VideoFrame = Original
    }
  })
})
