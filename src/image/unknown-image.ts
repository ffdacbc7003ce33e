import { bytesIn, typedArrayName } from '../shared/bytes.ts'
import { describe, MtcnnError, shortened, tagOf } from '../shared/errors.ts'

/** What a value is, with its article, and what to do to get an image out of it. */
interface Mistake {
  what: string
  advice: string
}

type Fields = Record<string, unknown>

/**
 * The error for a value that is no image. It says what the value is and which line makes it work.
 * Reads properties of the value, so it throws where those throw.
 *
 * @example unknownImage(Promise.resolve()).message // 'got a Promise, which is not an image: await it first'
 */
export function unknownImage(image: unknown): MtcnnError {
  const { what, advice } = knownMistake(image) ?? {
    what: named(image),
    advice: 'pass raw pixels { data, width, height }, the bytes of an image file, or its path or URL',
  }
  return new MtcnnError('UNSUPPORTED_IMAGE', `got ${what}, which is not an image: ${advice}`)
}

/** Values that are often given by mistake; undefined for all others. */
export function knownMistake(image: unknown): Mistake | undefined {
  if (typeof image === 'function') return { what: 'a function', advice: 'call it and pass what it returns' }
  if (image === undefined || image === null) {
    return { what: String(image), advice: 'check the line that should have set the variable' }
  }
  if (typeof image !== 'object') return undefined
  return ofArray(image) ?? ofTag(image) ?? ofFields(image)
}

function named(image: unknown): string {
  if (typeof image !== 'object' || image === null || tagOf(image) !== 'Object') return describe(image)
  const names = Object.keys(image)
  if (names.length === 0) return 'an object without properties'
  const shown = names.slice(0, 6).map((name) => shortened(name, 20))
  return `an object with { ${shown.join(', ')}${names.length > shown.length ? ', ...' : ''} }`
}

function ofArray(image: object): Mistake | undefined {
  if (Array.isArray(image)) {
    const advice =
      typeof image[0] === 'number'
        ? 'store the numbers as bytes: new Uint8Array(array)'
        : 'for several images use detectAll(images)'
    return { what: `an array of ${image.length}`, advice }
  }
  const name = typedArrayName(image)
  if (name === undefined) return undefined
  const advice = /^Uint8/.test(name)
    ? 'with raw pixels comes their size: { data, width, height }'
    : 'scale the samples to 0..255, store them in a Uint8Array, and pass { data, width, height }'
  return { what: `a bare ${name} of ${bytesIn(image)!.length} bytes`, advice }
}

/** What to do with an object that only browsers can read. */
const IN_NODE =
  'its pixels can be read in browsers only: pass its file, or { data, width, height }, such as context.getImageData(0, 0, width, height)'

/** By the name that the platform gives an object; the first that fits. */
const TAGS: readonly [tag: RegExp, advice: string][] = [
  [/^Promise$/, 'await it first'],
  [/^DataView$/, 'pass new Uint8Array(view.buffer, view.byteOffset, view.byteLength)'],
  [/^Response$/, 'pass await response.blob()'],
  [/^Request$/, 'pass await (await fetch(request)).blob()'],
  [/^ReadableStream$/, 'pass await new Response(stream).blob()'],
  [/^(Blob|File)$/, 'it has no arrayBuffer() that could be called: pass its bytes'],
  [/^FormData$/, "pass the file in it: formData.get('name')"],
  [/^(FileList|NodeList|HTMLCollection)$/, 'pass one of the list, such as list[0]'],
  [/^FileSystemFileHandle$/, 'pass await handle.getFile()'],
  [/^FileReader$/, 'pass the file itself'],
  [/^DataTransfer$/, 'pass a file in it: dataTransfer.files[0]'],
  [/^DataTransferItem$/, 'pass item.getAsFile()'],
  [/^ClipboardItem$/, "pass await item.getType('image/png')"],
  [/MediaStream$/, 'use detector.stream(mediaStream), or show it in a <video> and pass the video'],
  // Those of a canvas or of a shared screen have longer names.
  [/MediaStreamTrack$/, 'use detector.stream(track), or show it in a <video> and pass the video'],
  [/^ImageCapture$/, 'pass await imageCapture.grabFrame()'],
  [/Rendering(Context|Context2D|2DContext)$/, 'pass its canvas: context.canvas'],
  [/Event$/, 'pass the image in it, such as event.target.files[0] or event.target'],
  [/^(HTML(Image|Video|Canvas)Element|SVGImageElement|OffscreenCanvas|ImageBitmap|VideoFrame)$/, IN_NODE],
  [/^HTMLInputElement$/, 'pass the file chosen with it: input.files[0]'],
  [/^HTMLPictureElement$/, "pass the <img> in it: picture.querySelector('img')"],
  [/^(HTML|SVG|MathML)\w*Element$/, 'pass an <img>, a <canvas> or a <video>'],
  [/^(Window|Document|HTMLDocument)$/, 'pass an <img>, a <canvas> or a <video>'],
  [/^(Map|Set|Generator|AsyncGenerator|.+ Iterator)$/, 'for several images use detectAll(images)'],
]

