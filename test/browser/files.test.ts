import { afterAll, beforeAll, describe, expect, it, onTestFinished, vi } from 'vitest'
import { readImage } from '../../src/image/browser/read.ts'
import type { Pixels, ReadOptions } from '../../src/image/pixels.ts'
import { type ImageInput, MTCNN } from '../../src/index.ts'
import { DEFAULT_OPTIONS } from '../../src/options/options.ts'
import { rejection } from '../helpers/refusal.ts'
import { blobOf, difference, HEIGHT, imageWith, loaded, photographBytes, rgbOf, svgImage, WIDTH } from './pixels.ts'

let photograph: Uint8Array
let detector: MTCNN
beforeAll(async () => {
  photograph = await photographBytes()
  detector = await MTCNN.create()
})
afterAll(() => detector.dispose())

const read = (image: unknown, options: Partial<ReadOptions> = {}) =>
  readImage(image, { ...DEFAULT_OPTIONS, ...options })
const bytesOf = async (name: string) => new Uint8Array(await (await blobOf(name)).arrayBuffer())
const base64Of = async (name: string) => {
  const letters = Array.from(await bytesOf(name), (byte) => String.fromCharCode(byte))
  return btoa(letters.join(''))
}

function expectPhotograph(pixels: Pixels): void {
  expect([pixels.width, pixels.height]).toEqual([WIDTH, HEIGHT])
  expect(difference(rgbOf(pixels), photograph).most).toBe(0)
}

/** Newer than the types. */
function resizable(length: number): ArrayBuffer {
  return Reflect.construct(ArrayBuffer, [length, { maxByteLength: 2 * length }])
}

/** What an image element shows of a file. */
async function shownBy(blob: Blob): Promise<Uint8Array> {
  const image = await loaded(imageWith(URL.createObjectURL(blob)))
  const context = new OffscreenCanvas(image.naturalWidth, image.naturalHeight).getContext('2d')!
  context.drawImage(image, 0, 0)
  return new Uint8Array(context.getImageData(0, 0, image.naturalWidth, image.naturalHeight).data)
}

describe('a file is shown as an image element shows it', () => {
  it.each(['cut.jpg', 'cut.png'])('%s, whose end is missing', async (name) => {
    const blob = await blobOf(name)
    const pixels = await read(blob)
    expect([pixels.width, pixels.height]).toEqual([WIDTH, HEIGHT])
    const shown = await shownBy(blob)
    // Some browsers draw nothing of it, but put what there is into a texture.
    if (shown.some((byte) => byte !== 0)) expect(difference(pixels.data, shown).most).toBe(0)
    // The upper half is there.
    const upper = 3 * WIDTH * (HEIGHT >> 1)
    expect(difference(rgbOf(pixels).subarray(0, upper), photograph.subarray(0, upper)).mean).toBeLessThan(3)
    for (const image of [blob, `/pictures/${name}`, await bytesOf(name), imageWith(`/pictures/${name}`)]) {
      expect((await detector.detectFaces(image)).length).toBeGreaterThan(0)
    }
  })

  it('a cut WebP is searched as far as the browser shows it; one of which it shows nothing is told', async () => {
    const blob = await blobOf('cut.webp')
    const isShown = await shownBy(blob).then(
      (bytes) => bytes.some((byte) => byte !== 0),
      () => false,
    )
    for (const image of [blob, '/pictures/cut.webp', await bytesOf('cut.webp')]) {
      const answer = detector.detectFaces(image)
      if (isShown) expect((await answer).length).toBeGreaterThan(0)
      else expect(await rejection(answer)).toMatchObject({ code: 'DECODE_FAILED' })
    }
  })

  it('an empty picture is none that failed', async () => {
    const canvas = new OffscreenCanvas(64, 48)
    // Chromium makes no file of one without a context.
    canvas.getContext('2d')
    expect(await detector.detectFaces(await canvas.convertToBlob())).toEqual([])
    const svg = '<svg xmlns="http://www.w3.org/2000/svg" width="64" height="48"/>'
    expect(await detector.detectFaces(new Blob([svg]))).toEqual([])
  })

  it.each(['cut.jpg', 'cut.png', 'cut.webp', 'broken.png'])('%s is refused with strict: true', async (name) => {
    for (const image of [await blobOf(name), `/pictures/${name}`, await bytesOf(name)]) {
      const error = await rejection(detector.detectFaces(image, { strict: true }))
      expect(error).toMatchObject({
        code: 'DECODE_FAILED',
        message: expect.stringMatching(/bytes, a (JPEG|PNG|WebP) file/),
      })
    }
  })

  it('whole files are not refused with strict: true', async () => {
    const options = { strict: true }
    expectPhotograph(await read(await blobOf('faces.png'), options))
    expect(await read(await blobOf('square.svg'), options)).toMatchObject({ width: 40, height: 30 })
  })

  it.each(['', 'image/jpeg', 'text/plain', 'image/svg+xml', 'application/octet-stream', 'nonsense'])(
    'the bytes count and not the type that is said: %j',
    async (type) => {
      expectPhotograph(await read(new Blob([await bytesOf('faces.png')], { type })))
      const cut = await read(new Blob([await bytesOf('cut.jpg')], { type }))
      expect([cut.width, cut.height]).toEqual([WIDTH, HEIGHT])
      const vector = await read(new Blob([await bytesOf('square.svg')], { type }))
      expect([...rgbOf(vector).subarray(0, 3)]).toEqual([0, 170, 0])
    },
  )
})

