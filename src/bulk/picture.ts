import type { FormatEnum, Metadata, Sharp as SharpInstance } from 'sharp'
import type { RgbaImage } from '../faces/anonymise.ts'
import type { Crop } from '../faces/crops.ts'
import { loadSharp } from '../image/node/decode.ts'
import { MtcnnError } from '../shared/errors.ts'

/** The endings that pictures may have, and sharp's names of their formats. */
export const PICTURE_FORMATS = {
  '.png': 'png',
  '.jpg': 'jpeg',
  '.jpeg': 'jpeg',
  '.webp': 'webp',
  '.avif': 'avif',
  '.tif': 'tiff',
  '.tiff': 'tiff',
  '.gif': 'gif',
} as const

export type PictureEnding = keyof typeof PICTURE_FORMATS
export type PictureFormat = (typeof PICTURE_FORMATS)[PictureEnding]

/** The ending of a name, where it is one that pictures may have. */
export function endingOf(name: string): PictureEnding | undefined {
  const ending = /\.[^./\\]*$/.exec(name)?.[0].toLowerCase() ?? ''
  return Object.hasOwn(PICTURE_FORMATS, ending) ? (ending as PictureEnding) : undefined
}

export function formatOfEnding(ending: PictureEnding): PictureFormat {
  return PICTURE_FORMATS[ending]
}

/** What has to be known of an image file to write one like it. */
export interface Original {
  /** Undefined for formats that are read only. */
  format: PictureFormat | undefined
  /** How many pictures are in it. */
  pages: number
  isGrey: boolean
  /** One number a pixel, upright; undefined where nothing is transparent. */
  alpha: Uint8Array | undefined
  fullColour: boolean
}

/** @param bytes - Of a file that was decoded; nobody else uses them. */
export async function readOriginal(bytes: Uint8Array): Promise<Original> {
  const sharp = await loadSharp()
  const input = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length)
  const reading = { failOn: 'none', limitInputPixels: false } as const
  const info = await sharp(input, reading).metadata()
  return {
    format: formatOf(info),
    pages: info.pages ?? 1,
    isGrey: info.space === 'b-w' || info.space === 'grey16',
    alpha: info.hasAlpha
      ? await sharp(input, reading)
          .rotate()
          .toColourspace('srgb')
          .extractChannel('alpha')
          .raw({ depth: 'uchar' })
          .toBuffer()
      : undefined,
    fullColour: info.chromaSubsampling === '4:4:4',
  }
}

function formatOf({ format, compression }: Metadata): PictureFormat | undefined {
  if (format === 'heif') return compression === 'av1' ? 'avif' : undefined
  const known: readonly string[] = Object.values(PICTURE_FORMATS)
  return known.includes(format) ? (format as PictureFormat) : undefined
}

/**
 * Gives an image file with these pixels and nothing else: none of the original's metadata, in which there may be a small picture of
 * the faces, or where the photograph was taken.
 *
 * @param image - Its alpha is set here.
 */
export async function encodeCopy(image: RgbaImage, format: PictureFormat, original: Original): Promise<Uint8Array> {
  const sharp = await loadSharp()
  const { data, width, height } = image
  const { alpha } = original
  for (let at = 0; alpha !== undefined && at < alpha.length; at++) data[4 * at + 3] = alpha[at]!
  const pixels = sharp(data, { raw: { width, height, channels: 4 } })
  const opaque = alpha === undefined || format === 'jpeg' ? pixels.removeAlpha() : pixels
  const coloured = original.isGrey ? opaque.toColourspace('b-w') : opaque
  return encoded(coloured, format, original.fullColour)
}

/** Gives a crop as an image file. */
export async function encodeCrop({ data, width, height }: Crop<'rgb'>, format: PictureFormat): Promise<Uint8Array> {
  const sharp = await loadSharp()
  return encoded(sharp(data, { raw: { width, height, channels: 3 } }), format, true)
}

/** @param fullColour - Whether JPEG keeps colours at full resolution. */
async function encoded(image: SharpInstance, format: PictureFormat, fullColour: boolean): Promise<Uint8Array> {
  switch (format) {
    case 'jpeg':
      return image.jpeg({ quality: 92, chromaSubsampling: fullColour ? '4:4:4' : '4:2:0' }).toBuffer()
    case 'webp':
      return image.webp({ quality: 92 }).toBuffer()
    case 'avif':
      return image.avif({ quality: 75 }).toBuffer()
    case 'tiff':
      return image.tiff({ compression: 'deflate' }).toBuffer()
    default:
      return image.toFormat(format as keyof FormatEnum).toBuffer()
  }
}

/** @throws MtcnnError UNSUPPORTED_IMAGE for a file that cannot be replaced by one like it. */
export function checkReplaceable({ format, pages }: Original): PictureFormat {
  if (pages > 1) {
    const message = `it has ${pages} pictures, of which only the first is searched: it is not replaced`
    throw new MtcnnError('UNSUPPORTED_IMAGE', message)
  }
  if (format === undefined) {
    throw new MtcnnError('UNSUPPORTED_IMAGE', 'its format can be read but not written: it is not replaced')
  }
  return format
}
