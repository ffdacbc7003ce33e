import { describe, MtcnnError } from '../../shared/errors.ts'
import type { Size } from '../../shared/face.ts'
import { nextTask } from '../../shared/next-task.ts'
import type { Pixels } from '../pixels.ts'

/** Pixels read at a time: few enough for every browser's canvas, and read in a few milliseconds. */
export const BAND_PIXELS = 1 << 21

/** What to do where a platform has the classes of a browser, but cannot decode or draw images. */
export const NO_DECODER_HINT =
  "in tests with jsdom or happy-dom pass raw pixels { data, width, height }, or use the package's Node entry " +
  "(export condition 'node'), which decodes files"

/** Pixels that nobody else refers to, four bytes each. */
export function ownPixels(data: Uint8Array, { width, height }: Size, order: 'rgb' | 'bgr' = 'rgb'): Pixels {
  return { data, width, height, channels: 4, order, stride: width * 4, owned: true }
}

/** Refuses what has no pixels. */
export function checkSize({ width, height }: Size, what: string): void {
  if (width > 0 && height > 0) return
  throw new MtcnnError('INVALID_IMAGE', `${what} has no pixels: its size is ${describe(width)} x ${describe(height)}`)
}

/**
 * Reads what a canvas can draw, at once: for sources that go on changing.
 *
 * @throws MtcnnError INVALID_IMAGE where it has no pixels or they may not be read.
 */
export function readNow(source: CanvasImageSource, size: Size, what: string): Pixels {
  const bands = readBands(source, size, what)
  for (;;) {
    const { done, value } = bands.next()
    if (done) return value
  }
}

/**
 * The same with pauses between bands, for sources that stay as they are: a large photograph must not hold up the page.
 *
 * @throws MtcnnError INVALID_IMAGE; the reason of the signal.
 */
export async function readInBands(
  source: CanvasImageSource,
  size: Size,
  what: string,
  signal: AbortSignal | undefined,
): Promise<Pixels> {
  const bands = readBands(source, size, what)
  for (;;) {
    signal?.throwIfAborted()
    const { done, value } = bands.next()
    if (done) return value
    await nextTask()
  }
}

function* readBands(source: CanvasImageSource, size: Size, what: string): Generator<undefined, Pixels, undefined> {
  checkSize(size, what)
  const { width, height } = size
  const rows = Math.min(height, Math.max(1, Math.floor(BAND_PIXELS / width)))
  try {
    const context = contextOf(width, rows)
    let all: Uint8Array | undefined
    for (let y = 0; y < height; y += rows) {
      const count = Math.min(rows, height - y)
      context.clearRect(0, 0, width, rows)
      context.drawImage(source, 0, -y, width, height)
      const { data } = context.getImageData(0, 0, width, count)
      const bytes = new Uint8Array(data.buffer, data.byteOffset, data.byteLength)
      if (count === height) return ownPixels(bytes, size)
      all ??= new Uint8Array(width * height * 4)
      all.set(bytes, y * width * 4)
      yield
    }
    return ownPixels(all!, size)
  } catch (cause) {
    throw unreadable(what, size, cause)
  }
}

/** @throws MtcnnError UNSUPPORTED_PLATFORM where there is no canvas. */
export function contextOf(width: number, height: number): CanvasRenderingContext2D | OffscreenCanvasRenderingContext2D {
  // In memory and not on the graphics card, from where every read would have to come back.
  const settings = { willReadFrequently: true }
  const canvas =
    typeof OffscreenCanvas === 'undefined'
      ? Object.assign(document.createElement('canvas'), { width, height })
      : new OffscreenCanvas(width, height)
  const context = canvas.getContext('2d', settings) as ReturnType<typeof contextOf> | null
  if (!context)
    throw new MtcnnError('UNSUPPORTED_PLATFORM', `there is no 2d canvas here to read pixels with; ${NO_DECODER_HINT}`)
  return context
}

/** What it means that a browser refused to give pixels. */
function unreadable(what: string, { width, height }: Size, cause: unknown): MtcnnError {
  if (cause instanceof MtcnnError) return cause
  if (nameOf(cause) === 'SecurityError') {
    const hint = "set crossOrigin = 'anonymous' before its src, and have its server send CORS headers"
    const message = `the pixels of ${what} may not be read: it shows something of another origin; ${hint}`
    return new MtcnnError('INVALID_IMAGE', message, { cause })
  }
  if (nameOf(cause) === 'RangeError') {
    const message = `${what} of ${width} x ${height} takes ${width * height * 4} bytes, more than there are`
    return new MtcnnError('OUT_OF_MEMORY', message, { cause })
  }
  return new MtcnnError('INVALID_IMAGE', `the pixels of ${what} could not be read`, { cause })
}

function nameOf(error: unknown): string {
  return typeof error === 'object' && error !== null && 'name' in error ? String(error.name) : ''
}
