import { MtcnnError, shortened } from '../../shared/errors.ts'
import { decodeDataUrl } from '../data-url.ts'
import { fileKind } from '../file-kind.ts'
import { checkPixelCount, tooManyPixels } from '../limits.ts'
import type { Pixels, ReadOptions } from '../pixels.ts'
import { prepareFile } from './prepare.ts'

export type Sharp = typeof import('sharp')['default']

/**
 * Loads the optional peer dependency `sharp`, on first use.
 *
 * @throws MtcnnError MISSING_DEPENDENCY where it is not installed, or its binary does not fit this machine.
 */
export async function loadSharp(): Promise<Sharp> {
  try {
    return (await import('sharp')).default
  } catch (cause) {
    throw new MtcnnError(
      'MISSING_DEPENDENCY',
      `decoding images in Node takes the package 'sharp', which could not be loaded: run 'npm install sharp', or pass raw pixels { data, width, height }`,
      { cause },
    )
  }
}

/**
 * Decodes an image file to 8-bit RGB as a viewer shows it: EXIF orientation applied, alpha ignored (not composited), grey replicated,
 * 16 bit, CMYK and palettes converted; the first image of a file with several; what is missing of a truncated file grey or black.
 *
 * @param bytes - Nobody else uses them; they may be changed.
 * @param name - Names the file in messages.
 * @throws MtcnnError DECODE_FAILED, IMAGE_TOO_LARGE before decoding, MISSING_DEPENDENCY without `sharp`.
 */
export async function decodeFile(
  bytes: Uint8Array,
  name: string,
  { strict, maxPixels }: Pick<ReadOptions, 'strict' | 'maxPixels'>,
): Promise<Pixels> {
  if (bytes.length === 0) throw new MtcnnError('DECODE_FAILED', `could not decode ${name}: it is empty`)
  const sharp = await loadSharp()
  const file = prepareFile(bytes, strict)
  // sharp takes no arrays of another realm.
  const input = Buffer.from(file.buffer, file.byteOffset, file.length)
  await checkDrawing(sharp, file, maxPixels, name)
  try {
    const { data, info } = await sharp(input, {
      failOn: strict ? 'warning' : 'none',
      limitInputPixels: maxPixels === Number.POSITIVE_INFINITY ? false : maxPixels,
    })
      // Without an angle: by EXIF orientation. The name autoOrient is not in sharp 0.33.
      .rotate()
      .removeAlpha()
      .toColourspace('srgb')
      .raw({ depth: 'uchar' })
      .toBuffer({ resolveWithObject: true })
    const channels = info.channels as number
    if (channels !== 3 && channels !== 1) throw new Error(`sharp gave ${channels} channels`)
    const stride = info.width * channels
    // Not 'owned': engines cannot transfer sharp's memory, and would copy it twice, into memory used for the first time.
    return { data, width: info.width, height: info.height, channels, order: 'rgb', stride }
  } catch (cause) {
    const size = await sizeOf(sharp, input)
    if (size) checkPixelCount(size, maxPixels, name)
    throw new MtcnnError('DECODE_FAILED', `could not decode ${name}: ${whyNot(file, cause, strict)}`, { cause })
  }
}

/**
 * A drawing of 10 x 10 pixels can hold pictures of a thousand million, which its decoder would unpack. So the limit is for
 * all of them together as well.
 */
async function checkDrawing(sharp: Sharp, file: Uint8Array, maxPixels: number, name: string): Promise<void> {
  if (fileKind(file)?.name !== 'an SVG file') return
  let total = 0
  for (const [address] of Buffer.from(file.buffer, file.byteOffset, file.length).toString().matchAll(EMBEDDED)) {
    const size = await sizeOf(sharp, pictureIn(address))
    total += size ? size.width * size.height : 0
    if (total > maxPixels) throw tooManyPixels(`the pictures in ${name} have ${total} or more pixels`, maxPixels)
  }
}

/** `data:` URLs, up to what ends an attribute or a property of a style. */
const EMBEDDED = /data:[^"'<>)]*/gi

function pictureIn(address: string): Uint8Array {
  try {
    return decodeDataUrl(address, Number.POSITIVE_INFINITY).bytes
  } catch {
    // What cannot be decoded is not shown either.
    return new Uint8Array(0)
  }
}

/** What the header says, where it can be read. */
async function sizeOf(sharp: Sharp, input: Uint8Array): Promise<{ width: number; height: number } | undefined> {
  try {
    const { width, height } = await sharp(input, { failOn: 'none', limitInputPixels: false }).metadata()
    return width > 0 && height > 0 ? { width, height } : undefined
  } catch {
    return undefined
  }
}

function whyNot(file: Uint8Array, cause: unknown, strict: boolean): string {
  const kind = fileKind(file)
  const said = shortened(reasonOf(cause), 160)
  switch (kind?.family) {
    case 'rare':
      return `it is ${kind.name}, which sharp as installed cannot decode: convert it to JPEG or PNG, or build sharp with a libvips that decodes it`
    case 'other':
      return `it is ${kind.name}, not an image file`
    case 'common':
      return `it is ${kind.name} that is damaged${strict ? ' (option strict refuses all damage)' : ''}: ${said}`
    default:
      return `it is in no format that is known: ${said}`
  }
}

/** What an error says, in one line; `fetch` says the reason in the cause only. */
export function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  const inner = error.cause instanceof Error && error.cause.message !== '' ? ` (${error.cause.message})` : ''
  return `${error.message}${inner}`.replace(/\s+/g, ' ').trim()
}