describe('forms in which a file comes', () => {
  const EXACT: [string, () => Promise<unknown>][] = [
    ['a Response', () => fetch('/pictures/faces.png')],
    ['a Response made by hand', async () => new Response(await blobOf('faces.png'))],
    ['a stream', async () => (await blobOf('faces.png')).stream()],
    ['base64 in a data: URL', async () => `data:image/png;base64,${await base64Of('faces.png')}`],
    ['a data: URL object', async () => new URL(`data:;base64,${await base64Of('faces.png')}`)],
    [
      'a resizable buffer',
      async () => {
        const bytes = await bytesOf('faces.png')
        const buffer = resizable(bytes.length)
        new Uint8Array(buffer).set(bytes)
        return buffer
      },
    ],
    [
      'bytes in a resizable buffer',
      async () => {
        const bytes = await bytesOf('faces.png')
        const buffer = resizable(bytes.length + 100)
        new Uint8Array(buffer, 100).set(bytes)
        return new Uint8Array(buffer, 100)
      },
    ],
    [
      'bytes whose length is forged',
      async () => Object.defineProperty(await bytesOf('faces.png'), 'length', { value: 1e9 }),
    ],
    [
      'memory of a WebAssembly program',
      async () => {
        const bytes = await bytesOf('faces.png')
        const { buffer } = new WebAssembly.Memory({ initial: 20 })
        new Uint8Array(buffer).set(bytes)
        return new Uint8Array(buffer, 0, bytes.length)
      },
    ],
  ]

  it.each(EXACT)('%s', async (_, make) => {
    expectPhotograph(await read(await make()))
    expect(await detector.detectFaces((await make()) as ImageInput)).toHaveLength(3)
  })

  it.each([
    'data:image/svg+xml,%3Csvg xmlns=%22http://www.w3.org/2000/svg%22 width=%228%22 height=%226%22/%3E',
    'data:image/svg+xml;utf8,<svg xmlns="http://www.w3.org/2000/svg" width="8" height="6"/>',
  ])('text in a data: URL', async (url) => {
    expect(await read(url)).toMatchObject({ width: 8, height: 6 })
    expect(await read(imageWith(url))).toMatchObject({ width: 8, height: 6 })
  })

  it('nothing is requested for a data: URL, nor for base64 alone, which is refused', async () => {
    const base64 = await base64Of('faces.png')
    const request = vi.spyOn(globalThis, 'fetch')
    onTestFinished(() => request.mockRestore())
    expectPhotograph(await read(`data:image/png;base64,${base64}`))
    const error = await rejection(detector.detectFaces(base64))
    expect(error.code).toBe('UNSUPPORTED_IMAGE')
    expect(error.message).toContain('data:image/png;base64,')
    expect(error.message.length).toBeLessThan(300)
    expect(request).not.toHaveBeenCalled()
  })

  it.each<[string, string, () => unknown, RegExp]>([
    ['a Response that failed', 'DECODE_FAILED', () => fetch('/pictures/missing.png'), /status 404/],
    [
      'a Response that was read',
      'INVALID_IMAGE',
      async () => {
        const response = await fetch('/pictures/faces.png')
        await response.arrayBuffer()
        return response
      },
      /response\.clone\(\)/,
    ],
    ['a Response without a body', 'DECODE_FAILED', () => new Response(), /0 bytes/],
    [
      'a stream of text',
      'INVALID_IMAGE',
      () => new ReadableStream({ start: (controller) => controller.enqueue('text') }),
      /chunks of bytes/,
    ],
    [
      'a stream of frames',
      'INVALID_IMAGE',
      async () => {
        const frame = new VideoFrame(await createImageBitmap(await blobOf('faces.png')), { timestamp: 0 })
        onTestFinished(() => frame.close())
        return new ReadableStream({ start: (controller) => controller.enqueue(frame) })
      },
      /detector\.stream/,
    ],
    [
      'bytes that were handed over',
      'INVALID_IMAGE',
      () => {
        const bytes = new Uint8Array(30)
        structuredClone(bytes, { transfer: [bytes.buffer] })
        return bytes
      },
      /handed over/,
    ],
    [
      'a buffer that was handed over',
      'INVALID_IMAGE',
      () => {
        const buffer = new ArrayBuffer(30)
        structuredClone(buffer, { transfer: [buffer] })
        return buffer
      },
      /handed over/,
    ],
    ['an empty address', 'INVALID_IMAGE', () => '', /empty string/],
    ['a damaged data: URL', 'DECODE_FAILED', () => 'data:image/png;base64,!!!!', /base64 is damaged/],
    ['the path of a local file', 'DECODE_FAILED', () => 'C:\\photos\\me.jpg', /local files.*<input>/],
    ['a file: URL', 'DECODE_FAILED', () => new URL('file:///home/me.jpg'), /local files.*<input>/],
    ['no address', 'DECODE_FAILED', () => 'http://', /no valid address/],
    ['a page', 'DECODE_FAILED', () => new Blob(['<!doctype html><title>Not found</title>']), /an HTML page/],
    ['a very long address', 'DECODE_FAILED', () => `/pictures/${'no.such.'.repeat(1000)}.png`, /^.{0,300}$/],
  ])('%s is told', async (_, code, make, message) => {
    const error = await rejection(detector.detectFaces((await make()) as ImageInput))
    expect(error).toMatchObject({ code, message: expect.stringMatching(message) })
  })

  it('a HEIC file is told as one', async () => {
    const file = new Uint8Array(400)
    file.set(new TextEncoder().encode('\0\0\0\x18ftypheic\0\0\0\0mif1heic'))
    expect((await rejection(detector.detectFaces(file))).message).toMatch(/HEIC/)
  })
})

