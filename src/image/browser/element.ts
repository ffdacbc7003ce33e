import { abortable } from '../../shared/abortable.ts'
import { MtcnnError, shortened } from '../../shared/errors.ts'
import { checkPixelCount } from '../limits.ts'
import type { Pixels, ReadOptions } from '../pixels.ts'
import { makeBitmap, readOwnBitmap, withStoredColours } from './bitmap.ts'
import { NO_DECODER_HINT, readInBands } from './canvas.ts'

/**
 * Reads an image element once it is loaded, at its natural size. One that would not load by itself, lazy and out of sight,
 * is loaded in a copy; the element stays as it is. Where its source changes meanwhile, the new one counts.
 *
 * @throws MtcnnError DECODE_FAILED where it could not be loaded, INVALID_IMAGE where it has no source or may not be read,
 * IMAGE_TOO_LARGE, UNSUPPORTED_PLATFORM; the reason of the signal.
 */
export async function readImageElement(image: HTMLImageElement, what: string, options: ReadOptions): Promise<Pixels> {
  const { signal } = options
  for (;;) {
    const loaded = await loadedImage(image, what, signal)
    const source = loaded.currentSrc
    const size = { width: loaded.naturalWidth, height: loaded.naturalHeight }
    checkPixelCount(size, options.maxPixels, what)
    const pixels = await readInBands(loaded, size, what, signal)
    // What was read in bands may be half of one picture and half of the next.
    if (loaded.currentSrc !== source || !loaded.complete) continue
    return withStoredColours(pixels, { bitmap: () => makeBitmap(loaded), element: async () => loaded })
  }
}

/** Reads the `<image>` of an SVG document, at the natural size of what it shows; otherwise like an image element. */
export async function readSvgImage(image: SVGImageElement, what: string, options: ReadOptions): Promise<Pixels> {
  const copy = () => Object.assign(new Image(), { src: new URL(image.href.baseVal, image.baseURI).href })
  if (isInert(image) && image.href.baseVal !== '') return readImageElement(copy(), what, options)
  const { signal } = options
  while (!(await untilLoaded(image, image as SVGImageElement & Loading, image.href.baseVal, what, signal)));
  let bitmap: ImageBitmap
  try {
    bitmap = await abortable(makeBitmap(image), signal, (late) => late.close())
  } catch (cause) {
    if (cause instanceof MtcnnError || signal?.aborted) throw cause
    throw new MtcnnError('DECODE_FAILED', `could not decode ${what}`, { cause })
  }
  try {
    checkPixelCount(bitmap, options.maxPixels, what)
  } catch (error) {
    bitmap.close()
    throw error
  }
  return readOwnBitmap(bitmap, what, signal, () => decoded(copy()))
}

/** The element once it is loaded, or a loaded copy of one that does not load by itself. */
async function loadedImage(
  image: HTMLImageElement,
  what: string,
  signal: AbortSignal | undefined,
): Promise<HTMLImageElement> {
  if (typeof image.decode !== 'function') {
    if (image.complete && image.naturalWidth > 0) return image
    throw new MtcnnError('UNSUPPORTED_PLATFORM', `${what} cannot be decoded here; ${NO_DECODER_HINT}`)
  }
  for (;;) {
    const source = sourceOf(image)
    const waitsForView = image.loading === 'lazy' && !image.complete
    const shown = waitsForView || isInert(image) ? copyOf(image) : image
    if (await untilLoaded(image, shown, source, what, signal)) return shown
  }
}

/** Elements of a template, of a parsed text or of a removed frame never load. */
function isInert({ ownerDocument }: Element): boolean {
  return ownerDocument.defaultView === null
}

/** What the attributes name: the properties give the address of the page where one is empty, or what was shown before. */
function sourceOf(image: HTMLImageElement): string {
  const inPicture = image.parentElement?.querySelector(':scope > source')?.getAttribute('srcset')
  const named = image.getAttribute('src') || image.getAttribute('srcset') || inPicture
  return named ? image.currentSrc || named : ''
}

const SOURCE_ATTRIBUTES = ['crossorigin', 'referrerpolicy', 'sizes', 'srcset', 'src']

/** An image of the same source that loads at once. */
function copyOf(image: HTMLImageElement): HTMLImageElement {
  const owner = isInert(image) ? document : image.ownerDocument
  const copy = owner.createElement('img')
  const { parentElement } = image
  if (parentElement?.localName === 'picture') {
    const sources = [...parentElement.children].filter(({ localName }) => localName === 'source')
    owner.createElement('picture').append(...sources.map((source) => source.cloneNode()), copy)
  }
  for (const name of SOURCE_ATTRIBUTES) {
    const value = image.getAttribute(name)
    if (value !== null) copy.setAttribute(name, value)
  }
  return copy
}

interface Loading {
  decode?(): Promise<void>
  readonly complete?: boolean
}

/**
 * Waits until an image is loaded.
 *
 * @param named - The element whose attributes name the source.
 * @param loading - The one that loads: the same or its copy.
 * @returns false where the source changed meanwhile.
 */
async function untilLoaded(
  named: Element,
  loading: Loading,
  source: string,
  what: string,
  signal: AbortSignal | undefined,
): Promise<boolean> {
  if (source === '') throw new MtcnnError('INVALID_IMAGE', `${what} has no source: set its src, or pass the address`)
  const before = attributesOf(named)
  let observer: MutationObserver | undefined
  const changed = new Promise<false>((resolve) => {
    observer = new MutationObserver(() => attributesOf(named) !== before && resolve(false))
    observer.observe(named, { attributes: true })
  })
  try {
    // Where the source is taken away, decode() never settles; where it is changed, decode() fails.
    return await abortable(Promise.race([decoded(loading).then(() => true), changed]), signal)
  } catch (cause) {
    signal?.throwIfAborted()
    if (attributesOf(named) !== before || loading.complete === false) return false
    const message = `${what} could not be loaded or decoded: '${shortened(source)}'`
    throw new MtcnnError('DECODE_FAILED', message, { cause })
  } finally {
    observer?.disconnect()
  }
}

async function decoded<I extends Loading>(image: I): Promise<I> {
  await image.decode?.()
  return image
}

function attributesOf(image: Element): string {
  return JSON.stringify([...SOURCE_ATTRIBUTES, 'loading', 'href', 'xlink:href'].map((name) => image.getAttribute(name)))
}
