import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { DEFAULT_OPTIONS } from '../../options/options.ts'
import { describe, MtcnnError } from '../../shared/errors.ts'
import { fetchBytes } from '../browser/read.ts'
import { type EncodedImage, isEncodedImage, type Pixels, type ReadOptions } from '../pixels.ts'

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
 * 16 bit, CMYK and palettes converted.
 *
 * @param input - A path, a `file:` URL, or the bytes of a file.
 * @throws MtcnnError DECODE_FAILED for a file that cannot be read or decoded, UNSUPPORTED_IMAGE for other URLs, MISSING_DEPENDENCY without `sharp`.
 * @example const { data, width, height } = await decode('photo.jpg')
 */
export async function decode(input: EncodedImage, _options: ReadOptions = DEFAULT_OPTIONS): Promise<Pixels> {
  const { bytes, name } = await encodedBytes(input)
  const sharp = await loadSharp()
  try {
    const { data, info } = await sharp(bytes)
      // Without an angle: by EXIF orientation. The name autoOrient is not in sharp 0.33.
      .rotate()
      .removeAlpha()
      .toColourspace('srgb')
      .raw({ depth: 'uchar' })
      .toBuffer({ resolveWithObject: true })
    const channels = info.channels as number
    if (channels !== 3 && channels !== 1) throw new Error(`sharp gave ${channels} channels`)
    const stride = info.width * channels
    return { data, width: info.width, height: info.height, channels, order: 'rgb', stride, owned: true }
  } catch (cause) {
    throw new MtcnnError('DECODE_FAILED', `could not decode ${name}: ${reason(cause)}`, { cause })
  }
}

function reason(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause)
}

async function encodedBytes(input: EncodedImage): Promise<{ bytes: Buffer; name: string }> {
  if (!isEncodedImage(input)) {
    const wanted = 'a path, a file: URL or the bytes of an image file are wanted'
    throw new MtcnnError('UNSUPPORTED_IMAGE', `${wanted}; got ${describe(input)}`)
  }
  if (typeof input === 'string' || !('byteLength' in input)) {
    const path = localPath(input)
    // Reading the file here and not in libvips: its cache goes by path and would give the old picture of a file that changed.
    try {
      return { bytes: await readFile(path), name: `'${path}'` }
    } catch (cause) {
      throw new MtcnnError('DECODE_FAILED', `could not read '${path}': ${reason(cause)}`, { cause })
    }
  }
  // A Buffer over the same memory; sharp takes no arrays of another realm.
  const bytes = ArrayBuffer.isView(input)
    ? Buffer.from(input.buffer, input.byteOffset, input.byteLength)
    : Buffer.from(input)
  return { bytes, name: `the ${bytes.length} bytes given` }
}

function localPath(input: string | URL): string {
  const shown = describe(input)
  try {
    const text = String(input)
    // A scheme of one letter is a drive; `data:` has no slashes.
    const isUrl = typeof input !== 'string' || /^[a-z][a-z0-9+.-]+:\/\//i.test(text) || /^(data|blob|file):/i.test(text)
    if (!isUrl) return text
    const url = new URL(text)
    if (url.protocol === 'file:') return fileURLToPath(url)
  } catch (cause) {
    throw new MtcnnError('UNSUPPORTED_IMAGE', `not a usable file: URL: ${shown}`, { cause })
  }
  throw new MtcnnError(
    'UNSUPPORTED_IMAGE',
    `images are read from paths and file: URLs only; got ${shown}: fetch it and pass the bytes`,
  )
}

/** Reads kernels or weights from a path or a `file:` URL, or fetches them. */
export async function readBytes(source: string | URL): Promise<Uint8Array> {
  return /^https?:/i.test(String(source)) ? fetchBytes(source) : readFile(localPath(source))
}