function ofTag(image: object): Mistake | undefined {
  const tag = tagOf(image)
  const advice = TAGS.find(([known]) => known.test(tag))?.[1]
  if (advice === undefined) return undefined
  const { localName } = image as { localName?: unknown }
  if (typeof localName === 'string') return { what: `a <${shortened(localName, 20)}> element`, advice }
  return { what: tag === 'Promise' ? 'a Promise' : describe(image), advice }
}

const PIXELS_OF_SHARP = '{ data, width: info.width, height: info.height, channels: info.channels }'

/** By the properties it has; the first that fits. */
const FIELDS: readonly [fits: (fields: Fields) => unknown, what: string | undefined, advice: string][] = [
  [({ then }) => isFunction(then), 'a Promise', 'await it first'],
  [
    ({ metadata, toBuffer, raw }) => isFunction(metadata) && isFunction(toBuffer) && isFunction(raw),
    'a sharp instance',
    `pass the file it was made of, or const { data, info } = await image.removeAlpha().raw().toBuffer({ resolveWithObject: true }) and ${PIXELS_OF_SHARP}`,
  ],
  [({ data, info }) => isObject(data) && isObject(info), undefined, `pass ${PIXELS_OF_SHARP}`],
  [
    ({ shape, dims }) => Array.isArray(shape) || Array.isArray(dims),
    'a tensor',
    'pass { data, width, height, channels } with samples from 0 to 255 in a Uint8Array, in the order height, width, channels',
  ],
  [
    ({ getContext, toBuffer }) => isFunction(getContext) && isFunction(toBuffer),
    'a canvas',
    "pass canvas.toBuffer('image/png'), or context.getImageData(0, 0, canvas.width, canvas.height)",
  ],
  [({ bitmap }) => bytesIn(fieldOf(bitmap, 'data')), undefined, 'pass image.bitmap'],
  [
    ({ rows, cols }) => typeof rows === 'number' && typeof cols === 'number',
    'an OpenCV Mat',
    "pass { data, width: mat.cols, height: mat.rows, channels }, and order: 'bgr' where its colours are in that order",
  ],
  [
    ({ type, data }) => type === 'Buffer' && Array.isArray(data),
    'a Buffer that went through JSON',
    'pass Buffer.from(image.data)',
  ],
  [
    ({ status, headers, data }) => typeof status === 'number' && isObject(headers) && data !== undefined,
    'the answer to an HTTP request',
    "ask for bytes (responseType: 'arraybuffer') and pass response.data",
  ],
  [({ jquery }) => jquery !== undefined, 'a jQuery object', 'pass the element in it: element[0]'],
  [({ readFile, fd }) => isFunction(readFile) && fd !== undefined, 'a FileHandle', 'pass await handle.readFile()'],
  [({ toBuffer }) => isFunction(toBuffer), undefined, 'pass await image.toBuffer()'],
  [({ arrayBuffer }) => isFunction(arrayBuffer), undefined, 'pass await image.arrayBuffer()'],
]

/** Properties in which an image often is: those of frameworks' references, of uploads, of what bundlers make of an import. */
const HOLDERS: readonly string[] = [
  ...['current', 'value', 'buffer', 'image', 'img', 'canvas', 'video', 'frame', 'blob', 'file', 'element', 'imageData'],
  ...['filepath', 'path', 'src', 'uri', 'url', 'href', 'default'],
]

function ofFields(image: object): Mistake | undefined {
  const fields = image as Fields
  const found = FIELDS.find(([fits]) => fits(fields))
  if (found) return { what: found[1] ?? named(image), advice: found[2] }
  const holder = HOLDERS.find((name) => name in fields && (isObject(fields[name]) || typeof fields[name] === 'string'))
  if (holder !== undefined) return { what: named(image), advice: `pass what is in it: image.${holder}` }
  if (['current', 'value'].some((name) => name in fields && (fields[name] ?? null) === null)) {
    return { what: `${named(image)} that holds nothing yet`, advice: 'wait until it holds an image, and pass that' }
  }
  return undefined
}

function isFunction(value: unknown): boolean {
  return typeof value === 'function'
}

function isObject(value: unknown): boolean {
  return typeof value === 'object' && value !== null
}

function fieldOf(value: unknown, name: string): unknown {
  return isObject(value) ? (value as Fields)[name] : undefined
}