describe('limits', () => {
  it('maxPixels: a file is refused before it is decoded', async () => {
    const bomb = await blobOf('bomb.png')
    expect(bomb.size).toBeLessThan(200_000)
    const decode = vi.spyOn(globalThis, 'createImageBitmap')
    onTestFinished(() => decode.mockRestore())
    for (const image of [bomb, '/pictures/bomb.png', await bytesOf('bomb.png')]) {
      const error = await rejection(detector.detectFaces(image))
      expect(error).toMatchObject({
        code: 'IMAGE_TOO_LARGE',
        message: expect.stringMatching(/20000 x 20000.*'maxPixels'/),
      })
    }
    expect(decode).not.toHaveBeenCalled()
  })

  it.each<[string, () => unknown]>([
    ['a JPEG file', () => blobOf('faces.jpg')],
    ['a WebP file', () => blobOf('faces.webp')],
    ['a cut file', () => blobOf('cut.jpg')],
    ['an address', () => '/pictures/faces.png'],
    ['a Response', () => fetch('/pictures/faces.png')],
    ['an image element', () => imageWith('/pictures/faces.png')],
    ['a lazy image element', () => Object.assign(new Image(), { loading: 'lazy', src: '/pictures/faces.png' })],
    ['an SVG image element', () => svgImage('/pictures/faces.png')],
  ])('maxPixels: %s is refused at one pixel more than allowed', async (_, make) => {
    expect(await read(await make(), { maxPixels: WIDTH * HEIGHT })).toMatchObject({ width: WIDTH, height: HEIGHT })
    const error = await rejection(read(await make(), { maxPixels: WIDTH * HEIGHT - 1 }))
    expect(error).toMatchObject({ code: 'IMAGE_TOO_LARGE', message: expect.stringMatching(/600 x 346.*allows 207599/) })
  })

  it('maxPixels: so is a vector image', async () => {
    const source = '<svg xmlns="http://www.w3.org/2000/svg" width="30000" height="20000"/>'
    expect(await rejection(read(new Blob([source])))).toMatchObject({ code: 'IMAGE_TOO_LARGE' })
  })

  it('maxPixels: pixels in memory are not limited', async () => {
    const options = { maxPixels: 1 }
    expect(await read({ data: photograph, width: WIDTH, height: HEIGHT }, options)).toMatchObject({ width: WIDTH })
    expect(await read(await createImageBitmap(await blobOf('faces.png')), options)).toMatchObject({ width: WIDTH })
  })

  it.each<[string, () => unknown]>([
    ['a Blob', () => blobOf('faces.jpg')],
    ['bytes', () => bytesOf('faces.jpg')],
    ['an address', () => '/pictures/faces.jpg'],
    ['a Response', () => fetch('/pictures/faces.jpg')],
    ['a stream', async () => (await blobOf('faces.jpg')).stream()],
    ['a data: URL', async () => `data:image/jpeg;base64,${await base64Of('faces.jpg')}`],
    ['a blob: URL', async () => URL.createObjectURL(await blobOf('faces.jpg'))],
  ])('maxBytes: %s is refused at one byte more than allowed', async (_, make) => {
    const { size } = await blobOf('faces.jpg')
    expect(await read(await make(), { maxBytes: size })).toMatchObject({ width: WIDTH })
    const error = await rejection(read(await make(), { maxBytes: size - 1 }))
    expect(error).toMatchObject({ code: 'IMAGE_TOO_LARGE', message: expect.stringContaining(`allows ${size - 1}`) })
  })

  it('maxBytes: a stream without an end is left', async () => {
    const cancel = vi.fn()
    const chunk = new Uint8Array(1 << 20)
    const endless = () => new ReadableStream({ pull: (controller) => controller.enqueue(chunk), cancel })
    for (const image of [endless(), new Response(endless())]) {
      expect((await rejection(detector.detectFaces(image, { maxBytes: 1e7 }))).code).toBe('IMAGE_TOO_LARGE')
    }
    expect(cancel).toHaveBeenCalledTimes(2)
  })
})

describe('where nothing can be decoded, as in jsdom', () => {
  it('is told for files and images', async () => {
    const original = globalThis.createImageBitmap
    Reflect.deleteProperty(globalThis, 'createImageBitmap')
    onTestFinished(() => {
      globalThis.createImageBitmap = original
    })
    const image = Object.assign(new Image(), { decode: undefined, src: '/pictures/slow' })
    for (const given of [await blobOf('faces.png'), await bytesOf('faces.png'), '/pictures/faces.png', image]) {
      const error = await rejection(detector.detectFaces(given as ImageInput))
      expect(error.code).toBe('UNSUPPORTED_PLATFORM')
      expect(error.message).toMatch(/jsdom.*\{ data, width, height \}.*Node entry/)
    }
  })

  it('and for canvases', async () => {
    const original = globalThis.OffscreenCanvas
    const { getContext } = HTMLCanvasElement.prototype
    const scope = globalThis as { OffscreenCanvas?: unknown }
    delete scope.OffscreenCanvas
    HTMLCanvasElement.prototype.getContext = () => null
    onTestFinished(() => {
      scope.OffscreenCanvas = original
      HTMLCanvasElement.prototype.getContext = getContext
    })
    const error = await rejection(detector.detectFaces(document.createElement('canvas')))
    expect(error).toMatchObject({ code: 'UNSUPPORTED_PLATFORM', message: expect.stringMatching(/2d canvas.*jsdom/) })
  })
})

describe('what is no image', () => {
  const element = (name: string) => document.createElement(name)

  it.each<[string, () => unknown, RegExp]>([
    ['a <div>', () => element('div'), /<div> element.*<img>/],
    ['a <picture>', () => element('picture'), /querySelector\('img'\)/],
    ['an <input>', () => element('input'), /input\.files\[0\]/],
    ['a context', () => document.createElement('canvas').getContext('2d'), /context\.canvas/],
    ['a MediaStream', () => new MediaStream(), /detector\.stream\(mediaStream\)/],
    ['a track', () => document.createElement('canvas').captureStream().getTracks()[0], /detector\.stream\(track\)/],
    [
      'a list of files',
      () => Object.assign(document.createElement('input'), { type: 'file' }).files,
      /FileList.*list\[0\]/,
    ],
    ['a promise', () => blobOf('faces.png'), /await/],
    ['a ref', () => ({ current: new Image() }), /image\.current/],
    ['an event', () => new Event('change'), /event\.target/],
    ['null', () => document.querySelector('img.missing'), /null/],
  ])('%s: the error says what it is and what to do', async (_, make, message) => {
    const image = make()
    const error = await rejection(detector.detectFaces(image as ImageInput))
    expect(error.code).toBe('UNSUPPORTED_IMAGE')
    expect(error.message).toMatch(message)
  })

  const TAGS = [
    ...[
      'HTMLImageElement',
      'SVGImageElement',
      'HTMLCanvasElement',
      'OffscreenCanvas',
      'HTMLVideoElement',
      'ImageBitmap',
    ],
    ...['VideoFrame', 'Blob', 'File', 'Response', 'ReadableStream', 'URL', 'Uint8Array', 'ArrayBuffer', 'ImageData'],
    ...['SharedArrayBuffer', 'MediaStream', 'MediaStreamTrack', 'Promise', 'constructor', '__proto__'],
  ]
  it.each(TAGS)('an object that only calls itself %s, or was made of its prototype, is refused', async (name) => {
    const known = (globalThis as unknown as Record<string, (new () => object) | undefined>)[name]
    const liars = [
      { [Symbol.toStringTag]: name },
      { [Symbol.toStringTag]: name, decode: () => new Promise(() => {}), src: 'x', width: 2, height: 2, readyState: 4 },
      new Proxy({}, { get: (_, key) => (key === Symbol.toStringTag ? name : () => {}) }),
      ...(typeof known === 'function' ? [Object.create(known.prototype)] : []),
    ]
    for (const image of liars) {
      const { code } = await rejection(detector.detectFaces(image as never))
      expect(['INVALID_IMAGE', 'UNSUPPORTED_IMAGE']).toContain(code)
    }
  })

  it('raw pixels may call themselves whatever they want', async () => {
    const image = { data: photograph, width: WIDTH, height: HEIGHT, [Symbol.toStringTag]: 'VideoFrame', close() {} }
    expect(await detector.detectFaces(image)).toHaveLength(3)
  })
})
